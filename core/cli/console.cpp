// SPDX-License-Identifier: Apache-2.0
#include "core/cli/console.hpp"

#include <spdlog/sinks/stdout_color_sinks.h>
#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>

#include "core/config/text.hpp"
#include "weir/json_text.hpp"

namespace weir::core::cli {
namespace {

spdlog::level::level_enum level_of(Level level) {
  switch (level) {
    case Level::debug:
      return spdlog::level::debug;
    case Level::info:
      return spdlog::level::info;
    case Level::warning:
      return spdlog::level::warn;
    case Level::error:
      break;
  }
  return spdlog::level::err;
}

std::string_view name_of(Level level) {
  constexpr std::array<std::string_view, 5> names{"", "debug", "info", "warning", "error"};
  return names[static_cast<std::size_t>(level)];
}

std::string number(double value) {
  std::array<char, 32> text{};
  std::snprintf(text.data(), text.size(), "%.4g", value);
  return text.data();
}

std::string losses(const EpochRecord& record) {
  std::string text = "loss " + number(record.loss);
  if (!std::isnan(record.validation_loss)) text += "  validation " + number(record.validation_loss);
  return text + "  best " + number(record.best_loss);
}

std::string time_left(double seconds) {
  std::array<char, 64> text{};
  if (seconds < 120) {
    std::snprintf(text.data(), text.size(), "< %.0f s left", std::floor(seconds) + 1);
  } else {
    std::snprintf(text.data(), text.size(), "< %.0f min left", std::floor(seconds / 60) + 1);
  }
  return text.data();
}

/// A line that wraps could not be taken away again.
std::size_t terminal_columns() {
  winsize size{};
  const bool known = ::ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 1;
  return known ? size.ws_col : 80;
}

}  // namespace

std::string progress_line(const std::string& node, std::size_t name_width,
                          const EpochRecord& record, double seconds) {
  constexpr std::size_t width = 20;
  const auto epoch = static_cast<double>(record.epoch);
  const double share =
      record.epochs == 0 ? 0 : std::min(1.0, epoch / static_cast<double>(record.epochs));
  const auto full = static_cast<std::size_t>(share * width);
  const std::string most = std::to_string(record.epochs);
  std::string count = std::to_string(record.epoch);
  count.insert(0, most.size() - std::min(most.size(), count.size()), ' ');
  std::string line = node + std::string(name_width - std::min(name_width, node.size()), ' ');
  line += " [" + std::string(full, '#') + std::string(width - full, '.') + "] ";
  line +=
      count + "/" + most + "  loss " + number(record.loss) + "  best " + number(record.best_loss);
  if (share > 0) line += "  " + time_left(seconds * (1 / share - 1));
  // Last: it is what a narrow terminal cuts off.
  if (!std::isnan(record.validation_loss)) line += "  validation " + number(record.validation_loss);
  return line;
}

std::string json_line(Timestamp time, Level level, std::string_view node, std::string_view text) {
  JsonText json;
  json.begin_object().key("time").value(std::string_view(to_text(time)));
  json.key("level").value(name_of(level));
  if (!node.empty()) json.key("node").value(node);
  json.key("message").value(text).end_object();
  return json.take();
}

Console::Console(LogFormat format, bool debug)
    : format_(format), bar_(format == LogFormat::text && ::isatty(STDERR_FILENO) != 0) {
  if (format == LogFormat::json) {
    // spdlog's %v does not escape JSON, so the whole line is made here.
    logger_ =
        std::make_shared<spdlog::logger>("weir", std::make_shared<spdlog::sinks::stderr_sink_mt>());
    logger_->set_pattern("%v");
  } else {
    logger_ = std::make_shared<spdlog::logger>(
        "weir", std::make_shared<spdlog::sinks::stderr_color_sink_mt>());
    logger_->set_pattern("%H:%M:%S %^%-7l%$ %v");
  }
  logger_->set_level(debug ? spdlog::level::debug : spdlog::level::info);
  logger_->flush_on(spdlog::level::debug);
}

Console::~Console() { clear_bars(); }

void Console::log(Level level, std::string_view node, std::string_view text) {
  const std::lock_guard lock(mutex_);
  erase_bars();
  write(level, node, text);
  draw_bars();
}

void Console::write(Level level, std::string_view node, std::string_view text) {
  if (format_ == LogFormat::json) {
    const auto now = std::chrono::time_point_cast<Duration>(std::chrono::system_clock::now());
    // Plugins' texts may hold what a server or a file said.
    logger_->log(level_of(level), "{}", json_line(now, level, node, text));
    return;
  }
  // Plugins' texts may hold what a server or a file said.
  logger_->log(level_of(level), "{}{}{}", node, node.empty() ? "" : ": ", config::printable(text));
}

void Console::clear_bars() {
  const std::lock_guard lock(mutex_);
  erase_bars();
  learning_.clear();
}

void Console::epoch(const std::string& node, const EpochRecord& record) {
  if (record.epochs <= 1) return;  // it learned at a stroke
  const std::lock_guard lock(mutex_);
  const auto now = Clock::now();
  const auto [at, fresh] = learning_.try_emplace(node, Learning{record, now, now});
  Learning& learning = at->second;
  const bool first = fresh || record.epoch <= learning.last.epoch;
  if (first) learning.since = now;
  learning.last = record;
  const bool edge = first || record.epoch == record.epochs;
  if (bar_) {
    if (!edge && now - drawn_ < std::chrono::milliseconds(100)) return;
    erase_bars();
    draw_bars();
  } else if (edge || now - learning.told >= std::chrono::seconds(5)) {
    learning.told = now;
    write(Level::info, node,
          "epoch " + std::to_string(record.epoch) + " of at most " + std::to_string(record.epochs) +
              "  " + losses(record));
  }
}

void Console::learned(const std::string& node) {
  const std::lock_guard lock(mutex_);
  const auto at = learning_.find(node);
  if (at == learning_.end()) return;
  const EpochRecord last = at->second.last;
  erase_bars();
  learning_.erase(at);
  write(Level::info, node, "learned in " + std::to_string(last.epoch) + " epochs  " + losses(last));
  draw_bars();
}

void Console::erase_bars() {
  if (bars_ == 0) return;
  std::string text = "\r\033[K";
  for (; bars_ > 1; --bars_) text += "\033[1A\033[K";
  bars_ = 0;
  std::fputs(text.c_str(), stderr);
}

void Console::draw_bars() {
  if (!bar_ || learning_.empty()) return;
  drawn_ = Clock::now();
  std::size_t width = 0;
  for (const auto& [node, learning] : learning_) width = std::max(width, node.size());
  const std::size_t columns = terminal_columns();
  std::string text;
  for (const auto& [node, learning] : learning_) {
    const double passed = std::chrono::duration<double>(drawn_ - learning.since).count();
    if (bars_++ > 0) text += '\n';
    text += progress_line(node, width, learning.last, passed).substr(0, columns - 1);
  }
  std::fputs(text.c_str(), stderr);
  std::fflush(stderr);
}

}  // namespace weir::core::cli
