// SPDX-License-Identifier: Apache-2.0
#include "scaler.hpp"

#include <cmath>
#include <utility>

#include <weir/pattern.hpp>
#include <weir/plugin.hpp>

#include "saved_bytes.hpp"

namespace weir::scaler {
namespace {

constexpr std::string_view magic = "WEIRSCAL";

bool is_scaled(const Column& column, const std::vector<std::string>& patterns) {
  return column.role() == Role::field && column.numeric() && column.type() != Type::boolean &&
         matches_any(patterns, column.name());
}

/// The column under the scale; what an earlier scaler did is kept in the sum.
Column apply(const Column& column, const Scale& scale, std::int64_t fitted_until) {
  ColumnInfo info = column.info();
  info.type = Type::float64;
  info.offset = scale.offset * info.scale + info.offset;
  info.scale = scale.factor * info.scale;
  info.metadata["weir.fitted_until"] = std::to_string(fitted_until);
  ColumnBuilder builder(std::move(info));
  builder.reserve(column.size());
  for (std::size_t row = 0; row < column.size(); ++row) {
    builder.append((column.number(row) - scale.offset) / scale.factor);
  }
  return builder.build();
}

}  // namespace

void Scaler::process(Input input, Output& output) {
  if (learned_) {
    output.emit(scaled(input.batch));
    return;
  }
  held_rows_ += input.batch.rows();
  held_.push_back(std::move(input.batch));
  if (options.fit_rows == 0 || held_rows_ < options.fit_rows) return;
  learn(options.fit_rows);
  release(output);
}

void Scaler::finish(Reason reason, Output& output) {
  if (learned_ || held_.empty()) return;
  if (options.fit_rows > 0) {
    context_->log(Level::warning, "only " + std::to_string(held_rows_) + " of fit_rows " +
                                      std::to_string(options.fit_rows) +
                                      " came; learns from these");
    learn(held_rows_);
  } else if (reason == Reason::ended) {
    learn(held_rows_ * options.train_percent / 100);
  } else {
    context_->log(Level::warning, "was stopped before the end of the input; " +
                                      std::to_string(held_rows_) +
                                      " rows go on scaled by what has come");
    learn(held_rows_ * options.train_percent / 100);
  }
  release(output);
}

std::string Scaler::save_state() const {
  if (!learned_) throw RetryLater("nothing is learned yet");
  model_parts::BytesWriter writer(magic, 1);
  writer.put(static_cast<std::uint8_t>(options.method));
  writer.put_size(options.columns.size());
  for (const std::string& pattern : options.columns) writer.put_text(pattern);
  writer.put(fitted_until_);
  writer.put_size(scales_.size());
  for (const auto& [column, scale] : scales_) {
    writer.put_text(column);
    writer.put(scale.factor);
    writer.put(scale.offset);
  }
  return writer.seal();
}

void Scaler::load_state(std::uint32_t, std::string_view bytes) {
  model_parts::BytesReader reader(bytes, magic, 1, "the scaler", "; it learns again");
  if (reader.take<std::uint8_t>() != static_cast<std::uint8_t>(options.method))
    reader.refuse("were learned by another method");
  std::vector<std::string> patterns(reader.take_size(bytes.size()));
  for (std::string& pattern : patterns) pattern = reader.take_text();
  if (patterns != options.columns) reader.refuse("are of other columns");
  const auto until = reader.take<std::int64_t>();
  std::map<std::string, Scale> scales;
  for (std::size_t left = reader.take_size(bytes.size()); left > 0; --left) {
    const std::string column(reader.take_text());
    Scale scale;
    scale.factor = reader.take<double>();
    scale.offset = reader.take<double>();
    if (scale.factor == 0) reader.refuse("hold a scale of 0");
    scales.emplace(column, scale);
  }
  reader.end();
  scales_ = std::move(scales);
  fitted_until_ = until;
  learned_ = true;
}

/// From the first `rows` of what is held. Columns that come later are not scaled.
void Scaler::learn(std::size_t rows) {
  std::map<std::string, std::vector<double>> values;
  std::size_t left = rows == 0 ? 1 : rows;
  for (const Batch& batch : held_) {
    const std::size_t used = std::min(left, batch.rows());
    for (const Column& column : batch.columns()) {
      if (!is_scaled(column, options.columns)) continue;
      std::vector<double>& of_column = values[column.name()];
      for (std::size_t row = 0; row < used; ++row) {
        const double value = column.number(row);
        if (!std::isnan(value)) of_column.push_back(value);
      }
    }
    if (used > 0) fitted_until_ = std::max(fitted_until_, batch.times()[used - 1]);
    left -= used;
    if (left == 0) break;
  }
  for (auto& [column, of_column] : values) {
    if (of_column.empty()) {
      context_->log(
          Level::warning,
          "column '" + column + "' has no value in the rows to learn from; it stays as it is");
    }
    scales_.emplace(column, weir::scaler::learn(options.method, std::move(of_column)));
  }
  learned_ = true;
}

Batch Scaler::scaled(const Batch& batch) {
  Batch out = batch;
  for (const Column& column : batch.columns()) {
    if (!is_scaled(column, options.columns)) continue;
    const auto scale = scales_.find(column.name());
    if (scale == scales_.end()) {
      context_->count("columns_without_scale");
      continue;
    }
    out = out.with(apply(column, scale->second, fitted_until_));
  }
  return out;
}

void Scaler::release(Output& output) {
  for (const Batch& batch : std::exchange(held_, {})) output.emit(scaled(batch));
}

}  // namespace weir::scaler

WEIR_PLUGIN("1.0.0", weir::scaler::Scaler)
