// SPDX-License-Identifier: Apache-2.0
#include "model_bytes.hpp"

#include <libdeflate.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstring>
#include <stdexcept>
#include <weir/error.hpp>

namespace weir::lstm_model {
namespace {

static_assert(std::endian::native == std::endian::little);

constexpr std::string_view magic = "WEIRLSTM";
constexpr std::uint32_t version = 1;
constexpr std::size_t max_layers = 64;
constexpr std::size_t max_targets = 65'536;

[[noreturn]] void refuse(const std::string& why) {
  throw Error("the LSTM's bytes " + why + "; train the model again");
}

template <typename T>
void put(std::string& to, T value) {
  char raw[sizeof value];
  std::memcpy(raw, &value, sizeof value);
  to.append(raw, sizeof raw);
}

void put_size(std::string& to, std::size_t value) { put(to, static_cast<std::uint32_t>(value)); }

class Reader {
 public:
  explicit Reader(std::string_view bytes) : left_(bytes) {}

  template <typename T>
  T take() {
    T value;
    std::memcpy(&value, take_raw(sizeof value).data(), sizeof value);
    return value;
  }
  std::size_t take_size() { return take<std::uint32_t>(); }
  std::string_view take_raw(std::size_t size) {
    if (size > left_.size()) refuse("end too early");
    const std::string_view taken = left_.substr(0, size);
    left_.remove_prefix(size);
    return taken;
  }
  [[nodiscard]] std::size_t left() const { return left_.size(); }

 private:
  std::string_view left_;
};

std::uint32_t checksum(std::string_view bytes) {
  return libdeflate_crc32(0, bytes.data(), bytes.size());
}

// The contents of a valid envelope: magic, version and checksum are right.
std::string_view open_envelope(std::string_view bytes) {
  if (bytes.substr(0, magic.size()) != magic) refuse("do not begin with " + std::string(magic));
  Reader reader(bytes.substr(magic.size()));
  const auto found = reader.take<std::uint32_t>();
  if (found != version) {
    refuse("are of version " + std::to_string(found) + ", this plugin reads version " +
           std::to_string(version));
  }
  if (reader.left() < sizeof(std::uint32_t)) refuse("end too early");
  const std::string_view covered = bytes.substr(0, bytes.size() - sizeof(std::uint32_t));
  if (Reader(bytes.substr(covered.size())).take<std::uint32_t>() != checksum(covered)) {
    refuse("are damaged: the checksum is wrong");
  }
  return covered.substr(magic.size() + sizeof(std::uint32_t));
}

InputPlan take_plan(Reader& reader) {
  InputPlan plan;
  plan.features = reader.take_size();
  plan.horizon = reader.take_size();
  const auto residual = reader.take<std::uint8_t>();
  if (residual > static_cast<std::uint8_t>(Residual::last)) refuse("name an unknown residual");
  plan.residual = static_cast<Residual>(residual);
  const auto calendar = reader.take<std::uint8_t>();
  if (calendar > 3) refuse("name unknown calendar features");
  plan.daily = (calendar & 1) != 0;
  plan.weekly = (calendar & 2) != 0;
  const std::size_t targets = reader.take_size();
  if (targets == 0 || targets > max_targets) refuse("have " + std::to_string(targets) + " targets");
  if (targets * (sizeof(std::uint32_t) + sizeof(double)) > reader.left()) refuse("end too early");
  for (std::size_t j = 0; j < targets; ++j) {
    plan.targets.push_back(reader.take<std::uint32_t>());
    if (plan.targets.back() >= plan.features) refuse("name a target that is no feature");
    plan.units.push_back(reader.take<double>());
    if (!std::isfinite(plan.units.back())) refuse("hold a unit that is not finite");
  }
  return plan;
}

Shape take_shape(Reader& reader) {
  Shape shape;
  shape.steps = reader.take_size();
  shape.features = reader.take_size();
  shape.outputs = reader.take_size();
  const auto activation = reader.take<std::uint8_t>();
  if (activation > static_cast<std::uint8_t>(Activation::tanh))
    refuse("name an unknown activation");
  shape.activation = static_cast<Activation>(activation);
  const std::size_t layers = reader.take_size();
  if (layers > max_layers) refuse("have " + std::to_string(layers) + " layers");
  for (std::size_t j = 0; j < layers; ++j) shape.units.push_back(reader.take_size());
  try {
    check(shape);
  } catch (const std::invalid_argument& impossible) {
    refuse("describe no network that can be (" + std::string(impossible.what()) + ")");
  }
  return shape;
}

}  // namespace

std::string to_bytes(const TrainedModel& model) {
  std::string bytes(magic);
  put(bytes, version);
  const InputPlan& plan = model.plan;
  put_size(bytes, plan.features);
  put_size(bytes, plan.horizon);
  put(bytes, static_cast<std::uint8_t>(plan.residual));
  put(bytes, static_cast<std::uint8_t>((plan.daily ? 1 : 0) | (plan.weekly ? 2 : 0)));
  put_size(bytes, plan.targets.size());
  for (std::size_t j = 0; j < plan.targets.size(); ++j) {
    put(bytes, plan.targets[j]);
    put(bytes, plan.units[j]);
  }
  put_size(bytes, model.shape.steps);
  put_size(bytes, model.shape.features);
  put_size(bytes, model.shape.outputs);
  put(bytes, static_cast<std::uint8_t>(model.shape.activation));
  put_size(bytes, model.shape.units.size());
  for (const std::size_t units : model.shape.units) put_size(bytes, units);
  bytes.append(reinterpret_cast<const char*>(model.weights.data()),
               model.weights.size() * sizeof(float));
  put(bytes, checksum(bytes));
  return bytes;
}

TrainedModel from_bytes(std::string_view bytes) {
  Reader reader(open_envelope(bytes));
  TrainedModel model;
  model.plan = take_plan(reader);
  model.shape = take_shape(reader);
  if (model.shape.features != model.plan.inputs() ||
      model.shape.outputs != model.plan.horizon * model.plan.targets.size()) {
    refuse("contradict themselves about inputs and outputs");
  }
  const std::size_t count = parameter_count(model.shape);
  if (reader.left() != count * sizeof(float)) {
    refuse("hold " + std::to_string(reader.left()) + " bytes of weights where the network has " +
           std::to_string(count * sizeof(float)));
  }
  model.weights.resize(count);
  std::memcpy(model.weights.data(), reader.take_raw(reader.left()).data(), count * sizeof(float));
  if (!std::all_of(model.weights.begin(), model.weights.end(),
                   [](float weight) { return std::isfinite(weight); })) {
    refuse("hold weights that are not finite");
  }
  return model;
}

}  // namespace weir::lstm_model
