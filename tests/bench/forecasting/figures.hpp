// SPDX-License-Identifier: Apache-2.0
#pragma once
/// What learning and forecasting cost: the LSTM through the plugin boundary, as people run it.

namespace weir::bench {

/// Prints the machine, then milliseconds an epoch, microseconds a forecast, memory that training
/// adds, and the time from the start of `weir run` to its first epoch. `large`: also the shape of
/// which an epoch takes tens of seconds.
void print_figures(bool large);

}  // namespace weir::bench
