// SPDX-License-Identifier: Apache-2.0
#pragma once
/// What a run says while it goes on: log lines by spdlog, and progress bars that stay below them.

#include <chrono>
#include <map>
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
  /// A bar on a terminal, one below the other for models that learn at the same time; elsewhere a
  /// plain line of each model, at most every five seconds and at the first and last epoch.
  void epoch(const std::string& node, const EpochRecord& record);
  /// The model has learned: its bar goes, a line says how it ended.
  void learned(const std::string& node);
  /// Takes all bars away.
  void clear_bars();

 private:
  using Clock = std::chrono::steady_clock;
  struct Learning {
    EpochRecord last;
    Clock::time_point since;
    Clock::time_point told;  // by a plain line
  };

  void write(Level level, std::string_view node, std::string_view text);
  void erase_bars();
  void draw_bars();

  LogFormat format_;
  bool bar_;  // a terminal, and lines for people
  std::shared_ptr<spdlog::logger> logger_;
  std::mutex mutex_;
  std::map<std::string, Learning> learning_;  // by node
  Clock::time_point drawn_;
  std::size_t bars_ = 0;  // lines on the terminal; the cursor stands at the end of the last
};

/// "lstm [####......] 40/100  loss 0.1  best 0.2  < 12 s left  validation 0.2", the name filled up
/// to `name_width`. `seconds` have passed since the first epoch began.
[[nodiscard]] std::string progress_line(const std::string& node, std::size_t name_width,
                                        const EpochRecord& record, double seconds);

/// A JSON object without a line end: time (RFC 3339), level, node, message.
[[nodiscard]] std::string json_line(Timestamp time, Level level, std::string_view node,
                                    std::string_view text);

}  // namespace weir::core::cli
