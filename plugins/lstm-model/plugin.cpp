// SPDX-License-Identifier: Apache-2.0
#include <weir/plugin.hpp>

#include "lstm_model.hpp"

WEIR_PLUGIN("1.0.0", weir::lstm_model::LstmModel)
