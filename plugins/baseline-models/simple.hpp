// SPDX-License-Identifier: Apache-2.0
#pragma once
/// The forecasts that every other one must beat. Formulas: Hyndman and Athanasopoulos, Forecasting:
/// Principles and Practice, 3rd edition, section 5.2.

#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>
#include <weir/model.hpp>

#include "history.hpp"
#include "model_shape.hpp"
#include "per_target.hpp"
#include "saved_bytes.hpp"
#include "target_set.hpp"

namespace weir::baseline_models {

using model_parts::BytesReader;
using model_parts::BytesWriter;
using model_parts::History;
using model_parts::ModelShape;
using model_parts::TargetSet;
using model_parts::Watch;

/// What the parts of this library are told.
struct PartSettings {
  std::function<void(const std::string&)> warn = [](const std::string&) {};
};

/// The last value.
class Naive {
 public:
  static constexpr std::string_view magic = "WEIRNAIV";
  static constexpr std::uint32_t version = 1;
  static constexpr bool reports = false;
  using Settings = PartSettings;

  void choose(const TargetSet& /*set*/, const Settings& /*settings*/, const Watch& /*watch*/) {}
  void learn(const TargetSet& /*set*/, const Settings& /*settings*/, const Watch& /*watch*/) {}
  void forecast(const History& history, std::size_t feature, std::span<double> values) const;
  void put(BytesWriter& /*to*/) const {}
  [[nodiscard]] static Naive take(BytesReader& /*from*/, const ModelShape& /*shape*/) { return {}; }
};

/// The value one season before; where it is missing one season more, at last the last value. With
/// no season it is the naive forecast.
class SeasonalNaive {
 public:
  static constexpr std::string_view magic = "WEIRSNAI";
  static constexpr std::uint32_t version = 1;
  static constexpr bool reports = false;
  using Settings = PartSettings;

  void choose(const TargetSet& set, const Settings& settings, const Watch& watch);
  /// A later set that names no season leaves the season as it was.
  void learn(const TargetSet& set, const Settings& settings, const Watch& watch);
  void forecast(const History& history, std::size_t feature, std::span<double> values) const;
  void put(BytesWriter& to) const { to.put_size(season_); }
  [[nodiscard]] static SeasonalNaive take(BytesReader& from, const ModelShape& shape);

 private:
  std::size_t season_ = 0;  // rows
};

/// The last value and the mean change per row since the beginning, as often as steps are ahead.
class Drift {
 public:
  static constexpr std::string_view magic = "WEIRDRFT";
  static constexpr std::uint32_t version = 1;
  static constexpr bool reports = false;
  using Settings = PartSettings;

  void choose(const TargetSet& set, const Settings& /*settings*/, const Watch& /*watch*/) {
    learn_before(set, set.train_end());
  }
  void learn(const TargetSet& set, const Settings& /*settings*/, const Watch& /*watch*/) {
    learn_before(set, set.all_end());
  }
  void forecast(const History& history, std::size_t feature, std::span<double> values) const;
  void put(BytesWriter& to) const { to.put(slope_); }
  [[nodiscard]] static Drift take(BytesReader& from, const ModelShape& shape);

 private:
  void learn_before(const TargetSet& set, std::size_t end);

  double slope_ = 0;  // per row
};

}  // namespace weir::baseline_models
