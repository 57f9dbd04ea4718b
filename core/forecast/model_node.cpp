// SPDX-License-Identifier: Apache-2.0
#include "core/forecast/model_node.hpp"

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <optional>
#include <utility>

#include "core/forecast/background_fit.hpp"
#include "core/forecast/file.hpp"
#include "core/forecast/forecast_log.hpp"
#include "core/forecast/report.hpp"

namespace weir::core {
namespace {

enum Port : std::uint32_t {
  forecast_port,
  predictions_port,
  training_port,
  evaluation_port,
  scores_port,
  alerts_port
};

constexpr std::size_t most_rows = 100'000;  // kept live, where no retrain_window is given
constexpr Duration look_again = std::chrono::milliseconds(250);  // whether a fit is ready

void emit_rows(Emitter& emitter, Port port, Batch batch) {
  if (!batch.empty()) emitter.emit(port, std::move(batch));
}

/// Neither a file nor rows are at fault, but where the model runs.
bool is_of_the_process(const Error& error) {
  return dynamic_cast<const NodeCrashed*>(&error) != nullptr ||
         dynamic_cast<const RetryLater*>(&error) != nullptr;
}

HarnessDeclaration::Options read_harness_options(const GraphNode& node) {
  HarnessDeclaration::Options options;
  const OptionView view(node.options);
  detail::read_options(options, view.data(), view.size());
  if (options.train_percent + options.validation_percent >= 100) {
    throw Fatal(
        "train_percent and validation_percent leave nothing to test on; their sum must be below "
        "100");
  }
  if (options.lower_bound && options.upper_bound && *options.lower_bound > *options.upper_bound)
    throw Fatal("lower_bound is above upper_bound");
  if (options.retrain > Duration{0} && options.min_rows == 0)
    throw Fatal("retrain is for live runs; give min_rows too");
  return options;
}

class ModelNode : public NodeInstance {
 public:
  ModelNode(const GraphNode& node, const weir_host& host, ForecastListener listener,
            ModelFinder finder, ModelMaker maker)
      : node_(node),
        host_(host, std::move(finder)),
        maker_(std::move(maker)),
        context_(host, node.name),
        listener_(std::move(listener)),
        options_(read_harness_options(node)),
        table_(options_.features, options_.target),
        log_({options_.alert_rate, options_.drift_ratio}) {}

  void open() override {
    (void)make();  // a plugin that cannot be made is told before the first row
    if (options_.model_file.empty() || !std::filesystem::exists(options_.model_file)) return;
    try {
      forecaster_ =
          std::make_unique<Forecaster>(read_file(options_.model_file), [this] { return make(); });
    } catch (const Error& wrong) {
      if (is_of_the_process(wrong)) throw;
      const std::string aside = set_file_aside(options_.model_file, context_.now());
      context_.log(Level::warning, options_.model_file + ": " + wrong.what() + "; set aside as " +
                                       aside + ", and learned anew");
      return;
    }
    if (live() && !goes_on_live()) return;
    context_.log(Level::info, "goes on with the model in " + options_.model_file);
  }

  Next produce(Emitter&) override { throw Error("a model is no source"); }

  void process(std::uint32_t, const Batch& batch, Emitter& emitter) override {
    const std::size_t first_new = table_.rows();
    take_rows(batch);
    if (table_.rows() == first_new) return;
    // A model that learns at the end waits for it; live, each batch brings a forecast.
    if (!live()) return;
    if (forecaster_) check_columns();
    if (forecaster_) settle(first_new, emitter);
    learn_when_due(emitter);
    if (forecaster_ && up_to_date()) forecast(emitter);
    forget_old_rows();
  }

  void on_time(Timestamp, Emitter& emitter) override {
    if (take_when_ready(emitter) && up_to_date()) forecast(emitter);
    if (learning_.under_way()) emitter.wake_at(context_.now() + look_again);
  }

  void end_input(std::uint32_t, Emitter&) override {}
  void flush() override {}

  void finish(Reason reason, Emitter& emitter) override {
    if (live()) return finish_live(reason, emitter);
    if (!forecaster_ && reason == Reason::stopping) {
      context_.log(Level::warning, "was stopped before it could learn; no forecast is made");
      return;
    }
    if (!forecaster_) {
      std::unique_ptr<Forecaster> learned;
      try {
        drop_empty_features();
        learned = learn(table_, {}, [] { return true; });
      } catch (const Fatal&) {
        throw;
      } catch (const Error& wrong) {
        if (is_of_the_process(wrong)) throw;
        throw Fatal(wrong.what());  // the same rows would fail in the same way
      }
      adopt(std::move(learned), emitter);
    }
    forecast(emitter);
  }

 private:
  [[nodiscard]] bool live() const { return options_.min_rows > 0; }

  /// False while a history comes in: a forecast of what is past would take the place of the one
  /// that was made when it was not.
  [[nodiscard]] bool up_to_date() const {
    const Duration step{table_.step()};
    const Timestamp last{Duration{table_.times().back()}};
    return context_.now() - last <= std::max<Duration>(std::chrono::minutes(1), 3 * step);
  }

