// SPDX-License-Identifier: Apache-2.0
// Its C functions let exceptions out, which no C function may; without the SDK's adapter.
#include <stdexcept>

#include <weir/abi.h>

namespace {

weir_status create(const weir_host*, const weir_node_config* config, void** node, weir_error*) {
  if (config->option_count > 0) throw std::runtime_error("create throws");
  *node = nullptr;
  return WEIR_OK;
}
weir_status open(void*, weir_error*) { throw std::runtime_error("open throws"); }
weir_status process(void*, weir_batch*, const weir_output*, weir_error*) { throw 42; }
weir_status end_input(void*, uint32_t, const weir_output*, weir_error*) {
  throw std::logic_error("end_input throws");
}
weir_status on_time(void*, int64_t, const weir_output*, weir_error*) {
  throw std::logic_error("on_time\nthrows");
}
weir_status flush(void*, weir_error*) { throw std::bad_exception(); }
weir_status finish(void*, int32_t, const weir_output*, weir_error*) {
  throw std::runtime_error("finish throws");
}
void destroy(void*) { throw std::runtime_error("destroy throws"); }

const weir_node_type type = {sizeof(weir_node_type),
                             WEIR_SINK,
                             R"({"name":"throws","summary":"Throws.","kind":"sink","options":[)"
                             R"({"name":"at_once","doc":"Throw in create","type":"bool"}]})",
                             create,
                             open,
                             nullptr,
                             process,
                             end_input,
                             on_time,
                             flush,
                             finish,
                             destroy,
                             nullptr};
const weir_node_type* const types[] = {&type};
const weir_plugin plugin = {WEIR_ABI_MAGIC,
                            sizeof(weir_plugin),
                            WEIR_ABI_MAJOR,
                            WEIR_ABI_MINOR,
                            nullptr,
                            "throws",
                            "1.0.0",
                            1,
                            0,
                            types};

}  // namespace

extern "C" __attribute__((visibility("default"))) const weir_plugin* weir_plugin_entry() {
  return &plugin;
}
