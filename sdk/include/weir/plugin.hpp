// SPDX-License-Identifier: Apache-2.0
#pragma once
/// Turns node classes into a plugin: the one adapter between C++ and the C boundary.
///
///   WEIR_PLUGIN("1.0.0", Scale, Shift)
///
/// Every exception stops here and becomes a status and a message.

#include <algorithm>
#include <array>
#include <cstdio>
#include <exception>
#include <memory>
#include <new>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

#include "abi.h"
#include "description.hpp"

namespace weir::detail {

inline void write_error(weir_error* error, const char* message) {
  if (error == nullptr) return;
  std::snprintf(error->message, sizeof error->message, "%s", message);
}

/// Runs `work`; what it throws becomes a status. Nothing passes.
template <class Work>
weir_status guarded(weir_error* error, Work&& work) noexcept {
  try {
    std::forward<Work>(work)();
    return WEIR_OK;
  } catch (const RetryLater& later) {
    write_error(error, later.what());
    if (error != nullptr) error->retry_after_ns = later.after().count();
    return WEIR_RETRY;
  } catch (const Rejected& rejected) {
    write_error(error, rejected.what());
    return WEIR_REJECTED;
  } catch (const Fatal& fatal) {
    write_error(error, fatal.what());
    return WEIR_FATAL;
  } catch (const std::bad_alloc&) {
    write_error(error, "out of memory");
    return WEIR_FAILED;
  } catch (const std::exception& failure) {
    write_error(error, failure.what());
    return WEIR_FAILED;
  } catch (...) {
    write_error(error, "an exception that is no std::exception");
    return WEIR_FAILED;
  }
}

/// A node object and what the engine lent it.
template <class Node>
struct Instance {
  Instance(const weir_host& host, const weir_node_config& config)
      : context(host, config.name, edges(config)) {
    if constexpr (requires { node.options; })
      read_options(node.options, config.options, config.option_count);
  }

  static std::vector<Edge> edges(const weir_node_config& config) {
    std::vector<Edge> edges;
    for (std::size_t i = 0; i < config.input_count; ++i)
      edges.push_back({config.inputs[i].node, config.inputs[i].port});
    return edges;
  }

  Context context;
  Node node{};
};

/// The C functions of one node class.
template <class Node>
class Adapter {
 public:
  [[nodiscard]] static const weir_node_type* type() {
    static const std::string description = describe<Node>();
    static const weir_node_type type = [] {
      weir_node_type made{};
      made.size = sizeof made;
      made.kind = kind_of<Node>();
      made.description = description.c_str();
      made.create = create;
      made.open = open;
      made.produce = kind_of<Node>() == WEIR_SOURCE ? produce : nullptr;
      made.process =
          kind_of<Node>() == WEIR_TRANSFORM || kind_of<Node>() == WEIR_SINK ? process : nullptr;
      if constexpr (has_end_input) made.end_input = end_input;
      if constexpr (has_on_time) made.on_time = on_time;
      if constexpr (has_flush) made.flush = flush;
      if constexpr (has_finish) made.finish = finish;
      made.destroy = destroy;
      made.query = query;
      return made;
    }();
    return &type;
  }

 private:
  using Self = Instance<Node>;

  static constexpr bool has_end_input = requires(Node node, Output& output) {
    node.end_input(std::size_t{}, output);
  };
  static constexpr bool has_on_time = requires(Node node, Output& output) {
    node.on_time(Timestamp{}, output);
  };
  static constexpr bool has_flush = requires(Node node) { node.flush(); };
  static constexpr bool finish_with_output = requires(Node node, Output& output) {
    node.finish(Reason::ended, output);
  };
  static constexpr bool finish_plain = requires(Node node) { node.finish(Reason::ended); };
  static constexpr bool has_finish = finish_with_output || finish_plain;
  static constexpr bool has_open = requires(Node node, Context& context) { node.open(context); }
  || requires(Node node) { node.open(); };
  static constexpr bool has_privileged = requires(Node node, Keeper& keeper) {
    Node::open_privileged(std::as_const(node.options), keeper);
  };

  static constexpr bool has_acknowledge =
      requires(Node node, std::span<const std::uint64_t> tokens) {
    node.acknowledge(tokens);
  };
  static constexpr bool has_state = requires(Node node) {
    { node.save_state() } -> std::convertible_to<std::string>;
    node.load_state(std::uint32_t{}, std::string_view{});
  };

