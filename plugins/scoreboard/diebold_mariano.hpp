// SPDX-License-Identifier: Apache-2.0
#pragma once
/// Is one forecast better than another, or was it luck? Pure.

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

namespace weir::scoreboard {

/// Loss of the one forecast less loss of the other, both made at grid row `origin`.
struct LossDifference {
  std::int64_t origin = 0;
  double value = 0;
};

/// NaN: cannot be known (too few origins, or differences that do not vary).
struct DieboldMariano {
  std::size_t origins = 0;
  double mean = 0;       ///< below 0: the first forecast has the smaller loss
  double statistic = 0;  ///< of Student's t with origins - 1 degrees of freedom
  double p = 0;          ///< two-sided
};

/// The test of Diebold & Mariano (1995) with the small-sample correction of Harvey, Leybourne &
/// Newbold (1997). Forecasts of `horizon` steps overlap, so their errors are correlated up to
/// lag horizon - 1: the variance of the mean adds those autocovariances with equal weights, and
/// with Bartlett's weights (Newey & West 1987) where that sum is not positive. `differences` in
/// order of origin; pairs are taken by origin, so a gap pairs nothing that is not `lag` apart.
[[nodiscard]] DieboldMariano diebold_mariano(std::span<const LossDifference> differences,
                                             std::size_t horizon);

/// "better (p = 0.003)", "worse (p < 0.001)", "no different (p = 0.41)" at a level of 5 %, "the
/// same" or "not known".
[[nodiscard]] std::string verdict(const DieboldMariano& test);

}  // namespace weir::scoreboard
