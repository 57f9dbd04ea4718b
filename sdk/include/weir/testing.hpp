// SPDX-License-Identifier: Apache-2.0
#pragma once
/// Runs a node in a test, through the same C boundary as the engine, with a clock turned by hand.
///
///   using namespace weir::testing;
///   EXPECT_EQ(run<Scale>({{"column", "v"}, {"factor", "10"}}, batch("v", {1, 2})), batch("v", {10,
///   20}));
///
/// For more: Bench<Node>. It needs no engine and no test framework.

#include <initializer_list>
#include <list>
#include <map>
#include <memory>
#include <optional>
#include <ostream>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "plugin.hpp"

namespace weir::testing {

/// Options as text, as in a pipeline file; lists with commas. A type of its own, since a vector
/// would also be made from two texts as from two iterators.
struct OptionTexts : std::vector<std::pair<std::string, std::string>> {
  OptionTexts() = default;
  OptionTexts(std::initializer_list<value_type> options) : vector(options) {}
};

/// One float64 field, a row a second from 1970-01-01T00:00:00Z; std::nullopt is a null.
[[nodiscard]] inline Batch batch(const std::string& field,
                                 std::initializer_list<std::optional<double>> values,
                                 const std::string& measurement = "test") {
  BatchBuilder builder(measurement);
  const auto key = builder.field<double>(field);
  std::int64_t time = 0;
  for (const auto& value : values) {
    builder.row(time).set(key, value);
    time += 1'000'000'000;
  }
  return builder.build();
}

/// A table of all rows, for messages of failing tests.
[[nodiscard]] inline std::string to_text(const Batch& batch) {
  std::string text = batch.measurement() + ":";
  for (const Column& column : batch.columns()) text += " " + column.name();
  for (std::size_t row = 0; row < batch.rows(); ++row) {
    text += "\n ";
    for (const Column& column : batch.columns()) {
      text += ' ';
      if (!column.valid(row)) {
        text += "null";
      } else if (column.type() == Type::utf8) {
        text += column.text(row);
      } else if (column.type() == Type::timestamp) {
        text += weir::to_text(Timestamp{Duration{column.integers()[row]}});
      } else {
        text += detail::number_text(column.number(row));
      }
    }
  }
  return text + "\n";
}

namespace detail_testing {

/// Owns what the C values of options point to.
class OptionStore {
 public:
  template <class T>
  weir_value value(std::string_view text) {
    weir_value out{};
    if constexpr (detail::is_optional<T>) {
      return value<typename T::value_type>(text);
    } else if constexpr (std::is_same_v<T, bool>) {
      if (text != "true" && text != "false") unfit<T>(text);
      out.type = WEIR_BOOL;
      out.boolean = text == "true" ? 1 : 0;
    } else if constexpr (std::is_integral_v<T>) {
      out.type = WEIR_INTEGER;
      out.integer = number<std::int64_t>(text);
    } else if constexpr (std::is_floating_point_v<T>) {
      out.type = WEIR_DOUBLE;
      out.number = number<double>(text);
    } else if constexpr (std::is_same_v<T, Duration>) {
      out = integer(quantity(parse_duration(text), text).count());
    } else if constexpr (std::is_same_v<T, Bytes>) {
      out = integer(quantity(parse_bytes(text), text).count);
    } else if constexpr (std::is_same_v<T, Timestamp>) {
      out = integer(quantity(parse_timestamp(text), text).time_since_epoch().count());
    } else if constexpr (detail::is_list<T>) {
      std::vector<weir_value>& items = lists_.emplace_back();
      while (!text.empty()) {
        const std::size_t comma = text.find(',');
        items.push_back(value<typename T::value_type>(trimmed(text.substr(0, comma))));
        text = comma == std::string_view::npos ? std::string_view{} : text.substr(comma + 1);
      }
      out.type = WEIR_LIST;
      out.items = items.data();
      out.count = items.size();
    } else if constexpr (detail::is_map<T> || detail::HasFields<T>) {
      throw Error("maps and objects cannot be given as text in a test; set the member instead");
    } else {
      const std::string& kept = texts_.emplace_back(text);
      out.type = WEIR_STRING;
      out.text = kept.c_str();
      out.count = kept.size();
    }
    return out;
  }

