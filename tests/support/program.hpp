// SPDX-License-Identifier: Apache-2.0
#pragma once
/// Runs `weir` as a user would, in a folder of the test's own.

#include <chrono>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace weir::test {

struct ProgramResult {
  int exit_code = -1;  ///< 128 + signal where a signal ended it
  std::string out;
  std::string err;
};

struct ProgramRun {
  std::vector<std::string> arguments;
  std::filesystem::path folder;                           ///< working folder
  std::vector<std::string> environment{};                 ///< NAME=VALUE, beside the test's own
  std::optional<std::chrono::milliseconds> stop_after{};  ///< SIGTERM then
  std::optional<std::chrono::milliseconds> kill_after{};  ///< SIGKILL then
  std::chrono::seconds timeout{120};                      ///< SIGKILL then; the test fails
  std::filesystem::path program{};                        ///< another than `weir` of this build
  /// Where standard error goes, for who reads it while the program runs; empty: nowhere to be seen.
  std::filesystem::path error_file{};
  /// Runs in the child before the program does: to change its user, its network.
  std::function<void()> in_child{};
};

/// Runs it to its end. It is ended when the time is up, so that no test leaves it behind.
[[nodiscard]] ProgramResult run_weir(const ProgramRun& run);

/// A folder that is emptied at the start and removed at the end.
class TemporaryFolder {
 public:
  TemporaryFolder();
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;
  ~TemporaryFolder();
  [[nodiscard]] const std::filesystem::path& path() const { return path_; }
  [[nodiscard]] std::filesystem::path operator/(const std::string& name) const {
    return path_ / name;
  }

 private:
  std::filesystem::path path_;
};

void write_text(const std::filesystem::path& path, const std::string& text);
[[nodiscard]] std::string read_text(const std::filesystem::path& path);

}  // namespace weir::test
