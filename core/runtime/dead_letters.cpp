// SPDX-License-Identifier: Apache-2.0
#include "core/runtime/dead_letters.hpp"

#include <chrono>
#include <exception>
#include <system_error>
#include <utility>

#include "core/runtime/row_text.hpp"
#include "weir/json_text.hpp"

namespace weir::core::runtime {
namespace {

std::string line(const std::string& node, const Batch& batch, std::size_t row,
                 const std::string& reason, const std::string& arrived) {
  JsonText json;
  json.begin_object();
  add_columns(json, batch, row);
  json.key("weir.measurement").value(batch.measurement());
  json.key("weir.node").value(node);
  json.key("weir.arrived").value(arrived);
  if (!reason.empty()) json.key("weir.reason").value(reason);
  return json.end_object().take() + "\n";
}

}  // namespace

std::string dead_letter_lines(const std::string& node, const Batch& batch,
                              const std::string& reason, Timestamp arrived) {
  const std::string when = to_text(arrived);
  std::string lines;
  for (std::size_t row = 0; row < batch.rows(); ++row) {
    lines += line(node, batch, row, reason, when);
  }
  return lines;
}

DeadLetters::DeadLetters(std::filesystem::path folder, std::string pipeline, Bytes limit)
    : folder_(std::move(folder)), pipeline_(std::move(pipeline)), limit_(limit) {}

std::string DeadLetters::keep(const std::string& node, const Batch& batch,
                              const std::string& reason, Timestamp arrived) noexcept {
  try {
    if (folder_.empty() || batch.empty()) return {};
    const std::lock_guard lock(mutex_);
    File& file = files_[node];
    if (file.stopped) return {};
    std::string news;
    if (!file.stream.is_open()) news = open(file, node);
    if (file.stopped) return news;
    const std::string trouble = write(file, dead_letter_lines(node, batch, reason, arrived));
    return trouble.empty() ? news : trouble;
  } catch (const std::exception& trouble) {
    return std::string("dead letters are only counted: ") + trouble.what();
  }
}

std::string DeadLetters::open(File& file, const std::string& node) const {
  file.path = folder_ / pipeline_ / (node + ".jsonl");
  std::error_code error;
  std::filesystem::create_directories(file.path.parent_path(), error);
  if (!error) {
    file.stream.open(file.path, std::ios::app | std::ios::binary);
    const auto size = std::filesystem::file_size(file.path, error);
    file.size = error ? 0 : static_cast<std::int64_t>(size);
  }
  if (!error && file.stream.is_open())
    return "rows that cannot be used go to " + file.path.string();
  file.stopped = true;
  return "cannot write dead letters to " + file.path.string() +
         (error ? ": " + error.message() : std::string()) +
         "; they are only counted from now on; check the folder's owner and space";
}

std::string DeadLetters::write(File& file, const std::string& lines) const {
  if (file.size + static_cast<std::int64_t>(lines.size()) > limit_.count) {
    file.stopped = true;
    return file.path.string() + " has reached its limit of " + to_text(limit_) +
           "; further dead letters are only counted; move the file away and restart";
  }
  file.stream.write(lines.data(), static_cast<std::streamsize>(lines.size()));
  file.stream.flush();
  if (file.stream) {
    file.size += static_cast<std::int64_t>(lines.size());
    return {};
  }
  file.stopped = true;
  return "writing dead letters to " + file.path.string() +
         " failed; they are only counted from now on; is the disk full?";
}

}  // namespace weir::core::runtime
