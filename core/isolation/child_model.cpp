// SPDX-License-Identifier: Apache-2.0
#include "core/isolation/child_model.hpp"

#include <utility>

#include "core/isolation/model_protocol.hpp"
#include "weir/error.hpp"

namespace weir::core::isolation {

Library load_checked(const CreateRequest& request) {
  Library library;
  try {
    library = load_library(request.library);
  } catch (const Error& error) {
    throw Fatal(request.library + ": " + error.what());
  }
  const NodeType* type = library.find(request.plugin);
  if (type == nullptr || request.description != type->type->description) {
    throw Fatal(request.library + " has changed since the pipeline was checked; start it again");
  }
  return library;
}

ChildModel::ChildModel(ChildHost& host, const weir_node_type& type, const CreateRequest& request)
    : child_host_(host),
      host_(host.host(), [this](const std::string& plugin,
                                const std::string& options) { return find(plugin, options); }),
      model_(std::make_unique<PluginModel>(type, host_.host(), request.node, request.options)) {}

void ChildModel::answer(MessageType type, View rest, Returned& returned) {
  switch (type) {
    case MessageType::fit: {
      const TrainingSetInPlace set(rest);
      model_->fit(set.raw(), [this](const weir_epoch& epoch) { return report(epoch); });
      return;
    }
    case MessageType::predict:
      returned.bytes = forecast_bytes(model_->predict(decode_window(rest)));
      return;
    case MessageType::save_state:
      returned.bytes = model_->save();
      return;
    case MessageType::load_state:
      model_->load({reinterpret_cast<const char*>(rest.data()), rest.size()});
      return;
    default:
      throw Fatal("the engine sent " + std::string(to_string(type)) + " to a model");
  }
}

FoundModel ChildModel::find(const std::string& plugin, const std::string& options) {
  const Message answer =
      child_host_.ask(MessageType::find_model, encode(FindModelRequest{plugin, options}));
  if (answer.type == MessageType::no_model) throw Fatal(decode_log(answer.payload).text);
  if (answer.type != MessageType::found_model)
    throw Fatal("the engine answered with " + std::string(to_string(answer.type)));
  CreateRequest found = decode_create(answer.payload);
  auto library = libraries_.find(found.library);
  if (library == libraries_.end())
    library = libraries_.emplace(found.library, load_checked(found)).first;
  const NodeType* type = library->second.find(found.plugin);
  if (type == nullptr) throw Fatal(found.library + " holds no '" + found.plugin + "'");
  return {type->type, found.library, std::move(found.options)};
}

bool ChildModel::report(const weir_epoch& epoch) {
  const Message answer = child_host_.ask(MessageType::epoch, encode(epoch));
  if (answer.type != MessageType::go_on)
    throw Fatal("the engine answered with " + std::string(to_string(answer.type)));
  return decode_go_on(answer.payload);
}

}  // namespace weir::core::isolation
