// SPDX-License-Identifier: Apache-2.0
//
// One network and what stands around it: residual, lags, measure, recursion; and several together.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <vector>
#include <weir/model_testing.hpp>

#include "hourly_rows.hpp"
#include "member.hpp"
#include "reference.hpp"
#include "trained_model.hpp"

namespace weir::lstm_model {
namespace {

using test::count_up;
using test::daily;
using test::hourly;
using testing::ModelRows;

// A network whose head is all zero adds nothing to the base.
Member silent(const InputPlan& plan, const Way& way) {
  Member member;
  member.way = way;
  member.units.assign(plan.targets.size(), 2);
  member.trust.assign(plan.network_steps() * plan.targets.size(), 1);
  if (way.instance_norm) member.floors.assign(plan.features, 1e-3);
  for (std::size_t feature = 0; way.standard && feature < plan.features; ++feature) {
    member.floors.push_back(0.2 + 0.3 * static_cast<double>(feature));
    member.centres.push_back(0.4 - 0.3 * static_cast<double>(feature));
  }
  member.shape = network_shape(plan, way, {3}, Activation::tanh);
  member.weights = test::random_weights<float>(member.shape, 1);
  const Block head = blocks(member.shape).back();
  std::fill_n(member.weights.begin() + static_cast<std::ptrdiff_t>(head.offset), head.size(), 0.0F);
  return member;
}

TEST(Residual, OfASilentNetworkIsTheForecast) {
  ModelRows data(hourly(60), count_up);
  for (const bool recursive : {false, true}) {
    const InputPlan plan{6, 2, 3, {1, 0}, false, false, {24}, recursive};
    WindowInputs inputs;
    read_window(plan, data.window(50).rows(), std::chrono::hours(1), inputs);
    const auto forecast = [&](const Way& way) {
      std::vector<double> result(6);
      MemberPredictor(plan, silent(plan, way)).predict(inputs, result);
      return result;
    };
    for (const bool norm : {false, true}) {
      EXPECT_EQ(forecast({Residual::none, norm, false}), std::vector<double>(6, 0));
      EXPECT_EQ(forecast({Residual::last, norm, false}),
                (std::vector<double>{1049, 49, 1049, 49, 1049, 49}));
      EXPECT_EQ(forecast({Residual::seasonal, norm, true}),
                (std::vector<double>{1026, 26, 1027, 27, 1028, 28}));
    }
  }
}

// What MemberPredictor does, in plain loops and double.
std::vector<double> plain_forecast(const InputPlan& plan, const Member& member,
                                   const WindowInputs& inputs) {
  const std::size_t width = plan.inputs(member.way.lagged), count = plan.targets.size();
  std::vector<std::vector<double>> window;
  for (std::size_t t = 0; t < plan.steps; ++t) {
    const float* const row = &inputs.window[t * plan.inputs(true)];
    window.emplace_back(row, row + width);
  }
  const auto lag_target = [&](std::size_t column) { return (column - plan.inputs(false)) % count; };
  std::vector<double> result;
  for (std::size_t run = 0; run < plan.horizon; run += plan.network_steps()) {
    std::vector<double> mean(plan.features, 0), spread(plan.features, 1);
    if (member.way.standard) mean = member.centres, spread = member.floors;
    for (const std::size_t target : plan.targets)
      if (member.way.relative) mean[target] = window.back()[target];
    for (std::size_t f = 0; member.way.instance_norm && f < plan.features; ++f) {
      for (const auto& row : window) mean[f] += row[f] / static_cast<double>(plan.steps);
      double squares = 0;
      for (const auto& row : window) squares += (row[f] - mean[f]) * (row[f] - mean[f]);
      spread[f] = std::max(std::sqrt(squares / static_cast<double>(plan.steps)), member.floors[f]);
    }
    std::vector<double> seen, known, raw_known;
    for (const auto& row : window) {
      for (std::size_t c = 0; c < width; ++c) {
        const bool calendar = c >= plan.features && c < plan.inputs(false);
        const std::size_t f = c < plan.features ? c : calendar ? 0 : plan.targets[lag_target(c)];
        seen.push_back(calendar ? row[c] : (row[c] - mean[f]) / spread[f]);
      }
    }
    for (std::size_t lag = 0; lag < plan.lags.size(); ++lag) {
      for (std::size_t ahead = run; ahead < run + plan.network_steps(); ++ahead) {
        for (std::size_t t = 0; t < count; ++t) {
          const auto value =
              static_cast<double>(inputs.known[(lag * plan.horizon + ahead) * count + t]);
          raw_known.push_back(value);
          const std::size_t f = plan.targets[t];
          known.push_back((value - (member.way.linear ? window.back()[f] : mean[f])) / spread[f]);
        }
      }
    }
    if (!member.way.lagged) known.clear();
    for (std::size_t t = 0; member.way.linear && t + 1 < plan.steps; ++t) {
      for (const std::size_t f : plan.targets)
        known.push_back((window[t][f] - window.back()[f]) / spread[f]);
    }
    const auto outputs = test::plain_network(member.shape, member.weights, seen, known);
    for (std::size_t j = 0; j < outputs.size(); ++j) {
      const std::size_t f = plan.targets[j % count];
      double base = 0;
      if (member.way.residual == Residual::last) base = window.back()[f];
      if (member.way.residual == Residual::seasonal) base = raw_known[j];
      const double own = member.way.instance_norm ? spread[f] : 1;
      result.push_back(outputs[j] * member.trust[j] * member.units[j % count] * own + base);
    }
    if (!plan.recursive) break;
    std::vector<double> next = window.back();
    for (std::size_t t = 0; t < count; ++t) {
      double& fed = next[plan.targets[t]] = result[run * count + t];
      if (plan.fed_back.empty()) continue;
      const auto [least, greatest] = plan.fed_back[t];
      if (fed < least) fed = least;
      if (fed > greatest) fed = greatest;
    }
    for (std::size_t c = 0; c < plan.calendar() && run + 1 < plan.horizon; ++c)
      next[plan.features + c] = static_cast<double>(inputs.future[run * plan.calendar() + c]);
    for (std::size_t c = plan.inputs(false); c < width; ++c)
      next[c] = raw_known[c - plan.inputs(false)];
    window.erase(window.begin());
    window.push_back(next);
  }
  return result;
}

// Every way that a model may hold with this residual.
std::vector<Way> every_way(Residual residual) {
  std::vector<Way> all;
  for (unsigned bits = 0; bits < 32; ++bits) {
    const auto flag = [&](unsigned bit) { return (bits >> bit & 1U) != 0; };
    const Way way{residual, flag(0), flag(1), flag(2), flag(3), flag(4)};
    if (way.standard ? !way.instance_norm : !way.relative) all.push_back(way);
  }
  return all;
}

TEST(MemberPredictor, AgreesWithPlainLoops) {
  ModelRows data(hourly(100), daily);
  for (const bool recursive : {false, true}) {
    const InputPlan plan{6, 2, 5, {1, 0}, true, false, {24, 4}, recursive};
    WindowInputs inputs;
    read_window(plan, data.window(70).rows(), std::chrono::hours(1), inputs);
    for (const Residual residual : {Residual::none, Residual::last, Residual::seasonal}) {
      const std::vector<Way> ways = every_way(residual);
      EXPECT_EQ(ways.size(), 16U);
      for (const Way& way : ways) {
        Member member = silent(plan, way);
        member.weights = test::random_weights<float>(member.shape, 7);
        for (std::size_t j = 0; j < member.trust.size(); ++j)
          member.trust[j] = 1 / (1 + static_cast<double>(j));
        std::vector<double> forecast(plan.outputs());
        MemberPredictor(plan, member).predict(inputs, forecast);
        const auto expected = plain_forecast(plan, member, inputs);
        ASSERT_EQ(expected.size(), forecast.size());
        for (std::size_t j = 0; j < expected.size(); ++j)
          EXPECT_NEAR(forecast[j], expected[j], 1e-5 + 2e-6 * std::abs(expected[j]));
      }
    }
  }
}

TEST(Recursion, FeedsBackWhatIsInTheRangeAlone) {
  ModelRows data(hourly(100), daily);
  InputPlan plan{6, 2, 5, {1, 0}, false, false, {}, true};
  WindowInputs inputs;
  read_window(plan, data.window(70).rows(), std::chrono::hours(1), inputs);
  Member member = silent(plan, {Residual::none});
  member.weights = test::random_weights<float>(member.shape, 7);
  member.units = {40, 40};
  const auto forecast = [&] {
    std::vector<double> result(plan.outputs());
    MemberPredictor(plan, member).predict(inputs, result);
    const auto expected = plain_forecast(plan, member, inputs);
    for (std::size_t j = 0; j < result.size(); ++j)
      EXPECT_NEAR(result[j], expected[j], 1e-4 + 1e-5 * std::abs(expected[j]));
    return result;
  };
  const std::vector<double> free = forecast();
  plan.fed_back = {{0, 1}, {0.1F, 0.9F}};
  const std::vector<double> held = forecast();
  EXPECT_TRUE(std::abs(free[0]) > 1 || std::abs(free[1]) > 1) << "it leaves the range";
  EXPECT_EQ(held[0], free[0]) << "what is forecast is told as it is";
  EXPECT_NE(held[2], free[2]);
}

// A level that training has not seen is nothing new.
TEST(Relative, MovesItsForecastByWhatTheWindowIsMoved) {
  const InputPlan plan{6, 2, 3, {1, 0}, false, false, {24}, false};
  const auto forecast = [&](bool relative, double level) {
    Member member = silent(plan, {Residual::last, false, true, true, true, relative});
    member.weights = test::random_weights<float>(member.shape, 7);
    ModelRows data(hourly(60),
                   [&](std::size_t row, std::size_t f) { return level + daily(row, f); });
    WindowInputs inputs;
    read_window(plan, data.window(50).rows(), std::chrono::hours(1), inputs);
    std::vector<double> result(plan.outputs());
    MemberPredictor(plan, member).predict(inputs, result);
    return result;
  };
  const auto plain = forecast(true, 0), moved = forecast(true, 3);
  double other = 0;
  for (std::size_t j = 0; j < plain.size(); ++j) {
    EXPECT_NEAR(moved[j], 3 + plain[j], 1e-4);
    other = std::max(other, std::abs(forecast(false, 3)[j] - 3 - forecast(false, 0)[j]));
  }
  EXPECT_GT(other, 0.01) << "who sees the level does not follow it so";
}

// A window that is moved and stretched is forecast moved and stretched.
TEST(InstanceNorm, FollowsLevelAndSizeOfTheWindow) {
  const InputPlan plan{6, 2, 3, {1, 0}, false, false, {24}, false};
  Member member = silent(plan, {Residual::none, true, true});
  member.weights = test::random_weights<float>(member.shape, 7);
  const auto forecast = [&](double level, double size) {
    ModelRows data(hourly(60),
                   [&](std::size_t row, std::size_t f) { return level + size * daily(row, f); });
    WindowInputs inputs;
    read_window(plan, data.window(50).rows(), std::chrono::hours(1), inputs);
    std::vector<double> result(plan.outputs());
    member.way.residual = Residual::last;
    MemberPredictor(plan, member).predict(inputs, result);
    return result;
  };
  const auto plain = forecast(0, 1), moved = forecast(3, 10);
  for (std::size_t j = 0; j < plain.size(); ++j) EXPECT_NEAR(moved[j], 3 + 10 * plain[j], 1e-4);
}

TEST(Ensemble, CombinesItsMembersForecasts) {
  ModelRows data(hourly(60), count_up);
  TrainedModel model{{6, 2, 3, {1, 0}, false, false, {24}, false}, Combination::mean, {}};
  // 1049 and 49 from the last value, 1026 … and 26 … from the season, 0 from none.
  for (const Residual residual : {Residual::last, Residual::seasonal, Residual::none})
    model.members.push_back(silent(model.plan, {residual, false, true}));
  model.members[0].weight = 2;
  WindowInputs inputs;
  read_window(model.plan, data.window(50).rows(), std::chrono::hours(1), inputs);
  std::vector<double> forecast;
  ModelPredictor(model).predict(inputs, forecast);
  EXPECT_NEAR(forecast[1], (2 * 49 + 26 + 0) / 4.0, 1e-9);
  model.combination = Combination::trimmed;
  ModelPredictor(model).predict(inputs, forecast);
  EXPECT_NEAR(forecast[1], (26 + 49) / 2.0, 1e-9)
      << "0 is the lowest quarter, half of 49 the highest";
  model.combination = Combination::median;
  ModelPredictor(model).predict(inputs, forecast);
  EXPECT_EQ(forecast[1], 26);
  model.members.pop_back();
  ModelPredictor(model).predict(inputs, forecast);
  EXPECT_EQ(forecast[1], (49 + 26) / 2.0);
}

}  // namespace
}  // namespace weir::lstm_model
