// SPDX-License-Identifier: Apache-2.0
#include "core/forecast/report.hpp"

#include <cmath>
#include <utility>
#include <vector>

namespace weir::core {

Batch forecast_batch(std::span<const ForecastPoint> points, const Feature& target,
                     const std::string& model) {
  BatchBuilder rows("forecast");
  std::vector<std::pair<BatchBuilder::Key, std::string>> tags;
  for (const auto& [name, value] : target.tags) tags.emplace_back(rows.tag(name), value);
  tags.emplace_back(rows.tag("model"), model);
  const auto step = rows.tag("horizon_step");
  const auto issued = rows.field<std::int64_t>("issued_at", "ns");
  const auto value = rows.field<double>(target.field, target.unit);
  const auto lower = rows.field<double>(target.field + "_lower", target.unit);
  const auto upper = rows.field<double>(target.field + "_upper", target.unit);
  for (const ForecastPoint& point : points) {
    auto row = rows.row(point.time);
    for (const auto& [key, text] : tags) row.set(key, text);
    row.set(step, std::to_string(point.step)).set(issued, point.issued_at);
    row.set(value, point.value).set(lower, point.lower).set(upper, point.upper);
  }
  return rows.build();
}

Batch predictions_batch(std::span<const ForecastPoint> points, const Forecaster& forecaster,
                        const std::string& model) {
  BatchBuilder rows("predictions");
  const auto column = rows.tag("column");
  const auto name = rows.tag("model");
  const auto step = rows.tag("horizon_step");
  const std::string unit = forecaster.target(0).unit;
  const auto issued = rows.field<std::int64_t>("issued_at", "ns");
  const auto actual = rows.field<double>("actual", unit);
  const auto predicted = rows.field<double>("predicted", unit);
  const auto lower = rows.field<double>("lower", unit);
  const auto upper = rows.field<double>("upper", unit);
  const auto naive = rows.field<double>("naive", unit);
  const auto seasonal_naive = rows.field<double>("seasonal_naive", unit);
  for (const ForecastPoint& point : points) {
    rows.row(point.time)
        .set(column, forecaster.target(point.target).column)
        .set(name, model)
        .set(step, std::to_string(point.step))
        .set(issued, point.issued_at)
        .set(actual, point.actual)
        .set(predicted, point.value)
        .set(lower, point.lower)
        .set(upper, point.upper)
        .set(naive, point.naive)
        .set(seasonal_naive, point.seasonal_naive);
  }
  return rows.build();
}

Batch training_batch(std::span<const EpochRecord> history, const std::string& model,
                     Timestamp end) {
  BatchBuilder rows("training_history");
  const auto name = rows.tag("model");
  const auto epoch = rows.field<std::int64_t>("epoch");
  const auto loss = rows.field<double>("loss");
  const auto validation = rows.field<double>("validation_loss");
  const std::int64_t first =
      end.time_since_epoch().count() - static_cast<std::int64_t>(history.size()) + 1;
  for (std::size_t i = 0; i < history.size(); ++i) {
    rows.row(first + static_cast<std::int64_t>(i))
        .set(name, model)
        .set(epoch, static_cast<std::int64_t>(history[i].epoch))
        .set(loss, history[i].loss)
        .set(validation, history[i].validation_loss);
  }
  return rows.build();
}

Batch evaluation_batch(std::span<const Evaluation> evaluations, const std::string& model,
                       Timestamp time) {
  BatchBuilder rows("evaluation");
  const auto column = rows.tag("column");
  const auto name = rows.tag("model");
  static constexpr std::pair<const char*, double Evaluation::*> figures[] = {
      {"minimum", &Evaluation::minimum},
      {"maximum", &Evaluation::maximum},
      {"mean", &Evaluation::mean},
      {"mae", &Evaluation::mae},
      {"rmse", &Evaluation::rmse},
      {"r2", &Evaluation::r2},
      {"mase", &Evaluation::mase},
      {"mase_scale", &Evaluation::mase_scale},
      {"naive_mae", &Evaluation::naive_mae},
      {"seasonal_naive_mae", &Evaluation::seasonal_naive_mae},
      {"median_mae", &Evaluation::median_mae},
      {"skill_naive", &Evaluation::skill_naive},
      {"skill_seasonal_naive", &Evaluation::skill_seasonal_naive},
      {"skill_median", &Evaluation::skill_median},
      {"coverage", &Evaluation::coverage},
      {"mean_width", &Evaluation::mean_width},
      {"training_seconds", &Evaluation::training_seconds}};
  std::vector<BatchBuilder::Key> keys;
  for (const auto& figure : figures) keys.push_back(rows.field<double>(figure.first));
  const auto data_points = rows.field<std::int64_t>("data_points");
  const auto test_samples = rows.field<std::int64_t>("test_samples");
  const auto epochs = rows.field<std::int64_t>("epochs");
  for (const Evaluation& evaluation : evaluations) {
    auto row = rows.row(time.time_since_epoch().count());
    row.set(column, evaluation.target).set(name, model);
    for (std::size_t i = 0; i < keys.size(); ++i) row.set(keys[i], evaluation.*figures[i].second);
    row.set(data_points, static_cast<std::int64_t>(evaluation.data_points));
    row.set(test_samples, static_cast<std::int64_t>(evaluation.test_samples));
    row.set(epochs, static_cast<std::int64_t>(evaluation.epochs));
  }
  return rows.build();
}

Batch scores_batch(std::span<const ScoredPoint> scored, const Forecaster& forecaster,
                   const std::string& model) {
  BatchBuilder rows("forecast_score");
  const auto column = rows.tag("column");
  const auto name = rows.tag("model");
  const auto step = rows.tag("horizon_step");
  const std::string unit = forecaster.target(0).unit;
  const auto issued = rows.field<std::int64_t>("issued_at", "ns");
  const auto actual = rows.field<double>("actual", unit);
  const auto predicted = rows.field<double>("predicted", unit);
  const auto error = rows.field<double>("error", unit);
  const auto inside = rows.field<bool>("inside");
  const auto ratio = rows.field<double>("error_ratio");
  for (const ScoredPoint& score : scored) {
    const ForecastPoint& point = score.point;
    auto row = rows.row(point.time);
    row.set(column, forecaster.target(point.target).column)
        .set(name, model)
        .set(step, std::to_string(point.step))
        .set(issued, point.issued_at)
        .set(actual, point.actual)
        .set(predicted, point.value)
        .set(error, point.value - point.actual)
        .set(ratio, score.error_ratio);
    if (!std::isnan(point.lower))
      row.set(inside, point.lower <= point.actual && point.actual <= point.upper);
  }
  return rows.build();
}

Batch alerts_batch(std::span<const Alert> alerts, const Forecaster& forecaster,
                   const std::string& model) {
  BatchBuilder rows("alert");
  const auto column = rows.tag("column");
  const auto name = rows.tag("model");
  const auto kind = rows.tag("kind");
  const std::string unit = forecaster.target(0).unit;
  const auto message = rows.field<std::string>("message");
  const auto actual = rows.field<double>("actual", unit);
  const auto predicted = rows.field<double>("predicted", unit);
  const auto lower = rows.field<double>("lower", unit);
  const auto upper = rows.field<double>("upper", unit);
  const auto chance = rows.field<double>("p_value");
  const auto ratio = rows.field<double>("error_ratio");
  for (const Alert& alert : alerts) {
    rows.row(alert.point.time)
        .set(column, forecaster.target(alert.point.target).column)
        .set(name, model)
        .set(kind, alert.kind)
        .set(message, alert.message)
        .set(actual, alert.point.actual)
        .set(predicted, alert.point.value)
        .set(lower, alert.point.lower)
        .set(upper, alert.point.upper)
        .set(chance, alert.p_value)
        .set(ratio, alert.error_ratio);
  }
  return rows.build();
}

}  // namespace weir::core
