// SPDX-License-Identifier: Apache-2.0
#include "model_bytes.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <libdeflate.h>

#include <cstring>
#include <limits>
#include <weir/error.hpp>

#include "network/initialise.hpp"
#include "network/predictor.hpp"
#include "network/random.hpp"

namespace weir::lstm_model {
namespace {

using ::testing::HasSubstr;
using ::testing::ThrowsMessage;

TrainedModel example() {
  TrainedModel model;
  model.plan = {2, 3, {1, 0}, Residual::last, {0.25, 2}, true, false};
  model.shape = {5, 4, {3, 2}, 6, Activation::relu};
  model.weights = initial_weights<float>(model.shape, 1);
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
  EXPECT_EQ(from_bytes(to_bytes(model)), model);
}

// The layout is a promise to files that exist: new fields need a new version.
TEST(ModelBytes, KeepTheirLayout) {
  const std::string bytes = to_bytes(example());
  EXPECT_EQ(bytes.substr(0, 8), "WEIRLSTM");
  const std::string head(
      "\1\0\0\0"  // version
      "\2\0\0\0"
      "\3\0\0\0"
      "\1\1"      // features, horizon, residual, calendar
      "\2\0\0\0"  // targets
      "\1\0\0\0"
      "\0\0\0\0\0\0\xd0\x3f"  // feature 1, unit 0.25
      "\0\0\0\0"
      "\0\0\0\0\0\0\0\x40"  // feature 0, unit 2
      "\5\0\0\0"
      "\4\0\0\0"
      "\6\0\0\0"
      "\0"  // steps, features, outputs, relu
      "\2\0\0\0"
      "\3\0\0\0"
      "\2\0\0\0",  // layers
      67);
  EXPECT_EQ(bytes.substr(8, head.size()), head);
  EXPECT_EQ(bytes.size(), 8 + head.size() + 4 * (12 * 8 + 8 * 6 + 6 * 3) + 4);
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
      const std::size_t at = 8 + random.below(random.below(4) == 0 ? bytes.size() - 12 : 67);
      bytes[at] = edges[random.below(5)];
    }
    try {
      TrainedModel model = from_bytes(sealed(bytes));
      const std::vector<float> window(model.shape.steps * model.shape.features, 0.5F);
      Predictor predictor(model.shape, model.weights);
      EXPECT_EQ(predictor.predict(window).size(), model.shape.outputs);
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
  other[8] = 2;
  EXPECT_THAT([&] { (void)from_bytes(other); }, message("version 2, this plugin reads version 1"));
  EXPECT_THAT([&] { (void)from_bytes(good.substr(0, 100)); }, message("checksum"));
  EXPECT_THAT([&] { (void)from_bytes(good.substr(0, 10)); }, message("end too early"));

  TrainedModel model = example();
  model.weights[3] = std::numeric_limits<float>::quiet_NaN();
  EXPECT_THAT([&] { (void)from_bytes(to_bytes(model)); }, message("not finite"));
  model = example();
  model.plan.targets[0] = 2;
  EXPECT_THAT([&] { (void)from_bytes(to_bytes(model)); }, message("no feature"));
  model = example();
  model.shape.units = {1'000'000, 1'000'000};
  EXPECT_THAT([&] { (void)from_bytes(to_bytes(model)); }, message("parameters"));
  model = example();
  model.plan.horizon = 4;
  EXPECT_THAT([&] { (void)from_bytes(to_bytes(model)); }, message("contradict"));
}

}  // namespace
}  // namespace weir::lstm_model
