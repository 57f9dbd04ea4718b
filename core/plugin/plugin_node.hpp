// SPDX-License-Identifier: Apache-2.0
#pragma once
/// A node behind the C boundary. Statuses become exceptions, and every batch that the plugin emits
/// is checked before the engine sees it.

#include <memory>
#include <string>
#include <vector>

#include "core/graph/option_values.hpp"
#include "core/plugin/description.hpp"
#include "core/plugin/node_instance.hpp"
#include "weir/abi.h"

namespace weir::core {

/// What feeds a node: node "ping", port "out".
struct InputName {
  std::string node;
  std::string port;
};

/// Calls the plugin's create; destroy comes with the destructor. `host` must outlive the node,
/// `type` comes from a loaded library. The options and names are copied by the plugin during the
/// call. Throws Error, RetryLater, Rejected or Fatal as create says.
///
/// A call that returns WEIR_OK although one of its batches was refused throws all the same. A call
/// that lets a C++ exception out throws Error. What was emitted before an error is the caller's to
/// throw away.
[[nodiscard]] std::unique_ptr<NodeInstance> create_plugin_node(
    const weir_node_type& type, std::shared_ptr<const NodeDescription> description,
    const weir_host& host, const std::string& name, const OptionValues& options,
    const std::vector<InputName>& inputs);

/// What a failed call of any C function says: throws the exception that belongs to the status.
/// For WEIR_OK it returns.
void throw_status(weir_status status, weir_error& error);

}  // namespace weir::core
