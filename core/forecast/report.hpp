// SPDX-License-Identifier: Apache-2.0
#pragma once
/// What the harness tells as batches: measurements forecast, predictions, training_history,
/// evaluation, forecast_score, alert.

#include <span>
#include <string>

#include "core/forecast/forecast_log.hpp"
#include "core/forecast/forecaster.hpp"
#include "weir/batch.hpp"

namespace weir::core {

/// `forecast`: time = the time that is forecast; tags of the series, model, horizon_step; issued_at
/// (ns), <field>, <field>_lower, <field>_upper. Points of one target only.
[[nodiscard]] Batch forecast_batch(std::span<const ForecastPoint> points, const Feature& target,
                                   const std::string& model);

/// `predictions`: time; tags column, model, horizon_step; issued_at (ns), actual, predicted, lower,
/// upper, naive, seasonal_naive.
[[nodiscard]] Batch predictions_batch(std::span<const ForecastPoint> points,
                                      const Forecaster& forecaster, const std::string& model);

/// `training_history`: epoch, loss, validation_loss; a row's time is `end` less a nanosecond per
/// epoch that came after, so that no two share one.
[[nodiscard]] Batch training_batch(std::span<const EpochRecord> history, const std::string& model,
                                   Timestamp end);

/// `evaluation`: tags column, model; the figures of Evaluation.
[[nodiscard]] Batch evaluation_batch(std::span<const Evaluation> evaluations,
                                     const std::string& model, Timestamp time);

/// `forecast_score`: time; tags column, model, horizon_step; issued_at (ns), actual, predicted,
/// error (predicted - actual), inside (its interval), error_ratio (recent errors over usual ones).
[[nodiscard]] Batch scores_batch(std::span<const ScoredPoint> scored, const Forecaster& forecaster,
                                 const std::string& model);

/// `alert`: time; tags column, model, kind (anomaly, drift); message, actual, predicted, lower,
/// upper, p_value, error_ratio.
[[nodiscard]] Batch alerts_batch(std::span<const Alert> alerts, const Forecaster& forecaster,
                                 const std::string& model);

}  // namespace weir::core
