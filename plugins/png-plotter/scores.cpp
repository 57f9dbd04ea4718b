// SPDX-License-Identifier: Apache-2.0
#include "scores.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <utility>

#include "panel_tools.hpp"
#include "script.hpp"
#include "text.hpp"

namespace weir::png_plotter {

namespace {

constexpr std::size_t kMostTargets = 12;
constexpr std::size_t kPanels = 3;  // of one picture
// A model that is far behind would press all others into one line.
constexpr double kLowest = -100;

double number(const Table& table, const char* name, std::size_t row) {
  const Column* column = table.find(name);
  return column != nullptr && column->is_number() ? column->numbers[row] : kMissing;
}

std::string text(const Table& table, const char* name, std::size_t row) {
  const Column* column = table.find(name);
  return column != nullptr && !column->texts.empty() ? column->texts[row] : std::string();
}

double as_number(const std::string& digits) {
  double value = kMissing;
  std::from_chars(digits.data(), digits.data() + digits.size(), value);
  return value;
}

std::string signed_percent(double value) {
  return (value < 0 ? "\u2212" : "+") + short_number(std::abs(value)) + " %";
}

std::vector<Point> points_of(const std::map<double, double>& by_step) {
  std::vector<Point> points;
  for (const auto& [step, value] : by_step) points.push_back({step, value});
  return points;
}

}  // namespace

bool Scores::add(const Table& table) {
  bool used = false;
  for (std::size_t row = 0; row < table.rows(); ++row) {
    const std::string target = text(table, "column", row);
    const std::string name = text(table, "model", row);
    const std::string step = text(table, "horizon_step", row);
    const double mae = number(table, "mae", row);
    const bool fresh = !targets_.contains(target);
    if (name.empty() || step.empty() || std::isnan(mae) ||
        (fresh && targets_.size() == kMostTargets)) {
      continue;
    }
    const double baseline =
        std::fmin(number(table, "naive_mae", row), number(table, "seasonal_naive_mae", row));
    const double skill = baseline > 0 ? 100 * (1 - mae / baseline) : kMissing;
    Model& model = targets_[target][name];
    if (step == "all") {
      model.mae = mae;
      model.skill_percent = skill;
    } else if (const double at = as_number(step); !std::isnan(at)) {
      model.errors[at] = mae;
      model.skills_percent[at] = skill;
    } else {
      continue;
    }
    used = true;
  }
  return used;
}

Panel Scores::panel(const std::string& target, const Models& models, Size size) {
  const bool skills = std::any_of(models.begin(), models.end(), [](const auto& entry) {
    return !std::isnan(entry.second.skill_percent);
  });
  std::vector<std::pair<std::string, const Model*>> ranked;  // the best first
  double last = 1;
  for (const auto& [name, model] : models) {
    ranked.emplace_back(name, &model);
    if (!model.errors.empty()) last = std::max(last, model.errors.rbegin()->first);
  }
  std::stable_sort(ranked.begin(), ranked.end(),
                   [](const auto& a, const auto& b) { return a.second->mae < b.second->mae; });
  Panel panel;
  panel.x = whole_scale(1, last, 12);
  panel.x_label = "steps ahead";
  panel.y_label = skills ? "MAE saved, %" : "MAE";
  for (std::size_t i = 0; i < ranked.size(); ++i) {
    const Model& model = *ranked[i].second;
    Line line;
    line.title = shorten(ranked[i].first, 24) + ' ' +
                 (skills ? signed_percent(model.skill_percent) : short_number(model.mae));
    line.color = look(i).color;
    line.dash = look(i).dash;
    line.dots = last < 2;
    add_line(panel, points_of(skills ? model.skills_percent : model.errors), std::move(line), size);
  }
  if (skills) {
    panel.lines.push_back({"", {{panel.x.min, 0}, {panel.x.max, 0}}, color::kInk, 1});
    fit_y(panel, {0});
    if (panel.y.min < kLowest) panel.y = round_scale(kLowest, panel.y.max);
  } else {
    fit_y(panel, {0});
  }
  if (!target.empty()) panel.y_label = shorten(target, 28) + ": " + panel.y_label;
  return panel;
}

std::vector<Picture> Scores::pictures(Size size) const {
  std::vector<Picture> result;
  FileNames names;
  std::size_t count = 0;
  for (const auto& [target, models] : targets_) {
    if (count++ % kPanels == 0) {
      Chart chart;
      chart.title = "Scoreboard";
      chart.subtitle =
          "by steps ahead; saved: of the error of the better naive forecast; the legend: over all "
          "steps, the best first";
      result.push_back({names.next("scoreboard", target), std::move(chart)});
    }
    result.back().chart.panels.push_back(panel(target, models, size));
  }
  return result;
}

}  // namespace weir::png_plotter
