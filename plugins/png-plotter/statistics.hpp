// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <vector>

namespace weir::png_plotter {

// The p-quantile, 0 <= p <= 1, by linear interpolation (Hyndman and Fan 1996, type 7).
// NaN for no values. Values need no order.
[[nodiscard]] double quantile(std::vector<double> values, double p);

struct Histogram {
  double low = 0;    // left edge of the first bin
  double width = 0;  // of each bin, > 0
  std::vector<std::size_t> counts;
  std::size_t below = 0;  // values left of the first bin
  std::size_t above = 0;  // values right of the last bin
};

// Bins of the Freedman-Diaconis width, between 10 and 60 of them, over the range that holds all but
// the outermost 0.5 % of values on each side (all, if that is hardly wider). No values: no bins.
[[nodiscard]] Histogram histogram(std::span<const double> values);

// Pearson's correlation of every pair of columns over the rows where both are present, in one pass
// and bounded memory: exact, by merging the moments of each batch (Chan, Golub and LeVeque 1979).
class Correlation {
 public:
  explicit Correlation(std::size_t columns = 0);

  // One more column, after the others; its earlier rows are missing.
  void add_column();

  // One span for each column; each with one value a row, NaN = missing.
  void add(std::span<const std::span<const double>> columns);

  // NaN if fewer than three rows are shared or one of the two is constant over them.
  [[nodiscard]] double at(std::size_t row, std::size_t column) const;
  // True if the column had fewer than two different values.
  [[nodiscard]] bool constant(std::size_t column) const;
  [[nodiscard]] std::size_t columns() const { return columns_; }

 private:
  struct Pair {
    double count = 0, mean_x = 0, mean_y = 0, xx = 0, yy = 0, xy = 0;
  };
  struct Range {
    double least = 0, most = 0;
    bool any = false;
  };

  [[nodiscard]] static Pair moments(std::span<const double> x, std::span<const double> y);
  static void merge(Pair& into, const Pair& from);
  [[nodiscard]] std::size_t index(std::size_t row, std::size_t column) const;

  std::size_t columns_ = 0;
  std::vector<Pair> pairs_;  // lower triangle without the diagonal, row by row
  std::vector<Range> ranges_;
};

}  // namespace weir::png_plotter
