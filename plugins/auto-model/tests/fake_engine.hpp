// SPDX-License-Identifier: Apache-2.0
#pragma once
/// An engine that makes models of a few rules: "naive-model" repeats the last value, "next-model"
/// knows that the rows count on, "plus-model" errs upwards and "minus-model" downwards by one and
/// turn by turn by half of it, "broken-model" cannot be fitted, "mute-model" cannot forecast, and
/// "slow-model" takes a minute a round.

#include <cstring>
#include <functional>
#include <limits>
#include <memory>
#include <string>
#include <vector>
#include <weir/model.hpp>

namespace weir::auto_model::test {

class FakeEngine {
 public:
  FakeEngine() {
    host_.size = sizeof host_;
    host_.self = this;
    host_.now = [](void*) -> std::int64_t { return 0; };
    host_.monotonic = [](void* self) { return of(self).clock; };
    host_.stopping = [](void*) -> std::int32_t { return 0; };
    host_.log = [](void* self, std::int32_t, const char* text, std::size_t length) {
      of(self).logs.emplace_back(text, length);
    };
    host_.count = [](void*, const char*, std::uint64_t) {};
    host_.wait_until = [](void*, std::int64_t) -> std::int32_t { return 1; };
    host_.query = [](void* self, const char* extension) -> const void* {
      return std::strcmp(extension, WEIR_MODELS_EXTENSION) == 0 ? &of(self).models_ : nullptr;
    };
    models_.size = sizeof models_;
    models_.self = this;
    models_.create = [](void* self, const char* plugin, const char* options, void** model,
                        const weir_model** calls, weir_error* error) {
      return of(self).create(plugin, options == nullptr ? "" : options, model, calls, error);
    };
    models_.destroy = [](void* self, void* model) {
      --of(self).alive;
      delete static_cast<Fake*>(model);  // the C boundary owns it
    };
    calls_.size = sizeof calls_;
    calls_.fit = [](void* node, const weir_training_set* set, const weir_progress* progress,
                    weir_error* error) {
      return static_cast<Fake*>(node)->fit(*set, *progress, *error);
    };
    calls_.predict = [](void* node, const weir_window* window, double* forecast,
                        weir_error* error) {
      return static_cast<Fake*>(node)->predict(*window, forecast, *error);
    };
    calls_.save = [](void* node, const weir_writer* writer, weir_error*) {
      const std::string& bytes = static_cast<Fake*>(node)->plugin;
      return writer->write(writer->self, bytes.data(), bytes.size());
    };
    calls_.load = [](void* node, const void* data, std::size_t size, weir_error*) -> weir_status {
      auto& fake = *static_cast<Fake*>(node);
      fake.was_loaded = true;
      return std::string_view(static_cast<const char*>(data), size) == fake.plugin ? WEIR_OK
                                                                                   : WEIR_FAILED;
    };
  }
  FakeEngine(const FakeEngine&) = delete;
  FakeEngine& operator=(const FakeEngine&) = delete;

  [[nodiscard]] Context context() { return Context(host_, "auto"); }

  std::vector<std::string> logs;
  std::vector<std::string> fitted;  // "plugin", or "plugin again" on one that had loaded
  std::vector<std::string> given;   // "plugin {…}"
  std::int64_t clock = 0;
  int alive = 0;

 private:
  struct Fake {
    FakeEngine* engine;
    std::string plugin;
    bool was_loaded = false;

    weir_status fit(const weir_training_set&, const weir_progress& progress, weir_error& error) {
      if (plugin == "broken-model") return refuse(error, "it never works");
      engine->fitted.push_back(plugin + (was_loaded ? " again" : ""));
      const int rounds = plugin == "slow-model" ? 100 : 2;
      for (int round = 1; round <= rounds; ++round) {
        if (plugin == "slow-model") engine->clock += 60'000'000'000;
        weir_epoch now{};
        now.size = sizeof now;
        now.epoch = static_cast<std::uint64_t>(round);
        now.epochs = static_cast<std::uint64_t>(rounds);
        now.validation_loss = std::numeric_limits<double>::quiet_NaN();
        if (progress.report(progress.self, &now) == 0) break;
      }
      return WEIR_OK;
    }
    weir_status predict(const weir_window& window, double* forecast, weir_error& error) const {
      if (plugin == "mute-model") return refuse(error, "it says nothing");
      const double last = window.values[window.rows - 1];
      // Errors that change from window to window, so that they are no constant.
      const double size = window.rows % 3 == 0 ? 0.2 : 0.1;
      for (std::uint32_t step = 0; step < window.horizon; ++step) {
        const double truth = last + step + 1;
        forecast[step] = last;
        if (plugin == "next-model") forecast[step] = truth + size / 10;
        if (plugin == "plus-model" || plugin == "slow-model") forecast[step] = truth + size;
        if (plugin == "minus-model") forecast[step] = truth - size;
      }
      return WEIR_OK;
    }
    static weir_status refuse(weir_error& error, const char* why) {
      std::strncpy(error.message, why, sizeof error.message - 1);
      return WEIR_FAILED;
    }
  };

  static FakeEngine& of(void* self) { return *static_cast<FakeEngine*>(self); }
  weir_status create(const std::string& plugin, const std::string& text, void** model,
                     const weir_model** calls, weir_error* error) {
    if (plugin == "unknown-model") {
      std::strncpy(error->message, "no plugin 'unknown-model'", sizeof error->message - 1);
      return WEIR_FATAL;
    }
    given.push_back(plugin + " " + text);
    *model = std::make_unique<Fake>(Fake{this, plugin}).release();
    *calls = &calls_;
    ++alive;
    return WEIR_OK;
  }

  weir_host host_{};
  weir_models models_{};
  weir_model calls_{};
};

}  // namespace weir::auto_model::test
