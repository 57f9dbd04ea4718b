// SPDX-License-Identifier: Apache-2.0
//
// The graph says the same as MemberPredictor and ModelPredictor, in ONNX's operators. Shapes in
// comments leave out the first axis, N windows.
#include "onnx/export.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <weir/error.hpp>

#include "onnx/graph_builder.hpp"

namespace weir::lstm_model {
namespace {

using Value = GraphBuilder::Value;
using Indices = GraphBuilder::Indices;

constexpr double max_file_bytes = 1.5e9;  // protobuf's limit is 2 GiB

std::int64_t whole(std::size_t number) { return static_cast<std::int64_t>(number); }

// One layer's matrix [1 + inputs + units × (i, f, g, o)] as ONNX wants it: [gate · unit × inputs],
// gates in the order i, o, f, g.
struct OnnxLayer {
  std::vector<float> w, r, b;

  OnnxLayer(const Block& block, std::span<const float> weights) {
    constexpr std::size_t order[] = {0, 3, 1, 2};
    const std::size_t units = block.recurrent;
    for (const std::size_t gate : order) {
      for (std::size_t unit = 0; unit < units; ++unit) {
        const auto at = [&](std::size_t row) {
          return weights[block.offset + row * block.columns + gate * units + unit];
        };
        b.push_back(at(0));
        for (std::size_t j = 0; j < block.inputs; ++j) w.push_back(at(1 + j));
        for (std::size_t j = 0; j < units; ++j) r.push_back(at(1 + block.inputs + j));
      }
    }
    b.resize(2 * b.size(), 0.0F);  // ONNX has a bias of the recurrent part, too
  }
};

/// One member; its constants are shared by all steps of a recursion.
class MemberGraph {
 public:
  MemberGraph(GraphBuilder& graph, const InputPlan& plan, const Member& member)
      : graph_(graph),
        plan_(plan),
        member_(member),
        width_(plan.inputs(member.way.lagged)),
        targets_(plan.targets.size()),
        outputs_(member.shape.outputs) {
    add_weights();
  }

  /// [horizon · targets] from the inputs of the whole graph.
  Value forecast(const Value& inputs, const std::optional<Value>& known,
                 const std::optional<Value>& future) {
    Value window = graph_.slice(inputs, 0, whole(width_), 2);
    if (!plan_.recursive) return run(window, known);
    std::vector<Value> steps;
    for (std::size_t step = 0; step < plan_.horizon; ++step) {
      std::optional<Value> now;
      if (known) now = graph_.gather(*known, known_of(step), 1);
      steps.push_back(run(window, now));
      if (step + 1 < plan_.horizon) window = next_window(window, steps.back(), known, future, step);
    }
    return graph_.concat(steps, 1);
  }

 private:
  void add_weights() {
    const std::vector<Block> all = blocks(member_.shape);
    for (std::size_t j = 0; j < member_.shape.units.size(); ++j) {
      const OnnxLayer layer(all[j], member_.weights);
      const std::int64_t units = whole(all[j].recurrent);
      layers_.push_back({graph_.constant(layer.w, {1, 4 * units, whole(all[j].inputs)}),
                         graph_.constant(layer.r, {1, 4 * units, units}),
                         graph_.constant(layer.b, {1, 8 * units})});
    }
    const Block& head = all.back();
    const std::span<const float> matrix(member_.weights.data() + head.offset, head.size());
    head_bias_ = graph_.constant(matrix.first(head.columns), {whole(head.columns)});
    head_ =
        graph_.constant(matrix.subspan(head.columns), {whole(head.inputs), whole(head.columns)});
    std::vector<float> units;
    for (std::size_t j = 0; j < outputs_; ++j)
      units.push_back(static_cast<float>(member_.trust[j] * member_.units[j % targets_]));
    units_ = graph_.constant(units, {whole(outputs_)});
  }

