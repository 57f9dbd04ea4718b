// SPDX-License-Identifier: Apache-2.0
#include "core/plugin/plugin_node.hpp"

#include <algorithm>
#include <cstddef>
#include <exception>
#include <thread>
#include <utility>

#include "core/plugin/batch_check.hpp"
#include "core/plugin/library.hpp"
#include "weir/arrow.hpp"
#include "weir/error.hpp"

namespace weir::core {
namespace {

weir_error no_error() {
  weir_error error{};
  error.size = sizeof error;
  return error;
}

void write_message(weir_error* error, const std::string& message) {
  if (error == nullptr) return;
  const std::size_t length = std::min(message.size(), sizeof error->message - 1);
  message.copy(error->message, length);
  error->message[length] = '\0';
}

/// A C function of the plugin. An exception must not come out of it; one that does (a plugin that
/// does not use the SDK's adapter) is stopped here and not believed to be one of ours.
template <class Call>
weir_status call_guarded(Call&& call) {
  try {
    return std::forward<Call>(call)();
  } catch (const std::exception& thrown) {
    throw Error("the plugin let a C++ exception out of a C function: " + one_line(thrown.what()));
  } catch (...) {
    throw Error("the plugin let an exception that is no std::exception out of a C function");
  }
}

class PluginNode final : public NodeInstance {
 public:
  PluginNode(const weir_node_type& type, std::shared_ptr<const NodeDescription> description,
             const weir_host& host, const std::string& name, const OptionValues& options,
             const std::vector<InputName>& inputs)
      : type_(&type), description_(std::move(description)), name_(name) {
    output_.size = sizeof output_;
    output_.self = this;
    output_.emit = [](void* self, weir_batch* batch, weir_error* error) noexcept {
      return static_cast<PluginNode*>(self)->take(batch, error);
    };
    output_.wake_at = [](void* self, std::int64_t time) noexcept {
      static_cast<PluginNode*>(self)->wake(time);
    };
    acknowledge_ = extension<weir_acknowledge>(WEIR_ACKNOWLEDGE_EXTENSION);
    state_ = extension<weir_state>(WEIR_STATE_EXTENSION);
    create(host, options, inputs);
  }

  ~PluginNode() override {
    try {
      type_->destroy(node_);
    } catch (...) {  // nobody is left who could be told
      return;
    }
  }

  void open() override {
    if (type_->open == nullptr) return;
    weir_error error = no_error();
    throw_status(call_guarded([&] { return type_->open(node_, &error); }), error);
  }

  Next produce(Emitter& emitter) override {
    weir_next next{};
    next.size = sizeof next;
    next.fd = -1;
    call(emitter,
         [&](weir_error& error) { return type_->produce(node_, &output_, &next, &error); });
    switch (next.state) {
      case WEIR_AGAIN:
        return Again{};
      case WEIR_WAIT:
        return Wait{Timestamp{Duration{next.until}}, next.fd < 0 ? -1 : next.fd};
      case WEIR_END:
        return End{};
      default:
        throw Error("the plugin's produce said the unknown state " + std::to_string(next.state) +
                    "; known are 0 again, 1 wait, 2 end");
    }
  }

  void process(std::uint32_t input, const Batch& batch, Emitter& emitter) override {
    OwnedBatch moved = export_batch(batch, input);
    call(emitter,
         [&](weir_error& error) { return type_->process(node_, moved.get(), &output_, &error); });
  }

  void end_input(std::uint32_t input, Emitter& emitter) override {
    if (type_->end_input == nullptr) return;
    call(emitter,
         [&](weir_error& error) { return type_->end_input(node_, input, &output_, &error); });
  }

  void on_time(Timestamp now, Emitter& emitter) override {
    if (type_->on_time == nullptr) return;
    const std::int64_t time = now.time_since_epoch().count();
    call(emitter, [&](weir_error& error) { return type_->on_time(node_, time, &output_, &error); });
  }

  void flush() override {
    if (type_->flush == nullptr) return;
    weir_error error = no_error();
    throw_status(call_guarded([&] { return type_->flush(node_, &error); }), error);
  }

  void finish(Reason reason, Emitter& emitter) override {
    if (type_->finish == nullptr) return;
    call(emitter, [&](weir_error& error) {
      return type_->finish(node_, static_cast<std::int32_t>(reason), &output_, &error);
    });
  }

  [[nodiscard]] bool takes_acknowledgements() const override { return acknowledge_ != nullptr; }

  void acknowledge(std::span<const std::uint64_t> tokens) override {
    if (acknowledge_ == nullptr) return;
    weir_error error = no_error();
    throw_status(call_guarded([&] {
                   return acknowledge_->acknowledge(node_, tokens.data(), tokens.size(), &error);
                 }),
                 error);
  }

  [[nodiscard]] std::uint32_t state_version() const override {
    return state_ == nullptr ? 0 : state_->version;
  }

  [[nodiscard]] std::string save_state() override {
    std::string bytes;
    if (state_ == nullptr) return bytes;
    weir_writer writer{};
    writer.size = sizeof writer;
    writer.self = &bytes;
    writer.write = [](void* self, const void* data, std::size_t size) noexcept -> weir_status {
      try {
        static_cast<std::string*>(self)->append(static_cast<const char*>(data), size);
        return WEIR_OK;
      } catch (...) {
        return WEIR_FAILED;
      }
    };
    weir_error error = no_error();
    throw_status(call_guarded([&] { return state_->save(node_, &writer, &error); }), error);
    return bytes;
  }

