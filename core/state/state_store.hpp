// SPDX-License-Identifier: Apache-2.0
#pragma once
/// Where the engine keeps the state of nodes. The engine knows this alone; see state_folder.hpp.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace weir::core {

/// What a node's weir.state/1 wrote, and the version it was of.
struct SavedState {
  std::uint32_t version = 0;
  std::string bytes;
};

/// Any thread; never two calls at a time for one node.
class StateStore {
 public:
  StateStore() = default;
  StateStore(const StateStore&) = delete;
  StateStore& operator=(const StateStore&) = delete;
  virtual ~StateStore() = default;

  /// nullopt: nothing is kept, or what was kept is unusable; then it has been set aside and told.
  [[nodiscard]] virtual std::optional<SavedState> load(const std::string& node) = 0;
  /// Durable when it returns. Throws Error; what was kept before then still stands.
  virtual void save(const std::string& node, std::uint32_t version, std::string_view bytes) = 0;
  /// The node refused what load gave: it is kept aside, and not given again.
  virtual void set_aside(const std::string& node, const std::string& reason) = 0;
  /// The node begins anew: nothing is kept. Throws Error.
  virtual void forget(const std::string& node) = 0;
};

}  // namespace weir::core
