// SPDX-License-Identifier: Apache-2.0
#include "core/forecast/model_node.hpp"

#include <chrono>
#include <cmath>
#include <filesystem>
#include <utility>

#include "core/forecast/file.hpp"
#include "core/forecast/report.hpp"

namespace weir::core {
namespace {

enum Port : std::uint32_t { forecast_port, predictions_port, training_port, evaluation_port };

class ModelNode : public NodeInstance {
 public:
  ModelNode(const GraphNode& node, const weir_host& host, ForecastListener listener)
      : node_(node),
        host_(host),
        context_(host, node.name),
        listener_(std::move(listener)),
        options_(read(node)),
        table_(options_.features, options_.target) {
    if (options_.train_percent + options_.validation_percent >= 100) {
      throw Fatal(
          "train_percent and validation_percent leave nothing to test on; their sum must be below "
          "100");
    }
    if (options_.lower_bound && options_.upper_bound &&
        *options_.lower_bound > *options_.upper_bound) {
      throw Fatal("lower_bound is above upper_bound");
    }
  }

  void open() override {
    (void)make();  // a plugin that cannot be made is told before the first row
    if (options_.model_file.empty() || !std::filesystem::exists(options_.model_file)) return;
    try {
      forecaster_ =
          std::make_unique<Forecaster>(read_file(options_.model_file), [this] { return make(); });
      context_.log(Level::info, "goes on with the model in " + options_.model_file);
    } catch (const Error& wrong) {
      throw Fatal(options_.model_file + ": " + wrong.what() + "; move the file away to learn anew");
    }
  }

  Next produce(Emitter&) override { throw Error("a model is no source"); }

  void process(std::uint32_t, const Batch& batch, Emitter& emitter) override {
    const std::size_t before = table_.data_rows();
    const std::uint64_t unsorted = table_.unsorted_rows();
    const std::uint64_t new_columns = table_.new_columns();
    table_.add(batch);
    count("unsorted_rows", table_.unsorted_rows() - unsorted);
    count("values_in_new_columns", table_.new_columns() - new_columns);
    if (table_.data_rows() == before) return;
    if (!forecaster_ && options_.min_rows > 0 && table_.data_rows() >= options_.min_rows)
      fit(emitter);
    // While rows come as they happen, each brings a forecast; a model that learns at the end waits.
    if (forecaster_ && (options_.min_rows > 0)) emit_forecast(emitter);
  }

  void end_input(std::uint32_t, Emitter&) override {}
  void on_time(Timestamp, Emitter&) override {}
  void flush() override {}

  void finish(Reason reason, Emitter& emitter) override {
    if (options_.min_rows > 0) return;  // live: it has forecast all the while
    if (!forecaster_ && reason == Reason::stopping) {
      context_.log(Level::warning, "was stopped before it could learn; no forecast is made");
      return;
    }
    if (!forecaster_) fit(emitter);
    emit_forecast(emitter);
  }

 private:
  static HarnessDeclaration::Options read(const GraphNode& node) {
    HarnessDeclaration::Options options;
    const OptionView view(node.options);
    detail::read_options(options, view.data(), view.size());
    return options;
  }

  std::unique_ptr<ModelInstance> make() {
    return std::make_unique<ModelInstance>(*node_.type, host_, node_.name, node_.options);
  }

  void count(const char* counter, std::uint64_t amount) const {
    if (amount > 0) context_.count(counter, amount);
  }

  void fit(Emitter& emitter) {
    for (const std::string& column : table_.drop_empty_features()) {
      context_.log(Level::warning,
                   "column '" + column + "' has no value at all and is not learned from");
    }
    const auto report = [this](const EpochRecord& epoch) {
      if (listener_.epoch) listener_.epoch(node_.name, epoch);
      return !context_.stopping();
    };
    const auto seconds = [this] {
      return std::chrono::duration<double>(context_.monotonic()).count();
    };
    try {
      forecaster_ = std::make_unique<Forecaster>(
          table_, options_, [this] { return make(); }, report, seconds);
    } catch (const Fatal&) {
      throw;
    } catch (const Error& wrong) {
      throw Fatal(wrong.what());  // the same rows would fail in the same way
    }
    if (!options_.model_file.empty())
      write_file_atomically(options_.model_file, forecaster_->save());
    if (listener_.judged) listener_.judged(node_.name, forecaster_->evaluations());
    const Timestamp now = context_.now();
    emit(emitter, training_port, training_batch(forecaster_->history(), node_.name, now));
    emit(emitter, predictions_port,
         predictions_batch(forecaster_->predictions(), *forecaster_, node_.name));
    emit(emitter, evaluation_port, evaluation_batch(forecaster_->evaluations(), node_.name, now));
  }

  static void emit(Emitter& emitter, Port port, Batch batch) {
    if (!batch.empty()) emitter.emit(port, std::move(batch));
  }

  void emit_forecast(Emitter& emitter) {
    if (table_.rows() == 0) {
      context_.log(Level::warning, "no row came, so there is nothing to forecast from");
      return;
    }
    if (!checked_) {
      try {
        forecaster_->check_fits(table_);
      } catch (const Error& wrong) {
        throw Fatal(wrong.what());
      }
      checked_ = true;
    }
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
    const Timestamp issued{Duration{table_.times().back() + table_.step()}};
    for (std::size_t target = 0; target < table_.targets().size(); ++target) {
      std::vector<ForecastPoint> own;
      for (const ForecastPoint& point : points) {
        if (point.target == target) own.push_back(point);
      }
      emit(emitter, forecast_port,
           forecast_batch(own, forecaster_->target(target), node_.name, issued));
    }
  }

  const GraphNode& node_;
  const weir_host& host_;
  Context context_;
  ForecastListener listener_;
  HarnessDeclaration::Options options_;
  SeriesTable table_;
  std::unique_ptr<Forecaster> forecaster_;
  bool checked_ = false;
  bool told_missing_ = false;
};

}  // namespace

std::unique_ptr<NodeInstance> create_model_node(const GraphNode& node, const weir_host& host,
                                                ForecastListener listener) {
  return std::make_unique<ModelNode>(node, host, std::move(listener));
}

}  // namespace weir::core
