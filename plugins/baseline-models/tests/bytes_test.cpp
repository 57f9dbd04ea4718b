// SPDX-License-Identifier: Apache-2.0
//
// Saved models, for every model of the library.
#include <gtest/gtest.h>
#include <libdeflate.h>

#include <chrono>
#include <cstring>
#include <weir/error.hpp>

#include "models.hpp"

namespace weir::baseline_models::test {
namespace {

using namespace std::chrono_literals;

template <class Model>
class SavedModels : public ::testing::Test {
 public:
  ModelRows rows{{.rows = 24 * 14,
                  .features = 2,
                  .targets = {1, 0},
                  .sequence_length = 6,
                  .horizon = 3,
                  .step = 1h,
                  .season = 24},
                 [](std::size_t row, std::size_t feature) {
                   return daily(row + 5 * feature) + 0.1 * noise(row);
                 }};

  std::string saved() {
    Bench<Model> bench;
    fit(bench.node(), rows.training());
    return bench.node().save();
  }
};
using All = ::testing::Types<NaiveModel, SeasonalNaiveModel, DriftModel, MedianModel, EtsModel,
                             RidgeModel, DecompositionModel>;
TYPED_TEST_SUITE(SavedModels, All, );

TYPED_TEST(SavedModels, ForecastTheSameAndSaveTheSame) {
  Bench<TypeParam> bench;
  fit(bench.node(), this->rows.training());
  const std::string bytes = bench.node().save();
  Bench<TypeParam> loaded;
  loaded.node().load(bytes);
  for (const std::size_t origin : {6U, 60U, 300U}) {
    EXPECT_EQ(loaded.node().predict(this->rows.window(origin)),
              bench.node().predict(this->rows.window(origin)));
  }
  EXPECT_EQ(loaded.node().save(), bytes);
}

TYPED_TEST(SavedModels, TheSameRowsGiveTheSameBytes) { EXPECT_EQ(this->saved(), this->saved()); }

TYPED_TEST(SavedModels, AWarmStartLearnsOnWithTheSameChoices) {
  const std::string bytes = this->saved();
  Bench<TypeParam> warm;
  warm.node().load(bytes);
  this->rows.learn_validation();
  fit(warm.node(), this->rows.training());
  EXPECT_LT(std::abs(warm.node().predict(this->rows.window(300))[0] - this->rows.value(300, 1)), 6);
  // Bytes of another shape are no hindrance: it starts anew.
  ModelRows other({.rows = 90, .sequence_length = 5, .horizon = 2},
                  [](std::size_t row, std::size_t) { return daily(row); });
  warm.node().load(bytes);
  fit(warm.node(), other.training());
  EXPECT_EQ(warm.node().predict(other.window(60)).size(), 2U);
}

TYPED_TEST(SavedModels, EveryTruncationIsRefusedAndTheModelStays) {
  const std::string bytes = this->saved();
  Bench<TypeParam> bench;
  bench.node().load(bytes);
  const Forecast before = bench.node().predict(this->rows.window(60));
  const std::size_t stride = std::max<std::size_t>(1, bytes.size() / 500);
  for (std::size_t size = 0; size < bytes.size(); size += stride)
    EXPECT_THROW(bench.node().load(std::string_view(bytes).substr(0, size)), Error) << size;
  EXPECT_EQ(bench.node().predict(this->rows.window(60)), before);
}

TYPED_TEST(SavedModels, FlippedBitsAreRefused) {
  std::string bytes = this->saved();
  Bench<TypeParam> bench;
  const std::size_t stride = std::max<std::size_t>(1, bytes.size() / 300);
  for (std::size_t at = 0; at < bytes.size(); at += stride) {
    bytes[at] = static_cast<char>(bytes[at] ^ 4);
    EXPECT_THROW(bench.node().load(bytes), Error) << at;
    bytes[at] = static_cast<char>(bytes[at] ^ 4);
  }
}

// Whatever passes must be a model that can forecast; whatever does not must be an Error.
TYPED_TEST(SavedModels, HostileBytesWithARightChecksumDoNoHarm) {
  const std::string good = this->saved();
  const char edges[] = {'\0', '\1', '\x7f', '\x80', '\xff'};
  Bench<TypeParam> bench;
  std::size_t refused = 0;
  for (std::size_t round = 0; round < 1'500; ++round) {
    std::string bytes = good;
    for (std::size_t change = 0; change <= round % 3; ++change) {
      const auto pick = static_cast<std::size_t>((noise(round * 7 + change) + 1) * 5e8);
      // Mostly near the head, where the sizes are.
      const std::size_t body = bytes.size() - 16;
      bytes[12 + pick % (round % 2 == 0 ? body : std::min<std::size_t>(body, 200))] =
          edges[pick / 7 % 5];
    }
    const std::uint32_t sum = libdeflate_crc32(0, bytes.data(), bytes.size() - 4);
    std::memcpy(bytes.data() + bytes.size() - 4, &sum, sizeof sum);
    try {
      bench.node().load(bytes);
      (void)bench.node().predict(this->rows.window(60));
    } catch (const Error&) {
      ++refused;
    }
  }
  EXPECT_GT(refused, 0U);
}

}  // namespace
}  // namespace weir::baseline_models::test