 private:
  static weir_value integer(std::int64_t value) {
    weir_value out{};
    out.type = WEIR_INTEGER;
    out.integer = value;
    return out;
  }
  static std::string_view trimmed(std::string_view text) {
    while (text.starts_with(' ')) text.remove_prefix(1);
    while (text.ends_with(' ')) text.remove_suffix(1);
    return text;
  }
  template <class Quantity>
  static Quantity quantity(const std::optional<Quantity>& parsed, std::string_view text) {
    if (!parsed) throw Error("'" + std::string(text) + "' does not fit the option's type");
    return *parsed;
  }
  template <class Number>
  static Number number(std::string_view text) {
    Number value{};
    const auto [stop, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc{} || stop != text.data() + text.size())
      throw Error("'" + std::string(text) + "' is no number");
    return value;
  }
  template <class T>
  [[noreturn]] static void unfit(std::string_view text) {
    throw Error("'" + std::string(text) + "' is no " + std::string(detail::type_name<T>()));
  }

  std::list<std::string> texts_;
  std::list<std::vector<weir_value>> lists_;
};

}  // namespace detail_testing

/// A node on a bench: call it, turn the clock, look at what came out.
template <class Node>
class Bench {
 public:
  /// `inputs`: names of the nodes that feed it, in order; "name.port" for another port than "out".
  explicit Bench(const OptionTexts& options = {}, const std::vector<std::string>& inputs = {"in"},
                 Timestamp start = Timestamp{})
      : now_(start) {
    host_.size = sizeof host_;
    host_.self = this;
    host_.now = [](void* self) { return of(self).now_.time_since_epoch().count(); };
    host_.monotonic = [](void* self) {
      return (of(self).now_ - of(self).stepped_).time_since_epoch().count();
    };
    host_.stopping = [](void* self) { return of(self).stopping_ ? 1 : 0; };
    host_.log = [](void* self, std::int32_t, const char* text, std::size_t length) {
      of(self).logs_.emplace_back(text, length);
    };
    host_.count = [](void* self, const char* counter, std::uint64_t amount) {
      of(self).counts_[counter] += amount;
    };
    host_.wait_until = [](void* self, std::int64_t time) {
      of(self).now_ = std::max(of(self).now_, Timestamp{Duration{time}});
      return of(self).stopping_ ? 0 : 1;
    };
    host_.query = [](void*, const char*) -> const void* { return nullptr; };
    output_.size = sizeof output_;
    output_.self = this;
    output_.emit = [](void* self, weir_batch* batch, weir_error* error) {
      return detail::guarded(error, [&] {
        const std::string port(detail::outputs<Node>[batch->port].name);
        OwnedBatch owned(*batch);
        if (owned.raw().token != 0) of(self).pending_tokens_.push_back(owned.raw().token);
        of(self).pending_.emplace_back(port, import_batch(std::move(owned)));
      });
    };
    output_.wake_at = [](void* self, std::int64_t time) {
      of(self).wake_ = Timestamp{Duration{time}};
    };
    create(options, inputs);
  }
  Bench(const Bench&) = delete;
  Bench& operator=(const Bench&) = delete;

