// SPDX-License-Identifier: Apache-2.0
#include <weir/plugin.hpp>

#include "png_plotter.hpp"

WEIR_PLUGIN("1.0.0", weir::png_plotter::PngPlotter)
