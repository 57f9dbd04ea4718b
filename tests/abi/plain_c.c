/* SPDX-License-Identifier: Apache-2.0 */
/* A plugin in plain C: doubles every float64 field. It shows what the C++ SDK does for an author:
 * taking a batch over, keeping what is not changed, replacing the buffers that are. */
#include <stdlib.h>
#include <string.h>

#include <weir/abi.h>

/* A float64 column with values of its own; the nulls are still those of the column it replaces. */
struct doubled {
  struct ArrowArray original;
  const void* buffers[2];
  double* values;
};

static void release_doubled(struct ArrowArray* array) {
  struct doubled* own = array->private_data;
  own->original.release(&own->original);
  free(own->values);
  free(own);
  array->release = NULL;
}

/* Moves `array` into a new column. 0: no memory, `array` is as it was. */
static int replace_by_doubled(struct ArrowArray* array) {
  struct doubled* own = malloc(sizeof *own);
  double* values = malloc((size_t)(array->offset + array->length + 1) * sizeof *values);
  if (own == NULL || values == NULL) {
    free(own);
    free(values);
    return 0;
  }
  const double* old = array->buffers[1];
  for (int64_t i = 0; i < array->offset; ++i) values[i] = 0;
  for (int64_t i = array->offset; i < array->offset + array->length; ++i) values[i] = 2 * old[i];
  own->original = *array;
  own->values = values;
  own->buffers[0] = array->buffers[0];
  own->buffers[1] = values;
  array->buffers = own->buffers;
  array->private_data = own;
  array->release = release_doubled;
  return 1;
}

static int is_double(const struct ArrowSchema* schema) { return strcmp(schema->format, "g") == 0; }

static weir_status create(const weir_host* host, const weir_node_config* config, void** node,
                          weir_error* error) {
  (void)host, (void)config, (void)error;
  *node = NULL; /* it needs to remember nothing */
  return WEIR_OK;
}

static weir_status open_node(void* node, weir_error* error) {
  (void)node, (void)error;
  return WEIR_OK;
}

static weir_status process(void* node, weir_batch* input, const weir_output* output,
                           weir_error* error) {
  (void)node;
  /* The batch is ours now: its columns may be replaced in place. */
  for (int64_t i = 0; i < input->array.n_children; ++i) {
    if (is_double(input->schema.children[i]) && !replace_by_doubled(input->array.children[i])) {
      strcpy(error->message, "out of memory");
      input->schema.release(&input->schema);
      input->array.release(&input->array);
      return WEIR_FAILED;
    }
  }
  input->port = 0;
  return output->emit(output->self, input, error); /* moves it out, always */
}

static void destroy(void* node) { (void)node; }

static const weir_node_type type = {
    .size = sizeof(weir_node_type),
    .kind = WEIR_TRANSFORM,
    .description =
        "{\"name\":\"plain-c\",\"summary\":\"Doubles every float64 field.\","
        "\"kind\":\"transform\",\"inputs\":{\"min\":1},"
        "\"outputs\":[{\"name\":\"out\",\"doc\":\"The doubled rows\"}]}",
    .create = create,
    .open = open_node,
    .process = process,
    .destroy = destroy};
static const weir_node_type* const types[] = {&type};
static const weir_plugin plugin = {
    .magic = WEIR_ABI_MAGIC,
    .size = sizeof(weir_plugin),
    .abi_major = WEIR_ABI_MAJOR,
    .abi_minor = 0, /* the first ABI loads for as long as major is 1 */
    .sdk = "plain C",
    .name = "plain-c",
    .version = "1.0.0",
    .node_type_count = 1,
    .node_types = types};

__attribute__((visibility("default"))) const weir_plugin* weir_plugin_entry(void);
const weir_plugin* weir_plugin_entry(void) { return &plugin; }
