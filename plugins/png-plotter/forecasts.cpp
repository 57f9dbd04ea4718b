// SPDX-License-Identifier: Apache-2.0
#include "forecasts.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdlib>
#include <set>
#include <utility>

#include "errors.hpp"
#include "panel_tools.hpp"
#include "script.hpp"
#include "text.hpp"

namespace weir::png_plotter {

namespace {

constexpr std::size_t kMostCurves = 48;    // subjects times models that are kept
constexpr std::size_t kMostPictures = 12;  // of each kind
constexpr std::size_t kMostModels = 4;     // in one picture
// Where the future takes less of the whole than this, it gets a panel of its own.
constexpr double kLeastFuture = 0.15;
constexpr double kFaint = 0.18;     // bands of several models lie over each other
constexpr double kPastsInZoom = 4;  // lengths of the future

constexpr std::array<std::string_view, 3> kNoSeriesTags{"model", "horizon_step", "column"};

std::string text_of(const Table& table, std::size_t row, std::string_view name) {
  const Column* column = table.find(name);
  return column != nullptr && !column->texts.empty() ? column->texts[row] : std::string();
}

double number_of(const Table& table, std::size_t row, std::string_view name) {
  const Column* column = table.find(name);
  if (column == nullptr) return kMissing;
  if (column->texts.empty()) return column->numbers[row];
  const std::string& text = column->texts[row];
  char* end = nullptr;
  const double value = std::strtod(text.c_str(), &end);
  return text.empty() || *end != '\0' ? kMissing : value;
}

// A forecast's value columns: those that are neither an edge of an interval nor a clock.
std::vector<const Column*> value_columns(const Table& table) {
  std::vector<const Column*> result;
  for (const Column& column : table.columns) {
    const std::string& name = column.name;
    if (!column.is_number() || name == "issued_at" || name == "horizon_step") continue;
    if (name.ends_with("_lower") || name.ends_with("_upper")) continue;
    result.push_back(&column);
  }
  return result;
}

// True if the column can be the pivoted name of the field: "<input>.<field>" or
// "<input>.<field>[<tag value>]".
bool is_pivoted(std::string_view column, std::string_view field, std::string_view series) {
  const std::string_view base = column.substr(0, column.find('['));
  if (base != field && !base.ends_with('.' + std::string(field))) return false;
  std::string_view value = column.substr(base.size());
  if (value.size() < 2 || series.empty()) return true;
  value.remove_prefix(1);
  value.remove_suffix(1);
  return series.find(value) != std::string_view::npos;
}

Point last_value(const std::vector<Point>& points) {
  for (auto point = points.rbegin(); point != points.rend(); ++point) {
    if (!std::isnan(point->y)) return *point;
  }
  return {kMissing, kMissing};
}

Color model_color(std::size_t i) {
  static constexpr std::array<Color, kMostModels> kColors{color::kBlue, color::kGreen,
                                                          color::kPurple, color::kOrange};
  return kColors.at(i);
}

// With one model the future has a colour of its own; with several each keeps its colour.
Color future_color(std::size_t i, std::size_t models) {
  return models == 1 ? color::kVermilion : model_color(i);
}

}  // namespace

Forecasts::Forecasts(std::size_t max_points) : max_points_(max_points) {}

Forecasts::Backtest* Forecasts::backtest(const Table& table, std::size_t row) {
  const std::string series = series_label(table, row, kNoSeriesTags);
  const Column* actual = table.find("actual");
  const std::string field = text_of(table, row, "column");
  const std::string model = text_of(table, row, "model");
  for (Backtest& known : backtests_) {
    if (known.series == series && known.field == field && known.model == model) return &known;
  }
  if (backtests_.size() == kMostCurves) return nullptr;
  const BoundedSeries empty(max_points_);
  backtests_.push_back({series, field, model, actual != nullptr ? actual->unit : "", kMissing,
                        kMissing, empty, empty, empty, empty, Sample(max_points_)});
  return &backtests_.back();
}

void Forecasts::add_predictions(const Table& table) {
  for (std::size_t row = 0; row < table.rows(); ++row) {
    Backtest* found = backtest(table, row);
    if (found == nullptr) continue;
    const double actual = number_of(table, row, "actual");
    const double predicted = number_of(table, row, "predicted");
    found->errors.add(predicted - actual);
    double step = number_of(table, row, "horizon_step");
    if (std::isnan(step)) step = 1;
    found->furthest = std::fmax(found->furthest, step);
    if (step > found->step) continue;
    if (step < found->step) {
      for (auto curve :
           {&Backtest::actual, &Backtest::predicted, &Backtest::lower, &Backtest::upper}) {
        (found->*curve).clear();
      }
    }
    found->step = step;
    const double time = table.time[row];
    found->actual.add(time, actual);
    found->predicted.add(time, predicted);
    found->lower.add(time, number_of(table, row, "lower"));
    found->upper.add(time, number_of(table, row, "upper"));
  }
}

Forecasts::Issue* Forecasts::issue(const Table& table, std::size_t row, const Column& value) {
  const std::string series = series_label(table, row, kNoSeriesTags);
  const std::string model = text_of(table, row, "model");
  for (Issue& known : issues_) {
    if (known.series == series && known.field == value.name && known.model == model) return &known;
  }
  if (issues_.size() == kMostCurves) return nullptr;
  issues_.push_back({series, value.name, model, value.unit, kMissing, {}, {}});
  return &issues_.back();
}

void Forecasts::add_forecast(const Table& table) {
  for (const Column* value : value_columns(table)) {
    const Column* lower = table.find(value->name + "_lower");
    const Column* upper = table.find(value->name + "_upper");
    for (std::size_t row = 0; row < table.rows(); ++row) {
      Issue* found = issue(table, row, *value);
      const double issued_at = number_of(table, row, "issued_at");
      if (found == nullptr || issued_at < found->issued_at) continue;
      if (issued_at > found->issued_at || found->values.size() >= max_points_) {
        found->values.clear();
        found->interval.clear();
      }
      found->issued_at = issued_at;
      const double time = table.time[row];
      found->values.push_back({time, value->numbers[row]});
      found->interval.push_back(
          {time, lower != nullptr && lower->is_number() ? lower->numbers[row] : kMissing,
           upper != nullptr && upper->is_number() ? upper->numbers[row] : kMissing});
    }
  }
  for (Issue& known : issues_) {
    auto earlier = [](const auto& a, const auto& b) { return a.x < b.x; };
    std::stable_sort(known.values.begin(), known.values.end(), earlier);
    std::stable_sort(known.interval.begin(), known.interval.end(), earlier);
  }
}

bool Forecasts::belongs(const Backtest& test, const Subject& subject) {
  if (test.field.empty()) return test.series == subject.series;
  if (!test.series.empty() && test.series != subject.series) return false;
  return is_pivoted(test.field, subject.field, subject.series);
}

std::vector<Forecasts::Subject> Forecasts::subjects() const {
  std::vector<Subject> result;
  for (const Issue& known : issues_) {
    auto same = [&](const Subject& s) {
      return s.series == known.series && s.field == known.field;
    };
    auto found = std::find_if(result.begin(), result.end(), same);
    if (found == result.end()) {
      result.push_back({known.series, known.field, known.unit, {}, {}, {}});
      found = std::prev(result.end());
    }
    if (found->issues.size() < kMostModels) found->issues.push_back(&known);
  }
  std::set<std::pair<std::string, std::string>> tested;
  for (const Backtest& known : backtests_) tested.emplace(known.series, known.field);
  const bool only_one = result.size() == 1 && tested.size() == 1;
  for (const Backtest& known : backtests_) {
    // Where a column may be that of several forecasts, both came in the order of the targets.
    auto fits = [&](const Subject& s) {
      const bool taken = !s.column.empty() && s.column != known.field;
      return only_one || (!taken && belongs(known, s));
    };
    auto found = std::find_if(result.begin(), result.end(), fits);
    if (found == result.end()) {
      result.push_back({known.series, known.field, known.unit, {}, {}, {}});
      found = std::prev(result.end());
    }
    found->column = known.field;
    if (found->unit.empty()) found->unit = known.unit;
    if (found->backtests.size() < kMostModels) found->backtests.push_back(&known);
  }
  return result;
}

std::string Forecasts::name_of(const Subject& subject) {
  if (subject.field.empty()) return subject.series;
  if (subject.series.empty()) return subject.field;
  return subject.field + " (" + subject.series + ')';
}

// What was measured: the history, and over the time of the backtest what that says.
std::vector<Point> Forecasts::actual_of(const Subject& subject, const BoundedSeries* history) {
  std::vector<Point> tested;
  double bucket = 0;
  if (!subject.backtests.empty()) {
    tested = subject.backtests.front()->actual.points();
    bucket = subject.backtests.front()->actual.bucket_width();
  }
  if (history == nullptr) return break_at_holes(std::move(tested), 3 * bucket);
  bucket = std::max(bucket, history->bucket_width());
  std::vector<Point> known = history->points();
  if (tested.empty()) return break_at_holes(std::move(known), 3 * bucket);
  std::vector<Point> result;
  for (const Point& point : known) {
    if (point.x < tested.front().x) result.push_back(point);
  }
  result.insert(result.end(), tested.begin(), tested.end());
  for (const Point& point : known) {
    if (point.x > tested.back().x) result.push_back(point);
  }
  return break_at_holes(std::move(result), 3 * bucket);
}

void Forecasts::draw_backtests(Panel& panel, const Subject& subject, Size size) {
  const std::size_t models = subject.backtests.size();
  for (std::size_t i = 0; i < models; ++i) {
    const Backtest& test = *subject.backtests[i];
    Line line;
    line.title = (test.model.empty() ? "predicted" : test.model) + ", " + short_number(test.step) +
                 (test.step == 1 ? " step ahead" : " steps ahead");
    line.color = model_color(i);
    line.width = 1.5;
    add_line(panel, break_at_holes(test.predicted.points(), 3 * test.predicted.bucket_width()),
             std::move(line), size);
    if (!test.lower.has_values() || !test.upper.has_values()) continue;
    Band interval;
    interval.title = models == 1 ? "interval of the backtest" : "";
    if (models > 1) interval.opacity = kFaint;
    interval.color = models == 1 ? color::kSky : model_color(i);
    interval.points = band(test.lower.points(), test.upper.points(), panel.x.min, panel.x.max,
                           plot_columns(size));
    panel.bands.push_back(std::move(interval));
  }
}

void Forecasts::draw_issues(Panel& panel, const Subject& subject, const Point& last, Size size) {
  const std::size_t models = subject.issues.size();
  for (std::size_t i = 0; i < models; ++i) {
    const Issue& issue = *subject.issues[i];
    std::vector<Point> values = issue.values;
    std::vector<BandPoint> interval = issue.interval;
    // The forecast grows out of the last value, where it is the next step.
    if (!values.empty() && last.x < values.front().x) {
      values.insert(values.begin(), last);
      if (!std::isnan(interval.front().low))
        interval.insert(interval.begin(), {last.x, last.y, last.y});
    }
    Line line;
    line.title = issue.model.empty() ? "forecast" : issue.model + " forecast";
    line.color = future_color(i, models);
    line.width = 2.2;
    line.dots = values.size() <= 60 &&
                panel.x.max - panel.x.min < 12 * (values.back().x - values.front().x);
    add_line(panel, values, std::move(line), size);
    auto known = [](const BandPoint& p) { return !std::isnan(p.low) && !std::isnan(p.high); };
    if (std::none_of(interval.begin(), interval.end(), known)) continue;
    Band future;
    future.title = models == 1 ? "interval of the forecast" : "";
    if (models > 1) future.opacity = kFaint;
    future.color = models == 1 ? color::kOrange : future_color(i, models);
    future.points = std::move(interval);
    panel.bands.push_back(std::move(future));
  }
}

Chart Forecasts::forecast_chart(const Subject& subject, const BoundedSeries* history, Size size) {
  const std::vector<Point> actual = actual_of(subject, history);
  const Point last = last_value(actual);
  double low = actual.empty() ? kMissing : actual.front().x;
  double high = actual.empty() ? kMissing : actual.back().x;
  double future_end = kMissing;
  double future_begin = last.x;
  for (const Issue* issue : subject.issues) {
    if (issue->values.empty()) continue;
    low = std::fmin(low, issue->values.front().x);
    future_end = std::fmax(future_end, issue->values.back().x);
    if (std::isnan(last.x)) future_begin = std::fmin(future_begin, issue->values.front().x);
  }
  high = std::fmax(high, future_end);

  auto make = [&](double from, double to) {
    Panel panel = time_panel(from, to, size);
    panel.y_label =
        with_unit(shorten(subject.field.empty() ? "value" : subject.field, 34), subject.unit);
    Line measured;
    measured.title = "measured";
    if (!std::isnan(last.x)) add_line(panel, actual, std::move(measured), size);
    draw_backtests(panel, subject, size);
    draw_issues(panel, subject, last, size);
    fit_y(panel);
    // Where the test part's predictions begin, what lies before was there to learn from.
    if (history != nullptr && !subject.backtests.empty()) {
      const std::vector<Point> tested = subject.backtests.front()->predicted.points();
      if (!tested.empty() && tested.front().x > from + 0.02 * (to - from)) {
        panel.marks.push_back(
            {tested.front().x, "test part", color::kGrey, Dash::kDotted, false, 0});
      }
    }
    if (!std::isnan(future_end)) {
      const bool room_on_left = future_begin - from > 0.05 * (to - from);
      panel.marks.push_back({future_begin, "now", color::kInk, Dash::kDashed, room_on_left, 0});
    }
    return panel;
  };

  Chart chart;
  chart.title = "Forecast: " + name_of(subject);
  if (!std::isnan(low)) chart.subtitle = time_range_text(low, high);
  const double future = future_end - future_begin;
  if (future > 0 && future < kLeastFuture * (high - low)) {
    chart.panels.push_back(make(future_begin - kPastsInZoom * future, future_end));
    chart.panels.front().weight = 1.4;
    chart.panels.push_back(make(low, high));
    // The legend above says it all.
    for (Line& line : chart.panels.back().lines) line.title.clear();
    for (Band& band : chart.panels.back().bands) band.title.clear();
    chart.subtitle += " \u00b7 upper panel: the latest part enlarged";
  } else {
    chart.panels.push_back(make(low, high));
  }
  return chart;
}

std::vector<Picture> Forecasts::pictures(Size size, const History& history) const {
  std::vector<Picture> result;
  FileNames names;
  auto past = [&](const Subject& subject) {
    const BoundedSeries* found = subject.column.empty() ? nullptr : history(subject.column, "");
    return found != nullptr ? found : history(subject.field, subject.series);
  };
  const std::vector<Subject> all = subjects();
  for (std::size_t i = 0; i < std::min(all.size(), kMostPictures); ++i) {
    const std::string name = name_of(all[i]);
    result.push_back({names.next("forecast", name), forecast_chart(all[i], past(all[i]), size)});
  }
  std::size_t drawn = 0;
  for (const Subject& subject : all) {
    for (const Backtest* test : subject.backtests) {
      if (drawn++ == kMostPictures) return result;
      const std::string name = name_of(subject);
      const ErrorsOf what{name, test->model, subject.unit, test->step, test->furthest};
      result.push_back(
          {names.next("errors", name + '-' + test->model), error_chart(what, test->errors)});
    }
  }
  return result;
}

}  // namespace weir::png_plotter
