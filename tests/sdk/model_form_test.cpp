// SPDX-License-Identifier: Apache-2.0
// A model through the C functions that the engine's harness calls.
#include <gtest/gtest.h>

#include <cmath>
#include <weir/testing.hpp>

namespace weir {
namespace {

struct Echo {
  static constexpr auto name = "echo", summary = "Repeats what it saw.";
  struct Options {
    int surplus = 0;
    static constexpr auto fields =
        std::tuple{field(&Options::surplus, "surplus", "Values too many")};
  } options;

  void fit(const TrainingSet& set, Progress& progress) {
    if (set.train().empty()) throw Rejected("nothing to learn from");
    kept = std::string(set.feature_name(set.targets()[0])) + std::to_string(set.seed());
    for (std::uint64_t epoch = 1; progress.report(epoch, 9, 0.5, 0.25); ++epoch) epochs = epoch;
    (void)progress.report(9, 9, 0.5, 0.25, 0.125);
  }
  [[nodiscard]] Forecast predict(const Window& window) const {
    return Forecast(window.horizon() * window.target_count() + std::size_t(options.surplus),
                    window.rows()[window.rows().size() - 1][0]);
  }
  [[nodiscard]] std::string save() const { return kept; }
  void load(std::string_view bytes) {
    if (bytes.size() < 2) throw Error("damaged");
    kept = bytes;
  }
  std::string kept;
  std::uint64_t epochs = 0;
};

class ModelForm : public ::testing::Test {
 protected:
  ModelForm() {
    set_.rows = 2;
    set_.features = 2;
    set_.values = values_.data();
    set_.times = times_.data();
    set_.feature_names = names_.data();
    set_.scale = set_.offset = values_.data();
    set_.targets = &target_;
    set_.target_count = 1;
    set_.train = &first_;
    set_.train_count = 1;
    set_.seed = 7;
    progress_.self = &reports_;
    progress_.report = [](void* self, const weir_epoch* epoch) {
      auto& reports = *static_cast<std::vector<weir_epoch>*>(self);
      reports.push_back(*epoch);
      return std::int32_t{reports.size() < 3};
    };
    window_.rows = 2;
    window_.features = 2;
    window_.values = values_.data();
    window_.times = times_.data();
    window_.horizon = 2;
    window_.target_count = 1;
    writer_.self = &written_;
    writer_.write = [](void* self, const void* data, std::size_t size) {
      static_cast<std::string*>(self)->append(static_cast<const char*>(data), size);
      return weir_status{WEIR_OK};
    };
    error_.size = sizeof error_;
    make(0);
  }
  ModelForm(const ModelForm&) = delete;
  ModelForm& operator=(const ModelForm&) = delete;
  ~ModelForm() override { type_->destroy(node_); }

  void make(std::int64_t surplus) {
    if (node_ != nullptr) type_->destroy(node_);
    weir_option option{"surplus", {}};
    option.value.type = WEIR_INTEGER;
    option.value.integer = surplus;
    weir_node_config config{};
    config.name = "echo";
    config.options = &option;
    config.option_count = 1;
    ASSERT_EQ(type_->create(&host_, &config, &node_, &error_), WEIR_OK);
  }

  const weir_node_type* type_ = detail::Adapter<Echo>::type();
  const weir_model* model_ = static_cast<const weir_model*>(type_->query(WEIR_MODEL_EXTENSION));
  std::vector<double> values_{1, 2, 3, 4};
  std::vector<std::int64_t> times_{0, 1'000'000'000};
  std::vector<const char*> names_{"a", "b"};
  std::uint32_t target_ = 1;
  std::uint64_t first_ = 0;
  weir_host host_{};
  weir_training_set set_{};
  std::vector<weir_epoch> reports_;
  weir_progress progress_{};
  weir_window window_{};
  std::string written_;
  weir_writer writer_{};
  weir_error error_{};
  void* node_ = nullptr;
};

TEST_F(ModelForm, IsFoundByNameAndRevision) {
  ASSERT_NE(model_, nullptr);
  EXPECT_EQ(model_->size, sizeof(weir_model));
  EXPECT_EQ(type_->query("weir.model/2"), nullptr);
  EXPECT_EQ(type_->kind, WEIR_MODEL);
  EXPECT_EQ(type_->process, nullptr);
  EXPECT_EQ(type_->produce, nullptr);
  EXPECT_NE(detail::describe<Echo>().find(
                R"("kind":"model","inputs":{"min":1,"order":"any"},"outputs":[])"),
            std::string::npos);
}

TEST_F(ModelForm, LearnsUntilItIsToldToStop) {
  ASSERT_EQ(model_->fit(node_, &set_, &progress_, &error_), WEIR_OK);
  ASSERT_EQ(reports_.size(), 4U);
  EXPECT_EQ(reports_[0].epoch, 1U);
  EXPECT_EQ(reports_[0].size, sizeof(weir_epoch));
  EXPECT_TRUE(std::isnan(reports_[0].validation_loss)) << "there is none";
  EXPECT_EQ(reports_[3].validation_loss, 0.125);
  ASSERT_EQ(model_->save(node_, &writer_, &error_), WEIR_OK);
  EXPECT_EQ(written_, "b7");
}

TEST_F(ModelForm, SaysWhyItCannotLearn) {
  set_.train_count = 0;
  EXPECT_EQ(model_->fit(node_, &set_, &progress_, &error_), WEIR_REJECTED);
  EXPECT_STREQ(error_.message, "nothing to learn from");
}

TEST_F(ModelForm, ForecastsHorizonTimesTargets) {
  std::array<double, 3> forecast{0, 0, -1};
  ASSERT_EQ(model_->predict(node_, &window_, forecast.data(), &error_), WEIR_OK);
  EXPECT_EQ(forecast, (std::array<double, 3>{3, 3, -1}));
}

TEST_F(ModelForm, NeverWritesMoreThanWasAskedFor) {
  make(1);
  std::array<double, 3> forecast{-1, -1, -1};
  EXPECT_EQ(model_->predict(node_, &window_, forecast.data(), &error_), WEIR_FAILED);
  EXPECT_STREQ(error_.message, "the forecast has 3 values, not horizon x targets = 2");
  EXPECT_EQ(forecast, (std::array<double, 3>{-1, -1, -1}));
}

TEST_F(ModelForm, SaysThatBytesAreDamaged) {
  EXPECT_EQ(model_->load(node_, "x", 1, &error_), WEIR_FAILED);
  EXPECT_STREQ(error_.message, "damaged");
  EXPECT_EQ(model_->load(node_, "a\0b", 3, &error_), WEIR_OK);
  EXPECT_EQ(model_->save(node_, &writer_, &error_), WEIR_OK);
  EXPECT_EQ(written_, std::string("a\0b", 3));
  writer_.write = [](void*, const void*, std::size_t) { return weir_status{WEIR_FAILED}; };
  EXPECT_EQ(model_->save(node_, &writer_, &error_), WEIR_FAILED);
}

TEST_F(ModelForm, ShowsRowsAsTheyLie) {
  const TrainingSet set(set_);
  EXPECT_EQ(set.rows().at(1, 0), 3);
  EXPECT_EQ(set.rows()[0][1], 2);
  EXPECT_EQ(set.rows().time(1), Timestamp{std::chrono::seconds{1}});
  EXPECT_EQ(set.rows().values().size(), 4U);
  EXPECT_EQ(set.scale().size(), 2U);
  EXPECT_TRUE(set.validation().empty());
}

}  // namespace
}  // namespace weir
