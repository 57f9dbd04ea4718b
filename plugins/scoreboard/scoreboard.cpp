// SPDX-License-Identifier: Apache-2.0
#include "scoreboard.hpp"

#include <array>
#include <string>
#include <utility>
#include <vector>

#include "standings.hpp"
#include "table.hpp"

namespace weir::scoreboard {
namespace {

using Figure = std::pair<const char*, double (*)(const Standing&)>;

constexpr std::array figures{
    Figure{"mae", [](const Standing& s) { return s.errors.mae; }},
    Figure{"rmse", [](const Standing& s) { return s.errors.rmse; }},
    Figure{"r2", [](const Standing& s) { return s.errors.r2; }},
    Figure{"smape_percent", [](const Standing& s) { return s.errors.smape_percent; }},
    Figure{"mase", [](const Standing& s) { return s.mase; }},
    Figure{"pinball", [](const Standing& s) { return s.errors.pinball; }},
    Figure{"pinball_lower", [](const Standing& s) { return s.errors.pinball_lower; }},
    Figure{"pinball_median", [](const Standing& s) { return s.errors.pinball_median; }},
    Figure{"pinball_upper", [](const Standing& s) { return s.errors.pinball_upper; }},
    Figure{"coverage", [](const Standing& s) { return s.errors.coverage; }},
    Figure{"width", [](const Standing& s) { return s.errors.width; }},
    Figure{"naive_mae", [](const Standing& s) { return s.naive_mae; }},
    Figure{"seasonal_naive_mae", [](const Standing& s) { return s.seasonal_naive_mae; }},
    Figure{"skill_naive", [](const Standing& s) { return s.skill_naive; }},
    Figure{"skill_seasonal_naive", [](const Standing& s) { return s.skill_seasonal_naive; }},
    Figure{"baseline_statistic", [](const Standing& s) { return s.against_baseline.statistic; }},
    Figure{"baseline_p", [](const Standing& s) { return s.against_baseline.p; }},
    Figure{"best_statistic", [](const Standing& s) { return s.against_best.statistic; }},
    Figure{"best_p", [](const Standing& s) { return s.against_best.p; }}};

Batch scoreboard_batch(const std::vector<Standing>& standings, Timestamp time) {
  BatchBuilder rows("scoreboard");
  const auto column = rows.tag("column");
  const auto model = rows.tag("model");
  const auto step = rows.tag("horizon_step");
  std::vector<BatchBuilder::Key> keys;
  for (const Figure& figure : figures) keys.push_back(rows.field<double>(figure.first));
  const auto place = rows.field<std::int64_t>("place");
  const auto count = rows.field<std::int64_t>("forecasts");
  const auto origins = rows.field<std::int64_t>("origins");
  const auto baseline = rows.field<std::string>("baseline");
  const auto against_baseline = rows.field<std::string>("against_baseline");
  const auto best = rows.field<std::string>("best");
  const auto against_best = rows.field<std::string>("against_best");
  for (const Standing& standing : standings) {
    auto row = rows.row(time.time_since_epoch().count());
    row.set(column, standing.column).set(model, standing.model);
    row.set(step, standing.step == 0 ? "all" : std::to_string(standing.step));
    for (std::size_t i = 0; i < keys.size(); ++i) row.set(keys[i], figures[i].second(standing));
    row.set(place, static_cast<std::int64_t>(standing.place));
    row.set(count, static_cast<std::int64_t>(standing.errors.count));
    row.set(origins, static_cast<std::int64_t>(standing.against_best.origins));
    if (!standing.baseline.empty())
      row.set(baseline, standing.baseline)
          .set(against_baseline, verdict(standing.against_baseline));
    row.set(best, standing.best);
    row.set(against_best, standing.place == 1 ? "the best" : verdict(standing.against_best));
  }
  return rows.build();
}

}  // namespace

void Scoreboard::process(Input input, Output&) {
  const std::uint64_t before = forecasts_.left_out();
  forecasts_.add(input.batch);
  const std::uint64_t left_out = forecasts_.left_out() - before;
  if (left_out > 0) context_->count("rows_without_truth_or_forecast", left_out);
}

void Scoreboard::finish(Reason, Output& output) {
  for (const auto& [target, column] : forecasts_.columns()) {
    if (column.models.empty() || !column.common().empty()) continue;
    context_->log(Level::warning, "the models of " + target +
                                      " have no forecast in common, so they cannot be compared; "
                                      "give them the same split and horizon");
  }
  const std::vector<Standing> all = standings(forecasts_, options.interval);
  if (all.empty()) {
    context_->log(Level::warning, "no model gave predictions, so there is nothing to compare");
    return;
  }
  for (const std::string& line : table_lines(all)) context_->log(Level::info, line);
  output.emit(scoreboard_batch(all, context_->now()));
}

}  // namespace weir::scoreboard