  Bench& process(const Batch& batch, std::size_t input = 0) {
    OwnedBatch moved = export_batch(batch, static_cast<std::uint32_t>(input));
    call([&](weir_error* error) {
      return type_->process(node_.get(), moved.get(), &output_, error);
    });
    return *this;
  }
  [[nodiscard]] Next produce() {
    weir_next next{};
    next.size = sizeof next;
    next.fd = -1;
    call([&](weir_error* error) { return type_->produce(node_.get(), &output_, &next, error); });
    if (next.state == WEIR_END) return End{};
    if (next.state == WEIR_WAIT) return Wait{Timestamp{Duration{next.until}}, next.fd};
    return Again{};
  }
  /// A source: calls produce until it has waited past `end`, turning the clock to each wait.
  Bench& produce_until(Timestamp end) {
    while (now_ <= end) {
      const Next next = produce();
      if (std::holds_alternative<End>(next)) break;
      if (const Wait* wait = std::get_if<Wait>(&next)) now_ = std::max(now_, wait->until);
    }
    return *this;
  }
  Bench& end_input(std::size_t input = 0) {
    if (type_->end_input == nullptr) return *this;
    call([&](weir_error* error) {
      return type_->end_input(node_.get(), static_cast<std::uint32_t>(input), &output_, error);
    });
    return *this;
  }
  /// Turns the clock, calling on_time wherever the node asked for it.
  Bench& advance(Duration duration) {
    const Timestamp end = now_ + duration;
    while (wake_ && *wake_ <= end && type_->on_time != nullptr) {
      now_ = std::max(now_, *wake_);
      wake_.reset();
      call([&](weir_error* error) {
        return type_->on_time(node_.get(), now_.time_since_epoch().count(), &output_, error);
      });
    }
    now_ = end;
    return *this;
  }
  Bench& flush() {
    if (type_->flush != nullptr)
      call([&](weir_error* error) { return type_->flush(node_.get(), error); });
    return *this;
  }
  Bench& finish(Reason reason = Reason::ended) {
    if (type_->finish == nullptr) return *this;
    call([&](weir_error* error) {
      return type_->finish(node_.get(), static_cast<std::int32_t>(reason), &output_, error);
    });
    return *this;
  }

  /// A source: tells it that these tokens are stored.
  Bench& acknowledge(const std::vector<std::uint64_t>& tokens) {
    const auto* extension =
        static_cast<const weir_acknowledge*>(type_->query(WEIR_ACKNOWLEDGE_EXTENSION));
    if (extension == nullptr) throw Error("this node takes no acknowledgements");
    call([&](weir_error* error) {
      return extension->acknowledge(node_.get(), tokens.data(), tokens.size(), error);
    });
    return *this;
  }
  /// The state as the engine would keep it, and a node that starts with it.
  [[nodiscard]] std::string save_state() {
    std::string bytes;
    weir_writer writer{};
    writer.size = sizeof writer;
    writer.self = &bytes;
    writer.write = [](void* self, const void* data, std::size_t size) -> weir_status {
      static_cast<std::string*>(self)->append(static_cast<const char*>(data), size);
      return WEIR_OK;
    };
    call([&](weir_error* error) { return state().save(node_.get(), &writer, error); });
    return bytes;
  }
  Bench& load_state(std::string_view bytes) { return load_state(state().version, bytes); }
  Bench& load_state(std::uint32_t version, std::string_view bytes) {
    call([&](weir_error* error) {
      return state().load(node_.get(), version, bytes.data(), bytes.size(), error);
    });
    return *this;
  }

  /// The tokens of what a source has emitted since the last take.
  [[nodiscard]] std::vector<std::uint64_t> take_tokens() { return std::exchange(tokens_, {}); }
  /// What came out of a port since the last take.
  [[nodiscard]] std::vector<Batch> take(std::string_view port = "out") {
    std::vector<Batch> taken;
    for (auto& [from, batch] : emitted_) {
      if (from == port) taken.push_back(std::move(batch));
    }
    std::erase_if(emitted_, [&](const auto& pair) { return pair.first == port; });
    return taken;
  }
  [[nodiscard]] Node& node() { return static_cast<detail::Instance<Node>*>(node_.get())->node; }
  [[nodiscard]] Timestamp now() const { return now_; }
  void set_now(Timestamp now) { now_ = now; }
  /// The clock is set forward or back, as by a user or NTP; the monotonic one goes on as it was.
  void step_clock(Duration step) {
    now_ += step;
    stepped_ += step;
  }
  void set_stopping(bool stopping) { stopping_ = stopping; }
  [[nodiscard]] std::optional<Timestamp> wake() const { return wake_; }
  [[nodiscard]] const std::vector<std::string>& logs() const { return logs_; }
  [[nodiscard]] std::uint64_t count(const std::string& counter) const {
    const auto at = counts_.find(counter);
    return at == counts_.end() ? 0 : at->second;
  }

