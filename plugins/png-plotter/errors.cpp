// SPDX-License-Identifier: Apache-2.0
#include "errors.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

#include "panel_tools.hpp"
#include "statistics.hpp"
#include "text.hpp"

namespace weir::png_plotter {

namespace {

std::string title(const ErrorsOf& what) {
  std::string result = "Prediction error: " + what.target;
  if (!what.model.empty()) result += (what.target.empty() ? "" : ", ") + what.model;
  return result;
}

std::string steps(const ErrorsOf& what) {
  if (std::isnan(what.last_step)) return {};
  if (what.first_step == what.last_step) return " \u00b7 step " + short_number(what.first_step);
  return " \u00b7 steps " + short_number(what.first_step) + " to " + short_number(what.last_step);
}

std::string summary(const ErrorsOf& what, const Sample& errors) {
  const std::string unit = what.unit.empty() ? "" : ' ' + what.unit;
  std::string result = "n " + std::to_string(errors.count()) + steps(what);
  if (errors.count() == 0) return result;
  result += " \u00b7 mean " + short_number(errors.mean()) + unit;
  result += " \u00b7 standard deviation " + short_number(errors.standard_deviation()) + unit;
  result += " \u00b7 p5 " + short_number(quantile(errors.values(), 0.05)) + unit;
  result += " \u00b7 p95 " + short_number(quantile(errors.values(), 0.95)) + unit;
  return result;
}

// Labels of lines near each other stand in rows below each other.
void mark(Panel& panel, const Sample& errors) {
  const double span = panel.x.max - panel.x.min;
  const std::string p5 = short_number(quantile(errors.values(), 0.05));
  const std::string p95 = short_number(quantile(errors.values(), 0.95));
  panel.marks.push_back({0, "0", color::kInk, Dash::kSolid, errors.mean() > 0, 0});
  panel.marks.push_back({errors.mean(), "mean " + short_number(errors.mean()), color::kVermilion,
                         Dash::kDashed, errors.mean() <= 0, 1});
  const double low = quantile(errors.values(), 0.05);
  const double high = quantile(errors.values(), 0.95);
  panel.marks.push_back(
      {low, "p5 " + p5, color::kPurple, Dash::kDotted, low - panel.x.min > 0.12 * span, 2});
  panel.marks.push_back(
      {high, "p95 " + p95, color::kPurple, Dash::kDotted, panel.x.max - high < 0.12 * span, 3});
}

}  // namespace

Chart error_chart(const ErrorsOf& what, const Sample& errors) {
  Panel panel;
  panel.y_label = "predictions, %";
  const Histogram bins = histogram(errors.values());
  Chart chart;
  chart.title = title(what);
  chart.subtitle = summary(what, errors);
  if (bins.counts.empty()) {
    panel.note = "no data yet";
    panel.x = round_scale(-1, 1);
    panel.y = round_scale(0, 1);
  } else {
    const double all = static_cast<double>(errors.values().size());
    const double right = bins.low + bins.width * static_cast<double>(bins.counts.size());
    Bars bars;
    double most = 0;
    for (std::size_t i = 0; i < bins.counts.size(); ++i) {
      const double left = bins.low + bins.width * static_cast<double>(i);
      const double share = 100 * static_cast<double>(bins.counts[i]) / all;
      bars.bars.push_back({left, left + bins.width, share});
      most = std::max(most, share);
    }
    panel.bars.push_back(std::move(bars));
    panel.x = round_scale(std::min(bins.low, 0.0), std::max(right, 0.0), 10);
    panel.y = round_scale(0, most * 1.25);
    mark(panel, errors);
    if (bins.below + bins.above > 0) {
      chart.subtitle += " \u00b7 " + std::to_string(bins.below + bins.above) + " beyond the ends";
    }
  }
  panel.x_label = with_unit("predicted \u2212 actual", what.unit);
  chart.panels.push_back(std::move(panel));
  return chart;
}

}  // namespace weir::png_plotter
