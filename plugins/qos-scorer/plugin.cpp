// SPDX-License-Identifier: Apache-2.0
#include <weir/plugin.hpp>

#include "qos_scorer.hpp"

WEIR_PLUGIN("1.0.0", weir::qos_scorer::QosScorer)
