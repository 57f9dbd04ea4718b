// SPDX-License-Identifier: Apache-2.0
#include "model_shape.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <weir/error.hpp>
#include <weir/model_testing.hpp>

namespace weir::model_parts {
namespace {

using ::testing::HasSubstr;
using ::testing::ThrowsMessage;
using weir::testing::ModelRows;

double count(std::size_t row, std::size_t feature) { return static_cast<double>(row + feature); }

TEST(ModelShape, TooFewRowsNameTheRowsNeeded) {
  ModelRows rows({.rows = 30, .sequence_length = 24, .horizon = 12}, count);
  EXPECT_THAT([&] { ModelShape{rows.training()}; },
              ThrowsMessage<Error>(AllOf(HasSubstr("= 36"), HasSubstr("30 rows in all"))));
}

TEST(ModelShape, AWindowOfAnotherShapeIsRefused) {
  ModelRows rows({.rows = 90, .features = 2, .targets = {1}, .sequence_length = 6, .horizon = 3},
                 count);
  const ModelShape shape(rows.training());
  shape.check(rows.window(50));
  const auto refused = [&](auto change, const std::string& part) {
    weir_window window = rows.window(50).raw();
    change(window);
    EXPECT_THAT([&] { shape.check(Window(window)); }, ThrowsMessage<Error>(HasSubstr(part)));
  };
  refused([](weir_window& window) { window.features = 1; }, "features 1");
  refused([](weir_window& window) { window.horizon = 4; }, "horizon 4");
  refused([](weir_window& window) { window.sequence_length = 5; }, "sequence_length 5");
  refused([](weir_window& window) { window.target_count = 2; }, "targets 2");
  refused([](weir_window& window) { window.rows = 5; }, "5 rows");
  EXPECT_THAT([&] { ModelShape{}.check(rows.window(50)); },
              ThrowsMessage<Error>(HasSubstr("neither trained nor loaded")));
}

TEST(ModelShape, HostileShapesAreRefused) {
  const auto take = [](std::uint64_t features, std::uint64_t length, std::uint64_t horizon,
                       const std::vector<std::uint32_t>& targets) {
    BytesWriter to("WEIRTEST", 1);
    for (const std::uint64_t size : {features, length, horizon}) to.put_size(size);
    to.put_list(targets);
    const std::string bytes = to.seal();
    BytesReader from(bytes, "WEIRTEST", 1, "it");
    return ModelShape::take(from);
  };
  EXPECT_EQ(take(2, 3, 4, {1}).horizon, 4U);
  EXPECT_THROW(take(2, 3, 4, {2}), Error);
  EXPECT_THROW(take(2, 3, 4, {}), Error);
  EXPECT_THROW(take(2, 0, 4, {1}), Error);
  EXPECT_THROW(take(2, 3, 0, {1}), Error);
  EXPECT_THROW(take(2, 3, 1'000'000'000'000, {1}), Error);
}

}  // namespace
}  // namespace weir::model_parts
