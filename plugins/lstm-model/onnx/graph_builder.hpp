// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <initializer_list>
#include <span>
#include <string>
#include <vector>

#include "onnx.pb.h"

namespace weir::lstm_model {

/// Builds an ONNX graph operator by operator. A value is known by its name; operators are those of
/// operator set 13, as github.com/onnx/onnx, docs/Operators.md has them.
class GraphBuilder {
 public:
  using Value = std::string;
  using Indices = std::vector<std::int64_t>;

  GraphBuilder();

  /// A float input or output [N × dims], N any number of windows.
  Value input(const std::string& name, const Indices& dims, const std::string& meaning);
  void output(const Value& value, const std::string& name, const Indices& dims);

  Value constant(std::span<const float> values, const Indices& dims);
  Value constant(const Indices& values);

  Value add(const Value& a, const Value& b) { return node("Add", {a, b}); }
  Value subtract(const Value& a, const Value& b) { return node("Sub", {a, b}); }
  Value multiply(const Value& a, const Value& b) { return node("Mul", {a, b}); }
  Value divide(const Value& a, const Value& b) { return node("Div", {a, b}); }
  Value minimum(const Value& a, const Value& b) { return node("Min", {a, b}); }
  Value maximum(const Value& a, const Value& b) { return node("Max", {a, b}); }
  Value square_root(const Value& a) { return node("Sqrt", {a}); }
  /// Mean along an axis, which stays with length 1.
  Value mean(const Value& a, std::int64_t axis);
  /// Sum along an axis, which stays with length 1.
  Value sum(const Value& a, std::int64_t axis);
  /// Sums of the elements so far, along an axis.
  Value running_sum(const Value& a, std::int64_t axis);
  /// Elements `indices` along an axis.
  Value gather(const Value& a, const Value& indices, std::int64_t axis);
  Value gather(const Value& a, const Indices& indices, std::int64_t axis);
  /// Elements first … last − 1 along an axis.
  Value slice(const Value& a, std::int64_t first, std::int64_t last, std::int64_t axis);
  Value concat(const std::vector<Value>& parts, std::int64_t axis);
  Value squeeze(const Value& a, std::int64_t axis);
  Value unsqueeze(const Value& a, std::int64_t axis);
  Value reshape(const Value& a, const Indices& dims);
  Value transpose(const Value& a, const Indices& permutation);
  /// a [N × k] · b [k × m] + c [m].
  Value affine(const Value& a, const Value& b, const Value& c) { return node("Gemm", {a, b, c}); }
  struct Sorted {
    Value values;
    Value places;  // where each stood along the axis
  };
  /// The `count` largest along an axis, falling.
  Sorted sorted(const Value& a, std::int64_t count, std::int64_t axis);

  struct LstmOutputs {
    Value states;  // [steps × 1 × N × units]
    Value last;    // [1 × N × units]
  };
  /// x [steps × N × inputs]; weights in ONNX's order of gates: input, output, forget, candidate.
  LstmOutputs lstm(const Value& x, const Value& w, const Value& r, const Value& b,
                   std::int64_t units, const std::string& activation);

  /// The model as bytes.
  [[nodiscard]] std::string serialise(const std::string& description);

 private:
  std::string fresh_name();
  onnx::Node& append(const char* operation, const std::vector<Value>& inputs);
  Value node(const char* operation, const std::vector<Value>& inputs);
  static void set(onnx::Node& node, const char* name, std::int64_t value);
  static onnx::ValueInfo declare(const std::string& name, const Indices& dims);

  onnx::Model model_;
  onnx::Graph& graph_;
  std::size_t names_ = 0;
};

}  // namespace weir::lstm_model
