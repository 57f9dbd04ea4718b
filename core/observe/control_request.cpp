// SPDX-License-Identifier: Apache-2.0
#include "core/observe/control_request.hpp"

#include <array>
#include <cstddef>
#include <nlohmann/json.hpp>

#include "weir/error.hpp"
#include "weir/json_text.hpp"

namespace weir::core::observe {
namespace {

using Json = nlohmann::json;
using Kind = ControlRequest::Kind;

constexpr std::array<std::string_view, 4> kinds{"snapshot", "tap", "reload", "stop"};

std::string text_in(const Json& object, const char* key) {
  const auto found = object.find(key);
  if (found == object.end()) return {};
  if (!found->is_string()) throw Error(std::string("'") + key + "' must be a text");
  return found->get<std::string>();
}

Kind kind_of(const std::string& name) {
  for (std::size_t i = 0; i < kinds.size(); ++i) {
    if (kinds[i] == name) return static_cast<Kind>(i);
  }
  throw Error("there is no request '" + name + "'; ask for snapshot, tap, reload or stop");
}

}  // namespace

ControlRequest parse_request(std::string_view line) {
  const Json object = Json::parse(line.begin(), line.end(), nullptr, false);
  if (!object.is_object()) throw Error("a request is one JSON object a line");
  ControlRequest request;
  request.kind = kind_of(text_in(object, "request"));
  request.node = text_in(object, "node");
  request.port = text_in(object, "port");
  if (const auto limit = object.find("limit"); limit != object.end()) {
    if (!limit->is_number_unsigned())
      throw Error("'limit' must be a whole number of rows, 0 or more");
    request.limit = limit->get<std::uint64_t>();
  }
  if (const auto where = object.find("where"); where != object.end()) {
    if (!where->is_array()) throw Error("'where' must be a list of conditions");
    for (const Json& condition : *where) {
      if (!condition.is_string()) throw Error("a condition of 'where' must be a text");
      request.where.push_back(condition.get<std::string>());
    }
  }
  if (request.kind == Kind::tap && request.node.empty()) throw Error("a tap needs a 'node'");
  return request;
}

std::string to_json(const ControlRequest& request) {
  JsonText json;
  json.begin_object().key("request").value(kinds[static_cast<std::size_t>(request.kind)]);
  if (request.kind == Kind::tap) {
    json.key("node").value(request.node).key("port").value(request.port);
    json.key("where").begin_array();
    for (const std::string& condition : request.where) json.value(condition);
    json.end_array().key("limit").value(request.limit);
  }
  return json.end_object().take();
}

std::string error_line(const std::string& message) {
  return JsonText().begin_object().key("error").value(message).end_object().take();
}

std::string done_line(const std::string& text) {
  return JsonText()
      .begin_object()
      .key("ok")
      .value(true)
      .key("text")
      .value(text)
      .end_object()
      .take();
}

}  // namespace weir::core::observe
