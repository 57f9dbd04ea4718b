// SPDX-License-Identifier: Apache-2.0
#include <weir/plugin.hpp>

#include "auto_model.hpp"

WEIR_PLUGIN("1.0.0", weir::auto_model::AutoModel)
