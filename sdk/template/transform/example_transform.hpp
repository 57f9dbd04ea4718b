// SPDX-License-Identifier: Apache-2.0
#pragma once
/// Smooths a column: an exponentially weighted moving average.

#include <weir/plugin.hpp>

struct ExampleTransform {
  static constexpr auto name = "example-transform";
  static constexpr auto summary = "Adds the moving average of a column.";

  struct Options {
    std::string column;
    double weight = 0.2;
    static constexpr auto fields = std::tuple{
        weir::field(&Options::column, "column", "Column to smooth, of any number type").required(),
        weir::field(&Options::weight, "weight", "Share of the newest value in the average")
            .range(0.001, 1)};
  } options;

  /// The batch with a column `<column>_smooth` more; where `column` is null, so is that one.
  weir::Batch process(weir::Batch batch);

 private:
  std::optional<double> average_;  // over all batches so far
};
