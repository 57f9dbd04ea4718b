// SPDX-License-Identifier: Apache-2.0
#include "model_bytes.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <libdeflate.h>

#include <cstring>
#include <functional>
#include <limits>
#include <weir/error.hpp>

#include "network/initialise.hpp"
#include "network/predictor.hpp"
#include "network/random.hpp"

namespace weir::lstm_model {
namespace {

using ::testing::HasSubstr;
using ::testing::ThrowsMessage;

constexpr std::size_t head_size = 152;  // of example(), up to its first weights, without the magic

TrainedModel example() {
  TrainedModel model;
  model.plan = {5, 2, 3, {1, 0}, true, false, {7}, false};
  model.combination = Combination::trimmed;
  Member plain;
  plain.units = {0.25, 2};
  plain.trust = {0, 0.5, 1, 1, 1, 1};
  plain.epochs = 9;
  plain.shape = network_shape(model.plan, plain.way, {3, 2}, Activation::relu);
  plain.weights = initial_weights<float>(plain.shape, 1);
  Member rich;
  rich.way = {Residual::seasonal, true, true};
  rich.units = {1, 1};
  rich.trust.assign(6, 1);
  rich.floors = {0.5, 0.125};
  rich.weight = 2;
  rich.shape = network_shape(model.plan, rich.way, {2}, Activation::tanh);
  rich.weights = initial_weights<float>(rich.shape, 2);
  Member measured;
  measured.way.standard = measured.way.linear = measured.way.relative = true;
  measured.units = {1, 2};
  measured.floors = {0.5, 4};
  measured.centres = {-3, 0};
  measured.trust.assign(6, 0.25);
  measured.shape = network_shape(model.plan, measured.way, {2}, Activation::tanh);
  measured.weights = initial_weights<float>(measured.shape, 3);
  model.members = {plain, rich, measured};
  return model;
}

// With the checksum that the bytes should have: what a hostile file would carry.
std::string sealed(std::string bytes) {
  const std::size_t covered = bytes.size() - 4;
  const std::uint32_t sum = libdeflate_crc32(0, bytes.data(), covered);
  std::memcpy(bytes.data() + covered, &sum, sizeof sum);
  return bytes;
}

TEST(ModelBytes, ComeBackAsTheyWere) {
  const TrainedModel model = example();
  const TrainedModel back = from_bytes(to_bytes(model));
  EXPECT_EQ(back, model);
  EXPECT_EQ(back.members[1].floors, (std::vector<double>{0.5, 0.125}));
  EXPECT_EQ(back.members[2].floors, (std::vector<double>{0.5, 4}));
  EXPECT_EQ(back.members[2].centres, (std::vector<double>{-3, 0}));
}

// The layout is a promise to files that exist: new fields need a new version.
TEST(ModelBytes, KeepTheirLayout) {
  const std::string bytes = to_bytes(example());
  EXPECT_EQ(bytes.substr(0, 8), "WEIRLSTM");
  const std::string head(
      "\5\0\0\0"  // version
      "\5\0\0\0"
      "\2\0\0\0"
      "\3\0\0\0"  // steps, features, horizon
      "\0\1\0"    // recursive, daily, weekly
      "\1\0\0\0"
      "\7\0\0\0"  // lags
      "\2\0\0\0"
      "\1\0\0\0"
      "\0\0\0\0"   // targets
      "\0"         // no range for what is fed back
      "\2"         // trimmed
      "\3\0\0\0"   // members
      "\1\0\0"     // residual last, instance_norm, lagged
      "\0\0\0"     // standard, linear, relative
      "\1\0\0\0"   // weight
      "\x9\0\0\0"  // epochs
      "\0\0\0\0\0\0\xd0\x3f"
      "\0\0\0\0\0\0\0\x40"  // units 0.25 and 2
      "\5\0\0\0"
      "\4\0\0\0"
      "\6\0\0\0"
      "\0\0\0\0"
      "\0"  // steps, features, outputs, known, relu
      "\2\0\0\0"
      "\3\0\0\0"
      "\2\0\0\0"  // layers
      "\0\0\0\0\0\0\0\0"
      "\0\0\0\0\0\0\xe0\x3f"
      "\0\0\0\0\0\0\xf0\x3f"
      "\0\0\0\0\0\0\xf0\x3f"
      "\0\0\0\0\0\0\xf0\x3f"
      "\0\0\0\0\0\0\xf0\x3f",  // trust
      head_size);
  EXPECT_EQ(bytes.substr(8, head.size()), head);
  const std::size_t first = 4 * (12 * 8 + 8 * 6 + 6 * 3);
  // Way, weight, epochs, units, floors, shape with one layer, trust; inputs 2 + 2 + 2, known 6.
  const std::size_t second = 6 + 8 + 16 + 16 + 25 + 48 + 4 * (8 * 9 + 6 * 9);
  // The same with centres; inputs 2 + 2, known 4 rows of 2.
  const std::size_t third = 6 + 8 + 16 + 16 + 16 + 25 + 48 + 4 * (8 * 7 + 6 * 11);
  EXPECT_EQ(bytes.size(), 8 + head.size() + first + second + third + 4);
  // Behind way, weight, epochs and units: the spreads, then the centres.
  const auto doubles = [&](std::size_t member, std::size_t count) {
    std::vector<double> values(count);
    std::memcpy(values.data(), bytes.data() + member + 6 + 8 + 16, count * sizeof(double));
    return values;
  };
  EXPECT_EQ(doubles(8 + head.size() + first, 2), (std::vector<double>{0.5, 0.125}));
  EXPECT_EQ(doubles(8 + head.size() + first + second, 4), (std::vector<double>{0.5, 4, -3, 0}));
}

TEST(ModelBytes, EveryTruncationIsRefused) {
  const std::string bytes = to_bytes(example());
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    EXPECT_THROW((void)from_bytes(std::string_view(bytes).substr(0, size)), Error) << size;
    if (size >= 16) {
      EXPECT_THROW((void)from_bytes(sealed(bytes.substr(0, size))), Error) << size;
    }
  }
  EXPECT_THROW((void)from_bytes(bytes + "x"), Error);
  EXPECT_THROW((void)from_bytes(sealed(bytes + "xxxx")), Error);
}

TEST(ModelBytes, EveryFlippedBitIsRefused) {
  std::string bytes = to_bytes(example());
  for (std::size_t bit = 0; bit < bytes.size() * 8; ++bit) {
    const auto mask = static_cast<char>(1 << bit % 8);
    bytes[bit / 8] = static_cast<char>(bytes[bit / 8] ^ mask);
    EXPECT_THROW((void)from_bytes(bytes), Error) << bit;
    bytes[bit / 8] = static_cast<char>(bytes[bit / 8] ^ mask);
  }
}

// Whatever passes must be a model that can forecast; whatever does not must be an Error.
TEST(ModelBytes, HostileBytesWithARightChecksumDoNoHarm) {
  const std::string good = to_bytes(example());
  const char edges[] = {'\0', '\1', '\x7f', '\x80', '\xff'};
  Random random(1);
  std::size_t passed = 0, refused = 0;
  for (int round = 0; round < 4'000; ++round) {
    std::string bytes = good;
    const std::size_t changes = 1 + random.below(4);
    for (std::size_t j = 0; j < changes; ++j) {
      // Mostly in the head, where the sizes are.
      const std::size_t at = 8 + random.below(random.below(4) == 0 ? bytes.size() - 12 : head_size);
      bytes[at] = edges[random.below(5)];
    }
    try {
      const TrainedModel model = from_bytes(sealed(bytes));
      const WindowInputs inputs{
          std::vector<float>(model.plan.steps * model.plan.inputs(true), 0.5F),
          std::vector<float>(model.plan.known(), 0.5F),
          std::vector<float>(model.plan.horizon * model.plan.calendar(), 0.5F)};
      std::vector<double> forecast;
      ModelPredictor(model).predict(inputs, forecast);
      EXPECT_EQ(forecast.size(), model.plan.outputs());
      ++passed;
    } catch (const Error&) {
      ++refused;
    }
  }
  EXPECT_GT(passed, 0U);
  EXPECT_GT(refused, 2'000U);
}

TEST(ModelBytes, SayWhatIsWrong) {
  const auto message = [](const std::string& part) {
    return ThrowsMessage<Error>(HasSubstr(part));
  };
  const std::string good = to_bytes(example());
  EXPECT_THAT([] { (void)from_bytes("nonsense that is long enough"); }, message("WEIRLSTM"));
  EXPECT_THAT([] { (void)from_bytes(""); }, message("WEIRLSTM"));
  std::string other = good;
  other[8] = 1;
  EXPECT_THAT([&] { (void)from_bytes(other); }, message("version 1, this plugin reads version 5"));
  EXPECT_THAT([&] { (void)from_bytes(good.substr(0, 100)); }, message("checksum"));
  EXPECT_THAT([&] { (void)from_bytes(good.substr(0, 10)); }, message("end too early"));

  const auto refused = [&](const char* part, const std::function<void(TrainedModel&)>& spoil) {
    TrainedModel model = example();
    spoil(model);
    EXPECT_THAT([&] { (void)from_bytes(to_bytes(model)); }, message(part));
  };
  const double nan = std::numeric_limits<double>::quiet_NaN();
  refused("weights that are not finite",
          [&](auto& m) { m.members[0].weights[3] = static_cast<float>(nan); });
  refused("unit that is not finite", [&](auto& m) { m.members[0].units[1] = nan; });
  refused("unit that is not positive", [](auto& m) { m.members[0].units[1] = 0; });
  refused("trust that is not in 0 to 1", [&](auto& m) { m.members[0].trust[1] = nan; });
  refused("trust that is not in 0 to 1", [](auto& m) { m.members[0].trust[0] = 1.5; });
  refused("spread that is not positive", [](auto& m) { m.members[1].floors[0] = -1; });
  refused("spread that float does not", [](auto& m) { m.members[1].floors[1] = 1e-40; });
  refused("spread that float does not", [](auto& m) { m.members[2].floors[0] = 1e39; });
  refused("centre that is not finite", [&](auto& m) { m.members[2].centres[1] = nan; });
  refused("centre that float does not", [](auto& m) { m.members[2].centres[0] = -1e39; });
  refused("in no way", [](auto& m) { m.members[0].way.relative = true; });
  refused("in two ways", [](auto& m) { m.members[2].way.instance_norm = true; });
  refused("no feature", [](auto& m) { m.plan.targets[0] = 2; });
  refused("parameters", [](auto& m) { m.members[0].shape.units = {1'000'000, 1'000'000}; });
  refused("contradict", [](auto& m) { m.plan.horizon = 4; });
  refused("contradict", [](auto& m) { m.members[1].shape.known = 5; });
  refused("0 members", [](auto& m) { m.members.clear(); });
  refused("0 epochs", [](auto& m) { m.members[1].epochs = 0; });
  refused("0 times a member", [](auto& m) { m.members[0].weight = 0; });
  refused("0 rows in a lag", [](auto& m) { m.plan.lags[0] = 0; });
  refused("ask for a season", [](auto& m) { m.plan.lags.clear(); });
  const auto fed_back = [](float least, float greatest) {
    return [=](TrainedModel& m) {
      m.plan.recursive = true;
      m.plan.fed_back = {{0, 1}, {least, greatest}};
    };
  };
  refused("range that cannot be", fed_back(1, 0));
  refused("range that cannot be", fed_back(static_cast<float>(nan), 0));
  refused("range that cannot be", fed_back(0, std::numeric_limits<float>::infinity()));
  refused("what is not fed back", [&](auto& m) {
    fed_back(0, 1)(m);
    m.plan.recursive = false;
  });
  refused("too large", [](auto& m) { m.plan.steps = m.plan.features = 1 << 20; });
}

}  // namespace
}  // namespace weir::lstm_model
