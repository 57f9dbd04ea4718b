/* SPDX-License-Identifier: Apache-2.0 */
/* The magic symbol is there, but it is data: to call it would crash. */
#include "minimal.h"
static const weir_node_type type = MINIMAL_TYPE(DESCRIBE("data-symbol", "sink"));
static const weir_node_type* const types[] = {&type};
EXPORT extern const weir_plugin weir_plugin_entry;
const weir_plugin weir_plugin_entry = MINIMAL_PLUGIN(types);
