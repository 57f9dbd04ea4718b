// SPDX-License-Identifier: Apache-2.0
#include "forecasts.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <limits>
#include <set>
#include <string_view>

#include <weir/error.hpp>

namespace weir::scoreboard {
namespace {

constexpr double unknown = std::numeric_limits<double>::quiet_NaN();

/// A number by name; NaN where the column or the value is missing.
class Reader {
 public:
  Reader(const Batch& batch, std::string_view name) : column_(batch.find(name)) {
    if (column_ != nullptr && !column_->numeric()) column_ = nullptr;
  }
  [[nodiscard]] double at(std::size_t row) const {
    return column_ == nullptr || column_->is_null(row) ? unknown : column_->number(row);
  }

 private:
  const weir::Column* column_;
};

const weir::Column& tag(const Batch& batch, std::string_view name) {
  const weir::Column* column = batch.find(name);
  if (column == nullptr || column->type() != Type::utf8) {
    throw Error("a batch of '" + batch.measurement() + "' has no tag '" + std::string(name) +
                "'; feed the scoreboard from a model's ports predictions and evaluation");
  }
  return *column;
}

std::uint32_t step_of(std::string_view text) {
  std::uint32_t step = 0;
  std::from_chars(text.data(), text.data() + text.size(), step);
  return step;
}

}  // namespace

std::vector<Moment> Column::common() const {
  std::vector<Moment> shared;
  if (models.empty()) return shared;
  for (const auto& one : models.begin()->second) {
    const Moment& moment = one.first;  // clang 14 lets no lambda take a structured binding
    const bool everywhere = std::all_of(models.begin(), models.end(), [&](const auto& model) {
      return model.second.contains(moment);
    });
    if (everywhere) shared.push_back(moment);
  }
  return shared;
}

std::int64_t Column::grid() const {
  std::set<std::int64_t> times;
  for (const auto& [name, outcomes] : models) {
    for (const auto& [moment, judged] : outcomes) times.insert(moment.time);
  }
  std::int64_t least = 0;
  std::optional<std::int64_t> before;
  for (const std::int64_t time : times) {
    if (before && (least == 0 || time - *before < least)) least = time - *before;
    before = time;
  }
  return least;
}

void Forecasts::add(const Batch& batch) {
  if (batch.measurement() == "predictions") return add_predictions(batch);
  if (batch.measurement() == "evaluation") return add_evaluation(batch);
  throw Error("the scoreboard cannot use '" + batch.measurement() +
              "'; feed it from a model's ports predictions and evaluation");
}

void Forecasts::add_predictions(const Batch& batch) {
  const weir::Column& column = tag(batch, "column");
  const weir::Column& model = tag(batch, "model");
  const weir::Column& step = tag(batch, "horizon_step");
  const Reader actual(batch, "actual");
  const Reader predicted(batch, "predicted");
  const Reader lower(batch, "lower");
  const Reader upper(batch, "upper");
  const Reader naive(batch, "naive");
  const Reader seasonal(batch, "seasonal_naive");
  for (std::size_t row = 0; row < batch.rows(); ++row) {
    const Judged judged{{actual.at(row), predicted.at(row), lower.at(row), upper.at(row)},
                        naive.at(row),
                        seasonal.at(row)};
    const std::uint32_t ahead = step_of(step.text(row));
    if (ahead == 0 || std::isnan(judged.outcome.actual) || std::isnan(judged.outcome.predicted)) {
      ++left_out_;
      continue;
    }
    Column& target = columns_[std::string(column.text(row))];
    if (target.unit.empty()) target.unit = batch.column("actual").unit();
    target.models[std::string(model.text(row))][{batch.times()[row], ahead}] = judged;
  }
}

void Forecasts::add_evaluation(const Batch& batch) {
  const weir::Column& column = tag(batch, "column");
  const Reader scale(batch, "mase_scale");
  for (std::size_t row = 0; row < batch.rows(); ++row) {
    if (scale.at(row) > 0) columns_[std::string(column.text(row))].mase_scale = scale.at(row);
  }
}

}  // namespace weir::scoreboard
