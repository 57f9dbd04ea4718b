// SPDX-License-Identifier: Apache-2.0
#include "core/privileges/kept.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <exception>
#include <string_view>
#include <vector>

#include "core/plugin/plugin_node.hpp"
#include "weir/error.hpp"

namespace weir::core {
namespace {

/// What a plugin's call keeps goes here.
struct Taker {
  KeptDescriptors& kept;
  const std::string& node;
};

weir_status take(void* self, const char* key, std::int32_t descriptor, weir_error* error) noexcept {
  const Taker& taker = *static_cast<Taker*>(self);
  try {
    taker.kept.keep(taker.node, key == nullptr ? "" : key, descriptor);
    return WEIR_OK;
  } catch (const std::exception& problem) {
    if (error != nullptr) {
      const std::string_view text = problem.what();
      error->message[text.copy(error->message, sizeof error->message - 1)] = '\0';
    }
    return WEIR_FAILED;
  }
}

const weir_privileged* privileged_of(const GraphNode& node) {
  if (node.type == nullptr || node.description->kind == Kind::model) return nullptr;
  if (node.type->query == nullptr) return nullptr;
  const auto* found =
      static_cast<const weir_privileged*>(node.type->query(WEIR_PRIVILEGED_EXTENSION));
  if (found != nullptr && (found->size < sizeof *found || found->open == nullptr))
    throw Error("the plugin offers a malformed " WEIR_PRIVILEGED_EXTENSION "; build it anew");
  return found;
}

weir_status call_open(const weir_privileged& privileged, const GraphNode& node, const Graph& graph,
                      const weir_keeper& keeper, weir_error& error) {
  const OptionView options(node.options);
  std::vector<weir_input_info> inputs;
  for (const GraphInput& input : node.inputs) {
    const GraphNode& from = graph.nodes[input.node];
    inputs.push_back({from.name.c_str(), from.description->outputs[input.port].name.c_str()});
  }
  weir_node_config config{};
  config.size = sizeof config;
  config.name = node.name.c_str();
  config.options = options.data();
  config.option_count = options.size();
  config.inputs = inputs.data();
  config.input_count = inputs.size();
  try {
    return privileged.open(&config, &keeper, &error);
  } catch (...) {
    throw Error("the plugin let an exception out of a C function");
  }
}

void open_for(const GraphNode& node, const Graph& graph, KeptDescriptors& kept) {
  const weir_privileged* privileged = privileged_of(node);
  if (privileged == nullptr) return;
  Taker taker{kept, node.name};
  weir_keeper keeper{};
  keeper.size = sizeof keeper;
  keeper.self = &taker;
  keeper.keep = take;
  weir_error error{};
  error.size = sizeof error;
  const weir_status status = call_open(*privileged, node, graph, keeper, error);
  throw_status(status, error);
}

}  // namespace

KeptDescriptors::~KeptDescriptors() {
  for (const auto& [name, node] : nodes_) {
    for (const auto& [key, descriptor] : node->descriptors) ::close(descriptor);
  }
}

void KeptDescriptors::keep(const std::string& node, const std::string& key, int descriptor) {
  const int flags = descriptor < 0 ? -1 : ::fcntl(descriptor, F_GETFD);
  if (flags < 0) {
    throw Error("'" + key + "' is " + std::to_string(descriptor) + ", which is no open descriptor");
  }
  ::fcntl(descriptor, F_SETFD, flags | FD_CLOEXEC);
  std::unique_ptr<OfNode>& of = nodes_[node];
  if (of == nullptr) {
    of = std::make_unique<OfNode>();
    of->kept.size = sizeof of->kept;
    of->kept.self = of.get();
    of->kept.descriptor = [](void* self, const char* wanted) -> std::int32_t {
      const auto& all = static_cast<const OfNode*>(self)->descriptors;
      if (wanted == nullptr) return -1;
      const auto found = all.find(std::string_view(wanted));
      return found == all.end() ? -1 : found->second;
    };
  }
  if (!of->descriptors.emplace(key, descriptor).second) {
    ::close(descriptor);
    throw Error("the key '" + key + "' is kept already; each descriptor needs its own");
  }
}

std::map<std::string, int, std::less<>> KeptDescriptors::of(const std::string& node) const {
  const auto found = nodes_.find(node);
  return found == nodes_.end() ? std::map<std::string, int, std::less<>>{}
                               : found->second->descriptors;
}

const void* KeptDescriptors::query(const std::string& node, const char* extension) const {
  if (std::string_view(extension) != WEIR_PRIVILEGED_EXTENSION) return nullptr;
  const auto found = nodes_.find(node);
  return found == nodes_.end() ? nullptr : &found->second->kept;
}

KeptDescriptors open_privileged(const Graph& graph) {
  KeptDescriptors kept;
  for (const GraphNode& node : graph.nodes) {
    try {
      open_for(node, graph, kept);
    } catch (const std::exception& problem) {
      throw Error(node.name + ": cannot start: " + problem.what());
    }
  }
  return kept;
}

}  // namespace weir::core
