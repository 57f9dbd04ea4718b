// SPDX-License-Identifier: Apache-2.0
// Models that crash and hang on purpose, for the tests of isolated models.
#include <sys/stat.h>

#include <array>
#include <cstdlib>
#include <fstream>
#include <memory>
#include <string>
#include <thread>

#include <weir/plugin.hpp>

namespace {

using namespace weir;

enum class Call { none, fit, third_epoch, predict, load };
constexpr auto enum_names(Call) {
  return std::array{std::pair{"none", Call::none}, std::pair{"fit", Call::fit},
                    std::pair{"third_epoch", Call::third_epoch},
                    std::pair{"predict", Call::predict}, std::pair{"load", Call::load}};
}

/// Forecasts the mean of the first target's rows plus how often it has learned on.
struct Brittle {
  static constexpr auto name = "brittle", summary = "A mean, until it crashes.";
  struct Options {
    Call crash = Call::none;
    Call hang = Call::none;
    std::int64_t times = 1;
    std::string log;
    std::int64_t epochs = 3;
    Duration pause{0};
    static constexpr auto fields =
        std::tuple{field(&Options::crash, "crash", "In which call"),
                   field(&Options::hang, "hang", "In which call"),
                   field(&Options::times, "times", "How many times, over all processes"),
                   field(&Options::log, "log", "A file that remembers the times"),
                   field(&Options::epochs, "epochs", "How many"),
                   field(&Options::pause, "pause", "Before each epoch")};
  } options;

  void open(Context& context) { context_ = &context; }

  void fit(const TrainingSet& set, Progress& progress) {
    misbehave(Call::fit);
    std::int64_t done = 0;
    for (std::int64_t epoch = 1; epoch <= options.epochs; ++epoch) {
      std::this_thread::sleep_for(options.pause);
      ++done;
      if (epoch == 3) misbehave(Call::third_epoch);
      if (!progress.report(static_cast<std::uint64_t>(epoch),
                           static_cast<std::uint64_t>(options.epochs), 1, 1, 1))
        break;
    }
    double sum = 0;
    for (std::size_t row = 0; row < set.rows().size(); ++row)
      sum += set.rows().at(row, set.targets()[0]);
    mean_ = sum / static_cast<double>(set.rows().size());
    context_->log(Level::info, "learned in " + std::to_string(done) + " epochs");
    context_->count("fits");
  }
  [[nodiscard]] Forecast predict(const Window& window) {
    misbehave(Call::predict);
    return Forecast(window.horizon() * window.target_count(), mean_);
  }
  [[nodiscard]] std::string save() const { return std::to_string(mean_); }
  void load(std::string_view bytes) {
    misbehave(Call::load);
    mean_ = std::stod(std::string(bytes));
  }

 private:
  void misbehave(Call call) const {
    if (options.crash != call && options.hang != call) return;
    struct stat found {};
    const std::int64_t before = ::stat(options.log.c_str(), &found) == 0 ? found.st_size : 0;
    if (before >= options.times) return;
    std::ofstream(options.log, std::ios::app) << 'x' << std::flush;
    if (options.crash == call) std::abort();
    while (true) std::this_thread::sleep_for(std::chrono::hours(1));
  }

  Context* context_ = nullptr;
  double mean_ = 0;
};

/// Lets another model do the work.
struct Asking {
  static constexpr auto name = "asking", summary = "Asks for another model.";
  struct Options {
    std::string plugin = "brittle";
    static constexpr auto fields = std::tuple{field(&Options::plugin, "plugin_of", "Which")};
  } options;

  void open(Context& context) { context_ = &context; }
  void fit(const TrainingSet& set, Progress& progress) {
    other_ = std::make_unique<OtherModel>(*context_, options.plugin, R"({"epochs": 2})");
    other_->fit(set.raw(), progress.raw());
  }
  [[nodiscard]] Forecast predict(const Window& window) { return other_->predict(window.raw()); }
  [[nodiscard]] std::string save() const { return other_->save(); }
  void load(std::string_view bytes) {
    other_ = std::make_unique<OtherModel>(*context_, options.plugin);
    other_->load(std::string(bytes));
  }

 private:
  Context* context_ = nullptr;
  std::unique_ptr<OtherModel> other_;
};

}  // namespace

WEIR_PLUGIN("1.0.0", Brittle, Asking)
