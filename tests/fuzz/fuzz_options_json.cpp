// SPDX-License-Identifier: Apache-2.0
// What a plugin says of itself, and options as JSON: the first line is a description, the rest are
// options that are bound to it, or to one with an option of every type.
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "core/graph/bind_options.hpp"
#include "weir/error.hpp"

namespace {

using weir::core::NodeDescription;

std::shared_ptr<const NodeDescription> every_type() {
  static const auto description =
      std::make_shared<const NodeDescription>(weir::core::parse_description(R"({
    "name": "all", "kind": "transform", "outputs": [{"name": "out"}], "options": [
      {"name": "text", "type": "string", "minimum": 1, "maximum": 8},
      {"name": "flag", "type": "bool"},
      {"name": "whole", "type": "integer", "minimum": -5, "maximum": 1000000},
      {"name": "real", "type": "double", "minimum": 0},
      {"name": "wait", "type": "duration"}, {"name": "room", "type": "bytes"},
      {"name": "when", "type": "timestamp"}, {"name": "where", "type": "url"},
      {"name": "token", "type": "secret"},
      {"name": "method", "type": "enum", "choices": ["minmax", "standard"]},
      {"name": "many", "type": "list", "items": {"type": "double"}},
      {"name": "map", "type": "map", "items": {"type": "string"}},
      {"name": "object", "type": "object", "options": [{"name": "a", "type": "integer"}]}],
    "presets": [{"name": "seed", "doc": "", "options": {"whole": 7}}]})"));
  return description;
}

void bind(std::shared_ptr<const NodeDescription> description, std::string_view text) {
  try {
    const auto values =
        weir::core::options_from_json("fuzzed", std::move(description), std::string(text));
    const weir::core::OptionView view(values);
    if (view.size() != values.size()) __builtin_trap();
  } catch (const weir::Error&) {
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const std::size_t line = text.find('\n');
  const std::string_view options =
      line == std::string_view::npos ? std::string_view() : text.substr(line + 1);
  bind(every_type(), options);
  try {
    bind(std::make_shared<const NodeDescription>(
             weir::core::parse_description(text.substr(0, line))),
         options);
  } catch (const weir::Error&) {
  }
  return 0;
}
