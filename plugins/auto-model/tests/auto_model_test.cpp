// SPDX-License-Identifier: Apache-2.0
#include "auto_model.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <weir/error.hpp>
#include <weir/model_testing.hpp>

#include "fake_engine.hpp"

namespace weir::auto_model {
namespace {

using test::FakeEngine;
using ::testing::AllOf;
using ::testing::Contains;
using ::testing::ContainsRegex;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::ThrowsMessage;
using weir::testing::EpochListener;
using weir::testing::ModelRows;

double count(std::size_t row, std::size_t) { return static_cast<double>(row); }

/// An auto-model of the fake engine, and rows that count.
struct Contestants {
  FakeEngine engine;
  Context context = engine.context();
  AutoModel model;
  ModelRows rows{{.rows = 300, .sequence_length = 6, .horizon = 4}, count};

  explicit Contestants(std::vector<std::string> models) {
    model.options.models = std::move(models);
    model.open(context);
  }
  void fit(std::uint64_t stop_at = ~std::uint64_t{0}) {
    const EpochListener listener(stop_at);
    Progress progress = listener.progress();
    model.fit(rows.training(), progress);
    epochs = listener.epochs();
  }
  std::vector<weir_epoch> epochs;
};

TEST(AutoModel, TakesTheBestAndSaysWhy) {
  Contestants all({"next-model", "plus-model"});
  all.fit();
  const Forecast forecast = all.model.predict(all.rows.window(200));
  for (std::size_t step = 0; step < 4; ++step)
    EXPECT_NEAR(forecast[step], 200.0 + static_cast<double>(step), 0.021);
  EXPECT_THAT(all.engine.logs,
              Contains(AllOf(HasSubstr("feature0: plus-model has a validation MAE of 0.1"),
                             HasSubstr("(naive-model 2.5)"))));
  EXPECT_THAT(all.engine.logs.back(), HasSubstr("feature0 is forecast by next-model"));
  EXPECT_EQ(all.engine.alive, 1);  // the others are gone
}

TEST(AutoModel, MixesErrorsThatCancel) {
  Contestants all({"plus-model", "minus-model"});
  all.fit();
  // 0.1 too much and 0.1 too little; the naive share below takes as much from the middle half.
  EXPECT_NEAR(all.model.predict(all.rows.window(200))[0], 200 + 0.1 * (0.45 - 0.55), 1e-9);
  EXPECT_THAT(all.engine.logs.back(),
              AllOf(ContainsRegex("0\\.4[78] plus-model"), ContainsRegex("0\\.4[78] minus-model"),
                    HasSubstr("0.05 naive-model"), HasSubstr("each by its error")));
  Contestants single({"plus-model", "minus-model"});
  single.model.options.choose = Choose::best;
  single.fit();
  EXPECT_GT(std::abs(single.model.predict(single.rows.window(200))[0] - 200), 0.05);
}

TEST(AutoModel, LeavesOutWhatFailsAndSaysSo) {
  Contestants all({"broken-model", "mute-model", "unknown-model", "next-model"});
  all.fit();
  EXPECT_THAT(all.engine.logs, Contains("broken-model is left out: it never works"));
  EXPECT_THAT(all.engine.logs, Contains("mute-model is left out: it says nothing"));
  EXPECT_THAT(all.engine.logs, Contains(HasSubstr("unknown-model is left out: no plugin")));
  EXPECT_NEAR(all.model.predict(all.rows.window(200))[0], 200, 0.03);
}

TEST(AutoModel, NaiveAlwaysTakesPart) {
  Contestants all({"mute-model"});
  all.fit();
  EXPECT_EQ(all.model.predict(all.rows.window(200))[3], 199);
}

TEST(AutoModel, AWarmStartKeepsTheWeightsAndFitsOnlyWhatCounts) {
  Contestants all({"plus-model", "minus-model"});
  all.fit();
  const std::string bytes = all.model.save();
  Contestants next({"plus-model", "minus-model"});
  next.model.load(bytes);
  EXPECT_TRUE(next.engine.fitted.empty());
  EXPECT_EQ(next.model.predict(next.rows.window(150)), all.model.predict(all.rows.window(150)));
  next.rows.learn_validation();
  next.fit();
  EXPECT_THAT(next.engine.fitted,
              ElementsAre("naive-model again", "plus-model again", "minus-model again"));
  EXPECT_EQ(next.model.save(), bytes);
}

TEST(AutoModel, WithoutAValidationPartTheLastTrainingWindowsServe) {
  Contestants all({"next-model"});
  all.rows.learn_validation();
  all.fit();
  EXPECT_THAT(all.engine.fitted, ElementsAre("naive-model", "next-model", "next-model again"));
  EXPECT_NEAR(all.model.predict(all.rows.window(200))[0], 200, 0.03);
}

TEST(AutoModel, PassesSettingsOn) {
  Contestants all({"next-model"});
  all.model.options.settings["next-model"] = R"({"depth": 3})";
  all.fit();
  EXPECT_THAT(all.engine.given, Contains(R"(next-model {"depth": 3})"));
  Contestants wrong({"next-model"});
  wrong.model.options.settings["nexd-model"] = "{}";
  EXPECT_THAT([&] { wrong.fit(); }, ThrowsMessage<Fatal>(HasSubstr("'nexd-model'")));
  Contestants itself({"auto-model"});
  EXPECT_THAT([&] { itself.fit(); }, ThrowsMessage<Fatal>(HasSubstr("auto-model itself")));
}

TEST(AutoModel, EpochsOfAllModelsAreOneTraining) {
  Contestants all({"next-model", "plus-model"});
  all.fit();
  ASSERT_EQ(all.epochs.size(), 6U);
  for (std::size_t i = 0; i < 6; ++i) {
    EXPECT_EQ(all.epochs[i].epoch, i + 1);
    EXPECT_GE(all.epochs[i].epochs, all.epochs[i].epoch);
  }
}

TEST(AutoModel, StopsEarlyWithWhatItHas) {
  Contestants all({"next-model", "plus-model"});
  all.fit(3);
  EXPECT_THAT(all.engine.fitted, ElementsAre("naive-model", "next-model"));
  EXPECT_THAT(all.engine.logs, Contains(HasSubstr("plus-model is left out: training was stopped")));
  EXPECT_NEAR(all.model.predict(all.rows.window(200))[0], 200, 0.03);
}

TEST(AutoModel, AModelThatTakesTooLongIsStoppedAndTakesPart) {
  Contestants all({"slow-model"});
  all.model.options.time_limit = std::chrono::minutes(5);
  all.fit();
  EXPECT_LT(all.epochs.size(), 20U);
  EXPECT_THAT(all.engine.logs, Contains(HasSubstr("slow-model was stopped after 5m")));
  EXPECT_THAT(all.engine.logs.back(), HasSubstr("forecast by slow-model"));
}

TEST(AutoModel, DamagedBytesAreRefusedAndTheModelStays) {
  Contestants all({"plus-model", "minus-model"});
  all.fit();
  std::string bytes = all.model.save();
  const Forecast before = all.model.predict(all.rows.window(200));
  for (std::size_t size = 0; size < bytes.size(); ++size)
    EXPECT_THROW(all.model.load(std::string_view(bytes).substr(0, size)), Error) << size;
  for (std::size_t at = 0; at < bytes.size(); ++at) {
    bytes[at] = static_cast<char>(bytes[at] ^ 2);
    EXPECT_THROW(all.model.load(bytes), Error) << at;
    bytes[at] = static_cast<char>(bytes[at] ^ 2);
  }
  EXPECT_EQ(all.model.predict(all.rows.window(200)), before);
  EXPECT_EQ(all.engine.alive, 3);
}

TEST(AutoModel, TooFewRowsAreOneSentence) {
  Contestants all({"next-model"});
  ModelRows few({.rows = 9, .sequence_length = 6, .horizon = 4}, count);
  const EpochListener listener;
  Progress progress = listener.progress();
  EXPECT_THAT([&] { all.model.fit(few.training(), progress); },
              ThrowsMessage<Error>(HasSubstr("sequence_length + horizon = 10")));
  EXPECT_THAT([&] { (void)all.model.save(); }, ThrowsMessage<Error>(HasSubstr("neither trained")));
}

}  // namespace
}  // namespace weir::auto_model
