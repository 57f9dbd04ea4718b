// SPDX-License-Identifier: Apache-2.0
#include "flux_history.hpp"

#include <algorithm>
#include <limits>
#include <utility>

#include "flux_answer.hpp"
#include "time_text.hpp"

namespace weir::influx_source {
namespace {

constexpr std::int64_t latest = std::numeric_limits<std::int64_t>::max();

// A server may say any two times: these stay at the largest number.
std::int64_t distance(std::int64_t from, std::int64_t to) {
  std::int64_t difference = 0;
  return __builtin_sub_overflow(to, from, &difference) ? latest : difference;
}
std::int64_t after(std::int64_t time) { return time == latest ? latest : time + 1; }

constexpr std::int64_t first_width = 3'600'000'000'000;  // an hour
constexpr double most_change = 8;

std::optional<std::pair<std::int64_t, std::int64_t>> first_and_last(std::string_view csv) {
  rows::TimeParser parser(rows::TimeFormat::rfc3339);
  std::optional<std::pair<std::int64_t, std::int64_t>> range;
  for (const std::string& text : flux::read_column(csv, "_time")) {
    const auto time = parser.parse(text);
    if (!time)
      throw Fatal("this is no answer of InfluxDB 2 ('" + text + "' is no time); check url");
    if (!range) range.emplace(*time, *time);
    range->first = std::min(range->first, *time);
    range->second = std::max(range->second, *time);
  }
  return range;
}

/// All rows of the text. Throws RetryLater where the server ended it with an error.
void decode(rows::Decoder& decoder, std::string body) {
  const std::size_t size = body.size();
  body.append(rows::Decoder::padding, '\0');
  std::string_view text(body.data(), size);
  try {
    while (!text.empty()) {
      const std::size_t used = decoder.take(text, true, std::numeric_limits<std::size_t>::max());
      if (used == 0) break;
      text.remove_prefix(used);
    }
  } catch (const Fatal& error) {
    throw RetryLater(error.what());
  }
}

}  // namespace

FluxHistory::FluxHistory(Wish wish, Ask ask, Log log, std::function<std::int64_t()> now)
    : wish_(std::move(wish)), ask_(std::move(ask)), log_(std::move(log)), now_(std::move(now)) {}

bool FluxHistory::step(Found& found) {
  if (!listed_) {
    list_measurements();
  } else if (part_) {
    read_window(found);
  } else if (!measurements_.empty()) {
    look_at_measurement();
  }
  return part_ || !measurements_.empty();
}

void FluxHistory::list_measurements() {
  std::vector<std::string> there = wish_.measurements;
  if (any_pattern(there)) {
    there = chosen(flux::read_column(ask_(flux::list_measurements(wish_)), "_value"),
                   wish_.measurements);
    if (there.empty()) {
      log_(Level::info, "bucket '" + wish_.store + "' holds no measurement '" +
                            joined(wish_.measurements) +
                            "' yet: this run begins without its history");
    }
  }
  measurements_.assign(there.begin(), there.end());
  listed_ = true;
}

void FluxHistory::look_at_measurement() {
  flux::Part part{measurements_.front(), {}};
  const bool all = std::find(wish_.fields.begin(), wish_.fields.end(), "*") != wish_.fields.end();
  if (!all && any_pattern(wish_.fields)) {
    part.fields =
        chosen(flux::read_column(ask_(flux::list_fields(wish_, part.measurement)), "_value"),
               wish_.fields);
  } else if (!all) {
    part.fields = wish_.fields;
  }
  std::optional<std::pair<std::int64_t, std::int64_t>> range;
  if (all || !part.fields.empty()) range = first_and_last(ask_(flux::bounds(wish_, part)));
  measurements_.pop_front();
  if (!range) {
    return log_(Level::info, "bucket '" + wish_.store + "' holds no such rows of '" +
                                 part.measurement + "' yet: this run begins without them");
  }
  std::tie(from_, last_) = *range;
  width_ = first_width;
  rows::RowFormat format;
  format.measurement = part.measurement;
  decoder_ = rows::make_annotated_csv_decoder(std::move(format));
  part_ = std::move(part);
}

void FluxHistory::read_window(Found& found) {
  const std::int64_t to = width_ > distance(from_, last_) ? after(last_) : from_ + width_;
  std::string body;
  try {
    body = ask_(flux::window(wish_, *part_, from_, to));
  } catch (const TooLong&) {
    return narrow();
  }
  decode(*decoder_, std::move(body));
  adapt(decoder_->ready());
  if (decoder_->ready() > 0) {
    for (const Batch& batch : decoder_->build()) {
      const Batch fit = fitting(batch, wish_.tags);
      for (std::size_t row = 0; row < fit.rows(); row += wish_.batch_rows)
        found.rows.push_back(fit.slice(row, wish_.batch_rows));
    }
  }
  if (decoder_->rejections().size() > 0)
    found.rejected = decoder_->rejections().take(wish_.store, now_());
  from_ = to;
  if (from_ > last_) part_.reset();
}

void FluxHistory::narrow() {
  width_ = std::min(width_, after(distance(from_, last_))) / static_cast<std::int64_t>(most_change);
  if (width_ > 0) return;
  throw Fatal("'" + part_->measurement +
              "' has too many rows at one time; choose some of its fields or tags");
}

void FluxHistory::adapt(std::size_t rows) {
  const double wanted =
      rows == 0 ? most_change : static_cast<double>(wish_.batch_rows) / static_cast<double>(rows);
  const double width =
      static_cast<double>(width_) * std::clamp(wanted, 1 / most_change, most_change);
  // Ten years: no sum with a time of this era overflows.
  width_ = static_cast<std::int64_t>(std::clamp(width, 1.0, 3.2e17));
}

}  // namespace weir::influx_source
