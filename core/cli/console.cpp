// SPDX-License-Identifier: Apache-2.0
#include "core/cli/console.hpp"

#include <spdlog/sinks/stdout_color_sinks.h>
#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>

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

/// Plugins' texts may hold what a server or a file said: no control character reaches a terminal.
std::string printable(std::string_view text) {
  std::string clean(text);
  for (char& c : clean) {
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7F) c = ' ';
  }
  return clean;
}

std::string losses(const EpochRecord& record) {
  std::array<char, 128> text{};
  if (std::isnan(record.validation_loss)) {
    std::snprintf(text.data(), text.size(), "loss %.4g", record.loss);
  } else {
    std::snprintf(text.data(), text.size(), "loss %.4g  validation %.4g  best %.4g", record.loss,
                  record.validation_loss, record.best_loss);
  }
  return text.data();
}

}  // namespace

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

Console::~Console() { clear_bar(); }

void Console::log(Level level, std::string_view node, std::string_view text) {
  const std::lock_guard lock(mutex_);
  write(level, node, text);
}

void Console::write(Level level, std::string_view node, std::string_view text) {
  if (format_ == LogFormat::json) {
    const auto now = std::chrono::time_point_cast<Duration>(std::chrono::system_clock::now());
    logger_->log(level_of(level), "{}", json_line(now, level, node, text));
    return;
  }
  if (std::exchange(bar_drawn_, false)) std::fputs("\r\033[K", stderr);
  logger_->log(level_of(level), "{}{}{}", node, node.empty() ? "" : ": ", printable(text));
}

void Console::clear_bar() {
  const std::lock_guard lock(mutex_);
  if (std::exchange(bar_drawn_, false)) std::fputs("\r\033[K", stderr);
}

void Console::epoch(const std::string& node, const EpochRecord& record) {
  const std::lock_guard lock(mutex_);
  const auto now = std::chrono::steady_clock::now();
  if (record.epoch == 1) learning_since_ = now;
  const bool edge = record.epoch == 1 || record.epoch == record.epochs;
  if (!edge && now - told_ < (bar_ ? std::chrono::milliseconds(100) : std::chrono::seconds(2)))
    return;
  told_ = now;
  if (bar_) {
    draw_bar(node, record);
  } else {
    write(Level::info, node,
          "epoch " + std::to_string(record.epoch) + " of at most " + std::to_string(record.epochs) +
              "  " + losses(record));
  }
}

void Console::draw_bar(const std::string& node, const EpochRecord& record) {
  constexpr std::size_t width = 30;
  const double share = record.epochs == 0
                           ? 0
                           : static_cast<double>(record.epoch) / static_cast<double>(record.epochs);
  const auto full = std::min(width, static_cast<std::size_t>(share * width));
  const double passed =
      std::chrono::duration<double>(std::chrono::steady_clock::now() - learning_since_).count();
  const double left = record.epoch == 0 ? 0 : passed * (1 / share - 1);
  std::fprintf(stderr, "\r\033[K%s [%s%s] %llu/%llu  %s  at most %.0f s left", node.c_str(),
               std::string(full, '#').c_str(), std::string(width - full, '.').c_str(),
               static_cast<unsigned long long>(record.epoch),
               static_cast<unsigned long long>(record.epochs), losses(record).c_str(),
               std::ceil(left));
  std::fflush(stderr);
  bar_drawn_ = true;
}

}  // namespace weir::core::cli