  // The feature whose moments a column of the window is measured by; none for the calendar.
  [[nodiscard]] std::optional<std::size_t> measured_by(std::size_t column) const {
    if (column < plan_.features) return column;
    if (column < plan_.inputs(false)) return std::nullopt;
    return plan_.targets[(column - plan_.inputs(false)) % targets_];
  }

  struct Measure {
    Value centre;  // [1 × width]
    Value spread;  // [1 × width]
  };

  // As measure_lags() and `standard` of measure() have it.
  Measure standard(const Value& window) {
    std::vector<float> centres, spreads, mask;
    Indices source;
    for (std::size_t column = 0; column < width_; ++column) {
      const auto feature = measured_by(column);
      const bool target = feature && std::find(plan_.targets.begin(), plan_.targets.end(),
                                               *feature) != plan_.targets.end();
      const bool from_last = target && member_.way.relative;
      source.push_back(whole(feature.value_or(0)));
      mask.push_back(from_last ? 1 : 0);
      centres.push_back(feature && !from_last ? static_cast<float>(member_.centres[*feature]) : 0);
      spreads.push_back(feature ? static_cast<float>(member_.floors[*feature]) : 1);
    }
    const Indices row{1, 1, whole(width_)};
    Value centre = graph_.constant(centres, row);
    if (member_.way.relative) {
      const Value last = graph_.slice(window, whole(plan_.steps) - 1, whole(plan_.steps), 1);
      centre = graph_.add(
          centre, graph_.multiply(graph_.gather(last, source, 2), graph_.constant(mask, row)));
    }
    return {centre, graph_.constant(spreads, row)};
  }

  Measure measure(const Value& window) {
    if (member_.way.standard) return standard(window);
    Indices source;
    std::vector<float> mask, floors;
    for (std::size_t column = 0; column < width_; ++column) {
      const auto feature = measured_by(column);
      source.push_back(whole(feature.value_or(0)));
      mask.push_back(feature ? 1 : 0);
      floors.push_back(feature ? static_cast<float>(member_.floors[*feature]) : 1);
    }
    const Value mean = graph_.mean(window, 1);
    const Value from_mean = graph_.subtract(window, mean);
    const Value size = graph_.square_root(graph_.mean(graph_.multiply(from_mean, from_mean), 1));
    const Value masked = graph_.constant(mask, {whole(width_)});
    const Value least = graph_.constant(floors, {whole(width_)});
    return {graph_.multiply(graph_.gather(mean, source, 2), masked),
            graph_.maximum(graph_.multiply(graph_.gather(size, source, 2), masked), least)};
  }

  // The feature of each target, `count` values long.
  [[nodiscard]] Indices target_features(std::size_t count) const {
    Indices result;
    for (std::size_t j = 0; j < count; ++j) result.push_back(plan_.targets[j % targets_]);
    return result;
  }

  // The network once: window [steps × width], known [lags · ahead · targets] -> [outputs].
  Value run(const Value& window, const std::optional<Value>& known) {
    Value seen = window;
    std::optional<Measure> measured;
    std::optional<Value> spread;
    if (member_.way.instance_norm || member_.way.standard) {
      measured = measure(window);
      seen = graph_.divide(graph_.subtract(window, measured->centre), measured->spread);
    }
    if (member_.way.instance_norm)
      spread = graph_.gather(graph_.squeeze(measured->spread, 1), target_features(outputs_), 1);
    std::vector<Value> head_inputs{last_state(seen)};
    const std::size_t lagged = member_.shape.known - linear_inputs(plan_, member_.way);
    if (known && lagged > 0) head_inputs.push_back(seen_lags(*known, window, measured, lagged));
    if (member_.shape.known > lagged) head_inputs.push_back(seen_distances(window, measured));
    const Value head_input =
        head_inputs.size() == 1 ? head_inputs.front() : graph_.concat(head_inputs, 1);
    Value outputs = graph_.multiply(graph_.affine(head_input, head_, head_bias_), units_);
    if (spread) outputs = graph_.multiply(outputs, *spread);
    switch (member_.way.residual) {
      case Residual::last:
        return graph_.add(outputs, graph_.gather(last_row(window), target_features(outputs_), 1));
      case Residual::seasonal:
        return graph_.add(outputs, graph_.slice(known.value(), 0, whole(outputs_), 1));
      case Residual::none:
        break;
    }
    return outputs;
  }

