// SPDX-License-Identifier: Apache-2.0
#include "core/isolation/isolated_model.hpp"

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
                std::shared_ptr<ModelCrashes> crashes, const IsolationSettings& settings)
      : node_(node),
        host_(host),
        finder_(std::move(finder)),
        crashes_(std::move(crashes)),
        settings_(settings) {
    healing([](Caller&) {});
  }

  void fit(const weir_training_set& set, const Report& report) override {
    const Bytes rows = encode(set);
    healing([&](Caller& child) {
      std::exception_ptr failure;
      // What the engine's own report throws is the cause of the end, not the child's fault.
      (void)call(child, MessageType::fit, rows, [&](const weir_epoch& epoch) {
        try {
          return !failure && report(epoch);
        } catch (...) {
          failure = std::current_exception();
          return false;
        }
      });
      if (failure) std::rethrow_exception(failure);
      held_ = call(child, MessageType::save_state, {});
    });
  }

  std::vector<double> predict(const weir_window& window) override {
    const Bytes rows = encode(window);
    std::vector<double> forecast;
    healing([&](Caller& child) {
      forecast = decode_forecast(call(child, MessageType::predict, rows),
                                 std::size_t{window.horizon} * window.target_count);
    });
    check_finite(forecast);
    return forecast;
  }

  std::string save() override {
    if (!held_) healing([&](Caller& child) { held_ = call(child, MessageType::save_state, {}); });
    return *held_;
  }

  void load(std::string_view bytes) override {
    healing([&](Caller& child) { load_into(child, bytes); });
    held_ = std::string(bytes);
  }

 private:
  /// Does `work` in a process that holds what the model held, until it does not crash.
  template <class Work>
  void healing(const Work& work) {
    while (true) {
      try {
        if (!child_) start();
        return work(*child_);
      } catch (const NodeCrashed& crash) {
        child_.reset();
        if (crashes_->add(Duration{host_.monotonic(host_.self)}))
          throw CrashedTooOften(crash.what());
        tell(std::string(crash.what()) + "; it is done again in a new process");
      }
    }
  }

  void start() {
    child_.emplace(node_, host_, settings_);
    const Bytes request = encode(create_request(node_, settings_));
    throw_status(child_->call(MessageType::create, request,
                              [&](const Message& message) { hear(*child_, message, {}); }));
    if (held_) load_into(*child_, *held_);
  }

  void tell(const std::string& what) const {
    host_.log(host_.self, WEIR_LOG_WARNING, what.data(), what.size());
    host_.count(host_.self, "process_restarts", 1);
  }

  void load_into(Caller& child, std::string_view bytes) const {
    (void)call(child, MessageType::load_state, std::as_bytes(std::span(bytes)));
  }

  [[nodiscard]] std::string call(Caller& child, MessageType type, View bytes,
                                 const Report& report = {}) const {
    Returned returned = child.call(type, encode_with_bytes(child.head(), bytes),
                                   [&](const Message& message) { hear(child, message, report); });
    throw_status(returned);
    return std::move(returned.bytes);
  }

  void hear(Caller& child, const Message& message, const Report& report) const {
    if (message.type == MessageType::find_model) {
      find(child, decode_find_model(message.payload));
    } else if (message.type == MessageType::epoch && report) {
      const bool go_on = report(decode_epoch(message.payload));
      child.extend();
      child.answer(MessageType::go_on, encode_go_on(go_on));
    } else {
      throw Error("it is " + std::string(to_string(message.type)));
    }
  }

  void find(Caller& child, const FindModelRequest& asked) const {
    try {
      FoundModel found = finder_(asked.plugin, asked.options);
      CreateRequest answer;
      answer.library = found.library.string();
      answer.plugin = asked.plugin;
      answer.description = found.type->description;
      answer.options = std::move(found.options);
      child.extend();
      child.answer(MessageType::found_model, encode(answer));
    } catch (const Error& none) {
      child.answer(MessageType::no_model, encode(LogLine{WEIR_LOG_ERROR, none.what()}));
    }
  }

  GraphNode node_;  // its own: a reload puts another graph in the place of the first
  const weir_host& host_;
  ModelFinder finder_;
  std::shared_ptr<ModelCrashes> crashes_;
  IsolationSettings settings_;
  std::optional<Caller> child_;      // none: the last has crashed
  std::optional<std::string> held_;  // what it has learned or loaded; none: not known
};

}  // namespace

std::unique_ptr<ModelInstance> create_isolated_model(const GraphNode& node, const weir_host& host,
                                                     ModelFinder finder,
                                                     std::shared_ptr<ModelCrashes> crashes,
                                                     const IsolationSettings& settings) {
  return std::make_unique<IsolatedModel>(node, host, std::move(finder), std::move(crashes),
                                         settings);
}

}  // namespace weir::core
