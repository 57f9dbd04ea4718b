// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <filesystem>

#include "chart.hpp"
#include "gnuplot.hpp"

namespace weir::png_plotter {

// The folder that the pictures lie in. A reader of it sees a whole picture or none: each is drawn
// into a hidden file beside it, checked and renamed.
class PictureFolder {
 public:
  // Makes the folder with its parents. Throws GnuplotError if that fails or gnuplot is missing.
  PictureFolder(std::filesystem::path folder, Size size, std::chrono::milliseconds timeout);

  // The path of the picture. Throws GnuplotError or std::filesystem::filesystem_error; an older
  // picture of that name then stays as it was. A folder that was removed is made again.
  std::filesystem::path write(const Picture& picture);

  [[nodiscard]] Size size() const { return size_; }

 private:
  std::filesystem::path folder_;
  Size size_;
  Gnuplot gnuplot_;
};

}  // namespace weir::png_plotter
