// SPDX-License-Identifier: Apache-2.0
// Models that learn and forecast in a process of their own, and what becomes of their crashes.
#include "core/isolation/isolated_model.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/plugin/library.hpp"
#include "tests/support/program.hpp"
#include "weir/error.hpp"
#include "weir/model_testing.hpp"

namespace weir::core {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::ThrowsMessage;

/// Remembers what is logged and counted; each look at its clock is `step` later.
class Listening {
 public:
  Listening() {
    host_.size = sizeof host_;
    host_.self = this;
    host_.now = [](void*) -> std::int64_t { return 0; };
    host_.monotonic = [](void* self) -> std::int64_t {
      auto& me = *static_cast<Listening*>(self);
      return (me.time_ += me.step).count();
    };
    host_.stopping = [](void* self) -> std::int32_t {
      return static_cast<Listening*>(self)->stopping ? 1 : 0;
    };
    host_.log = [](void* self, std::int32_t, const char* text, std::size_t length) {
      static_cast<Listening*>(self)->log_ += std::string(text, length) + "\n";
    };
    host_.count = [](void* self, const char* counter, std::uint64_t amount) {
      static_cast<Listening*>(self)->counters_[counter] += amount;
    };
    host_.wait_until = [](void*, std::int64_t) -> std::int32_t { return 1; };
    host_.query = [](void*, const char*) -> const void* { return nullptr; };
  }
  Listening(const Listening&) = delete;
  Listening& operator=(const Listening&) = delete;

  Duration step{0};
  bool stopping = false;

  [[nodiscard]] const weir_host& host() const { return host_; }
  [[nodiscard]] const std::string& log() const { return log_; }
  [[nodiscard]] std::uint64_t counter(const std::string& name) const {
    const auto found = counters_.find(name);
    return found == counters_.end() ? 0 : found->second;
  }

 private:
  weir_host host_{};
  Duration time_{0};
  std::string log_;
  std::map<std::string, std::uint64_t> counters_;
};

class IsolatedModelTest : public ::testing::Test {
 protected:
  std::unique_ptr<ModelInstance> make(OptionValues options = {}) {
    options.push_back({"log", {(folder_ / "times").string()}});
    return make_of("brittle", std::move(options), finder());
  }

  std::unique_ptr<ModelInstance> make_of(const std::string& plugin, OptionValues options,
                                         ModelFinder others) {
    const NodeType& type = *library_.find(plugin);
    GraphNode node;
    node.name = "m";
    node.plugin = plugin;
    node.library = path_;
    node.type = type.type;
    node.description = type.description;
    node.settings.call_limit = call_limit_;
    node.options = std::move(options);
    return create_isolated_model(node, engine_.host(), std::move(others), crashes_, {},
                                 {WEIR_BUILD_DIR "/bin/weir"});
  }

  ModelFinder finder() {
    return [this](const std::string& plugin, const std::string& options) {
      if (plugin != "brittle") throw Fatal("there is no plugin '" + plugin + "'");
      EXPECT_EQ(options, R"({"epochs": 2})");
      return FoundModel{library_.find(plugin)->type, path_, {{"epochs", {std::int64_t{2}}}}};
    };
  }

  ModelInstance::Report listener(std::uint64_t most = 1000) {
    return [this, most](const weir_epoch& epoch) {
      epochs_.push_back(epoch.epoch);
      return epoch.epoch < most;
    };
  }

  void learn(ModelInstance& model) { model.fit(rows_.raw_training(), listener()); }

  std::vector<double> forecast(ModelInstance& model) {
    return model.predict(rows_.window(30).raw());
  }

