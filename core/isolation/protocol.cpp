// SPDX-License-Identifier: Apache-2.0
#include "core/isolation/protocol.hpp"

#include <type_traits>
#include <utility>
#include <variant>

#include "core/isolation/packing.hpp"
#include "core/wire/batch_bytes.hpp"
#include "weir/error.hpp"

namespace weir::core::isolation {
namespace {

constexpr int max_depth = 40;  // of options; pipeline files end at 32
constexpr std::size_t emitted_head = 16;
constexpr std::size_t call_head = 40;

void put_value(Writer& out, const OptionValue& value);

void put_options(Writer& out, const OptionValues& options) {
  out.put_count(options.size());
  for (const OptionEntry& entry : options) {
    out.put_text(entry.name);
    put_value(out, entry.value);
  }
}

void put_value(Writer& out, const OptionValue& value) {
  out.put(static_cast<std::uint8_t>(value.value.index()));
  std::visit(
      [&out](const auto& held) {
        using Held = std::decay_t<decltype(held)>;
        if constexpr (std::is_same_v<Held, bool>) {
          out.put(static_cast<std::uint8_t>(held ? 1 : 0));
        } else if constexpr (std::is_arithmetic_v<Held>) {
          out.put(held);
        } else if constexpr (std::is_same_v<Held, std::string>) {
          out.put_text(held);
        } else if constexpr (std::is_same_v<Held, OptionValue::List>) {
          out.put_count(held.size());
          for (const OptionValue& item : held) put_value(out, item);
        } else if constexpr (std::is_same_v<Held, OptionValue::Map>) {
          put_options(out, held);
        }
      },
      value.value);
}

OptionValue get_value(Reader& in, int depth);

OptionValues get_options(Reader& in, int depth) {
  OptionValues options;
  for (std::size_t left = in.count(9); left > 0; --left) {
    std::string name = in.text();
    options.push_back({std::move(name), get_value(in, depth)});
  }
  return options;
}

OptionValue get_value(Reader& in, int depth) {
  if (depth > max_depth) throw Error("malformed message: options are nested too deeply");
  switch (in.get<std::uint8_t>()) {
    case 0:
      return {};
    case 1:
      return {in.boolean()};
    case 2:
      return {in.get<std::int64_t>()};
    case 3:
      return {in.get<double>()};
    case 4:
      return {in.text()};
    case 5: {
      OptionValue::List list;
      for (std::size_t left = in.count(1); left > 0; --left)
        list.push_back(get_value(in, depth + 1));
      return {std::move(list)};
    }
    case 6:
      return {get_options(in, depth + 1)};
    default:
      throw Error("malformed message: an option of an unknown type");
  }
}

/// The head and then the batch, in one piece.
Bytes with_batch(Bytes head, const Batch& batch) {
  const std::size_t begin = head.size();
  head.resize(begin + encoded_size(batch));
  encode_into(batch, std::span(head).subspan(begin));
  return head;
}

View rest_of(View bytes, std::size_t head) {
  if (bytes.size() < head) throw Error("malformed message: its head is cut off");
  return bytes.subspan(head);
}

}  // namespace

Bytes encode(const CreateRequest& request) {
  Writer out;
  for (const std::string* text :
       {&request.library, &request.plugin, &request.description, &request.node})
    out.put_text(*text);
  out.put_count(request.inputs.size());
  for (const InputName& input : request.inputs) {
    out.put_text(input.node);
    out.put_text(input.port);
  }
  put_options(out, request.options);
  out.put_count(request.kept.size());
  for (const std::string& key : request.kept) out.put_text(key);
  out.put(request.limits.memory);
  out.put(request.limits.files);
  out.put(static_cast<std::uint8_t>(request.system_clock ? 1 : 0));
  return out.take();
}

CreateRequest decode_create(View bytes) {
  Reader in(bytes);
  CreateRequest request;
  for (std::string* text : {&request.library, &request.plugin, &request.description, &request.node})
    *text = in.text();
  for (std::size_t left = in.count(16); left > 0; --left) {
    std::string node = in.text();
    request.inputs.push_back({std::move(node), in.text()});
  }
  request.options = get_options(in, 0);
  for (std::size_t left = in.count(8); left > 0; --left) request.kept.push_back(in.text());
  request.limits.memory = in.get<std::uint64_t>();
  request.limits.files = in.get<std::uint64_t>();
  request.system_clock = in.boolean();
  in.end();
  return request;
}

Bytes encode(const CallRequest& request, const Batch* batch) {
  Writer out;
  out.put(request.now);
  out.put(request.monotonic);
  out.put(request.time);
  out.put(request.input);
  out.put(request.reason);
  out.put(request.version);
  out.put(std::uint32_t{0});
  return batch == nullptr ? out.take() : with_batch(out.take(), *batch);
}

Bytes encode_with_bytes(const CallRequest& request, View bytes) {
  Bytes whole = encode(request);
  whole.insert(whole.end(), bytes.begin(), bytes.end());
  return whole;
}

CallRequest decode_call(View bytes, View& rest) {
  rest = rest_of(bytes, call_head);
  Reader in(bytes.first(call_head));
  CallRequest request;
  request.now = in.get<std::int64_t>();
  request.monotonic = in.get<std::int64_t>();
  request.time = in.get<std::int64_t>();
  request.input = in.get<std::uint32_t>();
  request.reason = in.get<std::int32_t>();
  request.version = in.get<std::uint32_t>();
  return request;
}

std::vector<std::uint64_t> decode_tokens(View rest) {
  std::vector<std::uint64_t> tokens(rest.size() / sizeof(std::uint64_t));
  Reader in(rest);
  for (std::uint64_t& token : tokens) token = in.get<std::uint64_t>();
  in.end();
  return tokens;
}

Bytes encode(const WaitAnswer& answer) {
  Writer out;
  out.put(static_cast<std::uint8_t>(answer.reached ? 1 : 0));
  out.put(answer.now);
  out.put(answer.monotonic);
  return out.take();
}

WaitAnswer decode_wait_answer(View bytes) {
  Reader in(bytes);
  WaitAnswer answer;
  answer.reached = in.boolean();
  answer.now = in.get<std::int64_t>();
  answer.monotonic = in.get<std::int64_t>();
  in.end();
  return answer;
}

Bytes encode(const Returned& returned) {
  Writer out;
  out.put(static_cast<std::uint8_t>(returned.status));
  out.put_text(returned.message);
  out.put(returned.retry_after);
  out.put(returned.next);
  out.put(returned.until);
  out.put_count(returned.counters.size());
  for (const auto& [name, amount] : returned.counters) {
    out.put_text(name);
    out.put(amount);
  }
  out.put(static_cast<std::uint8_t>(returned.acknowledges ? 1 : 0));
  out.put(returned.state_version);
  out.put_text(returned.bytes);
  return out.take();
}

Returned decode_returned(View bytes) {
  Reader in(bytes);
  Returned returned;
  const auto status = in.get<std::uint8_t>();
  if (status > static_cast<std::uint8_t>(Status::fatal))
    throw Error("malformed message: a call returned the unknown status " + std::to_string(status));
  returned.status = static_cast<Status>(status);
  returned.message = in.text();
  returned.retry_after = in.get<std::int64_t>();
  returned.next = in.get<std::int32_t>();
  if (returned.next < WEIR_AGAIN || returned.next > WEIR_END)
    throw Error("malformed message: produce returned the unknown state " +
                std::to_string(returned.next));
  returned.until = in.get<std::int64_t>();
  for (std::size_t left = in.count(16); left > 0; --left) {
    std::string name = in.text();
    returned.counters[std::move(name)] = in.get<std::uint64_t>();
  }
  returned.acknowledges = in.boolean();
  returned.state_version = in.get<std::uint32_t>();
  returned.bytes = in.text();
  in.end();
  return returned;
}

Bytes encode_emitted(const EmittedHead& head, const Batch& batch) {
  Writer out;
  out.put(head.port);
  out.put(std::uint32_t{0});
  out.put(head.token);
  return with_batch(out.take(), batch);
}

EmittedHead decode_emitted(View bytes, View& batch) {
  batch = rest_of(bytes, emitted_head);
  Reader in(bytes);
  EmittedHead head;
  head.port = in.get<std::uint32_t>();
  (void)in.get<std::uint32_t>();
  head.token = in.get<std::uint64_t>();
  return head;
}

Bytes encode(const LogLine& line) {
  Writer out;
  out.put(line.level);
  out.put_text(line.text);
  return out.take();
}

LogLine decode_log(View bytes) {
  Reader in(bytes);
  LogLine line;
  line.level = in.get<std::int32_t>();
  line.text = in.text();
  in.end();
  return line;
}

Bytes encode_time(std::int64_t time) {
  Writer out;
  out.put(time);
  return out.take();
}

std::int64_t decode_time(View bytes) {
  Reader in(bytes);
  const auto time = in.get<std::int64_t>();
  in.end();
  return time;
}

std::string_view to_string(MessageType type) {
  switch (type) {
    case MessageType::create:
      return "create";
    case MessageType::open:
      return "open";
    case MessageType::produce:
      return "produce";
    case MessageType::process:
      return "process";
    case MessageType::end_input:
      return "end_input";
    case MessageType::on_time:
      return "on_time";
    case MessageType::flush:
      return "flush";
    case MessageType::finish:
      return "finish";
    case MessageType::destroy:
      return "destroy";
    case MessageType::waited:
      return "waited";
    case MessageType::acknowledge:
      return "acknowledge";
    case MessageType::save_state:
      return "save_state";
    case MessageType::load_state:
      return "load_state";
    case MessageType::fit:
      return "fit";
    case MessageType::predict:
      return "predict";
    case MessageType::go_on:
      return "go_on";
    case MessageType::found_model:
      return "found_model";
    case MessageType::no_model:
      return "no_model";
    case MessageType::returned:
      return "returned";
    case MessageType::emitted:
      return "emitted";
    case MessageType::wake_at:
      return "wake_at";
    case MessageType::log:
      return "log";
    case MessageType::wait_until:
      return "wait_until";
    case MessageType::epoch:
      return "epoch";
    case MessageType::find_model:
      return "find_model";
  }
  return "an unknown message";
}

}  // namespace weir::core::isolation
