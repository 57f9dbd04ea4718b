// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <set>
#include <string>
#include <vector>

#include "chart.hpp"
#include "series.hpp"
#include "table.hpp"

namespace weir::png_plotter {

// One of the two panels of a comparison.
struct ComparedField {
  std::vector<std::string> names;  // the first of these columns that a batch has
  std::string label;               // of the axis
  std::string unit;                // if the column says none
  double axis_holds = 0;           // the axis reaches from 0 to this value at least
  bool quantiles = false;          // legend: median and 95th percentile; else the mean
};

struct ComparisonKind {
  std::string file;  // "targets"
  std::string title;
  std::string tag;         // one line for each of its values
  std::string second_tag;  // added in brackets where it says something else; may be empty
  ComparedField upper;
  ComparedField lower;
  double upper_weight = 1;  // height of the upper panel against the lower
};

[[nodiscard]] ComparisonKind compare_targets();     // measurement icmp: round-trip time and loss
[[nodiscard]] ComparisonKind compare_interfaces();  // measurement netdev: received and sent

// Lines of the first fourteen series over time, in two panels above each other.
class Comparison {
 public:
  Comparison(ComparisonKind kind, std::size_t max_points);

  void add(const Table& table);
  [[nodiscard]] std::vector<Picture> pictures(Size size) const;

 private:
  struct Curve {
    BoundedSeries series;
    Sample sample;
  };
  struct Entry {
    std::string label;
    Curve upper;
    Curve lower;
  };

  [[nodiscard]] std::string label_of(const Table& table, std::size_t row) const;
  Entry* entry(const std::string& label);
  [[nodiscard]] Panel panel(const ComparedField& field, Curve Entry::*curve, double low,
                            double high, Size size) const;

  ComparisonKind kind_;
  std::size_t max_points_;
  std::vector<Entry> entries_;
  std::set<std::string> others_;  // beyond those drawn; at most 10 000 are told apart
  double low_ = kMissing;
  double high_ = kMissing;
};

}  // namespace weir::png_plotter
