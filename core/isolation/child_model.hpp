// SPDX-License-Identifier: Apache-2.0
#pragma once
/// The model in the process of an isolated node.

#include <map>
#include <memory>
#include <string>

#include "core/forecast/other_models.hpp"
#include "core/isolation/child_host.hpp"
#include "core/isolation/protocol.hpp"
#include "core/plugin/library.hpp"

namespace weir::core::isolation {

/// The library of the request, which must say of its plugin what it said when the pipeline was
/// checked. Throws Fatal.
[[nodiscard]] Library load_checked(const CreateRequest& request);

class ChildModel {
 public:
  /// `host` must outlive it.
  ChildModel(ChildHost& host, const weir_node_type& type, const CreateRequest& request);

  /// fit, predict, save_state, load_state: `rest` is what stands behind the head of the call.
  void answer(MessageType type, View rest, Returned& returned);

 private:
  /// A model that this one asks for: the engine says which library and options.
  [[nodiscard]] FoundModel find(const std::string& plugin, const std::string& options);
  [[nodiscard]] bool report(const weir_epoch& epoch);

  ChildHost& child_host_;
  HostWithModels host_;
  std::map<std::string, Library> libraries_;  // of other models, by path
  std::unique_ptr<ModelInstance> model_;
};

}  // namespace weir::core::isolation
