// SPDX-License-Identifier: Apache-2.0
#include <weir/plugin.hpp>

#include "sqlite_source.hpp"

WEIR_PLUGIN("1.0.0", weir::sqlite_source::SqliteSource)
