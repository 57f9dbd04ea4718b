// SPDX-License-Identifier: Apache-2.0
// Rows a second through a transform that does nothing, in the engine's process and in one of its
// own, and the time to start it.
//
// usage: isolation_cost [rows of a batch, …]     needs bin/weir of the same build
#include <sys/resource.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <string>
#include <vector>

#include "core/isolation/isolated_node.hpp"
#include "core/plugin/library.hpp"
#include "core/plugin/plugin_node.hpp"

namespace {

using namespace weir;
using namespace weir::core;
using Clock = std::chrono::steady_clock;

struct Counting final : Emitter {
  void emit(std::uint32_t, Batch batch) override { rows += batch.rows(); }
  void wake_at(Timestamp) override {}
  std::size_t rows = 0;
};

/// Time, a tag and eight numbers.
Batch rows_of(std::size_t count) {
  BatchBuilder rows("bench");
  const auto target = rows.tag("target");
  std::vector<BatchBuilder::Key> values;
  for (int i = 0; i < 8; ++i) values.push_back(rows.field<double>("v" + std::to_string(i), "ms"));
  for (std::size_t i = 0; i < count; ++i) {
    auto row = rows.row(static_cast<std::int64_t>(i));
    row.set(target, "resolver-" + std::to_string(i % 50));
    for (const auto value : values) row.set(value, static_cast<double>(i));
  }
  return rows.build();
}

weir_host quiet_host() {
  weir_host host{};
  host.size = sizeof host;
  host.now = [](void*) -> std::int64_t { return 0; };
  host.monotonic = host.now;
  host.stopping = [](void*) -> std::int32_t { return 0; };
  host.log = [](void*, std::int32_t, const char* text, std::size_t length) {
    std::fprintf(stderr, "%.*s\n", static_cast<int>(length), text);
  };
  host.count = [](void*, const char*, std::uint64_t) {};
  host.wait_until = [](void*, std::int64_t) -> std::int32_t { return 1; };
  host.query = [](void*, const char*) -> const void* { return nullptr; };
  return host;
}

double rows_a_second(NodeInstance& node, const Batch& batch) {
  double best = 0;
  for (int round = 0; round < 5; ++round) {
    Counting out;
    const auto begin = Clock::now();
    while (Clock::now() - begin < std::chrono::milliseconds(300)) node.process(0, batch, out);
    const std::chrono::duration<double> took = Clock::now() - begin;
    best = std::max(best, static_cast<double>(out.rows) / took.count());
  }
  return best;
}

double milliseconds_of(const std::function<void()>& work) {
  const auto begin = Clock::now();
  work();
  return std::chrono::duration<double, std::milli>(Clock::now() - begin).count();
}

}  // namespace

int main(int argc, char** argv) {
  try {
    const std::string path = WEIR_BUILD_DIR "/bench/plugins/passing.so";
    const Library library = load_library(path);
    const NodeType& type = *library.find("passing");
    GraphNode graph_node;
    graph_node.name = "passing";
    graph_node.plugin = "passing";
    graph_node.library = path;
    graph_node.type = type.type;
    graph_node.description = type.description;
    const weir_host host = quiet_host();
    const std::vector<InputName> inputs{{"rows", "out"}};
    const auto inside =
        create_plugin_node(*type.type, type.description, host, "passing", {}, inputs);
    inside->open();
    std::unique_ptr<NodeInstance> outside;
    const double start = milliseconds_of([&] {
      outside = create_isolated_node(graph_node, host, inputs, {}, {WEIR_BUILD_DIR "/bin/weir"});
      outside->open();
    });
    std::printf("process started, library loaded, node opened in %.1f ms\n", start);
    std::vector<std::size_t> sizes;
    for (int i = 1; i < argc; ++i) sizes.push_back(std::strtoul(argv[i], nullptr, 10));
    if (sizes.empty()) sizes = {1, 10, 100, 1000, 10'000};
    for (const std::size_t rows : sizes) {
      const Batch batch = rows_of(rows);
      const double in = rows_a_second(*inside, batch);
      const double out = rows_a_second(*outside, batch);
      std::printf(
          "batches of %6zu rows: in-process %9.3f M rows/s, isolated %9.3f M rows/s, ratio "
          "%6.1f, %7.1f us a batch more\n",
          rows, in / 1e6, out / 1e6, in / out,
          1e6 * static_cast<double>(rows) * (1 / out - 1 / in));
    }
    return 0;
  } catch (const std::exception& error) {
    std::fprintf(stderr, "isolation_cost: %s\n", error.what());
    return 1;
  }
}
