// SPDX-License-Identifier: Apache-2.0
#pragma once
/// A node as the runtime sees it: a plugin's node behind the C boundary, or the forecasting
/// harness.

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include "weir/batch.hpp"
#include "weir/node.hpp"

namespace weir::core {

/// Takes what one call produces. Only valid during the call.
class Emitter {
 public:
  virtual ~Emitter() = default;
  virtual void emit(std::uint32_t port, Batch batch) = 0;
  /// Of a source that takes acknowledgements: `token` as in weir_batch.
  virtual void emit_tracked(std::uint32_t port, Batch batch, std::uint64_t /*token*/) {
    emit(port, std::move(batch));
  }
  virtual void wake_at(Timestamp time) = 0;
};

/// The process of an isolated node has ended in a call, or was ended because the call took too
/// long. The instance is spent; a new one gets the input again.
class NodeCrashed : public Error {
 public:
  using Error::Error;
};

/// The process has crashed so often (CrashWindow) that the node is to be quarantined at once.
class CrashedTooOften : public NodeCrashed {
 public:
  using NodeCrashed::NodeCrashed;
};

/// One call at a time, on any thread; see abi.h for the life of a node. Every call may throw Error,
/// RetryLater, Rejected, Fatal or NodeCrashed and nothing else.
class NodeInstance {
 public:
  NodeInstance() = default;
  NodeInstance(const NodeInstance&) = delete;
  NodeInstance& operator=(const NodeInstance&) = delete;
  virtual ~NodeInstance() = default;

  virtual void open() = 0;
  [[nodiscard]] virtual Next produce(Emitter& emitter) = 0;
  virtual void process(std::uint32_t input, const Batch& batch, Emitter& emitter) = 0;
  virtual void end_input(std::uint32_t input, Emitter& emitter) = 0;
  virtual void on_time(Timestamp now, Emitter& emitter) = 0;
  virtual void flush() = 0;
  virtual void finish(Reason reason, Emitter& emitter) = 0;

  /// weir.acknowledge/1, also after finish.
  [[nodiscard]] virtual bool takes_acknowledgements() const { return false; }
  virtual void acknowledge(std::span<const std::uint64_t> /*tokens*/) {}
  /// weir.state/1; version 0: the node keeps no state.
  [[nodiscard]] virtual std::uint32_t state_version() const { return 0; }
  [[nodiscard]] virtual std::string save_state() { return {}; }
  virtual void load_state(std::uint32_t /*version*/, std::string_view /*bytes*/) {}
};

}  // namespace weir::core
