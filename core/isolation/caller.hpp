// SPDX-License-Identifier: Apache-2.0
#pragma once
/// The engine's side of a child: asks, and deals with what comes until the answer does.

#include <chrono>
#include <functional>
#include <string>
#include <vector>

#include "core/graph/graph.hpp"
#include "core/isolation/child_process.hpp"
#include "core/isolation/isolated_node.hpp"
#include "core/isolation/protocol.hpp"
#include "weir/abi.h"

namespace weir::core::isolation {

/// What `create` says of a node; its options and inputs, and no rights.
[[nodiscard]] CreateRequest create_request(const GraphNode& node,
                                           const IsolationSettings& settings);

/// Throws what the status of a call means.
void throw_status(const Returned& returned);

class Caller {
 public:
  /// Deals with what a call says besides its answer. What it throws is taken for a malformed
  /// message.
  using Hear = std::function<void(const Message&)>;

  /// Starts the process. `host` must outlive this.
  Caller(const GraphNode& node, const weir_host& host, const IsolationSettings& settings);
  Caller(const Caller&) = delete;
  Caller& operator=(const Caller&) = delete;
  /// Lets it destroy its node, and ends it.
  ~Caller();

  /// Makes the node, with what was opened with rights. Throws what create says, or NodeCrashed.
  Returned create(CreateRequest request, const KeptByKey& kept, const Hear& hear = {});
  /// Throws NodeCrashed, then this is spent; nothing else. `hear` may be empty: nothing may come.
  Returned call(MessageType type, Bytes payload, const Hear& hear = {},
                const std::vector<int>& descriptors = {});
  /// A call's head, with the pipeline's clocks.
  [[nodiscard]] CallRequest head() const;
  /// In `hear`: answers a question.
  void answer(MessageType type, const Bytes& payload);
  /// In `hear`: the call gets its whole time once more.
  void extend();
  /// In `hear`: the engine itself has taken so long.
  void lend(std::chrono::steady_clock::duration time) { deadline_ += time; }
  /// The one that came with the last answer, or none.
  [[nodiscard]] Descriptor take_descriptor() { return std::move(arrived_); }

 private:
  [[nodiscard]] Duration limit_of(MessageType type) const;
  [[nodiscard]] Message wait_for_message(MessageType type);
  [[nodiscard]] bool deal_with(Message message, const Hear& hear, Returned& returned);
  void log(const Message& message);
  void wait_until(std::int64_t time);
  void drain(std::chrono::steady_clock::time_point deadline);
  [[noreturn]] void ended(MessageType type);
  [[noreturn]] void hangs(MessageType type);
  [[noreturn]] void crashed(const std::string& what, MessageType type);

  std::string name_;
  Duration call_limit_;
  const weir_host& host_;
  ChildProcess child_;
  MessageType type_ = MessageType::create;  // of the call that goes on
  std::chrono::steady_clock::time_point deadline_;
  Descriptor arrived_;
  bool spent_ = false;
};

}  // namespace weir::core::isolation
