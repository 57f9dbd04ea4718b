// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <filesystem>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>

namespace weir::png_plotter {

class GnuplotError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

// The executable of that name in the first absolute folder of `path` (as in $PATH) that has it.
// Throws GnuplotError, naming the Debian package, if there is none.
[[nodiscard]] std::filesystem::path find_gnuplot(std::string_view path);

// A gnuplot process: started at the first script without a shell or the user's start-up files, its
// working folder `folder`, kept open for the next scripts, ended with this object. Its
// environment holds PATH, HOME, XDG_CACHE_HOME and the C locale only. Not for two threads at once.
class Gnuplot {
 public:
  Gnuplot(std::filesystem::path program, std::filesystem::path folder,
          std::chrono::milliseconds timeout);
  ~Gnuplot();
  Gnuplot(const Gnuplot&) = delete;
  Gnuplot& operator=(const Gnuplot&) = delete;

  // Runs the commands to their end. Throws GnuplotError with gnuplot's own words if it complains,
  // dies, cannot be started or needs longer than the timeout; the next call starts a new process.
  void run(std::string_view script);

 private:
  class Process;
  std::filesystem::path program_;
  std::filesystem::path folder_;
  std::chrono::milliseconds timeout_;
  std::unique_ptr<Process> process_;
};

}  // namespace weir::png_plotter
