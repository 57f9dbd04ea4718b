// SPDX-License-Identifier: Apache-2.0
#pragma once
/// What a node type says of itself, parsed from its JSON description. From it alone come
/// validation, help, reference pages, JSON Schema and completion.

#include <cstddef>
#include <cstdint>
#include <limits>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "weir/ports.hpp"

namespace weir::core {

enum class Kind : std::uint8_t { source, transform, model, sink };
[[nodiscard]] std::string_view to_string(Kind kind);

enum class OptionType : std::uint8_t {
  string,
  boolean,
  integer,
  number,
  duration,
  bytes,
  timestamp,
  url,
  secret,
  choice,  ///< "enum" in the JSON
  list,
  map,
  object
};
[[nodiscard]] std::string_view to_string(OptionType type);

struct OptionDescription {
  std::string name;
  std::string doc;
  OptionType type = OptionType::string;
  bool required = false;
  std::optional<nlohmann::json> standard;  ///< "default", as a person would write it
  std::optional<double> minimum;  ///< of a number (ns, bytes); of the size of a text or list
  std::optional<double> maximum;
  std::vector<std::string> choices;
  std::string unit;
  std::string deprecated;                  ///< what to use instead; empty: it is not deprecated
  std::vector<OptionDescription> items;    ///< of a list or map: one, nameless
  std::vector<OptionDescription> members;  ///< of an object
};

struct PortDescription {
  std::string name;
  std::string doc;
};

struct PresetDescription {
  std::string name;
  std::string doc;
  nlohmann::json options;  ///< an object
};

struct NodeDescription {
  std::string name;
  std::string summary;
  std::string details;  ///< Markdown, may be empty
  Kind kind = Kind::transform;
  bool live = false;
  bool holds = false;  ///< what it emits may come of inputs of earlier calls
  std::size_t min_inputs = 0;
  std::size_t max_inputs = std::numeric_limits<std::size_t>::max();
  Order order = Order::any;
  std::vector<PortDescription> outputs;
  std::vector<OptionDescription> options;
  std::vector<PresetDescription> presets;

  [[nodiscard]] const OptionDescription* option(std::string_view name) const;
  [[nodiscard]] std::optional<std::uint32_t> output(std::string_view name) const;
};

/// Throws Error saying which key is wrong; descriptions come from plugins and may be hostile.
[[nodiscard]] NodeDescription parse_description(std::string_view json);

}  // namespace weir::core
