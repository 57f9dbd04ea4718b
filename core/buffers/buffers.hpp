// SPDX-License-Identifier: Apache-2.0
#pragma once
/// The disk buffers of a run, and the nodes that fill and empty them.

#include <atomic>
#include <filesystem>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "core/delivery/spool.hpp"
#include "core/graph/graph.hpp"
#include "core/plugin/node_instance.hpp"
#include "core/runtime/run_options.hpp"

namespace weir::core::buffers {

/// One sink's buffer, shared by the node that writes and the node that reads.
struct Buffer {
  std::unique_ptr<delivery::Spool> spool;
  BufferSettings settings;
  std::string folder;
  std::atomic<bool> ended{false};  ///< the writer has written its last
  std::atomic<bool> left{false};   ///< its sink has failed for good: nobody reads it in this run
};

/// What waits on disk for a sink.
struct Backlog {
  std::string sink;
  std::string folder;
  delivery::SpoolStatistics statistics;
  std::uint64_t durable = 0;  ///< the last record that is; see Spool::durable
};

/// Any thread. Buffers stay open until it goes, also while a node is made anew.
class Buffers {
 public:
  /// `folder` of one pipeline; each sink has one below it. `filesystem` must outlive this. `salt`
  /// as in SpoolLimits.
  Buffers(std::filesystem::path folder, delivery::Filesystem& filesystem, std::uint32_t salt = 0);

  /// Nodes with the roles buffer and replay are made here, all others by `others`.
  [[nodiscard]] runtime::Factory factory(runtime::Factory others);
  [[nodiscard]] std::vector<Backlog> backlogs() const;

 private:
  [[nodiscard]] std::shared_ptr<Buffer> open(const GraphNode& node, const weir_host& host);

  std::filesystem::path folder_;
  delivery::Filesystem& filesystem_;
  std::uint32_t salt_;
  mutable std::mutex mutex_;
  std::map<std::string, std::shared_ptr<Buffer>> buffers_;
};

}  // namespace weir::core::buffers