  // A function with other parameters would never be called, and nobody would notice.
  static_assert(
      has_end_input || !requires { &Node::end_input; }, "it is end_input(std::size_t, Output&)");
  static_assert(
      has_on_time || !requires { &Node::on_time; }, "it is on_time(Timestamp, Output&)");
  static_assert(
      has_flush || !requires { &Node::flush; }, "it is flush()");
  static_assert(
      has_finish || !requires { &Node::finish; },
      "it is finish(Reason, Output&) or finish(Reason)");
  static_assert(
      has_open || !requires { &Node::open; }, "it is open(Context&) or open()");
  static_assert(
      has_privileged || !requires { &Node::open_privileged; },
      "it is static open_privileged(const Options&, Keeper&)");
  static_assert(
      has_acknowledge || !requires { &Node::acknowledge; },
      "it is acknowledge(std::span<const std::uint64_t>)");
  static_assert(!has_acknowledge || kind_of<Node>() == WEIR_SOURCE, "only sources acknowledge");
  static_assert(has_state ||
                    !(
                        requires { &Node::save_state; } || requires { &Node::load_state; }),
                "it is std::string save_state() with load_state(std::uint32_t, std::string_view)");

  static Self& self(void* node) { return *static_cast<Self*>(node); }
  static Output wrap(const weir_output* output) {
    return {*output, std::span<const Port>(outputs<Node>)};
  }

  static weir_status create(const weir_host* host, const weir_node_config* config, void** node,
                            weir_error* error) noexcept {
    return guarded(error, [&] { *node = std::make_unique<Self>(*host, *config).release(); });
  }

  static weir_status open(void* node, weir_error* error) noexcept {
    return guarded(error, [&] {
      if constexpr (requires(Node opened, Context & context) { opened.open(context); }) {
        self(node).node.open(self(node).context);
      } else if constexpr (requires(Node opened) { opened.open(); }) {
        self(node).node.open();
      }
    });
  }

  static weir_status produce(void* node, const weir_output* output, weir_next* next,
                             weir_error* error) noexcept {
    return guarded(error, [&] {
      if constexpr (FullSource<Node>) {
        Output out = wrap(output);
        tell(self(node).node.produce(out), *next);
      } else if constexpr (ShortSource<Node>) {
        auto produced = self(node).node.produce(self(node).context);
        if (Batch* batch = std::get_if<Batch>(&produced)) {
          wrap(output).emit(std::move(*batch));
          tell(Again{}, *next);
        } else if (const Wait* wait = std::get_if<Wait>(&produced)) {
          tell(*wait, *next);
        } else {
          tell(End{}, *next);
        }
      }
    });
  }

  static void tell(const Next& said, weir_next& next) {
    next.state = WEIR_AGAIN;
    next.fd = -1;
    if (const Wait* wait = std::get_if<Wait>(&said)) {
      next.state = WEIR_WAIT;
      next.until = wait->until.time_since_epoch().count();
      next.fd = wait->fd;
    } else if (std::holds_alternative<End>(said)) {
      next.state = WEIR_END;
    }
  }

  static weir_status process(void* node, weir_batch* input, const weir_output* output,
                             weir_error* error) noexcept {
    return guarded(error, [&] {
      const std::size_t index = input->port;
      Batch batch = import_batch(OwnedBatch(*input));
      Node& own = self(node).node;
      if constexpr (FullTransform<Node>) {
        if (index >= self(node).context.inputs().size())
          throw Error("the engine sent a batch of an unknown input");
        const Edge& edge = self(node).context.inputs()[index];
        Output out = wrap(output);
        own.process(Input{index, edge.node, edge.port, std::move(batch)}, out);
      } else if constexpr (ShortTransform<Node>) {
        wrap(output).emit(own.process(std::move(batch)));
      } else if constexpr (FullSink<Node>) {
        Output out = wrap(output);
        own.consume(batch, out);
      } else if constexpr (ShortSink<Node>) {
        own.consume(batch);
      }
    });
  }

  static weir_status end_input(void* node, std::uint32_t input, const weir_output* output,
                               weir_error* error) noexcept {
    return guarded(error, [&] {
      Output out = wrap(output);
      self(node).node.end_input(std::size_t{input}, out);
    });
  }

  static weir_status on_time(void* node, std::int64_t now, const weir_output* output,
                             weir_error* error) noexcept {
    return guarded(error, [&] {
      Output out = wrap(output);
      self(node).node.on_time(Timestamp{Duration{now}}, out);
    });
  }

  static weir_status flush(void* node, weir_error* error) noexcept {
    return guarded(error, [&] { self(node).node.flush(); });
  }

  static weir_status finish(void* node, std::int32_t reason, const weir_output* output,
                            weir_error* error) noexcept {
    return guarded(error, [&] {
      if constexpr (finish_with_output) {
        Output out = wrap(output);
        self(node).node.finish(static_cast<Reason>(reason), out);
      } else {
        self(node).node.finish(static_cast<Reason>(reason));
      }
    });
  }

  static void destroy(void* node) noexcept {
    try {
      const std::unique_ptr<Self> gone(static_cast<Self*>(node));
    } catch (...) {  // a destructor that throws must not reach the engine
      return;
    }
  }

  static weir_status fit(void* node, const weir_training_set* set, const weir_progress* progress,
                         weir_error* error) noexcept {
    return guarded(error, [&] {
      Progress reports(*progress);
      self(node).node.fit(TrainingSet(*set), reports);
    });
  }

