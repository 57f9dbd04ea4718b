// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "core/cli/command.hpp"
#include "core/cli/command_line.hpp"
#include "core/cli/pipeline.hpp"
#include "core/config/problem.hpp"

namespace weir::core::cli {
namespace {

namespace fs = std::filesystem;
namespace po = boost::program_options;

const std::array<std::string, 4> kinds{"source", "transform", "model", "sink"};
/// CMake keeps these names of targets for itself.
constexpr std::array<std::string_view, 8> reserved{"all",  "clean",   "help",       "install",
                                                   "test", "package", "preinstall", "uninstall"};

/// A template is a plugin called example-<kind> that builds as it stands; a new plugin is its copy
/// with the three spellings of that name replaced.
struct Spellings {
  std::string name;        // my-probe: plugin, folder, pipeline
  std::string identifier;  // my_probe: files
  std::string type;        // MyProbe: the class
};

Spellings spellings_of(const std::string& name) {
  Spellings made{name, name, {}};
  std::replace(made.identifier.begin(), made.identifier.end(), '-', '_');
  bool begins = true;
  for (const char c : name) {
    if (c != '-')
      made.type += begins && c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
    begins = c == '-';
  }
  return made;
}

void check_kind(const std::string& kind) {
  if (std::find(kinds.begin(), kinds.end(), kind) != kinds.end()) return;
  const auto near = config::closest(kind, kinds);
  throw UsageError("'" + kind + "' is no kind of plugin" +
                   (near ? "; did you mean '" + *near + "'?" : "") +
                   " (source, transform, model, sink)");
}

void check_name(const std::string& name) {
  const auto lower = [](char c) { return c >= 'a' && c <= 'z'; };
  const bool fits = !name.empty() && name.size() <= 64 && lower(name.front()) &&
                    name.back() != '-' && name.find("--") == std::string::npos &&
                    std::all_of(name.begin(), name.end(), [&](char c) {
                      return lower(c) || (c >= '0' && c <= '9') || c == '-';
                    });
  if (!fits) {
    throw UsageError(
        "'" + name +
        "' cannot be the name of a plugin; use small letters, digits and single dashes, "
        "beginning with a letter, at most 64, for example my-probe");
  }
  if (std::find(reserved.begin(), reserved.end(), name) != reserved.end()) {
    throw UsageError("'" + name + "' is a target of CMake's own; call the plugin my-" + name +
                     ", for example");
  }
}

std::string replaced(std::string text, std::string_view from, std::string_view to) {
  for (std::size_t at = text.find(from); at != std::string::npos;
       at = text.find(from, at + to.size())) {
    text.replace(at, from.size(), to);
  }
  return text;
}

std::string renamed(std::string text, const Spellings& from, const Spellings& to) {
  text = replaced(std::move(text), from.name, to.name);
  text = replaced(std::move(text), from.identifier, to.identifier);
  return replaced(std::move(text), from.type, to.type);
}

/// The licence line of a template is ours; the author chooses another.
std::string without_licence_line(std::string text) {
  const std::size_t end = text.find('\n');
  if (end == std::string::npos ||
      text.substr(0, end).find("SPDX-License-Identifier") == std::string::npos)
    return text;
  return text.substr(end + 1);
}

std::string read(const fs::path& file) {
  std::ifstream stream(file, std::ios::binary);
  std::string text{std::istreambuf_iterator<char>(stream), {}};
  if (!stream) throw std::runtime_error(file.string() + " cannot be read; check its permissions");
  return text;
}

void write(const fs::path& file, const std::string& text) {
  fs::create_directories(file.parent_path());
  std::ofstream stream(file, std::ios::binary);
  stream << text;
  stream.close();
  if (!stream)
    throw std::runtime_error(file.string() + " cannot be written; check the disk and permissions");
}

fs::path prefix() { return program_path().parent_path().parent_path(); }

fs::path template_folder(const std::string& kind) {
  const fs::path folder = prefix() / "share/weir/template" / kind;
  if (fs::is_directory(folder)) return folder;
  throw std::runtime_error(
      "the template " + folder.string() +
      " is missing; install Weir with its share/ folder, or run build/<preset>/bin/weir");
}

/// What was written, relative to `folder`, in order.
std::vector<std::string> write_plugin(const std::string& kind, const Spellings& to,
                                      const fs::path& folder) {
  const Spellings from = spellings_of("example-" + kind);
  const fs::path origin = template_folder(kind);
  std::vector<std::string> written;
  if (!folder.parent_path().empty()) fs::create_directories(folder.parent_path());
  if (!fs::create_directory(folder)) {
    throw UsageError(folder.string() + " is there already; choose another name or --directory");
  }
  try {
    for (const fs::directory_entry& entry : fs::recursive_directory_iterator(origin)) {
      if (!entry.is_regular_file()) continue;
      const std::string name = renamed(fs::relative(entry.path(), origin).string(), from, to);
      write(folder / name, renamed(without_licence_line(read(entry.path())), from, to));
      written.push_back(name);
    }
  } catch (...) {
    std::error_code ignored;
    fs::remove_all(folder, ignored);  // half a plugin would only stand in the way
    throw;
  }
  std::sort(written.begin(), written.end());
  return written;
}

/// A word of a shell command.
std::string quoted(const std::string& word) {
  constexpr std::string_view safe =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-./+:@%,=";
  if (!word.empty() && word.find_first_not_of(safe) == std::string::npos) return word;
  return "'" + replaced(word, "'", "'\\''") + "'";
}

void print_next_steps(const std::string& kind, const Spellings& plugin, const fs::path& folder,
                      const std::vector<std::string>& written) {
  std::printf("%s:\n", folder.c_str());
  for (const std::string& file : written) std::printf("  %s\n", file.c_str());
  const std::string weir = quoted(program_path().string());
  const std::string name = plugin.name;
  std::printf("\nnext:\n  cd %s\n", quoted(folder.string()).c_str());
  std::printf("  cmake -S . -B build -DCMAKE_PREFIX_PATH=%s\n", quoted(prefix().string()).c_str());
  std::printf("  cmake --build build\n");
  std::printf("  ctest --test-dir build --output-on-failure\n");
  std::printf("  %s plugins show %s --plugins build/lib/weir/plugins\n", weir.c_str(),
              name.c_str());
  std::printf("  %s run ./%s.yaml --plugins build/lib/weir/plugins%s\n", weir.c_str(), name.c_str(),
              kind == "source" ? " --for 5s" : "");
  if (!fs::exists(prefix() / "lib/cmake/Weir/WeirConfig.cmake")) {
    std::printf(
        "\nThe SDK does not lie beside this program: let CMAKE_PREFIX_PATH name the folder above\n"
        "lib/cmake/Weir, which `cmake --install` fills.\n");
  }
}

}  // namespace

int new_command(const Arguments& arguments) {
  CommandLine line(
      "weir new KIND NAME [options]",
      "Writes a plugin of your own, with a test and a pipeline, into the folder NAME and says how "
      "to\n"
      "build and run it. KIND is source, transform, model or sink; NAME is like my-probe.",
      "  weir new source my-probe\n"
      "  weir new model my-forecaster --directory ~/plugins\n");
  line.add()("directory", po::value<std::string>()->default_value(".")->value_name("DIR"),
             "where the folder is made");
  line.positional("words", 2);
  const auto given = line.parse(arguments);
  if (!given) return done;
  const Texts words = texts(*given, "words");
  if (words.size() < 2) throw UsageError("say what to make, for example: weir new source my-probe");
  check_kind(words[0]);
  check_name(words[1]);
  const Spellings plugin = spellings_of(words[1]);
  const fs::path folder =
      (fs::path((*given)["directory"].as<std::string>()) / plugin.name).lexically_normal();
  const std::vector<std::string> written = write_plugin(words[0], plugin, folder);
  print_next_steps(words[0], plugin, folder, written);
  return done;
}

}  // namespace weir::core::cli
