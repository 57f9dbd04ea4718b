// SPDX-License-Identifier: Apache-2.0
#include "core/forecast/other_models.hpp"

#include <cstdio>
#include <exception>
#include <string_view>
#include <utility>

#include "core/graph/bind_options.hpp"
#include "weir/error.hpp"

namespace weir::core {
namespace {

HostWithModels& of(void* self) { return *static_cast<HostWithModels*>(self); }

}  // namespace

ModelFinder model_finder(PluginLookup& plugins, std::shared_ptr<std::mutex> loading) {
  return [&plugins, loading = std::move(loading)](const std::string& plugin,
                                                  const std::string& options) {
    const std::lock_guard lock(*loading);
    const FoundPlugin found = plugins.find(plugin);
    if (!found.ok()) throw Fatal(found.problem + (found.hint.empty() ? "" : "; " + found.hint));
    if (found.description->kind != Kind::model || found.type == nullptr)
      throw Fatal("'" + plugin + "' is no model");
    return FoundModel{found.type, found.library,
                      options_from_json(plugin, found.description, options)};
  };
}

HostWithModels::HostWithModels(const weir_host& host, ModelFinder finder)
    : plain_(host), finder_(std::move(finder)) {
  extended_.size = sizeof extended_;
  extended_.self = this;
  extended_.now = [](void* self) { return of(self).plain_.now(of(self).plain_.self); };
  extended_.monotonic = [](void* self) { return of(self).plain_.monotonic(of(self).plain_.self); };
  extended_.stopping = [](void* self) { return of(self).plain_.stopping(of(self).plain_.self); };
  extended_.log = [](void* self, std::int32_t level, const char* text, std::size_t length) {
    of(self).plain_.log(of(self).plain_.self, level, text, length);
  };
  extended_.count = [](void* self, const char* counter, std::uint64_t amount) {
    of(self).plain_.count(of(self).plain_.self, counter, amount);
  };
  extended_.wait_until = [](void* self, std::int64_t time) {
    return of(self).plain_.wait_until(of(self).plain_.self, time);
  };
  extended_.query = [](void* self, const char* extension) -> const void* {
    if (std::string_view(extension) == WEIR_MODELS_EXTENSION) return &of(self).models_;
    return of(self).plain_.query(of(self).plain_.self, extension);
  };
  models_.size = sizeof models_;
  models_.self = this;
  models_.create = [](void* self, const char* plugin, const char* options, void** model,
                      const weir_model** calls, weir_error* error) {
    return of(self).create(plugin, options, model, calls, error);
  };
  models_.destroy = [](void* self, void* model) { of(self).destroy(model); };
}

weir_status HostWithModels::create(const char* plugin, const char* options, void** model,
                                   const weir_model** calls, weir_error* error) {
  try {
    const FoundModel found = finder_(plugin, options == nullptr ? "" : options);
    auto made = std::make_unique<PluginModel>(*found.type, extended_, plugin, found.options);
    *model = made->node();
    *calls = &made->calls();
    const std::lock_guard lock(mutex_);
    made_.emplace(*model, std::move(made));
    return WEIR_OK;
  } catch (const std::exception& failure) {
    std::snprintf(error->message, sizeof error->message, "%s", failure.what());
  } catch (...) {  // must not cross the C boundary
    std::snprintf(error->message, sizeof error->message, "%s could not be made", plugin);
  }
  return WEIR_FATAL;
}

void HostWithModels::destroy(void* model) {
  std::unique_ptr<PluginModel> gone;
  const std::lock_guard lock(mutex_);
  const auto at = made_.find(model);
  if (at == made_.end()) return;
  gone = std::move(at->second);
  made_.erase(at);
}

}  // namespace weir::core
