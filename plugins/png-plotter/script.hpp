// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

#include "chart.hpp"

namespace weir::png_plotter {

// The gnuplot 5.4 commands that draw the chart into `output`, a plain file name in gnuplot's
// working folder. Data stand in the script as numbers; every text passes quote() and is drawn
// `noenhanced`. Lines and bands should be reduced already; the script holds every point it is
// given.
[[nodiscard]] std::string gnuplot_script(const Chart& chart, Size size, std::string_view output);

// Pixel columns between the frames of a panel: the resolution to reduce lines to.
[[nodiscard]] std::size_t plot_columns(Size size);

// Ticks that fit beside each other on a time axis.
[[nodiscard]] int time_tick_count(Size size);

}  // namespace weir::png_plotter