 private:
  static Bench& of(void* self) { return *static_cast<Bench*>(self); }

  [[nodiscard]] const weir_state& state() const {
    const void* extension = type_->query(WEIR_STATE_EXTENSION);
    if (extension == nullptr) throw Error("this node keeps no state");
    return *static_cast<const weir_state*>(extension);
  }

  void create(const OptionTexts& texts, const std::vector<std::string>& inputs) {
    detail_testing::OptionStore store;
    std::vector<weir_option> options;
    for (const auto& [name, text] : texts)
      options.push_back({name.c_str(), value_of(store, name, text)});
    std::vector<std::pair<std::string, std::string>> edges;
    for (const std::string& input : inputs) {
      const std::size_t dot = input.find('.');
      edges.emplace_back(input.substr(0, dot),
                         dot == std::string::npos ? "out" : input.substr(dot + 1));
    }
    std::vector<weir_input_info> infos;
    for (const auto& [node, port] : edges) infos.push_back({node.c_str(), port.c_str()});
    weir_node_config config{};
    config.size = sizeof config;
    config.name = Node::name;
    config.options = options.data();
    config.option_count = options.size();
    config.inputs = infos.data();
    config.input_count = infos.size();
    call([&](weir_error* error) {
      void* made = nullptr;
      const weir_status status = type_->create(&host_, &config, &made, error);
      node_.reset(made);
      return status;
    });
    call([&](weir_error* error) { return type_->open(node_.get(), error); });
  }

  static weir_value value_of(detail_testing::OptionStore& store, const std::string& name,
                             const std::string& text) {
    std::optional<weir_value> found;
    if constexpr (requires(Node node) { node.options; }) {
      const auto look = [&]<class Owner, class T>(const Field<Owner, T>& field) {
        if (field.name == name) found = store.value<T>(text);
      };
      std::apply([&](const auto&... fields) { (look(fields), ...); }, Node::Options::fields);
    }
    if (!found) throw Error(std::string(Node::name) + " has no option '" + name + "'");
    return *found;
  }

  /// Throws what the node threw.
  template <class Call>
  void call(Call&& made) {
    pending_.clear();
    pending_tokens_.clear();
    weir_error error{};
    error.size = sizeof error;
    switch (made(&error)) {
      case WEIR_OK:
        break;
      case WEIR_RETRY:
        throw RetryLater(error.message, Duration{error.retry_after_ns});
      case WEIR_REJECTED:
        throw Rejected(error.message);
      case WEIR_FATAL:
        throw Fatal(error.message);
      default:
        throw Error(error.message);
    }
    for (auto& emitted : pending_) emitted_.push_back(std::move(emitted));
    pending_.clear();
    tokens_.insert(tokens_.end(), pending_tokens_.begin(), pending_tokens_.end());
  }

  struct Destroy {
    void operator()(void* node) const { detail::Adapter<Node>::type()->destroy(node); }
  };

  const weir_node_type* type_ = detail::Adapter<Node>::type();
  weir_host host_{};
  weir_output output_{};
  Timestamp now_;
  Duration stepped_{};
  bool stopping_ = false;
  std::optional<Timestamp> wake_;
  std::vector<std::pair<std::string, Batch>> pending_;
  std::vector<std::pair<std::string, Batch>> emitted_;
  std::vector<std::uint64_t> pending_tokens_;
  std::vector<std::uint64_t> tokens_;
  std::vector<std::string> logs_;
  std::map<std::string, std::uint64_t> counts_;
  std::unique_ptr<void, Destroy>
      node_;  // the last: while it goes it may still use what stands above
};

/// All that a transform makes of one batch, to its end, on its first port.
template <class Node>
[[nodiscard]] Batch run(const OptionTexts& options, const Batch& input) {
  Bench<Node> bench(options);
  bench.process(input).end_input().finish();
  return concatenate(bench.take(detail::outputs<Node>.front().name));
}

}  // namespace weir::testing

namespace weir {
/// For messages of failing tests.
inline void PrintTo(const Batch& batch, std::ostream* out) { *out << testing::to_text(batch); }
}  // namespace weir
