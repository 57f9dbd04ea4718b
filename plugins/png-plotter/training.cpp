// SPDX-License-Identifier: Apache-2.0
#include "training.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

#include "panel_tools.hpp"
#include "script.hpp"
#include "text.hpp"

namespace weir::png_plotter {

namespace {

constexpr std::size_t kMostPictures = 12;
constexpr double kWide = 20;  // from this ratio of losses on the axis is logarithmic

void fit_loss_axis(Panel& panel) {
  fit_y(panel);
  Extent extent;
  for (const Line& line : panel.lines) extent.include(line.points);
  if (extent.empty() || extent.low() <= 0 || extent.high() < kWide * extent.low()) return;
  panel.log_y = true;
  panel.y = log_scale(extent.low() * 0.85, extent.high() * 1.18);
}

}  // namespace

Training::Training(std::size_t max_points) : max_points_(max_points) {}

Training::Fit* Training::fit(const std::string& label) {
  for (Fit& known : fits_) {
    if (known.label == label) return &known;
  }
  if (fits_.size() == kMostPictures) return nullptr;
  fits_.push_back({label, BoundedSeries(max_points_), BoundedSeries(max_points_)});
  return &fits_.back();
}

void Training::add(const Table& table) {
  const Column* epoch = table.find("epoch");
  const Column* loss = table.find("loss");
  const Column* validation = table.find("validation_loss");
  if (epoch == nullptr || !epoch->is_number()) return;
  for (std::size_t row = 0; row < table.rows(); ++row) {
    const double at = epoch->numbers[row];
    Fit* found = fit(series_label(table, row, {}));
    if (found == nullptr || std::isnan(at)) continue;
    if (at <= found->last_epoch) {
      const std::string label = found->label;
      *found = {label, BoundedSeries(max_points_), BoundedSeries(max_points_)};
    }
    found->last_epoch = at;
    if (std::isnan(found->first_epoch)) found->first_epoch = at;
    double judged = kMissing;
    if (loss != nullptr && loss->is_number()) {
      judged = loss->numbers[row];
      found->loss.add(at, judged);
    }
    if (validation != nullptr && validation->is_number()) {
      const double value = validation->numbers[row];
      found->validation_loss.add(at, value);
      if (!std::isnan(value) && !found->has_validation) {
        found->has_validation = true;
        found->best = {kMissing, kMissing};
      }
      if (found->has_validation) judged = value;
    }
    if (!std::isnan(judged) && !(judged >= found->best.y)) found->best = {at, judged};
  }
}

Chart Training::chart(const Fit& fit, Size size) {
  Panel panel;
  panel.x = whole_scale(fit.first_epoch, fit.last_epoch, 10);
  panel.x_label = "epoch";
  panel.y_label = "loss";
  Line loss;
  loss.title = "training loss";
  loss.color = color::kBlue;
  add_line(panel, fit.loss.points(), std::move(loss), size);
  if (fit.validation_loss.has_values()) {
    Line validation;
    validation.title = "validation loss";
    validation.color = color::kVermilion;
    add_line(panel, fit.validation_loss.points(), std::move(validation), size);
  }
  fit_loss_axis(panel);
  Chart chart;
  chart.title = "Training";
  if (!fit.label.empty()) chart.title += ": " + fit.label;
  chart.subtitle = short_number(fit.last_epoch) + (fit.last_epoch == 1 ? " epoch" : " epochs");
  if (!std::isnan(fit.best.x)) {
    const double middle = (panel.x.min + panel.x.max) / 2;
    panel.marks.push_back({fit.best.x, "best epoch " + short_number(fit.best.x), color::kGreen,
                           Dash::kDashed, fit.best.x > middle, 0});
    Line best;
    best.points = {fit.best};
    best.color = color::kGreen;
    best.width = 3;
    panel.lines.push_back(std::move(best));
    chart.subtitle += std::string(" \u00b7 best ") +
                      (fit.has_validation ? "validation loss " : "training loss ") +
                      short_number(fit.best.y) + " at epoch " + short_number(fit.best.x);
  }
  if (panel.log_y) chart.subtitle += " \u00b7 logarithmic axis";
  chart.panels.push_back(std::move(panel));
  return chart;
}

std::vector<Picture> Training::pictures(Size size) const {
  std::vector<Picture> result;
  FileNames names;
  for (const Fit& fit : fits_) {
    if (std::isnan(fit.last_epoch)) continue;
    result.push_back({names.next("training", fit.label), chart(fit, size)});
  }
  return result;
}

}  // namespace weir::png_plotter
