// SPDX-License-Identifier: Apache-2.0
#include "onnx/graph_builder.hpp"

#include <bit>
#include <stdexcept>

namespace weir::lstm_model {
namespace {

static_assert(std::endian::native == std::endian::little);

// Of 2020: old enough for every runtime in use. LSTM is the same up to 21.
constexpr std::int64_t operator_set = 13;
constexpr std::int64_t ir_version = 7;

}  // namespace

GraphBuilder::GraphBuilder() : graph_(*model_.mutable_graph()) {}

std::string GraphBuilder::fresh_name() { return "v" + std::to_string(names_++); }

onnx::Node& GraphBuilder::append(const char* operation, const std::vector<Value>& inputs) {
  onnx::Node& node = *graph_.add_node();
  node.set_op_type(operation);
  for (const Value& input : inputs) node.add_input(input);
  return node;
}

GraphBuilder::Value GraphBuilder::node(const char* operation, const std::vector<Value>& inputs) {
  onnx::Node& node = append(operation, inputs);
  node.add_output(fresh_name());
  return node.output(0);
}

void GraphBuilder::set(onnx::Node& node, const char* name, std::int64_t value) {
  onnx::Attribute& attribute = *node.add_attribute();
  attribute.set_name(name);
  attribute.set_type(onnx::Attribute::INT);
  attribute.set_i(value);
}

onnx::ValueInfo GraphBuilder::declare(const std::string& name, const Indices& dims) {
  onnx::ValueInfo info;
  info.set_name(name);
  auto& tensor = *info.mutable_type()->mutable_tensor_type();
  tensor.set_elem_type(onnx::Tensor::FLOAT);
  tensor.mutable_shape()->add_dim()->set_dim_param("N");
  for (const std::int64_t dim : dims) tensor.mutable_shape()->add_dim()->set_dim_value(dim);
  return info;
}

GraphBuilder::Value GraphBuilder::input(const std::string& name, const Indices& dims,
                                        const std::string& meaning) {
  onnx::ValueInfo& info = *graph_.add_input();
  info = declare(name, dims);
  info.set_doc_string(meaning);
  return name;
}

void GraphBuilder::output(const Value& value, const std::string& name, const Indices& dims) {
  append("Identity", {value}).add_output(name);
  *graph_.add_output() = declare(name, dims);
}

GraphBuilder::Value GraphBuilder::constant(std::span<const float> values, const Indices& dims) {
  onnx::Tensor& tensor = *graph_.add_initializer();
  for (const std::int64_t dim : dims) tensor.add_dims(dim);
  tensor.set_data_type(onnx::Tensor::FLOAT);
  tensor.set_name(fresh_name());
  tensor.set_raw_data(values.data(), values.size_bytes());
  return tensor.name();
}

GraphBuilder::Value GraphBuilder::constant(const Indices& values) {
  onnx::Tensor& tensor = *graph_.add_initializer();
  tensor.add_dims(static_cast<std::int64_t>(values.size()));
  tensor.set_data_type(onnx::Tensor::INT64);
  tensor.set_name(fresh_name());
  tensor.set_raw_data(values.data(), values.size() * sizeof(std::int64_t));
  return tensor.name();
}

GraphBuilder::Value GraphBuilder::mean(const Value& a, std::int64_t axis) {
  onnx::Node& node = append("ReduceMean", {a});
  onnx::Attribute& axes = *node.add_attribute();
  axes.set_name("axes");
  axes.set_type(onnx::Attribute::INTS);
  axes.add_ints(axis);
  node.add_output(fresh_name());
  return node.output(0);
}

GraphBuilder::Value GraphBuilder::sum(const Value& a, std::int64_t axis) {
  return node("ReduceSum", {a, constant(Indices{axis})});
}

GraphBuilder::Value GraphBuilder::running_sum(const Value& a, std::int64_t axis) {
  // Without dims: the specification wants the axis as a scalar here.
  onnx::Tensor& tensor = *graph_.add_initializer();
  tensor.set_data_type(onnx::Tensor::INT64);
  tensor.set_name(fresh_name());
  tensor.set_raw_data(&axis, sizeof axis);
  return node("CumSum", {a, tensor.name()});
}

GraphBuilder::Value GraphBuilder::gather(const Value& a, const Indices& indices,
                                         std::int64_t axis) {
  return gather(a, constant(indices), axis);
}

GraphBuilder::Value GraphBuilder::gather(const Value& a, const Value& indices, std::int64_t axis) {
  onnx::Node& node = append("Gather", {a, indices});
  set(node, "axis", axis);
  node.add_output(fresh_name());
  return node.output(0);
}

GraphBuilder::Value GraphBuilder::slice(const Value& a, std::int64_t first, std::int64_t last,
                                        std::int64_t axis) {
  return node("Slice",
              {a, constant(Indices{first}), constant(Indices{last}), constant(Indices{axis})});
}

GraphBuilder::Value GraphBuilder::concat(const std::vector<Value>& parts, std::int64_t axis) {
  if (parts.size() == 1) return parts.front();
  onnx::Node& node = append("Concat", parts);
  set(node, "axis", axis);
  node.add_output(fresh_name());
  return node.output(0);
}

GraphBuilder::Value GraphBuilder::squeeze(const Value& a, std::int64_t axis) {
  return node("Squeeze", {a, constant(Indices{axis})});
}

GraphBuilder::Value GraphBuilder::unsqueeze(const Value& a, std::int64_t axis) {
  return node("Unsqueeze", {a, constant(Indices{axis})});
}

GraphBuilder::Value GraphBuilder::reshape(const Value& a, const Indices& dims) {
  return node("Reshape", {a, constant(dims)});
}

GraphBuilder::Value GraphBuilder::transpose(const Value& a, const Indices& permutation) {
  onnx::Node& node = append("Transpose", {a});
  onnx::Attribute& order = *node.add_attribute();
  order.set_name("perm");
  order.set_type(onnx::Attribute::INTS);
  for (const std::int64_t axis : permutation) order.add_ints(axis);
  node.add_output(fresh_name());
  return node.output(0);
}

GraphBuilder::Sorted GraphBuilder::sorted(const Value& a, std::int64_t count, std::int64_t axis) {
  const Value wanted = constant(Indices{count});
  onnx::Node& node = append("TopK", {a, wanted});
  set(node, "axis", axis);
  node.add_output(fresh_name());
  node.add_output(fresh_name());
  return {node.output(0), node.output(1)};
}

GraphBuilder::LstmOutputs GraphBuilder::lstm(const Value& x, const Value& w, const Value& r,
                                             const Value& b, std::int64_t units,
                                             const std::string& activation) {
  onnx::Node& node = append("LSTM", {x, w, r, b});
  set(node, "hidden_size", units);
  onnx::Attribute& activations = *node.add_attribute();
  activations.set_name("activations");
  activations.set_type(onnx::Attribute::STRINGS);
  for (const std::string& name : {std::string("Sigmoid"), activation, activation})
    activations.add_strings(name);
  node.add_output(fresh_name());
  node.add_output(fresh_name());
  return {node.output(0), node.output(1)};
}

std::string GraphBuilder::serialise(const std::string& description) {
  graph_.set_name("lstm-model");
  model_.set_ir_version(ir_version);
  model_.set_producer_name("Weir");
  model_.set_doc_string(description);
  model_.clear_opset_import();
  model_.add_opset_import()->set_version(operator_set);
  return model_.SerializeAsString();
}

}  // namespace weir::lstm_model
