// SPDX-License-Identifier: Apache-2.0
#include "core/privileges/secrets.hpp"

#include <sys/prctl.h>
#include <sys/resource.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <variant>

#include "weir/error.hpp"

namespace weir::core {
namespace {

bool is_secret(const OptionDescription& option, const OptionValue& value) {
  if (const auto* text = std::get_if<std::string>(&value.value))
    return option.type == OptionType::secret && !text->empty();
  if (const auto* list = std::get_if<OptionValue::List>(&value.value)) {
    return !option.items.empty() && std::any_of(list->begin(), list->end(), [&](const auto& item) {
      return is_secret(option.items.front(), item);
    });
  }
  const auto* map = std::get_if<OptionValue::Map>(&value.value);
  if (map == nullptr) return false;
  return std::any_of(map->begin(), map->end(), [&](const OptionEntry& entry) {
    if (!option.items.empty() && is_secret(option.items.front(), entry.value)) return true;
    return std::any_of(option.members.begin(), option.members.end(), [&](const auto& member) {
      return member.name == entry.name && is_secret(member, entry.value);
    });
  });
}

#if defined(__SANITIZE_ADDRESS__)
constexpr bool sanitized = true;
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(leak_sanitizer)
constexpr bool sanitized = true;
#else
constexpr bool sanitized = false;
#endif
#else
constexpr bool sanitized = false;
#endif

}  // namespace

bool holds_secrets(const Graph& graph) {
  return std::any_of(graph.nodes.begin(), graph.nodes.end(), [](const GraphNode& node) {
    return std::any_of(node.options.begin(), node.options.end(), [&](const OptionEntry& entry) {
      const OptionDescription* option =
          node.description == nullptr ? nullptr : node.description->option(entry.name);
      return option != nullptr && is_secret(*option, entry.value);
    });
  });
}

void forbid_core_files() {
  const rlimit none{0, 0};
  // The limit does not hold for core files that go through a pipe; being not dumpable does.
  if (::setrlimit(RLIMIT_CORE, &none) != 0 ||
      (!sanitized && ::prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) != 0)) {
    throw Error(std::string("core files cannot be forbidden: ") + std::strerror(errno));
  }
}

}  // namespace weir::core
