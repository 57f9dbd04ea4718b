/* SPDX-License-Identifier: Apache-2.0 */
#ifndef WEIR_ABI_H
#define WEIR_ABI_H
/* The Weir plugin boundary, ABI 1: the only contract between the engine and a plugin.
 *
 * It is plain C, so that compilers, standard libraries and flags may differ on both sides. C++
 * authors never see it: plugin.hpp wears C++ over it. C authors include this file alone.
 *
 * Conventions
 *  - Strings are UTF-8. "NUL-terminated" is said where it holds; else a length stands beside it.
 *  - Times are nanoseconds since 1970-01-01T00:00:00Z (int64_t), durations are nanoseconds.
 *  - Every struct that may grow begins with `size`, set by its maker to the sizeof it was compiled
 *    with. A reader uses a member only if `size` reaches beyond it. Structs only grow at the end.
 *  - Optional abilities are asked for by name and revision: query("weir.model/1"). The answer is
 *    NULL or a struct that begins with `size` and lives as long as the one who answered.
 *  - No C++ exception, std type or RTTI crosses. A function that fails returns a weir_status other
 *    than WEIR_OK and writes one line for a person to weir_error.
 *
 * Threads and states
 *  - The engine makes one call into a node at a time, each on any thread, with the memory effects
 *    of the call before visible. Different nodes run at the same time.
 *  - [any thread] may be called at any time from any thread; [in a call] only from within a call
 *    of the engine into that node, on the thread of that call.
 *  - Life of a node: create -> open -> (produce | process | end_input | on_time | flush)* ->
 *    finish -> destroy. finish is called once if open succeeded and the node did not fail for
 *    good. destroy is called once if create succeeded.
 *
 * Ownership
 *  - A batch (weir_batch) is moved into the callee: the callee releases it, on success and on
 *    error. All else that is passed is lent for the call, unless a longer life is said.
 */

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define WEIR_ABI_MAGIC UINT64_C(0x47554C5052494557) /* the bytes "WEIRPLUG" */
#define WEIR_ABI_MAJOR 1
#define WEIR_ABI_MINOR 2

/* The Arrow C Data Interface: two structs whose layout is fixed for ever by its specification
 * (https://arrow.apache.org/docs/format/CDataInterface.html). A batch of Weir is
 *   schema: format "+s", name = measurement, n_children = columns
 *   columns: "tsn:UTC" (exactly one, role time), "u" (utf8), "g" (float64), "l" (int64),
 *            "b" (bool); metadata: weir.role = time|tag|field, weir.unit, weir.scale, weir.offset
 *            (physical value = stored value * scale + offset), others are carried along.
 * No dictionaries. Array offsets and null_count -1 are accepted. Tags are "u", or null. The time
 * column has no nulls. NaN and infinities are not values: write a null. */
#ifndef ARROW_C_DATA_INTERFACE
#define ARROW_C_DATA_INTERFACE
#define ARROW_FLAG_DICTIONARY_ORDERED 1
#define ARROW_FLAG_NULLABLE 2
#define ARROW_FLAG_MAP_KEYS_SORTED 4

struct ArrowSchema {
  const char* format;
  const char* name;
  const char* metadata;
  int64_t flags;
  int64_t n_children;
  struct ArrowSchema** children;
  struct ArrowSchema* dictionary;
  void (*release)(struct ArrowSchema*);
  void* private_data;
};

struct ArrowArray {
  int64_t length;
  int64_t null_count;
  int64_t offset;
  int64_t n_buffers;
  int64_t n_children;
  const void** buffers;
  struct ArrowArray** children;
  struct ArrowArray* dictionary;
  void (*release)(struct ArrowArray*);
  void* private_data;
};
#endif

typedef int32_t weir_status;
enum {
  WEIR_OK = 0,
  WEIR_FAILED = 1,   /* this call failed; the engine may restart the node and call again */
  WEIR_RETRY = 2,    /* a passing trouble outside; call again after weir_error.retry_after_ns */
  WEIR_REJECTED = 3, /* this batch can never succeed; keep it aside and go on */
  WEIR_FATAL = 4     /* no restart can help (a wrong password); the node stops for good */
};

