// SPDX-License-Identifier: Apache-2.0
// Models that are made by a model, through the engine: found by name in other plugins' libraries,
// fitted, saved inside the model's file, and loaded from it.
#include <gtest/gtest.h>

#include <filesystem>

#include "tests/support/program.hpp"

namespace weir::test {
namespace {

const std::string traffic =
    (std::filesystem::path(WEIR_SOURCE_DIR) / "pipelines/example-traffic.csv").string();

std::string pipeline(const std::string& model) {
  return "nodes:\n"
         "  history: {plugin: file-source, path: '" +
         traffic +
         "', measurement: history}\n"
         "  grid: {plugin: aligner, inputs: [history], fill: linear, fill_limit: 2h}\n"
         "  model: {inputs: [grid], target: 'history.*', model_file: model.weir, " +
         model +
         "}\n"
         "  table: {plugin: file-sink, inputs: [model.forecast], path: forecast.csv}\n";
}

ProgramResult run(const TemporaryFolder& folder, const std::string& model) {
  write_text(folder / "p.yaml", pipeline(model));
  return run_weir({.arguments = {"run", "p.yaml", "--state", (folder / "state").string()},
                   .folder = folder.path()});
}

TEST(Models, AutoModelChoosesAmongOtherPluginsAndSaysWhy) {
  const TemporaryFolder folder;
  const std::string few =
      "plugin: auto-model, models: [median-model, ridge-model, boosted-trees-model], "
      "settings: {boosted-trees-model: '{\"rounds\": 20}'}";
  const ProgramResult result = run(folder, few);
  ASSERT_EQ(result.exit_code, 0) << result.err << result.out;
  EXPECT_NE(result.err.find("ridge-model has a validation MAE of"), std::string::npos)
      << result.err;
  EXPECT_NE(result.err.find("is forecast by"), std::string::npos) << result.err;
  EXPECT_NE(read_text(folder / "model.weir").find("WEIRAUTO"), std::string::npos);
  const std::string first = read_text(folder / "forecast.csv");
  EXPECT_NE(first.find("bandwidth_mbps"), std::string::npos);
  // The second run reads the model's file.
  const ProgramResult again = run(folder, few);
  ASSERT_EQ(again.exit_code, 0) << again.err;
  EXPECT_EQ(again.err.find("has a validation MAE of"), std::string::npos) << again.err;
}

TEST(Models, AWrongSettingIsNamedAndThatModelLeftOut) {
  const TemporaryFolder folder;
  const ProgramResult result =
      run(folder,
          "plugin: auto-model, models: [ridge-model, boosted-trees-model], "
          "settings: {boosted-trees-model: '{\"roundz\": 20}'}");
  ASSERT_EQ(result.exit_code, 0) << result.err;
  EXPECT_NE(result.err.find("boosted-trees-model is left out"), std::string::npos) << result.err;
  EXPECT_NE(result.err.find("roundz"), std::string::npos) << result.err;
}

TEST(Models, EachBaselineIsFoundByItsName) {
  for (const std::string name :
       {"naive-model", "seasonal-naive-model", "drift-model", "median-model", "ets-model",
        "ridge-model", "decomposition-model"}) {
    const TemporaryFolder folder;
    const ProgramResult result = run(folder, "plugin: " + name);
    EXPECT_EQ(result.exit_code, 0) << name << "\n" << result.err;
    EXPECT_TRUE(std::filesystem::exists(folder / "forecast.csv")) << name;
  }
}

}  // namespace
}  // namespace weir::test
