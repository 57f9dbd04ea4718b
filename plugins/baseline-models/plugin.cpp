// SPDX-License-Identifier: Apache-2.0
#include <weir/plugin.hpp>

#include "baseline_models.hpp"

WEIR_PLUGIN("1.0.0", weir::baseline_models::NaiveModel, weir::baseline_models::SeasonalNaiveModel,
            weir::baseline_models::DriftModel, weir::baseline_models::MedianModel,
            weir::baseline_models::EtsModel, weir::baseline_models::RidgeModel,
            weir::baseline_models::DecompositionModel)
