// SPDX-License-Identifier: Apache-2.0
// weir.models/1, from the side of a model that asks for others.
#include "core/forecast/other_models.hpp"

#include <gtest/gtest.h>

#include "fake_models.hpp"
#include "weir/model_testing.hpp"
#include "weir/testing.hpp"

namespace weir::core {
namespace {

/// Knows one model.
class OnePlugin : public PluginLookup {
 public:
  FoundPlugin find(const std::string& plugin) override {
    FoundPlugin found;
    if (plugin != "last-value") {
      found.problem = "there is no plugin '" + plugin + "'";
      return found;
    }
    found.type = detail::Adapter<fakes::LastValue>::type();
    found.description =
        std::make_shared<NodeDescription>(parse_description(found.type->description));
    return found;
  }
};

class OtherModelsTest : public ::testing::Test {
 protected:
  OtherModelsTest() {
    plain_.size = sizeof plain_;
    plain_.query = [](void*, const char*) -> const void* { return nullptr; };
  }
  OnePlugin plugins_;
  weir_host plain_{};
  HostWithModels host_{plain_, model_finder(plugins_)};
  Context context_{host_.host(), "auto"};
};

TEST_F(OtherModelsTest, LearnForecastAndAreKept) {
  testing::ModelRows rows({.rows = 40, .sequence_length = 4, .horizon = 2},
                          [](std::size_t row, std::size_t) { return double(row); });
  const testing::EpochListener listener;
  OtherModel model(context_, "last-value");
  model.fit(rows.raw_training(), listener.raw());
  EXPECT_EQ(listener.epochs().size(), 5U);
  EXPECT_EQ(model.predict(rows.window(30).raw()), (weir::Forecast{29, 29}));
  OtherModel again(context_, "last-value", "{}");
  again.load(model.save());
  EXPECT_EQ(again.predict(rows.window(20).raw()), (weir::Forecast{19, 19}));
}

TEST_F(OtherModelsTest, UnknownPluginsAndWrongOptionsAreSaid) {
  try {
    OtherModel(context_, "no-model");
    FAIL();
  } catch (const Fatal& wrong) {
    EXPECT_STREQ(wrong.what(), "there is no plugin 'no-model'");
  }
  try {
    OtherModel(context_, "last-value", R"({"layers": 3})");
    FAIL();
  } catch (const Fatal& wrong) {
    EXPECT_NE(std::string(wrong.what()).find("last-value has no option 'layers'"),
              std::string::npos)
        << wrong.what();
  }
}

TEST_F(OtherModelsTest, AnEngineWithoutThemSaysSo) {
  const Context plain(plain_, "auto");
  EXPECT_THROW(OtherModel(plain, "last-value"), Fatal);
}

}  // namespace
}  // namespace weir::core
