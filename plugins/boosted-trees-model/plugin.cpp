// SPDX-License-Identifier: Apache-2.0
#include <weir/plugin.hpp>

#include "boosted_trees_model.hpp"

WEIR_PLUGIN("1.0.0", weir::boosted_trees_model::BoostedTreesModel)