/* Where a failing call says why. The engine owns it; the plugin writes `message` (NUL-terminated,
 * one line) and, with WEIR_RETRY, `retry_after_ns` (0: the engine chooses). */
typedef struct weir_error {
  uint32_t size;
  uint32_t reserved;
  int64_t retry_after_ns;
  char message[1000];
} weir_error;

/* ---- options: values that the engine has already checked against the node's description ---- */

typedef enum weir_value_type {
  WEIR_NULL = 0,
  WEIR_BOOL = 1,
  WEIR_INTEGER = 2, /* also duration (ns), bytes, timestamp (ns) */
  WEIR_DOUBLE = 3,
  WEIR_STRING = 4, /* also url, secret, enum */
  WEIR_LIST = 5,
  WEIR_MAP = 6
} weir_value_type;

struct weir_option;

/* Lent until create returns. */
typedef struct weir_value {
  int32_t type; /* weir_value_type */
  int32_t boolean;
  int64_t integer;
  double number;
  const char* text; /* NUL-terminated, `count` bytes before the NUL */
  const struct weir_value* items;
  const struct weir_option* entries;
  size_t count; /* bytes of text, items of a list, entries of a map */
} weir_value;

typedef struct weir_option {
  const char* name; /* NUL-terminated */
  weir_value value;
} weir_option;

/* An edge that feeds the node: node "ping", port "out". NUL-terminated. */
typedef struct weir_input_info {
  const char* node;
  const char* port;
} weir_input_info;

typedef struct weir_node_config {
  uint32_t size;
  uint32_t reserved;
  const char* name; /* of the node in the pipeline, NUL-terminated */
  const weir_option* options;
  size_t option_count;
  const weir_input_info* inputs; /* index = weir_batch.port of what arrives */
  size_t input_count;
} weir_node_config;

/* ---- what the engine offers a node ---- */

enum { WEIR_LOG_DEBUG = 1, WEIR_LOG_INFO = 2, WEIR_LOG_WARNING = 3, WEIR_LOG_ERROR = 4 };

/* Lives from before create until destroy has returned. */
typedef struct weir_host {
  uint32_t size;
  uint32_t reserved;
  void* self;
  int64_t (*now)(void* self);       /* [any thread] the pipeline's clock, UTC */
  int64_t (*monotonic)(void* self); /* [any thread] never goes back; for differences */
  int32_t (*stopping)(void* self);  /* [any thread] 1: end the call soon, keep the best */
  void (*log)(void* self, int32_t level, const char* text, size_t length); /* [any thread] */
  void (*count)(void* self, const char* counter, uint64_t amount); /* [any thread] a named total */
  int32_t (*wait_until)(void* self, int64_t time);         /* [in a call] 1: reached, 0: stopping */
  const void* (*query)(void* self, const char* extension); /* [any thread] */
} weir_host;

/* Rows that move together. As an input `port` is the index in weir_node_config.inputs, as an
 * output the index in the description's "outputs". */
typedef struct weir_batch {
  uint32_t size;
  uint32_t port;
  struct ArrowSchema schema;
  struct ArrowArray array;
  /* Since 1.2, as an output of a source that has weir.acknowledge/1: its own name for what it may
   * be asked to give again, told back by acknowledge. 0: nothing is to be told. */
  uint64_t token;
} weir_batch;

/* Takes what a call produces. Lent for the call. */
typedef struct weir_output {
  uint32_t size;
  uint32_t reserved;
  void* self;
  /* [in a call] Moves the batch out, always. What a call emits goes on when the call returns
   * WEIR_OK and is thrown away when it fails. WEIR_FAILED: the batch is malformed; return it. */
  weir_status (*emit)(void* self, weir_batch* batch, weir_error* error);
  /* [in a call] Asks for on_time at this time or soon after; replaces an earlier wish. */
  void (*wake_at)(void* self, int64_t time);
} weir_output;