  void load_state(std::uint32_t version, std::string_view bytes) override {
    if (state_ == nullptr) return;
    weir_error error = no_error();
    throw_status(call_guarded([&] {
                   return state_->load(node_, version, bytes.data(), bytes.size(), &error);
                 }),
                 error);
  }

 private:
  /// One that is smaller than what its revision says is no answer.
  template <class Extension>
  [[nodiscard]] const Extension* extension(const char* name) const {
    if (type_->query == nullptr) return nullptr;
    const auto* found = static_cast<const Extension*>(type_->query(name));
    return found != nullptr && found->size >= sizeof(Extension) ? found : nullptr;
  }

  void create(const weir_host& host, const OptionValues& options,
              const std::vector<InputName>& inputs) {
    const OptionView view(options);
    std::vector<weir_input_info> names;
    names.reserve(inputs.size());
    for (const InputName& input : inputs) names.push_back({input.node.c_str(), input.port.c_str()});
    weir_node_config config{};
    config.size = sizeof config;
    config.name = name_.c_str();
    config.options = view.data();
    config.option_count = view.size();
    config.inputs = names.data();
    config.input_count = names.size();
    weir_error error = no_error();
    throw_status(call_guarded([&] { return type_->create(&host, &config, &node_, &error); }),
                 error);
  }

  /// One call that may emit. Its emitter is known only while it lasts and only on its thread.
  template <class Call>
  void call(Emitter& emitter, Call&& work) {
    struct Ends {
      PluginNode* node;
      ~Ends() { node->emitter_ = nullptr; }
    };
    emitter_ = &emitter;
    thread_ = std::this_thread::get_id();
    refused_ = nullptr;
    weir_error error = no_error();
    weir_status status = WEIR_OK;
    {
      const Ends ends{this};
      status = call_guarded([&] { return work(error); });
    }
    // The refusal is the cause of whatever the plugin made of it.
    if (refused_) std::rethrow_exception(std::exchange(refused_, nullptr));
    throw_status(status, error);
  }

  [[nodiscard]] bool in_a_call() const {
    return emitter_ != nullptr && thread_ == std::this_thread::get_id();
  }

  weir_status take(weir_batch* batch, weir_error* error) noexcept {
    try {
      if (batch == nullptr) throw Error("node '" + name_ + "' emitted a null pointer");
      constexpr std::size_t least = offsetof(weir_batch, token);  // ABI 1.0
      if (batch->size < least) {
        throw Error("node '" + name_ + "' emitted a weir_batch of " + std::to_string(batch->size) +
                    " bytes; " + std::to_string(least) + " are needed");
      }
      OwnedBatch owned(*batch);
      if (!in_a_call())
        throw Error("node '" + name_ + "' emitted outside of a call; emit only from within one");
      const std::uint32_t port = owned.raw().port;
      const std::uint64_t token = owned.raw().token;
      emitter_->emit_tracked(port, checked(std::move(owned)), token);
      return WEIR_OK;
    } catch (const std::exception& problem) {
      write_message(error, problem.what());
      if (in_a_call() && !refused_) refused_ = std::current_exception();
      return WEIR_FAILED;
    } catch (...) {
      write_message(error, "the engine did not take the batch");
      if (in_a_call() && !refused_) refused_ = std::current_exception();
      return WEIR_FAILED;
    }
  }

  [[nodiscard]] Batch checked(OwnedBatch batch) const {
    const std::size_t port = batch.raw().port;
    const auto& ports = description_->outputs;
    if (port >= ports.size()) {
      throw Error("node '" + name_ + "' emitted on output " + std::to_string(port) +
                  ", but declares " + std::to_string(ports.size()));
    }
    try {
      return import_checked(std::move(batch));
    } catch (const Error& problem) {
      throw Error("node '" + name_ + "', port '" + ports[port].name + "': " + problem.what());
    }
  }

  void wake(std::int64_t time) noexcept {
    if (!in_a_call()) return;
    try {
      emitter_->wake_at(Timestamp{Duration{time}});
    } catch (...) {
      if (!refused_) refused_ = std::current_exception();
    }
  }

  const weir_node_type* type_;
  std::shared_ptr<const NodeDescription> description_;
  std::string name_;
  void* node_ = nullptr;
  const weir_acknowledge* acknowledge_ = nullptr;
  const weir_state* state_ = nullptr;
  weir_output output_{};
  Emitter* emitter_ = nullptr;
  std::thread::id thread_;
  std::exception_ptr refused_;
};

}  // namespace

void throw_status(weir_status status, weir_error& error) {
  if (status == WEIR_OK) return;
  error.message[sizeof error.message - 1] = '\0';
  std::string message = one_line(error.message, sizeof error.message);
  if (message.empty()) message = "the plugin gave no reason";
  switch (status) {
    case WEIR_FAILED:
      throw Error(message);
    case WEIR_RETRY:
      throw RetryLater(message,
                       std::chrono::nanoseconds(std::max<std::int64_t>(0, error.retry_after_ns)));
    case WEIR_REJECTED:
      throw Rejected(message);
    case WEIR_FATAL:
      throw Fatal(message);
    default:
      throw Error("the plugin returned the unknown status " + std::to_string(status) + " (" +
                  message + ")");
  }
}

std::unique_ptr<NodeInstance> create_plugin_node(const weir_node_type& type,
                                                 std::shared_ptr<const NodeDescription> description,
                                                 const weir_host& host, const std::string& name,
                                                 const OptionValues& options,
                                                 const std::vector<InputName>& inputs) {
  return std::make_unique<PluginNode>(type, std::move(description), host, name, options, inputs);
}

}  // namespace weir::core
