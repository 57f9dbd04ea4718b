// SPDX-License-Identifier: Apache-2.0
#include "picture_folder.hpp"

#include <unistd.h>

#include <array>
#include <cstdlib>
#include <fstream>
#include <string>
#include <string_view>

#include "script.hpp"

namespace weir::png_plotter {

namespace {

std::string_view search_path() {
  const char* path = std::getenv("PATH");
  return path != nullptr ? path : "/usr/local/bin:/usr/bin:/bin";
}

// Begins like a PNG and ends with its last chunk: gnuplot wrote it to the end.
bool is_whole_png(const std::filesystem::path& file) {
  using namespace std::string_view_literals;
  std::ifstream stream(file, std::ios::binary);
  std::array<char, 8> start{};
  std::array<char, 8> end{};
  if (!stream.read(start.data(), start.size())) return false;
  if (!stream.seekg(-8, std::ios::end) || !stream.read(end.data(), end.size())) return false;
  return std::string_view(start.data(), 8) == "\x89PNG\r\n\x1a\n"sv &&
         std::string_view(end.data(), 4) == "IEND"sv;
}

}  // namespace

PictureFolder::PictureFolder(std::filesystem::path folder, Size size,
                             std::chrono::milliseconds timeout)
    : folder_(std::move(folder)),
      size_(size),
      gnuplot_(find_gnuplot(search_path()), folder_, timeout) {
  std::error_code error;
  std::filesystem::create_directories(folder_, error);
  if (error) {
    throw GnuplotError("cannot make the folder " + folder_.string() + ": " + error.message() +
                       "; choose another with the option 'directory'");
  }
}

std::filesystem::path PictureFolder::write(const Picture& picture) {
  std::filesystem::create_directories(folder_);
  // Only our own characters: this name stands in the script.
  const std::string temporary = ".weir-plot-" + std::to_string(::getpid()) + ".png";
  const std::filesystem::path drawn = folder_ / temporary;
  const std::filesystem::path target = folder_ / picture.file_name;
  try {
    gnuplot_.run(gnuplot_script(picture.chart, size_, temporary));
    if (!is_whole_png(drawn)) throw GnuplotError("gnuplot wrote no whole PNG; is the disk full?");
    std::filesystem::rename(drawn, target);
  } catch (...) {
    std::error_code ignored;
    std::filesystem::remove(drawn, ignored);
    throw;
  }
  return target;
}

}  // namespace weir::png_plotter
