// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "chart.hpp"
#include "reduce.hpp"
#include "series.hpp"
#include "table.hpp"

namespace weir::png_plotter {

// The past of a field of a series, from wherever it is known; nullptr if it is not.
using History =
    std::function<const BoundedSeries*(std::string_view field, std::string_view series)>;

// What models said and what came: measurements `predictions` (the backtest) and `forecast` (the
// future). A subject is one field of one series (its tags without model and horizon_step); a
// backtest that does not name its field belongs to the only forecast of its series.
class Forecasts {
 public:
  explicit Forecasts(std::size_t max_points);

  void add_predictions(const Table& table);
  // Of each subject and model only the forecast with the newest issued_at is kept.
  void add_forecast(const Table& table);

  // forecast*.png, one for each subject, and errors*.png, one for each subject and model; at most
  // twelve of each.
  [[nodiscard]] std::vector<Picture> pictures(Size size, const History& history) const;

 private:
  struct Backtest {
    std::string series, field, model, unit;  // field: the column
    double step = kMissing;                  // the least horizon step seen: that one is drawn
    double furthest = kMissing;
    BoundedSeries actual, predicted, lower, upper;
    Sample errors;  // of all steps
  };
  struct Issue {
    std::string series, field, model, unit;
    double issued_at = kMissing;
    std::vector<Point> values;
    std::vector<BandPoint> interval;
  };
  struct Subject {
    std::string series, field, unit;
    std::string column;  // of the backtests
    std::vector<const Backtest*> backtests;
    std::vector<const Issue*> issues;
  };

  Backtest* backtest(const Table& table, std::size_t row);
  Issue* issue(const Table& table, std::size_t row, const Column& value);
  [[nodiscard]] static bool belongs(const Backtest& test, const Subject& subject);
  [[nodiscard]] std::vector<Subject> subjects() const;
  [[nodiscard]] static std::string name_of(const Subject& subject);
  [[nodiscard]] static std::vector<Point> actual_of(const Subject& subject,
                                                    const BoundedSeries* history);
  static void draw_backtests(Panel& panel, const Subject& subject, Size size);
  static void draw_issues(Panel& panel, const Subject& subject, const Point& last, Size size);
  [[nodiscard]] static Chart forecast_chart(const Subject& subject, const BoundedSeries* history,
                                            Size size);

  std::size_t max_points_;
  std::vector<Backtest> backtests_;
  std::vector<Issue> issues_;
};

}  // namespace weir::png_plotter
