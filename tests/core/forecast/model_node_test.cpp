// SPDX-License-Identifier: Apache-2.0
#include "core/forecast/model_node.hpp"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <map>

#include "fake_models.hpp"
#include "weir/testing.hpp"

namespace weir::core {
namespace {

/// A host and an emitter that keep what they are told.
class ModelNodeTest : public ::testing::Test, public Emitter {
 protected:
  ModelNodeTest() {
    host_.size = sizeof host_;
    host_.self = this;
    host_.now = [](void*) -> std::int64_t { return 1'000'000'000'000; };
    host_.monotonic = host_.now;
    host_.stopping = [](void*) -> std::int32_t { return 0; };
    host_.log = [](void* self, std::int32_t, const char* text, std::size_t length) {
      static_cast<ModelNodeTest*>(self)->logs_.emplace_back(text, length);
    };
    host_.count = [](void*, const char*, std::uint64_t) {};
    node_.name = "lstm";
    node_.type = detail::Adapter<fakes::Ramp>::type();
    set("target", OptionValue::List{{std::string("v")}});
    set("sequence_length", std::int64_t{4});
    set("horizon", std::int64_t{3});
  }

  void set(const std::string& name, decltype(OptionValue::value) value) {
    std::erase_if(node_.options, [&](const auto& option) { return option.name == name; });
    node_.options.push_back({name, OptionValue{std::move(value)}});
  }
  std::unique_ptr<NodeInstance> open() {
    auto made = create_model_node(node_, host_, {});
    made->open();
    return made;
  }
  static Batch ramp(std::int64_t first, std::int64_t rows) {
    BatchBuilder builder("grid");
    builder.add({.name = "v",
                 .unit = "ms",
                 .metadata = {{"weir.field", "rtt"}, {"weir.tags", "target=a"}}});
    for (std::int64_t row = first; row < first + rows; ++row) {
      builder.row(row * 1'000'000'000).set(BatchBuilder::Key{1}, static_cast<double>(row));
    }
    return builder.build();
  }
  void emit(std::uint32_t port, Batch batch) override {
    emitted_[port].push_back(std::move(batch));
  }
  void wake_at(Timestamp) override {}

  weir_host host_{};
  GraphNode node_;
  std::map<std::uint32_t, std::vector<Batch>> emitted_;
  std::vector<std::string> logs_;
};

TEST_F(ModelNodeTest, LearnsAtTheEndAndForecastsUnderTheSeriesOwnNames) {
  auto model = open();
  model->process(0, ramp(0, 100), *this);
  model->finish(Reason::ended, *this);
  ASSERT_EQ(emitted_[0].size(), 1U);
  const Batch& forecast = emitted_[0].front();
  EXPECT_EQ(forecast.measurement(), "forecast");
  EXPECT_EQ(forecast.rows(), 3U);
  EXPECT_EQ(forecast.times()[0], 100'000'000'000);
  EXPECT_EQ(forecast.column("target").text(0), "a");
  EXPECT_EQ(forecast.column("model").text(0), "lstm");
  EXPECT_EQ(forecast.column("horizon_step").text(2), "3");
  EXPECT_NEAR(forecast.column("rtt").number(2), 102, 1e-9);
  EXPECT_TRUE(forecast.column("rtt_lower").valid(0));
  EXPECT_EQ(emitted_[2].front().rows(), 5U);  // epochs
  EXPECT_EQ(emitted_[3].front().column("column").text(0), "v");
  EXPECT_EQ(emitted_[1].front().rows(), 18U * 3U);
}

TEST_F(ModelNodeTest, AStopBeforeTheEndLearnsNothingAndSaysSo) {
  auto model = open();
  model->process(0, ramp(0, 100), *this);
  model->finish(Reason::stopping, *this);
  EXPECT_TRUE(emitted_.empty());
  EXPECT_EQ(logs_.size(), 1U);
}

TEST_F(ModelNodeTest, LiveItForecastsOnceMinRowsAreThere) {
  set("min_rows", std::int64_t{50});
  auto model = open();
  model->process(0, ramp(0, 49), *this);
  EXPECT_TRUE(emitted_[0].empty());
  model->process(0, ramp(49, 1), *this);
  model->process(0, ramp(50, 1), *this);
  ASSERT_EQ(emitted_[0].size(), 2U);
  EXPECT_EQ(emitted_[0][1].column("issued_at").integers()[0], 51'000'000'000);
}

TEST_F(ModelNodeTest, GoesOnWithASavedModelAndRefusesADamagedOne) {
  const auto path =
      std::filesystem::temp_directory_path() / ("weir-model-" + std::to_string(::getpid()));
  set("model_file", path.string());
  auto first = open();
  first->process(0, ramp(0, 100), *this);
  first->finish(Reason::ended, *this);
  const Batch before = emitted_[0].front();
  emitted_.clear();
  auto second = open();
  second->process(0, ramp(90, 10), *this);  // far too few to learn from
  second->finish(Reason::ended, *this);
  ASSERT_EQ(emitted_[0].size(), 1U);
  EXPECT_EQ(emitted_[0].front(), before);
  std::ofstream(path, std::ios::binary | std::ios::app) << "x";
  EXPECT_THROW(open(), Fatal);
  std::filesystem::remove(path);
}

}  // namespace
}  // namespace weir::core