  // The first part of normalise_known(): known [count].
  Value seen_lags(const Value& known, const Value& window, const std::optional<Measure>& measured,
                  std::size_t count) {
    const Indices features = target_features(count);
    Value seen = known;
    if (member_.way.linear) {
      seen = graph_.subtract(seen, graph_.gather(last_row(window), features, 1));
    } else if (measured) {
      seen = graph_.subtract(seen, graph_.gather(graph_.squeeze(measured->centre, 1), features, 1));
    }
    if (!measured) return seen;
    return graph_.divide(seen, graph_.gather(graph_.squeeze(measured->spread, 1), features, 1));
  }

  // Its second part: the targets of all rows but the last, from that one, [steps − 1 · targets].
  Value seen_distances(const Value& window, const std::optional<Measure>& measured) {
    const Indices features = target_features(targets_);
    const std::int64_t steps = whole(plan_.steps);
    const Value last = graph_.slice(window, steps - 1, steps, 1);
    Value seen =
        graph_.gather(graph_.subtract(graph_.slice(window, 0, steps - 1, 1), last), features, 2);
    if (measured) seen = graph_.divide(seen, graph_.gather(measured->spread, features, 2));
    return graph_.reshape(seen, {-1, (steps - 1) * whole(targets_)});
  }

  Value last_row(const Value& window) {
    return graph_.squeeze(graph_.slice(window, whole(plan_.steps) - 1, whole(plan_.steps), 1), 1);
  }

  Value last_state(const Value& window) {
    const char* const activation = member_.shape.activation == Activation::relu ? "Relu" : "Tanh";
    Value x = graph_.transpose(window, {1, 0, 2});
    for (std::size_t j = 0; j < layers_.size(); ++j) {
      const auto [states, last] = graph_.lstm(x, layers_[j].w, layers_[j].r, layers_[j].b,
                                              whole(member_.shape.units[j]), activation);
      if (j + 1 == layers_.size()) return graph_.squeeze(last, 0);
      x = graph_.squeeze(states, 1);
    }
    return x;
  }

  [[nodiscard]] Indices known_of(std::size_t step) const {
    Indices result;
    for (std::size_t lag = 0; lag < plan_.lags.size(); ++lag) {
      for (std::size_t target = 0; target < targets_; ++target)
        result.push_back(whole((lag * plan_.horizon + step) * targets_ + target));
    }
    return result;
  }

  // See InputPlan::fed_back.
  Value held(const Value& now) {
    if (plan_.fed_back.empty()) return now;
    std::vector<float> least, greatest;
    for (const InputPlan::Range& range : plan_.fed_back) {
      least.push_back(range.least);
      greatest.push_back(range.greatest);
    }
    const Value above = graph_.maximum(now, graph_.constant(least, {1, whole(targets_)}));
    return graph_.minimum(above, graph_.constant(greatest, {1, whole(targets_)}));
  }

