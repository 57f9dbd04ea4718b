// SPDX-License-Identifier: Apache-2.0
#include "lstm_model.hpp"

#include <filesystem>
#include <system_error>
#include <utility>
#include <weir/error.hpp>

#include "learning.hpp"
#include "model_bytes.hpp"
#include "onnx/export.hpp"

namespace weir::lstm_model {
namespace {

std::string number(std::size_t value) { return std::to_string(value); }

}  // namespace

void LstmModel::open(Context& context) {
  context_ = &context;
  const std::filesystem::path folder = std::filesystem::path(options.onnx_file).parent_path();
  std::error_code unknown;
  if (!folder.empty() && !std::filesystem::is_directory(folder, unknown)) {
    throw Fatal("onnx_file: the folder " + folder.string() +
                " is not there; make it, or name another file");
  }
}

void LstmModel::fit(const TrainingSet& set, Progress& progress) {
  const auto log = [this](const std::string& line) {
    if (context_ != nullptr) context_->log(Level::info, line);
  };
  Learning learning(options, set, progress, log);
  if (model_ && !learning.fits(*model_)) {
    log("the loaded LSTM has other shapes than these rows and options: training anew");
    model_.reset();
  }
  serve(model_ ? learning.again(*model_) : learning.fresh());
  if (options.onnx_file.empty()) return;
  try {
    replace_file(options.onnx_file, to_onnx(*model_));
  } catch (const Error& failed) {
    // The model is trained and serves; a full disk must not take it away.
    if (context_ == nullptr) throw;
    context_->log(Level::error, std::string("onnx_file: ") + failed.what());
  }
}

void LstmModel::serve(TrainedModel model) {
  predictor_.emplace(model);
  model_.emplace(std::move(model));
}

Forecast LstmModel::predict(const Window& window) {
  if (!model_) throw Error("this LSTM was neither trained nor loaded");
  const InputPlan& plan = model_->plan;
  const auto expect = [](const char* what, std::size_t given, std::size_t learned) {
    if (given != learned) {
      throw Error("the window has " + std::string(what) + " " + number(given) +
                  ", the model was trained with " + number(learned));
    }
  };
  const Rows& rows = window.rows();
  expect("features", rows.features(), plan.features);
  expect("sequence_length", window.sequence_length(), plan.steps);
  expect("horizon", window.horizon(), plan.horizon);
  expect("targets", window.target_count(), plan.targets.size());
  if (rows.size() < plan.steps) {
    throw Error("the window has " + number(rows.size()) + " rows, the model looks back " +
                number(plan.steps));
  }
  read_window(plan, rows, window.step(), inputs_);
  Forecast forecast;
  predictor_->predict(inputs_, forecast);
  return forecast;
}

std::string LstmModel::save() const {
  if (!model_) throw Error("this LSTM was neither trained nor loaded");
  return to_bytes(*model_);
}

void LstmModel::load(std::string_view bytes) { serve(from_bytes(bytes)); }

}  // namespace weir::lstm_model