enum {
  WEIR_AGAIN = 0, /* call produce again when there is room downstream */
  WEIR_WAIT = 1,  /* call produce again at `until`, or sooner when `fd` is readable */
  WEIR_END = 2    /* there is no more, ever */
};

typedef struct weir_next {
  uint32_t size;
  int32_t state;
  int64_t until;
  int32_t fd; /* -1: none */
  int32_t reserved;
} weir_next;

enum {
  WEIR_FINISH_ENDED = 0,   /* the input is exhausted or --for has passed: train, draw, take time */
  WEIR_FINISH_STOPPING = 1 /* a signal: no new work; save, flush, within the grace */
};

enum { WEIR_SOURCE = 1, WEIR_TRANSFORM = 2, WEIR_MODEL = 3, WEIR_SINK = 4 };

/* A kind of node. Lives as long as the process; so does all that it points to.
 * `node` is what create wrote; the engine only hands it back. */
typedef struct weir_node_type {
  uint32_t size;
  int32_t kind;
  const char* description; /* JSON, NUL-terminated; as description.hpp renders it */

  weir_status (*create)(const weir_host* host, const weir_node_config* config, void** node,
                        weir_error* error);
  weir_status (*open)(void* node, weir_error* error); /* files, sockets, connections */
  /* Sources only. Never blocks: what waits says so in `next`. */
  weir_status (*produce)(void* node, const weir_output* output, weir_next* next, weir_error* error);
  /* Transforms and sinks. Moves `input` in, always. */
  weir_status (*process)(void* node, weir_batch* input, const weir_output* output,
                         weir_error* error);
  /* Input number `input` has ended; may be NULL. */
  weir_status (*end_input)(void* node, uint32_t input, const weir_output* output,
                           weir_error* error);
  /* The time asked for by wake_at has come; may be NULL. */
  weir_status (*on_time)(void* node, int64_t now, const weir_output* output, weir_error* error);
  /* Sinks: all that was taken in since the last flush is stored when this returns WEIR_OK; may be
   * NULL, if process stores before it returns. */
  weir_status (*flush)(void* node, weir_error* error);
  weir_status (*finish)(void* node, int32_t reason, const weir_output* output,
                        weir_error* error); /* may be NULL */
  void (*destroy)(void* node);
  const void* (*query)(const char* extension); /* [any thread] may be NULL */
} weir_node_type;

/* What the one exported symbol returns. `magic`, `size` and the version are checked first. */
typedef struct weir_plugin {
  uint64_t magic;
  uint32_t size;
  uint16_t abi_major;
  uint16_t abi_minor;
  const char* sdk;     /* what built it; for people only */
  const char* name;    /* of the library, for example "baseline-models" */
  const char* version; /* of the plugin, for example "1.0.0" */
  uint32_t node_type_count;
  uint32_t reserved;
  const weir_node_type* const* node_types;
} weir_plugin;

/* [main thread] Called once after dlopen. Returns the same pointer each time; never NULL. */
typedef const weir_plugin* (*weir_plugin_entry_function)(void);
#define WEIR_PLUGIN_ENTRY "weir_plugin_entry"

/* ---- extension "weir.model/1", asked of a node type of kind model ---- */
/* Such a node has create, open, destroy and this; the engine's harness does the rest: it collects
 * the rows, scales, splits, cuts windows, evaluates, and keeps the model's files. open is called
 * once after create; nothing else of a node is. */

