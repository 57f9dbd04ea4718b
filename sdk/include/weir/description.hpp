// SPDX-License-Identifier: Apache-2.0
#pragma once
/// Renders what a node class declares as the JSON text of weir_node_type.description.

#include <array>
#include <concepts>
#include <span>
#include <string>
#include <string_view>

#include "json_text.hpp"
#include "model.hpp"
#include "node.hpp"
#include "options.hpp"
#include "ports.hpp"

namespace weir::detail {

template <class Node>
concept ShortSource = requires(Node node, Context& context) {
  node.produce(context);
};
template <class Node>
concept FullSource = requires(Node node, Output& output) {
  node.produce(output);
};
template <class Node>
concept ShortTransform = requires(Node node, Batch batch) {
  { node.process(std::move(batch)) } -> std::convertible_to<Batch>;
};
template <class Node>
concept FullTransform = requires(Node node, Input input, Output& output) {
  node.process(std::move(input), output);
};
template <class Node>
concept ShortSink = requires(Node node, const Batch& batch) {
  node.consume(batch);
};
template <class Node>
concept FullSink = requires(Node node, const Batch& batch, Output& output) {
  node.consume(batch, output);
};
template <class Node>
concept ModelNode = requires(Node node, const TrainingSet& set, Progress& progress,
                             const Window& window) {
  node.fit(set, progress);
  { node.predict(window) } -> std::convertible_to<Forecast>;
  { node.save() } -> std::convertible_to<std::string>;
  node.load(std::string_view{});
};

template <class Node>
[[nodiscard]] constexpr std::int32_t kind_of() {
  constexpr bool source = ShortSource<Node> || FullSource<Node>;
  constexpr bool transform = ShortTransform<Node> || FullTransform<Node>;
  constexpr bool sink = ShortSink<Node> || FullSink<Node>;
  static_assert(
      int{source} + int{transform} + int{sink} + int{ModelNode<Node>} == 1,
      "a node has one of produce, process, consume, or a model's fit, predict, save and load; "
      "see the top of node.hpp for their forms");
  return source ? WEIR_SOURCE : transform ? WEIR_TRANSFORM : sink ? WEIR_SINK : WEIR_MODEL;
}

template <class Node>
[[nodiscard]] constexpr auto outputs_of() {
  if constexpr (requires { Node::outputs; }) {
    return Node::outputs;
  } else if constexpr (kind_of<Node>() == WEIR_SOURCE || kind_of<Node>() == WEIR_TRANSFORM) {
    return std::array{port("out", "What the node produces")};
  } else {
    return std::array<Port, 0>{};
  }
}
template <class Node>
inline constexpr auto outputs = outputs_of<Node>();

template <class Node>
[[nodiscard]] constexpr Inputs inputs_of() {
  if constexpr (requires { Node::inputs; }) {
    return Node::inputs;
  } else if constexpr (kind_of<Node>() == WEIR_SOURCE) {
    return {.min = 0, .max = 0};
  } else {
    return {};
  }
}

struct NoOptions {
  static constexpr auto fields = std::tuple{};
};

template <class Node>
[[nodiscard]] constexpr bool is_live() {
  if constexpr (requires { Node::live; }) {
    return Node::live;
  } else {
    return false;
  }
}

template <class Node>
[[nodiscard]] constexpr bool holds_rows() {
  if constexpr (requires { Node::holds; }) {
    return Node::holds;
  } else {
    return FullTransform<Node>;
  }
}

template <class Node>
void describe_inputs(JsonText& json) {
  constexpr Inputs inputs = inputs_of<Node>();
  constexpr std::array<std::string_view, 3> orders{"any", "watermark", "sequence"};
  json.key("inputs").begin_object().key("min").value(inputs.min);
  if (inputs.max != Inputs{}.max) json.key("max").value(inputs.max);
  json.key("order").value(orders[static_cast<std::size_t>(inputs.order)]).end_object();
}

template <class Node>
[[nodiscard]] std::string describe() {
  constexpr std::array<std::string_view, 5> kinds{"", "source", "transform", "model", "sink"};
  JsonText json;
  json.begin_object();
  json.key("name").value(Node::name).key("summary").value(Node::summary);
  json.key("kind").value(kinds[static_cast<std::size_t>(kind_of<Node>())]);
  if constexpr (requires { Node::details; }) json.key("details").value(Node::details);
  if constexpr (kind_of<Node>() == WEIR_SOURCE) json.key("live").value(is_live<Node>());
  if constexpr (kind_of<Node>() == WEIR_TRANSFORM) json.key("holds").value(holds_rows<Node>());
  describe_inputs<Node>(json);
  json.key("outputs").begin_array();
  for (const Port& output : outputs<Node>) {
    json.begin_object().key("name").value(output.name).key("doc").value(output.doc).end_object();
  }
  json.end_array().key("options");
  if constexpr (requires(Node node) { node.options; }) {
    describe_options<typename Node::Options>(json);
  } else {
    describe_options<NoOptions>(json);
  }
  if constexpr (requires { Node::presets; }) {
    json.key("presets").begin_array();
    for (const Preset& preset : Node::presets) {
      json.begin_object().key("name").value(preset.name).key("doc").value(preset.doc);
      json.key("options").raw(preset.options).end_object();
    }
    json.end_array();
  }
  json.end_object();
  return json.take();
}

}  // namespace weir::detail
