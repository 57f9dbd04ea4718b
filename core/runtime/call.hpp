// SPDX-License-Identifier: Apache-2.0
#pragma once
/// One call of the engine into a node, and what came of it.

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/plugin/node_instance.hpp"
#include "core/runtime/parcel.hpp"
#include "core/runtime/ticket.hpp"
#include "core/state/state_store.hpp"

namespace weir::core::runtime {

/// `open` also creates: it makes the instance anew.
enum class CallKind : std::uint8_t {
  open,
  produce,
  process,
  end_input,
  on_time,
  flush,
  finish,
  acknowledge,
  snapshot,  ///< the node gives a copy of its state
  save       ///< the copy goes to the store; no call into the node
};

[[nodiscard]] constexpr std::string_view to_string(CallKind kind) {
  constexpr std::string_view names[] = {"open",  "produce", "process",     "end_input", "on_time",
                                        "flush", "finish",  "acknowledge", "snapshot",  "save"};
  return names[static_cast<std::size_t>(kind)];
}

/// A node's state on its way to the store.
struct StateCopy {
  SavedState state;
  std::shared_ptr<HeldTicket> owed;  ///< what came in before it was made; null: nothing is owed
  Duration not_before{0};            ///< after a failure (monotonic)
};

struct Call {
  CallKind kind = CallKind::open;
  std::uint32_t input = 0;            ///< process, end_input
  Parcel parcel;                      ///< process
  int failures = 0;                   ///< of this parcel so far
  bool counted = false;               ///< the parcel was taken in before; a restart gives it again
  Timestamp now;                      ///< on_time
  Reason reason = Reason::ended;      ///< finish
  std::vector<std::uint64_t> tokens;  ///< acknowledge
  std::shared_ptr<StateCopy> copy;    ///< save
};

struct Outcome {
  enum class Result : std::uint8_t { done, retry, rejected, failed, fatal };
  Result result = Result::done;
  std::string message;
  bool crashed = false;    ///< failed: an isolated node has lost its process
  bool too_often = false;  ///< crashed, and it is to be quarantined
  Duration retry_after{0};
  Next next;                                              ///< produce
  std::vector<std::pair<std::uint32_t, Parcel>> emitted;  ///< port, parcel
  std::vector<std::uint64_t> empty_tokens;                ///< of batches without a row
  std::optional<Timestamp> wake;
  Duration took{0};
  SavedState state;  ///< snapshot
};

[[nodiscard]] constexpr std::string_view to_string(Outcome::Result result) {
  constexpr std::string_view names[] = {"done", "retry", "rejected", "failed", "fatal"};
  return names[static_cast<std::size_t>(result)];
}

/// Makes any call but open; exceptions become the outcome.
[[nodiscard]] Outcome make_call(NodeInstance& node, const Call& call);

/// Runs `work` and turns what it throws into an outcome.
template <class Work>
void guard(Outcome& outcome, Work&& work) {
  using Result = Outcome::Result;
  const auto note = [&](Result result, const std::string& message) {
    outcome.result = result;
    outcome.message = message;
  };
  try {
    std::forward<Work>(work)();
  } catch (const RetryLater& trouble) {
    note(Result::retry, trouble.what());
    outcome.retry_after = trouble.after();
  } catch (const Rejected& trouble) {
    note(Result::rejected, trouble.what());
  } catch (const Fatal& trouble) {
    note(Result::fatal, trouble.what());
  } catch (const NodeCrashed& trouble) {
    note(Result::failed, trouble.what());
    outcome.crashed = true;
    outcome.too_often = dynamic_cast<const CrashedTooOften*>(&trouble) != nullptr;
  } catch (const std::exception& trouble) {
    note(Result::failed, trouble.what());
  } catch (...) {
    note(Result::failed, "threw something that is no std::exception");
  }
}

}  // namespace weir::core::runtime