/* Rows in time order on a regular grid. Lent for the call. */
typedef struct weir_training_set {
  uint32_t size;
  uint32_t features;
  uint64_t rows;
  const double* values;             /* rows x features, row-major, scaled; NaN is missing */
  const int64_t* times;             /* rows */
  const char* const* feature_names; /* features, NUL-terminated */
  const double* scale;              /* features: physical = value * scale + offset */
  const double* offset;             /* features */
  const uint32_t* targets;          /* target_count indices of features */
  uint32_t target_count;
  uint32_t sequence_length; /* rows that a window looks back */
  uint32_t horizon;         /* rows that it looks ahead */
  uint32_t reserved;
  /* First rows of windows: inputs [w, w+sequence_length), targets [w+sequence_length,
   * w+sequence_length+horizon). No row of a listed window is missing. */
  const uint64_t* train;
  uint64_t train_count;
  const uint64_t* validation;
  uint64_t validation_count;
  int64_t step; /* ns between rows */
  uint64_t seed;
  /* Since 1.1. */
  uint64_t season; /* rows of the season that the pipeline names or the harness found; 0: none */
  /* First rows of the series that stand one after the other in `rows`, ascending, the first is 0.
   * What lies before such a row is another series: nobody looks back across it. */
  const uint64_t* segments;
  uint64_t segment_count;
} weir_training_set;

/* All that is known up to the moment of forecasting; the last row is the origin. */
typedef struct weir_window {
  uint32_t size;
  uint32_t features;
  uint64_t rows; /* at least sequence_length; the last sequence_length rows are not missing */
  const double* values;
  const int64_t* times;
  uint32_t sequence_length;
  uint32_t horizon;
  uint32_t target_count; /* of the set that the model learned from */
  uint32_t reserved;
  int64_t step;
} weir_window;

typedef struct weir_epoch {
  uint32_t size;
  uint32_t reserved;
  uint64_t epoch;  /* from 1 */
  uint64_t epochs; /* at most */
  double loss;
  double validation_loss; /* NaN: there is no validation part */
  double best_loss;       /* of the weights that would be kept now */
} weir_epoch;

typedef struct weir_progress {
  uint32_t size;
  uint32_t reserved;
  void* self;
  /* [in a call] 0: stop now and keep the best. */
  int32_t (*report)(void* self, const weir_epoch* epoch);
} weir_progress;

typedef struct weir_writer {
  uint32_t size;
  uint32_t reserved;
  void* self;
  weir_status (*write)(void* self, const void* data, size_t size);
} weir_writer;

typedef struct weir_model {
  uint32_t size;
  uint32_t reserved;
  /* On a fresh node, or on one that has loaded: then it learns again with the choices that it holds
   * (a warm start). Such a call may have no validation windows: their rows are among `train`. */
  weir_status (*fit)(void* node, const weir_training_set* set, const weir_progress* progress,
                     weir_error* error);
  /* Writes horizon x target_count scaled values, row-major. [one call at a time] */
  weir_status (*predict)(void* node, const weir_window* window, double* forecast,
                         weir_error* error);
  weir_status (*save)(void* node, const weir_writer* writer, weir_error* error);
  /* The bytes may be damaged or hostile: every size is checked before it is believed. */
  weir_status (*load)(void* node, const void* data, size_t size, weir_error* error);
} weir_model;
#define WEIR_MODEL_EXTENSION "weir.model/1"

/* ---- extension "weir.models/1", asked of the host by a model that is made of others ---- */

typedef struct weir_models {
  uint32_t size;
  uint32_t reserved;
  void* self;
  /* [any thread; under `isolation: process` in a call] Makes a model of the named plugin. `options`
   * is the text of a JSON object, checked as those of a pipeline are; NULL: the defaults. On
   * WEIR_OK `*calls` work on `*model` until destroy. An unknown plugin, a wrong option or a plugin
   * that is no model: WEIR_FATAL. */
  weir_status (*create)(void* self, const char* plugin, const char* options, void** model,
                        const weir_model** calls, weir_error* error);
  void (*destroy)(void* self, void* model); /* [any thread] */
} weir_models;
#define WEIR_MODELS_EXTENSION "weir.models/1"

/* ---- extension "weir.acknowledge/1", asked of a node type of kind source (since 1.2) ---- */
/* For sources that can be asked again (files, queues). A batch that is emitted with a token is told
 * back when every sink downstream holds all that came of it durably, or when the pipeline's author
 * let it go (`when_full: drop_oldest`, dead letters). A token that is not told back by the end of
 * the run was not stored: the next run asks again from there, so rows come at least once. */
