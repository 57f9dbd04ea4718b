// SPDX-License-Identifier: Apache-2.0
#pragma once
/// What a run says while it goes on: log lines by spdlog, and a progress bar that stays below them.

#include <chrono>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>

#include "core/forecast/forecaster.hpp"
#include "weir/node.hpp"

namespace spdlog {
class logger;
}

namespace weir::core::cli {

enum class LogFormat { text, json };

/// Writes to standard error. Any thread.
class Console {
 public:
  Console(LogFormat format, bool debug);
  ~Console();
  Console(const Console&) = delete;
  Console& operator=(const Console&) = delete;

  /// One line; `node` is empty for the engine.
  void log(Level level, std::string_view node, std::string_view text);
  /// A bar on a terminal; elsewhere a plain line, at most every two seconds and at the first and
  /// last.
  void epoch(const std::string& node, const EpochRecord& record);
  /// Takes the bar away.
  void clear_bar();

 private:
  void write(Level level, std::string_view node, std::string_view text);
  void draw_bar(const std::string& node, const EpochRecord& record);

  LogFormat format_;
  bool bar_;  // a terminal, and lines for people
  std::shared_ptr<spdlog::logger> logger_;
  std::mutex mutex_;
  bool bar_drawn_ = false;
  std::chrono::steady_clock::time_point learning_since_;
  std::chrono::steady_clock::time_point told_;
};

/// A JSON object without a line end: time (RFC 3339), level, node, message.
[[nodiscard]] std::string json_line(Timestamp time, Level level, std::string_view node,
                                    std::string_view text);

}  // namespace weir::core::cli