  std::unique_ptr<ModelInstance> make() { return maker_(node_, host_.host()); }

  void count(const char* counter, std::uint64_t amount) const {
    if (amount > 0) context_.count(counter, amount);
  }

  void take_rows(const Batch& batch) {
    const std::uint64_t unsorted = table_.unsorted_rows();
    const std::uint64_t new_columns = table_.new_columns();
    table_.add(batch);
    count("unsorted_rows", table_.unsorted_rows() - unsorted);
    count("values_in_new_columns", table_.new_columns() - new_columns);
    if (table_.unsorted_rows() > 0 && !std::exchange(told_unsorted_, true)) {
      context_.log(Level::warning,
                   "rows that are not newer than the last are left out (duplicate or unsorted "
                   "times); they are counted as unsorted_rows");
    }
  }

  /// What a model has learned from stays, also where these rows have no value of it yet.
  void drop_empty_features() {
    const auto known = [this](const std::string& column) {
      return forecaster_ != nullptr && forecaster_->knows(column);
    };
    for (const std::string& column : table_.drop_empty_features(known)) {
      context_.log(Level::warning,
                   "column '" + column + "' has no value at all and is not learned from");
    }
  }

  /// [any thread]
  std::unique_ptr<Forecaster> learn(const SeriesTable& table, const WarmStart& warm,
                                    const std::function<bool()>& go_on) {
    const auto report = [&](const EpochRecord& epoch) {
      if (listener_.epoch) listener_.epoch(node_.name, epoch);
      return go_on() && !context_.stopping();
    };
    const auto seconds = [this] {
      return std::chrono::duration<double>(context_.monotonic()).count();
    };
    return std::make_unique<Forecaster>(
        table, options_, [this] { return make(); }, report, seconds, warm);
  }

  void adopt(std::unique_ptr<Forecaster> learned, Emitter& emitter) {
    forecaster_ = std::move(learned);
    checked_ = false;
    log_.clear();
    if (!live()) write_model_file();
    for (const std::string& note : forecaster_->notes()) context_.log(Level::warning, note);
    if (listener_.judged) listener_.judged(node_.name, forecaster_->evaluations());
    const Timestamp now = context_.now();
    emit_rows(emitter, training_port, training_batch(forecaster_->history(), node_.name, now));
    emit_rows(emitter, predictions_port,
              predictions_batch(forecaster_->predictions(), *forecaster_, node_.name));
    emit_rows(emitter, evaluation_port,
              evaluation_batch(forecaster_->evaluations(), node_.name, now));
    if (!live()) return;
    forecaster_->move_to_another_table();
    try {
      write_model_file();
    } catch (const Error& trouble) {
      context_.log(Level::warning,
                   std::string("the model serves, but its file is not written: ") + trouble.what());
    }
  }

  void write_model_file() const {
    if (options_.model_file.empty()) return;
    write_file_atomically(options_.model_file, forecaster_->save());
  }

  // ---- live: learning in the background ----

  void learn_when_due(Emitter& emitter) {
    (void)take_when_ready(emitter);
    if (learning_.under_way() || !fit_is_due()) return;
    if (!forecaster_) drop_empty_features();
    next_fit_ = context_.now() + options_.retrain;
    first_fit_rows_ = forecaster_ ? 0 : table_.data_rows();
    // Saved here: a model takes one call at a time, and it goes on serving.
    const WarmStart warm = forecaster_ ? forecaster_->warm_start() : WarmStart{};
    learning_.start(
        [this, table = table_, warm](const auto& go_on) { return learn(table, warm, go_on); });
    if (context_.query(learn_at_once_extension) != nullptr) {
      wait_for_fit();
      (void)take_when_ready(emitter);
      return;
    }
    emitter.wake_at(context_.now() + look_again);
  }

  void wait_for_fit() const {
    while (!learning_.ready()) std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }

  [[nodiscard]] bool fit_is_due() const {
    const std::size_t rows = table_.data_rows();
    if (!forecaster_) return rows >= std::max<std::size_t>(options_.min_rows, rows_wanted_);
    // A first fit that began while the history was still coming in has seen little of it.
    if (first_fit_rows_ > 0 && rows > first_fit_rows_ + first_fit_rows_ / 2) return true;
    return options_.retrain > Duration{0} && next_fit_ && context_.now() >= *next_fit_;
  }

  /// True when a new model serves.
  bool take_when_ready(Emitter& emitter) {
    if (!learning_.under_way() || !learning_.ready()) return false;
    try {
      adopt(learning_.take(), emitter);
      return true;
    } catch (const NodeCrashed&) {
      throw;
    } catch (const Error& wrong) {
      rows_wanted_ = table_.data_rows() + table_.data_rows() / 4;
      context_.log(Level::warning,
                   std::string(wrong.what()) + (forecaster_ ? "; the last good model goes on"
                                                            : "; it tries again with more rows"));
      return false;
    }
  }