typedef struct weir_acknowledge {
  uint32_t size;
  uint32_t reserved;
  /* As the other calls of a node, one at a time; also after finish, until destroy. Each token once,
   * in any order. It may be that the same token was emitted in several batches: then it comes once
   * for each. A failure is logged; nothing is told again. An instance that is made anew, after a
   * failure or a reload, hears only of tokens that it has given itself. */
  weir_status (*acknowledge)(void* node, const uint64_t* tokens, size_t count, weir_error* error);
} weir_acknowledge;
#define WEIR_ACKNOWLEDGE_EXTENSION "weir.acknowledge/1"

/* ---- extension "weir.state/1", asked of a node type that is no model (since 1.2) ---- */
/* What a node has learned or holds, over restarts of the node and of the program. The engine writes
 * it to its state folder (atomically, with a checksum) about once a minute and before finish, and
 * gives it to a new instance after open, before any other call. A damaged file is set aside and
 * told; then, and for a new node, load is not called. A node that says "holds" in its description
 * includes the rows that it holds: what fed them is acknowledged when its state has been saved. */
typedef struct weir_state {
  uint32_t size;
  uint32_t version; /* of the bytes that save writes; chosen by the author, 1 or more */
  weir_status (*save)(void* node, const weir_writer* writer, weir_error* error);
  /* `version` as it was when the bytes were written. A failure is logged with its message, the
   * bytes are set aside, and the node starts without: it must then be as after open. */
  weir_status (*load)(void* node, uint32_t version, const void* data, size_t size,
                      weir_error* error);
} weir_state;
#define WEIR_STATE_EXTENSION "weir.state/1"

/* ---- extension "weir.privileged/1": rights are used once, then given up ---- */
/* Two structs under one name: weir_privileged is asked of a node type, weir_kept of the host.
 *
 * Before any node is created and before any other thread exists, the engine calls
 * weir_privileged.open once for each node of the pipeline whose type has it (models do not). Then
 * it gives up every right of the process for good (capabilities, root), and only then creates and
 * opens nodes. What was opened stays open until the process ends: an instance that is made anew
 * after a failure finds the same descriptors under the same keys. */

/* Takes what is opened. Lent for the call of weir_privileged.open. */
typedef struct weir_keeper {
  uint32_t size;
  uint32_t reserved;
  void* self;
  /* [in a call] Moves a file descriptor to the engine, always: on an error it is closed. `key`
   * (NUL-terminated, copied) is the node's own name for it. WEIR_FAILED: it is no open descriptor,
   * or the key is taken. */
  weir_status (*keep)(void* self, const char* key, int32_t descriptor, weir_error* error);
} weir_keeper;

/* Asked of a node type. */
typedef struct weir_privileged {
  uint32_t size;
  uint32_t reserved;
  /* [main thread, before create; no node exists] `config` is what create will get, lent for the
   * call. Opens and keeps what needs rights and does nothing else: it starts no thread, waits for
   * nothing and reads no data. What it may not open it leaves out and returns WEIR_OK: the node
   * finds it missing and says so in open. Any other status ends the run before it begins. */
  weir_status (*open)(const weir_node_config* config, const weir_keeper* keeper, weir_error* error);
} weir_privileged;

/* Asked of the host by a node; lives until destroy has returned. */
typedef struct weir_kept {
  uint32_t size;
  uint32_t reserved;
  void* self;
  /* [any thread] What was kept under `key` (NUL-terminated) for this node of the pipeline; -1:
   * nothing. It belongs to the engine and is open until the process ends: the node uses or
   * duplicates it, and never closes it. Its state (bound name, what waits to be read) is as the
   * instance before left it. */
  int32_t (*descriptor)(void* self, const char* key);
} weir_kept;
#define WEIR_PRIVILEGED_EXTENSION "weir.privileged/1"

#ifdef __cplusplus
}
#endif
#endif
