/* SPDX-License-Identifier: Apache-2.0 */
/* A source whose batches are wrong in the way that its option `kind` names, and statuses likewise.
 */
#include <string.h>

#include "minimal.h"

enum { COLUMNS = 3, ROWS = 2 };

/* One batch at a time; it lies here, and release only marks it. */
static int64_t times[ROWS + 1];
static double values[ROWS + 1];
static int32_t offsets[ROWS + 2];
static char text[16];
static uint8_t validity[1];
static const void* buffers[COLUMNS][3];
static const void* no_buffers[1];
static struct ArrowSchema schemas[COLUMNS];
static struct ArrowArray arrays[COLUMNS];
static struct ArrowSchema* schema_list[COLUMNS];
static struct ArrowArray* array_list[COLUMNS];
static char kind[32];

static void release_schema(struct ArrowSchema* schema) { schema->release = 0; }
static void release_array(struct ArrowArray* array) { array->release = 0; }

static void set_column(int i, const char* name, const char* format, const void* first,
                       const void* second) {
  memset(&schemas[i], 0, sizeof schemas[i]);
  memset(&arrays[i], 0, sizeof arrays[i]);
  schemas[i].name = name;
  schemas[i].format = format;
  schemas[i].release = release_schema;
  schema_list[i] = &schemas[i];
  buffers[i][0] = 0;
  buffers[i][1] = first;
  buffers[i][2] = second;
  arrays[i].length = ROWS;
  arrays[i].n_buffers = second != 0 ? 3 : 2;
  arrays[i].buffers = buffers[i];
  arrays[i].release = release_array;
  array_list[i] = &arrays[i];
}

static void make_good(weir_batch* batch) {
  times[0] = 1000, times[1] = 2000;
  values[0] = 1.5, values[1] = 2.5;
  memcpy(text, "aabb", 5);
  offsets[0] = 0, offsets[1] = 2, offsets[2] = 4;
  validity[0] = 0xFF;
  set_column(0, "time", "tsn:UTC", times, 0);
  set_column(1, "value", "g", values, 0);
  set_column(2, "word", "u", offsets, text);
  memset(batch, 0, sizeof *batch);
  batch->size = sizeof *batch;
  batch->schema.format = "+s";
  batch->schema.name = "numbers";
  batch->schema.n_children = COLUMNS;
  batch->schema.children = schema_list;
  batch->schema.release = release_schema;
  batch->array.length = ROWS;
  batch->array.n_buffers = 1;
  batch->array.buffers = no_buffers;
  batch->array.n_children = COLUMNS;
  batch->array.children = array_list;
  batch->array.release = release_array;
}

static int is(const char* wanted) { return strcmp(kind, wanted) == 0; }

static void spoil(weir_batch* batch) {
  const double zero = values[0] - values[0];
  if (is("nan")) values[1] = zero / zero;
  if (is("infinity")) values[0] = -1 / zero;
  if (is("nan in a null")) {
    values[1] = zero / zero;
    validity[0] = 1;
    buffers[1][0] = validity;
    arrays[1].null_count = -1;
  }
  if (is("no utf-8")) text[3] = (char)0xC3;
  if (is("split character")) text[1] = (char)0xC3, text[2] = (char)0xA9;
  if (is("name no utf-8")) schemas[1].name = "v\xFF";
  if (is("offsets back")) offsets[1] = 5, offsets[2] = 4;
  if (is("negative offset")) offsets[0] = -4;
  if (is("huge offset")) offsets[2] = INT32_MAX;
  if (is("huge length")) batch->array.length = arrays[0].length = INT64_C(1) << 60;
  if (is("negative length")) batch->array.length = -1;
  if (is("huge array offset")) arrays[1].offset = INT64_C(1) << 60;
  if (is("short column")) arrays[1].length = 1;
  if (is("no buffers")) arrays[1].buffers = 0;
  if (is("no values")) buffers[1][1] = 0;
  if (is("one buffer")) arrays[1].n_buffers = 1;
  if (is("released")) batch->array.release = 0;
  if (is("released column")) arrays[1].release = 0;
  if (is("no time")) schemas[0].format = "l";
  if (is("two times")) schemas[1].format = "tsn:UTC";
  if (is("null time")) {
    validity[0] = 1;
    buffers[0][0] = validity;
    arrays[0].null_count = 1;
  }
  if (is("nulls without bitmap")) arrays[1].null_count = 1;
  if (is("unknown format")) schemas[1].format = "f";
  if (is("dictionary")) schemas[2].dictionary = &schemas[1];
  if (is("same name twice")) schemas[1].name = "time";
  if (is("no name")) schemas[1].name = 0;
  if (is("no measurement")) batch->schema.name = "";
  if (is("not a struct")) batch->schema.format = "+l";
  if (is("columns differ")) batch->array.n_children = 2;
  if (is("missing column")) array_list[1] = 0;
  if (is("numeric tag")) schemas[1].metadata = "\1\0\0\0\11\0\0\0weir.role\3\0\0\0tag";
  if (is("bad metadata")) schemas[1].metadata = "\377\377\377\177";
  if (is("unknown port")) batch->port = 9;
  if (is("small struct")) batch->size = 16;
}

static weir_status create(const weir_host* host, const weir_node_config* config, void** node,
                          weir_error* error) {
  (void)host, (void)node, (void)error;
  kind[0] = '\0';
  if (config->option_count == 1) strncpy(kind, config->options[0].value.text, sizeof kind - 1);
  return WEIR_OK;
}

static const weir_output* kept; /* against the rules: it is lent for the call */

static weir_status emit(const weir_output* output, weir_error* error) {
  weir_batch batch;
  make_good(&batch);
  spoil(&batch);
  return output->emit(output->self, is("null pointer") ? 0 : &batch, error);
}

static weir_status produce(void* node, const weir_output* output, weir_next* next,
                           weir_error* error) {
  (void)node;
  kept = output;
  next->state = is("unknown state") ? 77 : WEIR_END;
  if (is("retry")) {
    memcpy(error->message, "the server sleeps", 18);
    error->retry_after_ns = 5;
    return WEIR_RETRY;
  }
  if (is("rejected")) return WEIR_REJECTED;
  if (is("fatal")) return WEIR_FATAL;
  if (is("unknown status")) return 99;
  if (is("no end of message")) {
    memset(error->message, 'x', sizeof error->message);
    return WEIR_FAILED;
  }
  if (is("says nothing of it")) {
    strcpy(kind, "nan");
    (void)emit(output, error);
    return WEIR_OK;
  }
  return emit(output, error);
}

/* Emits although nobody asked. */
static weir_status flush(void* node, weir_error* error) {
  (void)node;
  return emit(kept, error);
}

static const weir_node_type type = {
    .size = sizeof(weir_node_type),
    .kind = WEIR_SOURCE,
    .description =
        "{\"name\":\"malformed\",\"summary\":\"Emits malformed batches.\","
        "\"kind\":\"source\",\"outputs\":[{\"name\":\"out\"}],"
        "\"options\":[{\"name\":\"kind\",\"doc\":\"What is wrong\",\"type\":\"string\"}]}",
    .create = create,
    .open = minimal_open,
    .produce = produce,
    .process = minimal_process,
    .flush = flush,
    .destroy = minimal_destroy};
static const weir_node_type* const types[] = {&type};
static const weir_plugin plugin = MINIMAL_PLUGIN(types);

EXPORT const weir_plugin* weir_plugin_entry(void);
const weir_plugin* weir_plugin_entry(void) { return &plugin; }