  static weir_status predict(void* node, const weir_window* window, double* forecast,
                             weir_error* error) noexcept {
    return guarded(error, [&] {
      const Forecast values = self(node).node.predict(Window(*window));
      const std::size_t wanted = std::size_t{window->horizon} * window->target_count;
      if (values.size() != wanted) {
        throw Error("the forecast has " + std::to_string(values.size()) +
                    " values, not horizon x targets = " + std::to_string(wanted));
      }
      std::copy(values.begin(), values.end(), forecast);
    });
  }

  static weir_status save(void* node, const weir_writer* writer, weir_error* error) noexcept {
    return guarded(error, [&] {
      const std::string bytes = self(node).node.save();
      if (writer->write(writer->self, bytes.data(), bytes.size()) != WEIR_OK) {
        throw Error("the engine did not take the model's bytes");
      }
    });
  }

  static weir_status load(void* node, const void* data, std::size_t size,
                          weir_error* error) noexcept {
    return guarded(error, [&] {
      self(node).node.load(std::string_view(static_cast<const char*>(data), size));
    });
  }

  static weir_status acknowledge(void* node, const std::uint64_t* tokens, std::size_t count,
                                 weir_error* error) noexcept {
    return guarded(error, [&] { self(node).node.acknowledge(std::span(tokens, count)); });
  }

  static weir_status save_state(void* node, const weir_writer* writer, weir_error* error) noexcept {
    return guarded(error, [&] {
      const std::string bytes = self(node).node.save_state();
      if (writer->write(writer->self, bytes.data(), bytes.size()) != WEIR_OK)
        throw Error("the engine did not take the state's bytes");
    });
  }

  static weir_status load_state(void* node, std::uint32_t version, const void* data,
                                std::size_t size, weir_error* error) noexcept {
    return guarded(error, [&] {
      self(node).node.load_state(version, std::string_view(static_cast<const char*>(data), size));
    });
  }

  static constexpr std::uint32_t state_version() {
    if constexpr (requires { Node::state_version; }) {
      return Node::state_version;
    } else {
      return 1;
    }
  }

  static weir_status open_privileged(const weir_node_config* config, const weir_keeper* keeper,
                                     weir_error* error) noexcept {
    return guarded(error, [&] {
      typename Node::Options options;
      read_options(options, config->options, config->option_count);
      Keeper keeps(*keeper);
      Node::open_privileged(std::as_const(options), keeps);
    });
  }

  static const void* query(const char* extension) noexcept {
    if constexpr (has_privileged) {
      static constexpr weir_privileged privileged{sizeof(weir_privileged), 0, open_privileged};
      if (std::string_view(extension) == WEIR_PRIVILEGED_EXTENSION) return &privileged;
    }
    if constexpr (has_acknowledge) {
      static constexpr weir_acknowledge taken{sizeof(weir_acknowledge), 0, acknowledge};
      if (std::string_view(extension) == WEIR_ACKNOWLEDGE_EXTENSION) return &taken;
    }
    if constexpr (has_state) {
      static constexpr weir_state state{sizeof(weir_state), state_version(), save_state,
                                        load_state};
      if (std::string_view(extension) == WEIR_STATE_EXTENSION) return &state;
    }
    if constexpr (ModelNode<Node>) {
      static const weir_model model = [] {
        weir_model made{};
        made.size = sizeof made;
        made.fit = fit;
        made.predict = predict;
        made.save = save;
        made.load = load;
        return made;
      }();
      if (std::string_view(extension) == WEIR_MODEL_EXTENSION) return &model;
    }
    return nullptr;
  }
};

template <class First, class... Rest>
[[nodiscard]] const weir_plugin* plugin(const char* library, const char* version) {
  static const std::array<const weir_node_type*, 1 + sizeof...(Rest)> types{
      Adapter<First>::type(), Adapter<Rest>::type()...};
  static const std::string name = *library != '\0' ? library : std::string(First::name);
  static const weir_plugin plugin = [&] {
    weir_plugin made{};
    made.magic = WEIR_ABI_MAGIC;
    made.size = sizeof made;
    made.abi_major = WEIR_ABI_MAJOR;
    made.abi_minor = WEIR_ABI_MINOR;
    made.sdk = "C++ SDK 1.0, " __VERSION__;
    made.name = name.c_str();
    made.version = version;
    made.node_type_count = static_cast<std::uint32_t>(types.size());
    made.node_types = types.data();
    return made;
  }();
  return &plugin;
}

}  // namespace weir::detail

#ifndef WEIR_PLUGIN_NAME
#define WEIR_PLUGIN_NAME ""
#endif

/// Exports node classes from this library; stands once in it. Version: of the plugin, "1.0.0".
#define WEIR_PLUGIN(version, ...)                                                           \
  extern "C" __attribute__((visibility("default"))) const weir_plugin* weir_plugin_entry(); \
  extern "C" const weir_plugin* weir_plugin_entry() {                                       \
    return ::weir::detail::plugin<__VA_ARGS__>(WEIR_PLUGIN_NAME, version);                  \
  }
