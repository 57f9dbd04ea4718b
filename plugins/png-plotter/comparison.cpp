// SPDX-License-Identifier: Apache-2.0
#include "comparison.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

#include "panel_tools.hpp"
#include "statistics.hpp"
#include "text.hpp"

namespace weir::png_plotter {

namespace {

constexpr std::size_t kMostOthers = 10'000;

const Column* first_of(const Table& table, const std::vector<std::string>& names) {
  for (const std::string& name : names) {
    const Column* column = table.find(name);
    if (column != nullptr && column->is_number()) return column;
  }
  return nullptr;
}

std::string legend(const std::string& label, const ComparedField& field, const Sample& sample) {
  if (sample.count() == 0) return label + ": no answer";
  if (!field.quantiles) {
    return label + ": mean " + short_number(sample.mean()) + ' ' + field.unit;
  }
  return label + ": median " + short_number(quantile(sample.values(), 0.5)) + ", p95 " +
         short_number(quantile(sample.values(), 0.95)) + ' ' + field.unit;
}

}  // namespace

ComparisonKind compare_targets() {
  return {"targets",
          "Round-trip time and loss by target",
          "target",
          "address",
          {{"rtt_avg_ms", "rtt_p50_ms"}, "round-trip time", "ms", 0, true},
          {{"loss_percent"}, "loss", "%", 5, false},
          1.6};
}

ComparisonKind compare_interfaces() {
  return {"bandwidth",
          "Bandwidth by interface",
          "interface",
          "",
          {{"rx_mbps", "bandwidth_mbps"}, "received", "Mbit/s", 0, true},
          {{"tx_mbps"}, "sent", "Mbit/s", 0, true},
          1};
}

Comparison::Comparison(ComparisonKind kind, std::size_t max_points)
    : kind_(std::move(kind)), max_points_(max_points) {}

std::string Comparison::label_of(const Table& table, std::size_t row) const {
  auto tag = [&](const std::string& name) {
    const Column* column = table.find(name);
    return column != nullptr && column->is_tag ? column->texts[row] : std::string();
  };
  const std::string first = tag(kind_.tag);
  const std::string second = kind_.second_tag.empty() ? "" : tag(kind_.second_tag);
  return second.empty() || second == first ? first : first + " (" + second + ")";
}

Comparison::Entry* Comparison::entry(const std::string& label) {
  for (Entry& known : entries_) {
    if (known.label == label) return &known;
  }
  if (entries_.size() == kLooks) {
    if (others_.size() < kMostOthers) others_.insert(label);
    return nullptr;
  }
  const Curve empty{BoundedSeries(max_points_), Sample(max_points_)};
  entries_.push_back({label, empty, empty});
  return &entries_.back();
}

void Comparison::add(const Table& table) {
  const Column* upper = first_of(table, kind_.upper.names);
  const Column* lower = first_of(table, kind_.lower.names);
  for (std::size_t row = 0; row < table.rows(); ++row) {
    low_ = std::fmin(low_, table.time[row]);
    high_ = std::fmax(high_, table.time[row]);
    Entry* found = entry(label_of(table, row));
    if (found == nullptr) continue;
    auto keep = [&](Curve& curve, const Column* column) {
      if (column == nullptr) return;
      curve.series.add(table.time[row], column->numbers[row]);
      curve.sample.add(column->numbers[row]);
    };
    keep(found->upper, upper);
    keep(found->lower, lower);
  }
}

Panel Comparison::panel(const ComparedField& field, Curve Entry::*curve, double low, double high,
                        Size size) const {
  Panel panel = time_panel(low, high, size);
  panel.y_label = with_unit(field.label, field.unit);
  for (std::size_t i = 0; i < entries_.size(); ++i) {
    const Curve& data = entries_[i].*curve;
    if (data.series.size() == 0) continue;
    Line line;
    line.title = legend(entries_[i].label, field, data.sample);
    line.color = look(i).color;
    line.dash = look(i).dash;
    add_line(panel, break_at_holes(data.series.points(), 3 * data.series.bucket_width()),
             std::move(line), size);
  }
  fit_y(panel, {0, field.axis_holds});
  return panel;
}

std::vector<Picture> Comparison::pictures(Size size) const {
  if (entries_.empty()) return {};
  Chart chart;
  chart.title = kind_.title;
  chart.subtitle = time_range_text(low_, high_);
  if (!others_.empty()) {
    chart.subtitle += " \u00b7 the first " + std::to_string(entries_.size()) + " of " +
                      std::to_string(entries_.size() + others_.size());
  }
  auto add_panel = [&](const ComparedField& field, Curve Entry::*curve, double weight) {
    const bool any = std::any_of(entries_.begin(), entries_.end(), [&](const Entry& entry) {
      return (entry.*curve).series.size() > 0;
    });
    if (!any) return;
    chart.panels.push_back(panel(field, curve, low_, high_, size));
    chart.panels.back().weight = weight;
  };
  add_panel(kind_.upper, &Entry::upper, kind_.upper_weight);
  add_panel(kind_.lower, &Entry::lower, 1);
  if (chart.panels.empty()) return {};
  return {{kind_.file + ".png", std::move(chart)}};
}

}  // namespace weir::png_plotter