  test::TemporaryFolder folder_;
  std::string path_ = BRITTLE_PLUGIN;
  Library library_ = load_library(path_);
  Listening engine_;
  Duration call_limit_ = std::chrono::seconds(60);
  std::shared_ptr<ModelCrashes> crashes_ = std::make_shared<ModelCrashes>();
  testing::ModelRows rows_{{.rows = 41, .sequence_length = 4, .horizon = 2},
                           [](std::size_t row, std::size_t) { return double(row); }};
  std::vector<std::uint64_t> epochs_;
};

TEST_F(IsolatedModelTest, LearnsForecastsAndIsKept) {
  const auto model = make();
  learn(*model);
  EXPECT_THAT(epochs_, ElementsAre(1U, 2U, 3U));
  EXPECT_THAT(forecast(*model), ElementsAre(20, 20));
  EXPECT_THAT(engine_.log(), HasSubstr("learned in 3 epochs"));
  EXPECT_EQ(engine_.counter("fits"), 1U);
  const auto other = make();
  other->load(model->save());
  EXPECT_THAT(forecast(*other), ElementsAre(20, 20));
}

TEST_F(IsolatedModelTest, StopsLearningWhenItIsTold) {
  const auto model = make();
  model->fit(rows_.raw_training(), listener(2));
  EXPECT_THAT(epochs_, ElementsAre(1U, 2U));
  EXPECT_THAT(engine_.log(), HasSubstr("learned in 2 epochs"));
}

TEST_F(IsolatedModelTest, WhatTheReportThrowsComesOutAndItGoesOn) {
  const auto model = make();
  const auto throwing = [](const weir_epoch&) -> bool { throw Error("enough"); };
  EXPECT_THAT([&] { model->fit(rows_.raw_training(), throwing); },
              ThrowsMessage<Error>(HasSubstr("enough")));
  learn(*model);
  EXPECT_THAT(forecast(*model), ElementsAre(20, 20));
}

TEST_F(IsolatedModelTest, ACrashWhileItLearnsIsLearnedAgain) {
  const auto model = make({{"crash", {std::string("fit")}}});
  learn(*model);
  EXPECT_THAT(forecast(*model), ElementsAre(20, 20));
  EXPECT_THAT(engine_.log(), HasSubstr("process of node 'm' ended by SIGABRT in fit(); it is done "
                                       "again in a new process"));
  EXPECT_EQ(engine_.counter("process_restarts"), 1U);
}

TEST_F(IsolatedModelTest, ACrashWhileItForecastsKeepsWhatItLearned) {
  const auto model = make({{"crash", {std::string("predict")}}, {"times", {std::int64_t{2}}}});
  learn(*model);
  EXPECT_THAT(forecast(*model), ElementsAre(20, 20));
  EXPECT_EQ(engine_.counter("process_restarts"), 2U);
  EXPECT_EQ(engine_.counter("fits"), 1U);
}

TEST_F(IsolatedModelTest, TheThirdCrashIsTooMuchWhicheverModelOfTheNodeItIs) {
  const OptionValues twice = {{"crash", {std::string("fit")}}, {"times", {std::int64_t{2}}}};
  learn(*make(twice));
  EXPECT_THAT(
      [&] {
        make({{"crash", {std::string("load")}}, {"times", {std::int64_t{3}}}})->load("1");
      },
      ThrowsMessage<CrashedTooOften>(HasSubstr("in load_state()")));
}

TEST_F(IsolatedModelTest, ThreeInOneCallAreTooManyHoweverFarApart) {
  engine_.step = std::chrono::minutes(5);
  const auto model = make({{"crash", {std::string("predict")}}, {"times", {std::int64_t{9}}}});
  learn(*model);
  EXPECT_THAT([&] { forecast(*model); }, ThrowsMessage<CrashedTooOften>(HasSubstr("predict()")));
  EXPECT_EQ(engine_.counter("process_restarts"), 2U);
}

TEST_F(IsolatedModelTest, InAStopNothingIsBegunAgain) {
  const auto model = make({{"crash", {std::string("fit")}}});
  engine_.stopping = true;
  EXPECT_THAT([&] { learn(*model); }, ThrowsMessage<Error>(HasSubstr("in fit()")));
  EXPECT_EQ(engine_.counter("process_restarts"), 0U);
}

TEST_F(IsolatedModelTest, OneThatCrashesHalfWayTellsOfEachEpochOnce) {
  const auto model = make({{"crash", {std::string("third_epoch")}}, {"epochs", {std::int64_t{4}}}});
  learn(*model);
  EXPECT_THAT(epochs_, ElementsAre(1U, 2U, 3U, 4U));
  EXPECT_EQ(engine_.counter("process_restarts"), 1U);
}

TEST_F(IsolatedModelTest, OneThatServesGetsANewProcessWithWhatItLearned) {
  const auto model = make();
  learn(*model);
  model->serve();
  EXPECT_THAT(forecast(*model), ElementsAre(20, 20));
  EXPECT_EQ(engine_.counter("fits"), 1U);
}

TEST_F(IsolatedModelTest, OneThatHangsIsEndedAndOneThatReportsIsNot) {
  call_limit_ = std::chrono::seconds(3);  // also a healthy call takes a while under a sanitizer
  const auto hanging = make({{"hang", {std::string("predict")}}});
  learn(*hanging);
  EXPECT_THAT(forecast(*hanging), ElementsAre(20, 20));
  EXPECT_THAT(engine_.log(), HasSubstr("took longer than its call_limit of 3s and was ended in "
                                       "predict()"));

  const auto slow =
      make({{"epochs", {std::int64_t{12}}}, {"pause", {std::int64_t{300'000'000}}}});  // 3.6 s
  learn(*slow);
  EXPECT_THAT(engine_.log(), Not(HasSubstr("in fit()")));
}

TEST_F(IsolatedModelTest, AModelOfOthersHasThemInItsProcess) {
  const auto model = make_of("asking", {}, finder());
  learn(*model);
  EXPECT_THAT(epochs_, ElementsAre(1U, 2U));
  EXPECT_THAT(forecast(*model), ElementsAre(20, 20));
}

TEST_F(IsolatedModelTest, AnUnknownOtherModelIsSaid) {
  ModelFinder none = [](const std::string& plugin, const std::string&) -> FoundModel {
    throw Fatal("there is no plugin '" + plugin + "'");
  };
  const auto model = make_of("asking", {}, none);
  EXPECT_THAT([&] { learn(*model); },
              ThrowsMessage<Fatal>(HasSubstr("there is no plugin 'brittle'")));
  EXPECT_THAT(engine_.log(), Not(HasSubstr("ended")));
}

}  // namespace
}  // namespace weir::core
