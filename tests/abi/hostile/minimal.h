/* SPDX-License-Identifier: Apache-2.0 */
/* A plugin that is right in everything; each hostile one spoils one thing of it. */
#ifndef MINIMAL_H
#define MINIMAL_H
#include <weir/abi.h>

#define EXPORT __attribute__((visibility("default")))
#define DESCRIBE(name, kind) \
  "{\"name\":\"" name "\",\"summary\":\"Hostile.\",\"kind\":\"" kind "\"}"

static inline weir_status minimal_create(const weir_host* host, const weir_node_config* config,
                                         void** node, weir_error* error) {
  (void)host, (void)config, (void)error;
  *node = 0;
  return WEIR_OK;
}
static inline weir_status minimal_open(void* node, weir_error* error) {
  (void)node, (void)error;
  return WEIR_OK;
}
static inline weir_status minimal_process(void* node, weir_batch* input, const weir_output* output,
                                          weir_error* error) {
  (void)node, (void)output, (void)error;
  input->schema.release(&input->schema);
  input->array.release(&input->array);
  return WEIR_OK;
}
static inline void minimal_destroy(void* node) { (void)node; }

/* A sink. */
#define MINIMAL_TYPE(text)                                                      \
  {                                                                             \
    .size = sizeof(weir_node_type), .kind = WEIR_SINK, .description = (text),   \
    .create = minimal_create, .open = minimal_open, .process = minimal_process, \
    .destroy = minimal_destroy                                                  \
  }
#define MINIMAL_PLUGIN(types)                                                             \
  {                                                                                       \
    .magic = WEIR_ABI_MAGIC, .size = sizeof(weir_plugin), .abi_major = WEIR_ABI_MAJOR,    \
    .abi_minor = WEIR_ABI_MINOR, .sdk = "plain C", .name = "hostile", .version = "1.0.0", \
    .node_type_count = 1, .node_types = (types)                                           \
  }
#endif
