// SPDX-License-Identifier: Apache-2.0
#include "core/isolation/isolated_model.hpp"

#include <chrono>
#include <exception>
#include <optional>
#include <utility>

#include "core/isolation/caller.hpp"
#include "core/isolation/model_protocol.hpp"
#include "weir/error.hpp"

namespace weir::core {
namespace {

using namespace isolation;

class IsolatedModel final : public ModelInstance {
 public:
  IsolatedModel(const GraphNode& node, const weir_host& host, ModelFinder finder,
                std::shared_ptr<ModelCrashes> crashes, KeptByKey kept,
                const IsolationSettings& settings)
      : node_(node),
        host_(host),
        finder_(std::move(finder)),
        crashes_(std::move(crashes)),
        kept_(std::move(kept)),
        settings_(settings) {
    healing([](Caller&) {});
  }

  void fit(const weir_training_set& set, const Report& report) override {
    std::size_t told = 0;  // epochs, by all attempts
    healing([&](Caller& child) { fit_once(child, set, report, told); });
  }

  std::vector<double> predict(const weir_window& window) override {
    std::vector<double> forecast;
    healing([&](Caller& child) {
      const std::string bytes =
          answer_of(child, MessageType::predict, encode(child.head(), window));
      try {
        forecast = decode_forecast(bytes, std::size_t{window.horizon} * window.target_count);
      } catch (const Error& problem) {
        throw NodeCrashed(problem.what());
      }
    });
    check_finite(forecast);
    return forecast;
  }

  std::string save() override {
    if (!held_) healing([&](Caller& child) { held_ = saved_by(child); });
    return *held_;
  }

  void load(std::string_view bytes) override {
    healing([&](Caller& child) { load_into(child, bytes); });
    held_ = std::string(bytes);
  }

  // A process has the priority of the thread that started it.
  void serve() override {
    if (held_) child_.reset();
  }

 private:
  /// Does `work` in a process that holds what the model held. A crash is one more attempt, unless
  /// there were too many or the run is to stop.
  template <class Work>
  void healing(const Work& work) {
    for (std::size_t attempt = 1;; ++attempt) {
      try {
        if (!child_) start();
        return work(*child_);
      } catch (const NodeCrashed& crash) {
        child_.reset();
        const bool often = crashes_->add(Duration{host_.monotonic(host_.self)});
        if (often || attempt >= CrashWindow::most) throw CrashedTooOften(crash.what());
        if (host_.stopping(host_.self) != 0) throw Error(crash.what());
        tell(std::string(crash.what()) + "; it is done again in a new process");
      }
    }
  }

  void start() {
    child_.emplace(node_, host_, settings_);
    try {
      (void)child_->create(create_request(node_, settings_), kept_,
                           [&](const Message& message) { hear(*child_, message, {}); });
      if (held_) load_into(*child_, *held_);
    } catch (...) {
      child_.reset();
      throw;
    }
  }

  /// What the engine's own report throws is the cause of the end, not the child's fault. It has
  /// heard of the first `told` epochs, from an attempt that crashed.
  void fit_once(Caller& child, const weir_training_set& set, const Report& report,
                std::size_t& told) {
    std::size_t epochs = 0;
    std::exception_ptr failure;
    const Report once = [&](const weir_epoch& epoch) {
      if (++epochs <= told) return host_.stopping(host_.self) == 0;
      told = epochs;
      try {
        return !failure && report(epoch);
      } catch (...) {
        failure = std::current_exception();
        return false;
      }
    };
    try {
      (void)answer_of(child, MessageType::fit, encode(child.head(), set), once);
    } catch (...) {
      if (failure) std::rethrow_exception(failure);
      throw;
    }
    if (failure) std::rethrow_exception(failure);
    held_ = saved_by(child);
  }

  void tell(const std::string& what) const {
    host_.log(host_.self, WEIR_LOG_WARNING, what.data(), what.size());
    host_.count(host_.self, "process_restarts", 1);
  }

  [[nodiscard]] std::string saved_by(Caller& child) const {
    return answer_of(child, MessageType::save_state, encode(child.head()));
  }

  void load_into(Caller& child, std::string_view bytes) const {
    (void)answer_of(child, MessageType::load_state,
                    encode_with_bytes(child.head(), std::as_bytes(std::span(bytes))));
  }

  [[nodiscard]] std::string answer_of(Caller& child, MessageType type, Bytes payload,
                                      const Report& report = {}) const {
    Returned returned = child.call(type, std::move(payload),
                                   [&](const Message& message) { hear(child, message, report); });
    throw_status(returned);
    return std::move(returned.bytes);
  }

  void hear(Caller& child, const Message& message, const Report& report) const {
    if (message.type == MessageType::find_model) {
      find(child, decode_find_model(message.payload));
    } else if (message.type == MessageType::epoch && report) {
      // One that goes on after it was told to stop has its last time.
      const bool go_on = report(decode_epoch(message.payload));
      if (go_on) child.extend();
      child.answer(MessageType::go_on, encode_go_on(go_on));
    } else {
      throw Error("it is " + std::string(to_string(message.type)));
    }
  }

  void find(Caller& child, const FindModelRequest& asked) const {
    const auto begun = std::chrono::steady_clock::now();
    MessageType type = MessageType::found_model;
    Bytes answer;
    try {
      FoundModel found = finder_(asked.plugin, asked.options);
      CreateRequest library;
      library.library = found.library.string();
      library.plugin = asked.plugin;
      library.description = found.type->description;
      library.options = std::move(found.options);
      answer = encode(library);
    } catch (const std::exception& none) {
      type = MessageType::no_model;
      answer = encode(LogLine{WEIR_LOG_ERROR, none.what()});
    }
    child.lend(std::chrono::steady_clock::now() - begun);
    child.answer(type, answer);
  }

  GraphNode node_;  // its own: a reload puts another graph in the place of the first
  const weir_host& host_;
  ModelFinder finder_;
  std::shared_ptr<ModelCrashes> crashes_;
  KeptByKey kept_;
  IsolationSettings settings_;
  std::optional<Caller> child_;      // none: the next call starts one
  std::optional<std::string> held_;  // what it has learned or loaded; none: not known
};

}  // namespace

std::unique_ptr<ModelInstance> create_isolated_model(const GraphNode& node, const weir_host& host,
                                                     ModelFinder finder,
                                                     std::shared_ptr<ModelCrashes> crashes,
                                                     KeptByKey kept,
                                                     const IsolationSettings& settings) {
  return std::make_unique<IsolatedModel>(node, host, std::move(finder), std::move(crashes),
                                         std::move(kept), settings);
}

}  // namespace weir::core
