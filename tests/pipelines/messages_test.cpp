// SPDX-License-Identifier: Apache-2.0
// What a person reads when something is wrong, and where rows go that cannot be used.
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <sstream>

#include "tests/support/database.hpp"
#include "tests/support/program.hpp"

namespace weir::test {
namespace {

class Messages : public ::testing::Test {
 protected:
  ProgramResult weir(std::vector<std::string> arguments,
                     std::vector<std::string> environment = {}) {
    return run_weir({.arguments = std::move(arguments),
                     .folder = folder_.path(),
                     .environment = std::move(environment)});
  }
  TemporaryFolder folder_;
};

TEST_F(Messages, AllProblemsAtOnceEachWithPlaceLineCaretAndHint) {
  write_text(folder_ / "bad.yaml",
             "nodes:\n"
             "  ping:  {plugin: icmp-sorce, targets: [127.0.0.1]}\n"
             "  grid:  {plugin: aligner, inputs: [up], step: 10x}\n"
             "  up:    {plugin: netdev-source, interfaces: [lo], intervall: 1s}\n"
             "  scale: {plugin: scaler, inputs: [grid], method: minmex}\n");
  const ProgramResult result = weir({"validate", "bad.yaml"});
  EXPECT_EQ(result.exit_code, 2);
  for (const char* piece : {"bad.yaml:2:19: error:", "did you mean 'icmp-source'?",
                            "bad.yaml:3:", "10x", "bad.yaml:4:", "did you mean 'interval'?",
                            "bad.yaml:5:", "minmax", "   4 |   up:", "^^^^^^^^^"}) {
    EXPECT_NE(result.err.find(piece), std::string::npos) << piece << "\n" << result.err;
  }
}

TEST_F(Messages, AnUnsetVariableIsAnErrorAtItsPlace) {
  write_text(folder_ / "p.yaml", "nodes:\n  s: {plugin: file-source, path: \"${NOT_SET_HERE}\"}\n");
  const ProgramResult result = weir({"run", "p.yaml"});
  EXPECT_EQ(result.exit_code, 2);
  EXPECT_NE(result.err.find("p.yaml:2:"), std::string::npos) << result.err;
  EXPECT_NE(result.err.find("NOT_SET_HERE"), std::string::npos) << result.err;
}

TEST_F(Messages, AnUnknownPipelineNamesTheFoldersAndTheNearest) {
  const ProgramResult result = weir({"run", "nonesuch"});
  EXPECT_EQ(result.exit_code, 2);
  EXPECT_NE(result.err.find("no pipeline is called 'nonesuch'"), std::string::npos) << result.err;
}

TEST_F(Messages, AnUnknownCommandAndOptionAreOneLine) {
  EXPECT_EQ(weir({"rum"}).err, "weir: weir has no command 'rum'; did you mean 'run'?\n");
  const ProgramResult option = weir({"run", "--fro", "1s"});
  EXPECT_EQ(option.exit_code, 2);
  EXPECT_NE(option.err.find("--fro"), std::string::npos);
  EXPECT_NE(option.err.find("weir run --help"), std::string::npos);
}

TEST_F(Messages, HelpShowsExamples) {
  for (const char* command : {"run", "validate", "graph", "plugins", "schema", "new"}) {
    const ProgramResult result = weir({command, "--help"});
    EXPECT_EQ(result.exit_code, 0) << command;
    EXPECT_NE(result.out.find("usage: weir " + std::string(command)), std::string::npos)
        << result.out;
    EXPECT_NE(result.out.find("examples:"), std::string::npos) << command;
  }
}

TEST_F(Messages, RowsThatCannotBeUsedAreCountedAndKeptAside) {
  write_text(folder_ / "rows.csv",
             "time,v\n2026-01-01T00:00:00Z,1\nyesterday,2\n2026-01-01T00:02:00Z,3\n");
  write_text(folder_ / "p.yaml",
             "nodes:\n"
             "  in:  {plugin: file-source, path: rows.csv}\n"
             "  out: {plugin: sqlite-sink, inputs: [in], path: rows.db}\n");
  const ProgramResult result = weir({"run", "p.yaml", "--state", "state"});
  EXPECT_EQ(result.exit_code, 0) << result.err;
  EXPECT_NE(result.out.find("1 rows kept aside"), std::string::npos) << result.out;
  const std::string kept = read_text(folder_ / "state/dead-letters/p/in.jsonl");
  EXPECT_NE(kept.find("yesterday"), std::string::npos) << kept;
}

TEST_F(Messages, ALogForMachinesIsOneObjectALine) {
  write_text(folder_ / "rows.csv", "time,v\n");
  write_text(folder_ / "p.yaml",
             "nodes:\n"
             "  in:  {plugin: file-source, path: \"missing \\\"x\\\".csv\"}\n"
             "  out: {plugin: sqlite-sink, inputs: [in], path: rows.db}\n");
  const ProgramResult result = weir({"run", "p.yaml", "--log-format", "json"});
  EXPECT_EQ(result.exit_code, 1);
  std::istringstream lines(result.err);
  std::size_t count = 0;
  for (std::string line; std::getline(lines, line); ++count) {
    const auto json = nlohmann::json::parse(line);
    EXPECT_TRUE(json.contains("time") && json.contains("level") && json.contains("message"))
        << line;
  }
  EXPECT_GE(count, 1U);
  EXPECT_NE(result.err.find("missing"), std::string::npos);
}

TEST_F(Messages, TheSchemaTakesTheShippedPluginsIn) {
  const ProgramResult result = weir({"schema"});
  ASSERT_EQ(result.exit_code, 0) << result.err;
  const auto schema = nlohmann::json::parse(result.out);
  EXPECT_EQ(schema.at("$schema"), "https://json-schema.org/draft/2020-12/schema");
  for (const char* plugin : {"icmp-source", "netdev-source", "lstm-model", "influx-sink"}) {
    EXPECT_NE(result.out.find(plugin), std::string::npos) << plugin;
  }
}

TEST_F(Messages, GraphsAreDrawnInEveryForm) {
  const std::string pipeline = std::string(WEIR_SOURCE_DIR) + "/pipelines/quickstart.yaml";
  EXPECT_NE(weir({"graph", pipeline}).out.find("lstm"), std::string::npos);
  EXPECT_NE(weir({"graph", pipeline, "--format", "dot"}).out.find("digraph"), std::string::npos);
  EXPECT_NE(weir({"graph", pipeline, "--format", "mermaid"}).out.find("flowchart"),
            std::string::npos);
  const ProgramResult svg = weir({"graph", pipeline, "--format", "svg", "--output", "g.svg"});
  EXPECT_EQ(svg.exit_code, 0) << svg.err;
  EXPECT_NE(read_text(folder_ / "g.svg").find("<svg"), std::string::npos);
  EXPECT_EQ(weir({"graph", pipeline, "--format", "gif"}).exit_code, 2);
}

}  // namespace
}  // namespace weir::test