  void finish_live(Reason reason, Emitter& emitter) {
    if (learning_.under_way()) {
      // The first model is worth waiting for; another one only serves until the end, which is now.
      if (forecaster_ || reason == Reason::stopping) learning_.hurry();
      const bool first = !forecaster_;
      wait_for_fit();
      if (take_when_ready(emitter) && first) forecast(emitter);
    } else if (!forecaster_) {
      context_.log(Level::warning, "no model was learned: " + std::to_string(table_.data_rows()) +
                                       " rows came, min_rows is " +
                                       std::to_string(options_.min_rows));
    }
  }

  void forget_old_rows() {
    std::size_t most = most_rows;
    if (options_.retrain_window > Duration{0} && table_.step() > 0) {
      most = std::max<std::size_t>(
          static_cast<std::size_t>(options_.retrain_window.count() / table_.step()),
          options_.sequence_length + options_.horizon);
    }
    if (table_.rows() < most + most / 8) return;  // not row by row: it moves all that stay
    const std::size_t gone = table_.rows() - most;
    table_.drop_front(gone);
    if (forecaster_) forecaster_->drop_front(gone);
  }

  // ---- forecasts and their truths ----

  void settle(std::size_t first_new, Emitter& emitter) {
    const ForecastLog::Found found = log_.settle(table_, first_new, *forecaster_);
    emit_rows(emitter, scores_port, scores_batch(found.scored, *forecaster_, node_.name));
    emit_rows(emitter, alerts_port, alerts_batch(found.alerts, *forecaster_, node_.name));
    for (const Alert& alert : found.alerts) context_.log(Level::warning, alert.message);
    count("alerts", found.alerts.size());
  }

  /// Live, a model from a file that does not fit the rows is given up.
  void check_columns() {
    if (std::exchange(checked_, true)) return;
    drop_empty_features();
    try {
      forecaster_->check_fits(table_);
    } catch (const Error& wrong) {
      if (!live()) throw Fatal(wrong.what());
      learn_anew(wrong.what());
    }
  }

  void learn_anew(const std::string& why) {
    context_.log(Level::warning, options_.model_file + ": " + why + "; learned anew");
    forecaster_.reset();
    checked_ = false;
    log_.clear();
  }

  /// A model from a file serves at once, and is learned again when its time has come.
  bool goes_on_live() {
    const std::string option = forecaster_->differs_in(options_);
    if (!option.empty()) learn_anew("the model was learned with another " + option);
    if (forecaster_) next_fit_ = context_.now() + options_.retrain;
    return forecaster_ != nullptr;
  }

  void forecast(Emitter& emitter) {
    if (table_.rows() == 0) {
      context_.log(Level::warning, "no row came, so there is nothing to forecast from");
      return;
    }
    check_columns();
    const std::vector<ForecastPoint> points = forecaster_->forecast(table_);
    if (points.empty()) {
      context_.count("forecasts_skipped");
      if (!std::exchange(told_missing_, true)) {
        context_.log(Level::warning, "the last " + std::to_string(options_.sequence_length) +
                                         " rows miss values, so no forecast starts from them");
      }
      return;
    }
    told_missing_ = false;
    if (live()) log_.issued(points);
    for (std::size_t target = 0; target < table_.targets().size(); ++target) {
      std::vector<ForecastPoint> own;
      for (const ForecastPoint& point : points) {
        if (point.target == target) own.push_back(point);
      }
      emit_rows(emitter, forecast_port,
                forecast_batch(own, forecaster_->target(target), node_.name));
    }
  }

  GraphNode node_;  // its own: a reload puts another graph in the place of the first
  HostWithModels host_;
  ModelMaker maker_;
  Context context_;
  ForecastListener listener_;
  HarnessDeclaration::Options options_;
  SeriesTable table_;
  std::unique_ptr<Forecaster> forecaster_;
  ForecastLog log_;
  std::optional<Timestamp> next_fit_;
  std::size_t first_fit_rows_ = 0;  // 0: there was no first fit, or a second has begun
  std::size_t rows_wanted_ = 0;     // before the first fit is tried again
  bool checked_ = false;
  bool told_missing_ = false;
  bool told_unsorted_ = false;
  BackgroundFit learning_;  // last: its thread ends before what it uses
};

}  // namespace

std::unique_ptr<ModelInstance> make_plugin_model(const GraphNode& node, const weir_host& host) {
  return std::make_unique<PluginModel>(*node.type, host, node.name, node.options);
}

std::unique_ptr<NodeInstance> create_model_node(const GraphNode& node, const weir_host& host,
                                                ForecastListener listener, ModelFinder finder,
                                                ModelMaker maker) {
  return std::make_unique<ModelNode>(node, host, std::move(listener), std::move(finder),
                                     std::move(maker));
}

}  // namespace weir::core
