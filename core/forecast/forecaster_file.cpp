// SPDX-License-Identifier: Apache-2.0
// The bytes of a model file:
//   8 bytes  "WEIRMODL"
//   4 bytes  format version, 2
//   4 bytes  length of the head
//   head     JSON: columns, scales, shapes, intervals, the summary of the training
//   then per model: 8 bytes  length of its own bytes, then these
//   4 bytes  CRC-32C (Castagnoli, RFC 3720) of all before
// Numbers are little-endian.
#include <algorithm>
#include <cmath>
#include <limits>
#include <nlohmann/json.hpp>

#include "core/forecast/forecaster.hpp"
#include "core/state/sealed_file.hpp"
#include "core/wire/json_number.hpp"

namespace weir::core {
namespace {

using nlohmann::json;
constexpr SealedFormat format{
    .magic = "WEIRMODL", .version = 2, .subject = "the model file ", .name = "model file"};

/// JSON has no NaN; a missing number is null.
json numbers(const std::vector<double>& values) {
  json list = json::array();
  for (const double value : values)
    list.push_back(std::isfinite(value) ? json(value) : json(nullptr));
  return list;
}
std::vector<double> read_numbers(const json& list, std::size_t count, const char* what) {
  if (!list.is_array() || list.size() != count)
    throw Error(std::string("the model file has a wrong number of ") + what);
  std::vector<double> values;
  for (const json& value : list) {
    values.push_back(value.is_null() ? std::numeric_limits<double>::quiet_NaN()
                                     : value.get<double>());
  }
  return values;
}

json feature_json(const Feature& feature) {
  return {{"column", feature.column}, {"measurement", feature.measurement},
          {"field", feature.field},   {"tags", feature.tags},
          {"unit", feature.unit},     {"scale", feature.scale},
          {"offset", feature.offset}, {"scaled", feature.scaled}};
}
Feature read_feature(const json& from) {
  Feature feature;
  feature.column = from.at("column").get<std::string>();
  feature.measurement = from.at("measurement").get<std::string>();
  feature.field = from.at("field").get<std::string>();
  feature.tags = from.at("tags").get<std::map<std::string, std::string>>();
  feature.unit = from.at("unit").get<std::string>();
  feature.scale = from.at("scale").get<double>();
  feature.offset = from.at("offset").get<double>();
  feature.scaled = from.at("scaled").get<bool>();
  if (feature.scale == 0) throw Error("the model file has a scale of 0");
  return feature;
}

template <class Number>
json optional_json(const std::optional<Number>& value) {
  return value ? json(*value) : json(nullptr);
}

}  // namespace

std::string Forecaster::save() const {
  json head;
  head["sequence_length"] = options_.sequence_length;
  head["horizon"] = options_.horizon;
  head["interval"] = options_.interval;
  head["series"] = static_cast<int>(options_.series);
  head["gap_limit"] = options_.gap_limit;
  head["lower_bound"] = optional_json(options_.lower_bound);
  head["upper_bound"] = optional_json(options_.upper_bound);
  head["step_ns"] = step_;
  head["season_rows"] = season_;
  head["features"] = json::array();
  for (const Feature& feature : features_) head["features"].push_back(feature_json(feature));
  head["targets"] = targets_;
  head["scale"] = numbers(scales_.scale);
  head["offset"] = numbers(scales_.offset);
  head["intervals"] = json::array();
  for (const IntervalTracker& interval : intervals_)
    head["intervals"].push_back(numbers(interval.state()));
  head["summary"] = json::array();
  for (const Evaluation& evaluation : evaluations_) {
    head["summary"].push_back({{"target", evaluation.target},
                               {"mae", evaluation.mae},
                               {"rmse", evaluation.rmse},
                               {"r2", evaluation.r2},
                               {"skill_naive", evaluation.skill_naive},
                               {"test_samples", evaluation.test_samples},
                               {"epochs", evaluation.epochs}});
  }
  const std::string text = head.dump(-1, ' ', false, json::error_handler_t::replace);
  SealedWriter out(format);
  out.number(static_cast<std::uint32_t>(text.size()));
  out.bytes(text);
  for (const auto& model : models_) {
    const std::string bytes = model->save();
    out.number(static_cast<std::uint64_t>(bytes.size()));
    out.bytes(bytes);
  }
  return out.seal();
}

void Forecaster::read_head(std::string_view text) {
  const json head = json::parse(text);
  options_.sequence_length = whole_member<unsigned>(head, "sequence_length", "the model file's");
  options_.horizon = whole_member<unsigned>(head, "horizon", "the model file's");
  options_.interval = head.at("interval").get<double>();
  const int series = whole_member<int>(head, "series", "the model file's");
  if (series < 0 || series > static_cast<int>(SeriesMode::global))
    throw Error("the model file's shapes make no sense");
  options_.series = static_cast<SeriesMode>(series);
  options_.gap_limit = whole_member<unsigned>(head, "gap_limit", "the model file's");
  if (!head.at("lower_bound").is_null())
    options_.lower_bound = head.at("lower_bound").get<double>();
  if (!head.at("upper_bound").is_null())
    options_.upper_bound = head.at("upper_bound").get<double>();
  step_ = whole_member<std::int64_t>(head, "step_ns", "the model file's");
  season_ = whole_member<std::size_t>(head, "season_rows", "the model file's");
  for (const json& feature : head.at("features")) features_.push_back(read_feature(feature));
  for (const json& target : head.at("targets"))
    targets_.push_back(whole_number<std::uint32_t>(target, "the model file's target"));
  scales_.scale = read_numbers(head.at("scale"), features_.size(), "scales");
  scales_.offset = read_numbers(head.at("offset"), features_.size(), "offsets");
  for (const json& state : head.at("intervals")) {
    intervals_.push_back(IntervalTracker::restore(options_.interval,
                                                  read_numbers(state, state.size(), "residuals")));
  }
}

void Forecaster::check_shapes() const {
  const bool targets_fit = std::all_of(targets_.begin(), targets_.end(), [&](std::uint32_t target) {
    return target < features_.size();
  });
  const bool intervals_fit =
      intervals_.empty() || intervals_.size() == targets_.size() * options_.horizon;
  if (options_.sequence_length == 0 || options_.horizon == 0 || options_.horizon > 10000 ||
      step_ <= 0 || targets_.empty() || targets_.size() > 10000 || !targets_fit || !intervals_fit) {
    throw Error("the model file's shapes make no sense");
  }
}

Forecaster::Forecaster(std::string_view bytes, const Make& make) {
  SealedReader reader(bytes, format);
  try {
    read_head(reader.bytes(reader.number<std::uint32_t>()));
  } catch (const json::exception& wrong) {
    throw Error(std::string("the model file's head cannot be read: ") + wrong.what());
  }
  check_shapes();
  const std::vector<View> views = make_views(features_, targets_, options_.series);
  for (const View& view : views) rows_.emplace_back(view, options_.gap_limit);
  for (std::size_t model = 0; model < model_count(views); ++model) {
    const auto size = reader.number<std::uint64_t>();
    models_.push_back(make());
    models_.back()->load(reader.bytes(size));
  }
  reader.end();
}

}  // namespace weir::core
