// SPDX-License-Identifier: Apache-2.0
#include "model_bytes.hpp"

#include <libdeflate.h>

#include <algorithm>
#include <bit>
#include <cfloat>
#include <cmath>
#include <cstring>
#include <stdexcept>
#include <weir/error.hpp>

namespace weir::lstm_model {
namespace {

static_assert(std::endian::native == std::endian::little);

constexpr std::string_view magic = "WEIRLSTM";
constexpr std::uint32_t version = 5;
constexpr std::size_t max_layers = 64;
constexpr std::size_t max_targets = 65'536;
constexpr std::size_t max_size = std::size_t{1} << 20;  // of anything that is counted in rows
constexpr std::size_t max_lags = 16;
constexpr std::size_t max_members = 1'000;

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

std::size_t take_count(Reader& reader, const char* what, std::size_t least, std::size_t most) {
  const std::size_t count = reader.take_size();
  if (count < least || count > most) refuse("have " + std::to_string(count) + " " + what);
  return count;
}

bool take_flag(Reader& reader) {
  const auto flag = reader.take<std::uint8_t>();
  if (flag > 1) refuse("hold a flag that is neither 0 nor 1");
  return flag == 1;
}

template <typename Enum>
Enum take_enum(Reader& reader, Enum last, const char* what) {
  const auto value = reader.take<std::uint8_t>();
  if (value > static_cast<std::uint8_t>(last)) refuse("name an unknown " + std::string(what));
  return static_cast<Enum>(value);
}

std::vector<double> take_finite(Reader& reader, std::size_t count, const char* what) {
  if (count * sizeof(double) > reader.left()) refuse("end too early");
  std::vector<double> values;
  for (std::size_t j = 0; j < count; ++j) {
    values.push_back(reader.take<double>());
    if (!std::isfinite(values.back()))
      refuse("hold a " + std::string(what) + " that is not finite");
  }
  return values;
}

std::vector<double> take_positive(Reader& reader, std::size_t count, const char* what) {
  std::vector<double> values = take_finite(reader, count, what);
  if (std::any_of(values.begin(), values.end(), [](double value) { return value <= 0; }))
    refuse("hold a " + std::string(what) + " that is not positive");
  return values;
}

// Forecasts divide by them in float.
std::vector<double> take_spreads(Reader& reader, std::size_t count) {
  std::vector<double> values = take_positive(reader, count, "spread");
  for (const double value : values) {
    if (value < FLT_MIN || value > FLT_MAX) refuse("hold a spread that float does not");
  }
  return values;
}

std::vector<double> take_centres(Reader& reader, std::size_t count) {
  std::vector<double> values = take_finite(reader, count, "centre");
  for (const double value : values) {
    if (std::abs(value) > FLT_MAX) refuse("hold a centre that float does not");
  }
  return values;
}

std::vector<double> take_shares(Reader& reader, std::size_t count) {
  if (count * sizeof(double) > reader.left()) refuse("end too early");
  std::vector<double> values;
  for (std::size_t j = 0; j < count; ++j) {
    values.push_back(reader.take<double>());
    if (!(values.back() >= 0 && values.back() <= 1)) refuse("hold a trust that is not in 0 to 1");
  }
  return values;
}

std::vector<InputPlan::Range> take_ranges(Reader& reader, const InputPlan& plan) {
  const bool held = take_flag(reader);
  if (held && !plan.recursive) refuse("hold a range of what is not fed back");
  std::vector<InputPlan::Range> ranges(held ? plan.targets.size() : 0);
  for (InputPlan::Range& range : ranges) {
    range.least = reader.take<float>();
    range.greatest = reader.take<float>();
    if (!std::isfinite(range.least) || !std::isfinite(range.greatest) ||
        range.least > range.greatest) {
      refuse("hold a range that cannot be");
    }
  }
  return ranges;
}

InputPlan take_plan(Reader& reader) {
  InputPlan plan;
  plan.steps = take_count(reader, "steps", 1, max_size);
  plan.features = take_count(reader, "features", 1, max_size);
  plan.horizon = take_count(reader, "steps ahead", 1, max_size);
  plan.recursive = take_flag(reader);
  plan.daily = take_flag(reader);
  plan.weekly = take_flag(reader);
  const std::size_t lags = take_count(reader, "lags", 0, max_lags);
  for (std::size_t j = 0; j < lags; ++j) {
    const std::size_t lag = take_count(reader, "rows in a lag", 1, 0x7FFF'FFFF);
    plan.lags.push_back(static_cast<std::uint32_t>(lag));
  }
  const std::size_t targets = take_count(reader, "targets", 1, max_targets);
  if (targets * sizeof(std::uint32_t) > reader.left()) refuse("end too early");
  for (std::size_t j = 0; j < targets; ++j) {
    plan.targets.push_back(reader.take<std::uint32_t>());
    if (plan.targets.back() >= plan.features) refuse("name a target that is no feature");
  }
  plan.fed_back = take_ranges(reader, plan);
  // What a forecast takes of memory; a member's shape bounds the rest.
  if (plan.steps * plan.inputs(true) > max_parameters ||
      plan.horizon * targets * (lags + 1) > max_parameters) {
    refuse("describe windows that are too large");
  }
  return plan;
}

Shape take_shape(Reader& reader) {
  Shape shape;
  shape.steps = reader.take_size();
  shape.features = reader.take_size();
  shape.outputs = reader.take_size();
  shape.known = reader.take_size();
  shape.activation = take_enum(reader, Activation::tanh, "activation");
  const std::size_t layers = take_count(reader, "layers", 1, max_layers);
  for (std::size_t j = 0; j < layers; ++j) shape.units.push_back(reader.take_size());
  try {
    check(shape);
  } catch (const std::invalid_argument& impossible) {
    refuse("describe no network that can be (" + std::string(impossible.what()) + ")");
  }
  return shape;
}

Member take_member(Reader& reader, const InputPlan& plan) {
  Member member;
  member.way.residual = take_enum(reader, Residual::seasonal, "residual");
  member.way.instance_norm = take_flag(reader);
  member.way.lagged = take_flag(reader);
  member.way.standard = take_flag(reader);
  member.way.linear = take_flag(reader);
  member.way.relative = take_flag(reader);
  if (member.way.standard && member.way.instance_norm) refuse("measure windows in two ways");
  if (member.way.relative && !member.way.standard) refuse("measure windows in no way");
  if (plan.lags.empty() && (member.way.lagged || member.way.residual == Residual::seasonal))
    refuse("ask for a season that they do not name");
  member.weight = static_cast<std::uint32_t>(take_count(reader, "times a member", 1, 1'000'000));
  member.epochs = static_cast<std::uint32_t>(take_count(reader, "epochs", 1, 1'000'000));
  member.units = take_positive(reader, plan.targets.size(), "unit");
  if (member.way.instance_norm || member.way.standard)
    member.floors = take_spreads(reader, plan.features);
  if (member.way.standard) member.centres = take_centres(reader, plan.features);
  member.shape = take_shape(reader);
  if (member.shape != network_shape(plan, member.way, member.shape.units, member.shape.activation))
    refuse("contradict themselves about inputs and outputs");
  member.trust = take_shares(reader, member.shape.outputs);
  const std::size_t count = parameter_count(member.shape);
  if (reader.left() < count * sizeof(float)) {
    refuse("hold " + std::to_string(reader.left()) + " bytes of weights where the network has " +
           std::to_string(count * sizeof(float)));
  }
  member.weights.resize(count);
  std::memcpy(member.weights.data(), reader.take_raw(count * sizeof(float)).data(),
              count * sizeof(float));
  if (!std::all_of(member.weights.begin(), member.weights.end(),
                   [](float weight) { return std::isfinite(weight); })) {
    refuse("hold weights that are not finite");
  }
  return member;
}

void put_plan(std::string& to, const InputPlan& plan) {
  put_size(to, plan.steps);
  put_size(to, plan.features);
  put_size(to, plan.horizon);
  for (const bool flag : {plan.recursive, plan.daily, plan.weekly})
    put(to, static_cast<std::uint8_t>(flag));
  put_size(to, plan.lags.size());
  for (const std::uint32_t lag : plan.lags) put(to, lag);
  put_size(to, plan.targets.size());
  for (const std::uint32_t target : plan.targets) put(to, target);
  put(to, static_cast<std::uint8_t>(plan.fed_back.empty() ? 0 : 1));
  for (const InputPlan::Range& range : plan.fed_back) {
    put(to, range.least);
    put(to, range.greatest);
  }
}

void put_member(std::string& to, const Member& member) {
  put(to, static_cast<std::uint8_t>(member.way.residual));
  for (const bool flag : {member.way.instance_norm, member.way.lagged, member.way.standard,
                          member.way.linear, member.way.relative}) {
    put(to, static_cast<std::uint8_t>(flag));
  }
  put(to, member.weight);
  put(to, member.epochs);
  for (const double unit : member.units) put(to, unit);
  for (const double floor : member.floors) put(to, floor);
  for (const double centre : member.centres) put(to, centre);
  const Shape& shape = member.shape;
  for (const std::size_t size : {shape.steps, shape.features, shape.outputs, shape.known})
    put_size(to, size);
  put(to, static_cast<std::uint8_t>(shape.activation));
  put_size(to, shape.units.size());
  for (const std::size_t units : shape.units) put_size(to, units);
  for (const double trust : member.trust) put(to, trust);
  to.append(reinterpret_cast<const char*>(member.weights.data()),
            member.weights.size() * sizeof(float));
}

}  // namespace

std::string to_bytes(const TrainedModel& model) {
  std::string bytes(magic);
  put(bytes, version);
  put_plan(bytes, model.plan);
  put(bytes, static_cast<std::uint8_t>(model.combination));
  put_size(bytes, model.members.size());
  for (const Member& member : model.members) put_member(bytes, member);
  put(bytes, checksum(bytes));
  return bytes;
}

TrainedModel from_bytes(std::string_view bytes) {
  Reader reader(open_envelope(bytes));
  TrainedModel model;
  model.plan = take_plan(reader);
  model.combination = take_enum(reader, Combination::trimmed, "combination");
  const std::size_t members = take_count(reader, "members", 1, max_members);
  for (std::size_t j = 0; j < members; ++j)
    model.members.push_back(take_member(reader, model.plan));
  if (reader.left() > 0) refuse("go on after the last member");
  return model;
}

}  // namespace weir::lstm_model
