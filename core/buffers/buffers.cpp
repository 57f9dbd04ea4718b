// SPDX-License-Identifier: Apache-2.0
#include "core/buffers/buffers.hpp"

#include <utility>

#include "core/buffers/buffer_nodes.hpp"
#include "weir/error.hpp"

namespace weir::core::buffers {
namespace {

std::string sink_of(const GraphNode& node) { return node.name.substr(0, node.name.rfind('.')); }

delivery::SpoolLimits limits_of(const BufferSettings& settings, std::uint32_t salt) {
  delivery::SpoolLimits limits;
  limits.salt = salt;
  limits.max_size = static_cast<std::uint64_t>(settings.max_size.count);
  limits.when_full = settings.when_full == WhenFull::drop_oldest
                         ? delivery::SpoolLimits::WhenFull::drop_oldest
                         : delivery::SpoolLimits::WhenFull::block;
  return limits;
}

void log(const weir_host& host, Level level, const std::string& line) {
  host.log(host.self, static_cast<std::int32_t>(level), line.data(), line.size());
}

void tell_recovery(const Buffer& buffer, const weir_host& host) {
  const delivery::SpoolRecovery& found = buffer.spool->recovery();
  if (found.rows > 0)
    log(host, Level::info,
        std::to_string(found.rows) + " rows from before wait in " + buffer.folder +
            " and are stored first");
  if (found.lost_records > 0)
    log(host, Level::error,
        std::to_string(found.lost_rows) + " rows in " + std::to_string(found.lost_records) +
            " batches were lost by damage to " + buffer.folder + "; all others are intact");
  if (found.position_lost)
    log(host, Level::warning,
        "the position in " + buffer.folder +
            " was damaged: all rows that are still there are stored again");
}

}  // namespace

Buffers::Buffers(std::filesystem::path folder, delivery::Filesystem& filesystem, std::uint32_t salt)
    : folder_(std::move(folder)), filesystem_(filesystem), salt_(salt) {}

std::shared_ptr<Buffer> Buffers::open(const GraphNode& node, const weir_host& host) {
  const std::string sink = sink_of(node);
  const std::lock_guard lock(mutex_);
  auto& buffer = buffers_[sink];
  // Both ends are gone and its limits are others: it is a buffer of a pipeline that was replaced.
  if (buffer != nullptr && buffer.use_count() == 1 && !(buffer->settings == *node.settings.buffer))
    buffer.reset();
  if (buffer != nullptr) return buffer;
  auto made = std::make_shared<Buffer>();
  made->settings = *node.settings.buffer;
  made->folder = (folder_ / sink).string();
  try {
    made->spool =
        delivery::Spool::open(made->folder, filesystem_, limits_of(*node.settings.buffer, salt_));
  } catch (const Error& problem) {
    // Another process, a missing right: no restart of the node can help.
    throw Fatal(problem.what());
  }
  tell_recovery(*made, host);
  buffer = std::move(made);
  return buffer;
}

runtime::Factory Buffers::factory(runtime::Factory others) {
  return [this, others = std::move(others)](const GraphNode& node, const weir_host& host) {
    switch (node.role) {
      case NodeRole::buffer:
        return make_buffer_writer(open(node, host), host);
      case NodeRole::replay:
        return make_buffer_reader(open(node, host), host, node.description->outputs.size());
      case NodeRole::ordinary:
        break;
    }
    return others(node, host);
  };
}

std::vector<Backlog> Buffers::backlogs() const {
  const std::lock_guard lock(mutex_);
  std::vector<Backlog> all;
  for (const auto& [sink, buffer] : buffers_) {
    if (buffer == nullptr) continue;
    all.push_back({sink, buffer->folder, buffer->spool->statistics(), buffer->spool->durable()});
  }
  return all;
}

}  // namespace weir::core::buffers
