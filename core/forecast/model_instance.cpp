// SPDX-License-Identifier: Apache-2.0
#include "core/forecast/model_instance.hpp"

#include <cmath>
#include <exception>

#include "weir/error.hpp"

namespace weir::core {
namespace {

weir_error no_error() {
  weir_error error{};
  error.size = sizeof error;
  return error;
}

void check(weir_status status, const weir_error& error) {
  if (status == WEIR_OK) return;
  if (status == WEIR_FATAL) throw Fatal(error.message);
  throw Error(error.message);
}

}  // namespace

void check_finite(const std::vector<double>& forecast) {
  for (const double value : forecast) {
    if (!std::isfinite(value)) throw Error("the model forecast a value that is not finite");
  }
}

PluginModel::PluginModel(const weir_node_type& type, const weir_host& host, const std::string& name,
                         const OptionValues& options)
    : type_(type) {
  if (type.query != nullptr)
    model_ = static_cast<const weir_model*>(type.query(WEIR_MODEL_EXTENSION));
  if (model_ == nullptr || model_->size < sizeof(weir_model)) {
    throw Fatal("the plugin calls itself a model but does not offer " WEIR_MODEL_EXTENSION);
  }
  const OptionView view(options);
  weir_node_config config{};
  config.size = sizeof config;
  config.name = name.c_str();
  config.options = view.data();
  config.option_count = view.size();
  weir_error error = no_error();
  check(type.create(&host, &config, &node_, &error), error);
  if (type.open == nullptr) return;
  try {
    check(type.open(node_, &error), error);
  } catch (...) {
    type.destroy(node_);
    throw;
  }
}

PluginModel::~PluginModel() {
  if (node_ != nullptr) type_.destroy(node_);
}

void PluginModel::fit(const weir_training_set& set, const Report& report) {
  struct Listener {
    const Report& report;
    std::exception_ptr failure;
  } listener{report, nullptr};
  weir_progress progress{};
  progress.size = sizeof progress;
  progress.self = &listener;
  progress.report = [](void* self, const weir_epoch* epoch) -> std::int32_t {
    auto& to = *static_cast<Listener*>(self);
    try {
      return to.report(*epoch) ? 1 : 0;
    } catch (...) {  // must not cross the C boundary; thrown again below
      to.failure = std::current_exception();
      return 0;
    }
  };
  weir_error error = no_error();
  const weir_status status = model_->fit(node_, &set, &progress, &error);
  if (listener.failure) std::rethrow_exception(listener.failure);
  check(status, error);
}

std::vector<double> PluginModel::predict(const weir_window& window) {
  std::vector<double> forecast(std::size_t{window.horizon} * window.target_count);
  weir_error error = no_error();
  check(model_->predict(node_, &window, forecast.data(), &error), error);
  check_finite(forecast);
  return forecast;
}

std::string PluginModel::save() {
  std::string bytes;
  weir_writer writer{};
  writer.size = sizeof writer;
  writer.self = &bytes;
  writer.write = [](void* self, const void* data, std::size_t size) -> weir_status {
    try {
      static_cast<std::string*>(self)->append(static_cast<const char*>(data), size);
      return WEIR_OK;
    } catch (...) {  // out of memory; must not cross the C boundary
      return WEIR_FAILED;
    }
  };
  weir_error error = no_error();
  check(model_->save(node_, &writer, &error), error);
  return bytes;
}

void PluginModel::load(std::string_view bytes) {
  weir_error error = no_error();
  check(model_->load(node_, bytes.data(), bytes.size(), &error), error);
}

}  // namespace weir::core
