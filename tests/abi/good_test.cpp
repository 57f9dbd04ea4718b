// SPDX-License-Identifier: Apache-2.0
// Plugins built by other means than the engine, in one process with it: clang, plain C, and a
// standard library with assertions and the old std::string. Batches go from one to the next by
// reference.
#include <gtest/gtest.h>

#include <sstream>

#include "core/plugin/plugin_node.hpp"
#include "support.hpp"

namespace weir::core::testing {
namespace {

std::string content(const fs::path& file) {
  std::stringstream text;
  text << std::ifstream(file).rdbuf();
  return text.str();
}

TEST(Good, ClangThenPlainCThenOtherLibrarySettings) {
  if (ABI_HAS_CLANG == 0) GTEST_SKIP() << "clang++ was not found when this was configured";
  const TemporaryFolder folder;
  const fs::path file = folder.path() / "lines.txt";
  const Library source = load_library(hostile("clang-source"));
  const Library doubler = load_library(hostile("plain-c"));
  const Library sink = load_library(hostile("assertions-sink"));
  const weir_host host = idle_host();
  const auto make = [&host](const Library& library, const OptionValues& options) {
    const NodeType& type = library.types.at(0);
    return create_plugin_node(*type.type, type.description, host, library.name, options,
                              {{"before", "out"}});
  };
  const auto first = make(source, {{"rows", {std::int64_t{3}}}});
  const auto second = make(doubler, {});
  const auto third = make(sink, {{"path", {file.string()}}});
  first->open();
  second->open();
  third->open();
  Collected produced;
  while (!std::holds_alternative<End>(first->produce(produced))) {
  }
  Collected doubled;
  for (const auto& [port, batch] : produced.batches) second->process(0, batch, doubled);
  Collected nothing;
  for (const auto& [port, batch] : doubled.batches) third->process(0, batch, nothing);
  third->flush();
  EXPECT_EQ(content(file), "1000000000 number-1 2\n2000000000 number-2 4\n3000000000 number-3 6\n");
  // What was doubled is a new column; the batch that the source made still holds its own.
  EXPECT_EQ(produced.batches.at(2).second.column("value").doubles()[0], 3);
}

TEST(Good, FailuresKeepTheirKindAcrossTheBoundary) {
  const Library sink = load_library(hostile("assertions-sink"));
  const weir_host host = idle_host();
  const NodeType& type = sink.types.at(0);
  const auto node =
      create_plugin_node(*type.type, type.description, host, "lines",
                         {{"path", {std::string("/does/not/exist/x")}}}, {{"before", "out"}});
  EXPECT_EQ(thrown_by([&] { node->open(); }), "Fatal: cannot write /does/not/exist/x");
}

}  // namespace
}  // namespace weir::core::testing
