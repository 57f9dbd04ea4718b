// SPDX-License-Identifier: Apache-2.0
#pragma once
/// weir.privileged/1: what nodes opened while there were rights.

#include <map>
#include <memory>
#include <string>

#include "core/graph/graph.hpp"
#include "weir/abi.h"

namespace weir::core {

/// Descriptors by node and key. They are closed with this object: it lives as long as the run.
class KeptDescriptors {
 public:
  KeptDescriptors() = default;
  KeptDescriptors(KeptDescriptors&&) = default;
  KeptDescriptors& operator=(KeptDescriptors&&) = delete;
  ~KeptDescriptors();

  /// Takes the descriptor, also when it throws, and closes it on exec. Throws Error where it is not
  /// open or the key is taken.
  void keep(const std::string& node, const std::string& key, int descriptor);
  /// What is kept for that node, by key.
  [[nodiscard]] std::map<std::string, int, std::less<>> of(const std::string& node) const;
  /// The host's answer to that node: the weir_kept for WEIR_PRIVILEGED_EXTENSION, else null. Any
  /// thread, once all is kept.
  [[nodiscard]] const void* query(const std::string& node, const char* extension) const;

 private:
  struct OfNode {
    std::map<std::string, int, std::less<>> descriptors;
    weir_kept kept{};
  };
  // By pointer: the C struct points to its owner.
  std::map<std::string, std::unique_ptr<OfNode>> nodes_;
};

/// Calls the plugins' weir_privileged.open for each node, in the order of the graph. The types must
/// be loaded; no thread may run. Throws Error in one line that names the node.
[[nodiscard]] KeptDescriptors open_privileged(const Graph& graph);

}  // namespace weir::core
