/* SPDX-License-Identifier: Apache-2.0 */
/* Compiled once for each SPOILT_…: what the entry returns is wrong in one thing. */
#include "minimal.h"

#if defined(SPOILT_MALFORMED_JSON)
static const weir_node_type type = MINIMAL_TYPE("{\"name\": \"malformed-json\", ");
#elif defined(SPOILT_OTHER_KIND)
static const weir_node_type type = MINIMAL_TYPE(DESCRIBE("other-kind", "transform"));
#elif defined(SPOILT_ESCAPES)
static const weir_node_type type =
    MINIMAL_TYPE("{\"name\":\"escapes\",\"kind\":\"sink\",\"summary\":\"\\u001b[2Jgone\"}");
#else
static weir_node_type type = MINIMAL_TYPE(DESCRIBE("spoilt", "sink"));
#endif
static const weir_node_type* const types[] = {&type};
static weir_plugin plugin = MINIMAL_PLUGIN(types);

EXPORT const weir_plugin* weir_plugin_entry(void);
const weir_plugin* weir_plugin_entry(void) {
#if defined(SPOILT_WRONG_MAGIC)
  plugin.magic = UINT64_C(0x1122334455667788);
#elif defined(SPOILT_OTHER_MAJOR)
  plugin.abi_major = 2;
  plugin.abi_minor = 7;
#elif defined(SPOILT_TRUNCATED)
  plugin.size = 8;
#elif defined(SPOILT_TRUNCATED_TYPE)
  type.size = 24;
#elif defined(SPOILT_NO_PROCESS)
  type.process = 0;
#elif defined(SPOILT_NO_NAME)
  plugin.name = 0;
#elif defined(SPOILT_NO_TYPES)
  plugin.node_types = 0;
#elif defined(SPOILT_NULL)
  return 0;
#endif
  return &plugin;
}
