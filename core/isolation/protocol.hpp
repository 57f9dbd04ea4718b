// SPDX-License-Identifier: Apache-2.0
#pragma once
/// What the engine and the process of an isolated node say to each other, as bytes.
///
/// The engine asks (create, then calls, then destroy) and the child answers each with `returned`;
/// in between it may send what the node emits, logs and waits for. Both ends are one program, so
/// there is one version; the child is not believed all the same: a plugin may have written anything
/// over its memory. Every decode throws Error in one line.

#include <cstddef>
#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/graph/option_values.hpp"
#include "core/plugin/plugin_node.hpp"
#include "weir/batch.hpp"

namespace weir::core::isolation {

using Bytes = std::vector<std::byte>;
using View = std::span<const std::byte>;

enum class MessageType : std::uint16_t {
  // To the child.
  create = 1,
  open = 2,
  produce = 3,
  process = 4,
  end_input = 5,
  on_time = 6,
  flush = 7,
  finish = 8,
  destroy = 9,
  waited = 10,  ///< the answer to wait_until
  acknowledge = 11,
  save_state = 12,
  load_state = 13,
  fit = 14,
  predict = 15,
  go_on = 16,        ///< the answer to epoch
  found_model = 17,  ///< the answers to find_model
  no_model = 18,
  // From the child.
  returned = 32,
  emitted = 33,
  wake_at = 34,
  log = 35,
  wait_until = 36,
  epoch = 37,
  find_model = 38
};

/// 0: none.
struct Limits {
  std::uint64_t memory = 0;  ///< bytes of RLIMIT_DATA
  std::uint64_t files = 0;   ///< of RLIMIT_NOFILE
  bool operator==(const Limits&) const = default;
};

/// Comes with one descriptor for each entry of `kept`.
struct CreateRequest {
  std::string library;  ///< absolute path, trusted by the engine
  std::string plugin;
  std::string description;  ///< as the engine knows it; the library must still say the same
  std::string node;
  std::vector<InputName> inputs;
  OptionValues options;
  std::vector<std::string> kept;  ///< keys of weir.privileged/1
  Limits limits;
  bool system_clock = true;  ///< the child may read the clocks itself
};
[[nodiscard]] Bytes encode(const CreateRequest& request);
[[nodiscard]] CreateRequest decode_create(View bytes);

/// The head of every call; behind it come the bytes of the batch (process), the tokens
/// (acknowledge), what was saved (load_state), or rows for a model (model_protocol.hpp).
struct CallRequest {
  std::int64_t now = 0;  ///< the pipeline's clocks when the call was made
  std::int64_t monotonic = 0;
  std::int64_t time = 0;      ///< on_time
  std::uint32_t input = 0;    ///< process, end_input
  std::int32_t reason = 0;    ///< finish
  std::uint32_t version = 0;  ///< load_state
};
[[nodiscard]] Bytes encode(const CallRequest& request, const Batch* batch = nullptr);
[[nodiscard]] Bytes encode_with_bytes(const CallRequest& request, View bytes);
/// `rest` begins after the head, at a multiple of 8.
[[nodiscard]] CallRequest decode_call(View bytes, View& rest);

[[nodiscard]] std::vector<std::uint64_t> decode_tokens(View rest);

struct WaitAnswer {
  bool reached = false;
  std::int64_t now = 0;
  std::int64_t monotonic = 0;
};
[[nodiscard]] Bytes encode(const WaitAnswer& answer);
[[nodiscard]] WaitAnswer decode_wait_answer(View bytes);

enum class Status : std::uint8_t { done, retry, rejected, failed, fatal };

/// Comes with a descriptor if the node waits for one.
struct Returned {
  Status status = Status::done;
  std::string message;
  std::int64_t retry_after = 0;
  std::int32_t next = 0;  ///< WEIR_AGAIN, WEIR_WAIT, WEIR_END; produce
  std::int64_t until = 0;
  std::map<std::string, std::uint64_t> counters;  ///< what was counted since the last one
  bool acknowledges = false;                      ///< create: the node has weir.acknowledge/1
  std::uint32_t state_version = 0;                ///< create: of weir.state/1; 0: it has none
  std::string bytes;                              ///< save_state; the forecast of predict
};
[[nodiscard]] Bytes encode(const Returned& returned);
[[nodiscard]] Returned decode_returned(View bytes);

struct EmittedHead {
  std::uint32_t port = 0;
  std::uint64_t token = 0;  ///< as in weir_batch
};
[[nodiscard]] Bytes encode_emitted(const EmittedHead& head, const Batch& batch);
[[nodiscard]] EmittedHead decode_emitted(View bytes, View& batch);

struct LogLine {
  std::int32_t level = 0;
  std::string text;
};
[[nodiscard]] Bytes encode(const LogLine& line);
[[nodiscard]] LogLine decode_log(View bytes);

/// wake_at, wait_until.
[[nodiscard]] Bytes encode_time(std::int64_t time);
[[nodiscard]] std::int64_t decode_time(View bytes);

/// "process" for MessageType::process; "an unknown message" for what is none.
[[nodiscard]] std::string_view to_string(MessageType type);

}  // namespace weir::core::isolation