  // The window one row later; see MemberPredictor::append_row.
  Value next_window(const Value& window, const Value& now, const std::optional<Value>& known,
                    const std::optional<Value>& future, std::size_t step) {
    std::vector<Value> pool{last_row(window), held(now)};
    std::size_t at = width_ + targets_;
    const std::size_t known_at = at;
    if (known) {
      pool.push_back(*known);
      at += plan_.known();
    }
    if (future) pool.push_back(*future);
    Indices source;
    for (std::size_t column = 0; column < width_; ++column) {
      if (column >= plan_.inputs(false)) {
        const Indices ahead = known_of(step);
        source.push_back(whole(known_at) + ahead[column - plan_.inputs(false)]);
      } else if (column >= plan_.features) {
        source.push_back(whole(at + step * plan_.calendar() + column - plan_.features));
      } else {
        const auto target = std::find(plan_.targets.begin(), plan_.targets.end(), column);
        const auto index = static_cast<std::size_t>(target - plan_.targets.begin());
        source.push_back(whole(index < targets_ ? width_ + index : column));
      }
    }
    const Value row = graph_.unsqueeze(graph_.gather(graph_.concat(pool, 1), source, 1), 1);
    return graph_.concat({graph_.slice(window, 1, whole(plan_.steps), 1), row}, 1);
  }

  struct LayerValues {
    Value w, r, b;
  };

  GraphBuilder& graph_;
  const InputPlan& plan_;
  const Member& member_;
  std::size_t width_, targets_, outputs_;
  std::vector<LayerValues> layers_;
  Value head_, head_bias_, units_;
};

Value combine(GraphBuilder& graph, const TrainedModel& model, const std::vector<Value>& forecasts) {
  if (forecasts.size() == 1) return forecasts.front();
  std::vector<Value> rows;
  for (const Value& forecast : forecasts) rows.push_back(graph.unsqueeze(forecast, 1));
  const Trimming trimming = trimming_of(model);
  const std::int64_t count = whole(forecasts.size());
  const auto number = [&](double value) {
    return graph.constant(std::array{static_cast<float>(value)}, {1});
  };
  const std::vector<float> weights(trimming.weights.begin(), trimming.weights.end());
  const auto sorted = graph.sorted(graph.concat(rows, 1), count, 1);  // [members × outputs]
  const Value weight = graph.gather(graph.constant(weights, {count}), sorted.places, 0);
  const Value end = graph.running_sum(weight, 1);
  const Value begin = graph.subtract(end, weight);
  const Value kept = graph.subtract(graph.minimum(end, number(1 - trimming.trim)),
                                    graph.maximum(begin, number(trimming.trim)));
  const Value share = graph.maximum(kept, number(0));
  const Value sum = graph.sum(graph.multiply(sorted.values, share), 1);
  return graph.squeeze(graph.divide(sum, graph.sum(share, 1)), 1);
}

}  // namespace

std::string to_onnx(const TrainedModel& model) {
  const InputPlan& plan = model.plan;
  double bytes = 0;
  bool asks_known = false;
  for (const Member& member : model.members) {
    bytes += 4.0 * static_cast<double>(member.weights.size());
    asks_known = asks_known || member.way.lagged || member.way.residual == Residual::seasonal;
  }
  if (bytes > max_file_bytes)
    throw Error("the network is too large for an ONNX file; use fewer members or units");
  GraphBuilder graph;
  const Value window =
      graph.input("window", {whole(plan.steps), whole(plan.inputs(true))},
                  "scaled rows: features, calendar, targets as many rows before as each lag");
  std::optional<Value> known, future;
  if (asks_known) {
    known = graph.input("known", {whole(plan.known())},
                        "per lag: targets of the steps ahead, a whole number of lags before");
  }
  if (plan.recursive && plan.calendar() > 0) {
    future = graph.input("future", {whole(plan.horizon * plan.calendar())},
                         "calendar of the steps ahead");
  }
  std::vector<Value> forecasts;
  for (const Member& member : model.members)
    forecasts.push_back(MemberGraph(graph, plan, member).forecast(window, known, future));
  const Indices shape{whole(plan.horizon), whole(plan.targets.size())};
  const Value forecast = graph.reshape(combine(graph, model, forecasts), {-1, shape[0], shape[1]});
  graph.output(forecast, "forecast", shape);
  return graph.serialise("Forecast of scaled targets by Weir's lstm-model; see its README");
}

}  // namespace weir::lstm_model
