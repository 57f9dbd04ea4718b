// SPDX-License-Identifier: Apache-2.0
//
// What is exported, run by another implementation: npm's onnxruntime-web under Node.js, installed
// by `npm ci` into the build folder, must give the plugin's own forecasts.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <memory>
#include <sstream>
#include <string>
#include <vector>
#include <weir/model_testing.hpp>
#include <weir/testing.hpp>

#include "lstm_model.hpp"
#include "model_bytes.hpp"
#include "onnx/export.hpp"

namespace weir::lstm_model {
namespace {

namespace fs = std::filesystem;
using testing::Bench;
using testing::EpochListener;
using ::testing::HasSubstr;
using testing::ModelRows;
using testing::OptionTexts;
using ::testing::ThrowsMessage;

const fs::path sources = WEIR_SOURCE_DIR "/plugins/lstm-model/tests/onnx";
const fs::path folder = WEIR_BUILD_DIR "/tests/lstm-onnx";

bool on_path(const std::string& program) {
  return std::system(("command -v " + program + " >/dev/null 2>&1").c_str()) == 0;
}

std::string content(const fs::path& file) {
  std::ifstream stream(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(stream), {}};
}

// Runs a command in `folder`; what it says if it fails.
std::string run(const std::string& command) {
  const std::string log = (folder / "log").string();
  const std::string line = "cd '" + folder.string() + "' && " + command + " >'" + log + "' 2>&1";
  return std::system(line.c_str()) == 0 ? "" : command + ": " + content(log);
}

// Installs once for each package-lock.json.
std::string install() {
  const std::string lock = content(sources / "package-lock.json");
  if (content(folder / "installed") == lock) return "";
  fs::create_directories(folder);
  for (const char* file : {"package.json", "package-lock.json"})
    fs::copy_file(sources / file, folder / file, fs::copy_options::overwrite_existing);
  std::string problem = run("npm ci --no-audit --no-fund --ignore-scripts");
  if (problem.empty()) std::ofstream(folder / "installed", std::ios::binary) << lock;
  return problem;
}

// Every output of every member gets another factor strictly between 0 and 1, so that none can be
// left out or misplaced unnoticed.
void trust_partly(TrainedModel& model) {
  for (std::size_t m = 0; m < model.members.size(); ++m) {
    std::vector<double>& trust = model.members[m].trust;
    for (std::size_t j = 0; j < trust.size(); ++j)
      trust[j] = 0.05 + 0.9 * static_cast<double>((5 * j + 3 * m) % 7) / 6;
  }
}

// What is fed back leaves these ranges.
void hold_narrowly(TrainedModel& model) {
  for (InputPlan::Range& range : model.plan.fed_back) {
    const float third = (range.greatest - range.least) / 3;
    range = {range.least + third, range.greatest - third};
  }
}

const OptionTexts seeds_way{{"strategy", "recursive"},
                            {"activation", "relu"},
                            {"residual", "none"},
                            {"instance_norm", "false"},
                            {"seasonal_inputs", "false"},
                            {"calendar", "false"},
                            {"loss", "mse"}};

struct Case {
  const char* name;
  OptionTexts options;
  std::vector<std::uint32_t> targets = {0};
  std::uint32_t horizon = 3;
  void (*change)(TrainedModel&) = nullptr;  // of what was learned, so that it forecasts otherwise
};

const std::vector<Case>& cases() {
  static const std::vector<Case> all{
      {"last", {{"residual", "last"}, {"instance_norm", "false"}, {"seasonal_inputs", "false"}}},
      {"relu_layers_none",
       {{"layers", "7,4,3"},
        {"activation", "relu"},
        {"residual", "none"},
        {"instance_norm", "false"},
        {"seasonal_inputs", "false"}},
       {2, 0}},
      {"seasonal",
       {{"residual", "seasonal"}, {"instance_norm", "false"}, {"seasonal_inputs", "true"}},
       {1, 0},
       30},
      {"seasonal_without_inputs",
       {{"residual", "seasonal"}, {"instance_norm", "false"}, {"seasonal_inputs", "false"}}},
      {"norm",
       {{"residual", "last"}, {"instance_norm", "true"}, {"seasonal_inputs", "false"}},
       {2, 1}},
      {"plain",
       {{"standardise", "false"}, {"linear", "false"}, {"seasonal_inputs", "true"}},
       {2, 0}},
      {"unmeasured_linear",
       {{"standardise", "false"}, {"linear", "true"}, {"seasonal_inputs", "true"}},
       {2, 0}},
      {"standard", {{"relative", "false"}, {"linear", "false"}, {"seasonal_inputs", "true"}}, {1}},
      {"relative", {{"relative", "true"}, {"linear", "false"}, {"seasonal_inputs", "true"}}, {1}},
      {"relative_linear",
       {{"relative", "true"}, {"linear", "true"}, {"seasonal_inputs", "true"}},
       {2, 0}},
      {"norm_linear", {{"instance_norm", "true"}, {"linear", "true"}}, {2, 1}},
      {"norm_seasonal",
       {{"residual", "seasonal"}, {"instance_norm", "true"}, {"seasonal_inputs", "true"}},
       {2, 0}},
      {"norm_none", {{"residual", "none"}, {"instance_norm", "true"}}},
      {"mean",
       {{"residual", "last"}, {"instance_norm", "false"}, {"ensemble", "3"}, {"combine", "mean"}}},
      {"one",
       {{"residual", "last"},
        {"seasonal_inputs", "true"},
        {"relative", "true"},
        {"ensemble", "1"}}},
      {"trimmed", {{"ensemble", "3"}, {"combine", "trimmed"}}, {2, 0}},
      {"median_even", {{"instance_norm", "true"}, {"ensemble", "4"}, {"combine", "median"}}},
      {"median_odd",
       {{"residual", "last"}, {"instance_norm", "true"}, {"ensemble", "3"}, {"combine", "median"}},
       {0, 2}},
      {"mix", {}},
      {"dropout", {{"residual", "last"}, {"dropout", "0.3"}, {"layers", "5,4"}}},
      {"partly_trusted", {{"seasonal_inputs", "true"}}, {2, 0}, 4, trust_partly},
      {"partly_trusted_norm",
       {{"residual", "seasonal"}, {"instance_norm", "true"}, {"ensemble", "2"}},
       {1},
       5,
       trust_partly},
      {"recursive",
       {{"strategy", "recursive"},
        {"residual", "last"},
        {"instance_norm", "false"},
        {"seasonal_inputs", "false"}},
       {1},
       12},
      {"recursive_relative",
       {{"strategy", "recursive"}, {"relative", "true"}, {"seasonal_inputs", "true"}},
       {2, 0},
       5},
      {"recursive_all",
       {{"strategy", "recursive"},
        {"residual", "seasonal"},
        {"instance_norm", "true"},
        {"seasonal_inputs", "true"},
        {"ensemble", "2"},
        {"layers", "6,5"}},
       {2, 0},
       5},
      {"seed", seeds_way},
      {"seed_held", seeds_way, {2, 0}, 6, hold_narrowly},
  };
  return all;
}

double wave(std::size_t row, std::size_t feature) {
  const auto t = static_cast<double>(row);
  return 0.5 + 0.3 * std::sin(2 * M_PI * t / 24 + static_cast<double>(feature)) +
         0.1 * std::sin(1.7 * t * static_cast<double>(feature + 1)) + 0.0002 * t;
}

std::string json(const std::vector<float>& values, const std::string& dims) {
  std::string text = R"({"dims":[)" + dims + R"(],"data":[)";
  for (std::size_t j = 0; j < values.size(); ++j) {
    char number[32];
    std::snprintf(number, sizeof number, "%s%.9g", j == 0 ? "" : ",",
                  static_cast<double>(values[j]));
    text += number;
  }
  return text + "]}";
}

// A trained case: its file, the inputs of three windows in one batch, the plugin's own forecasts.
struct Exported {
  std::string request;
  std::vector<double> expected;

  explicit Exported(const Case& wanted) {
    const fs::path file = folder / (std::string(wanted.name) + ".onnx");
    OptionTexts options{{"epochs", "3"}, {"onnx_file", file.string()}};
    const bool layers = std::any_of(wanted.options.begin(), wanted.options.end(),
                                    [](const auto& option) { return option.first == "layers"; });
    if (!layers) options.emplace_back("layers", "6");
    options.insert(options.end(), wanted.options.begin(), wanted.options.end());
    ModelRows rows({.rows = 24 * 16,
                    .features = 3,
                    .targets = wanted.targets,
                    .sequence_length = 8,
                    .horizon = wanted.horizon,
                    .step = std::chrono::hours(1),
                    .season = 24},
                   wave);
    Bench<LstmModel> bench(options);
    EpochListener listener;
    Progress progress = listener.progress();
    bench.node().fit(rows.training(), progress);
    TrainedModel model = from_bytes(bench.node().save());
    if (wanted.change != nullptr) {
      const Forecast learned = bench.node().predict(rows.window(100));
      wanted.change(model);
      bench.node().load(to_bytes(model));
      replace_file(file, to_onnx(model));
      EXPECT_NE(bench.node().predict(rows.window(100)), learned) << wanted.name;
    }
    WindowInputs all, one;
    for (const std::size_t known : {100U, 101U, 300U}) {
      const Window window = rows.window(known);
      const Forecast forecast = bench.node().predict(window);
      expected.insert(expected.end(), forecast.begin(), forecast.end());
      read_window(model.plan, window.rows(), window.step(), one);
      all.window.insert(all.window.end(), one.window.begin(), one.window.end());
      all.known.insert(all.known.end(), one.known.begin(), one.known.end());
      all.future.insert(all.future.end(), one.future.begin(), one.future.end());
    }
    bool known = false;
    for (const Member& member : model.members)
      known = known || member.way.lagged || member.way.residual == Residual::seasonal;
    request = R"({"model":")" + file.string() + R"(","inputs":{"window":)" +
              json(all.window, "3,8," + std::to_string(model.plan.inputs(true)));
    if (known) request += R"(,"known":)" + json(all.known, "3," + std::to_string(one.known.size()));
    if (!one.future.empty())
      request += R"(,"future":)" + json(all.future, "3," + std::to_string(one.future.size()));
    request += "}}";
  }
};

TEST(Onnx, OnnxRuntimeGivesTheSameForecasts) {
  for (const char* program : {"node", "npm"}) {
    if (!on_path(program)) {
      GTEST_SKIP() << program << " is missing, so no exported network was run: install it by "
                   << "scripts/install-dependencies --test";
    }
  }
  const std::string problem = install();
  ASSERT_EQ(problem, "");
  std::string requests = "[";
  std::vector<std::vector<double>> expected;
  for (const Case& wanted : cases()) {
    const Exported exported(wanted);
    requests += (expected.empty() ? "" : ",") + exported.request;
    expected.push_back(exported.expected);
  }
  std::ofstream(folder / "cases.json") << requests << "]";
  fs::copy_file(sources / "check.mjs", folder / "check.mjs", fs::copy_options::overwrite_existing);
  ASSERT_EQ(run("node check.mjs cases.json outputs.txt"), "");
  std::ifstream outputs(folder / "outputs.txt");
  for (std::size_t j = 0; j < expected.size(); ++j) {
    SCOPED_TRACE(cases()[j].name);
    std::string line;
    ASSERT_TRUE(std::getline(outputs, line));
    std::istringstream numbers(line);
    std::size_t windows = 0, horizon = 0, targets = 0;
    numbers >> windows >> horizon >> targets;
    EXPECT_EQ(windows, 3U);
    EXPECT_EQ(horizon, cases()[j].horizon);
    EXPECT_EQ(targets, cases()[j].targets.size());
    for (const double value : expected[j]) {
      double given = NAN;
      ASSERT_TRUE(numbers >> given);
      EXPECT_NEAR(given, value, 1e-4);
    }
  }
}

TEST(Onnx, AFileIsReplacedWholeOrNotAtAll) {
  const fs::path own = fs::temp_directory_path() / ("weir-onnx-" + std::to_string(::getpid()));
  fs::create_directories(own);
  replace_file(own / "a.onnx", "first");
  replace_file(own / "a.onnx", "second");
  EXPECT_EQ(content(own / "a.onnx"), "second");
  fs::create_directories(own / "b.onnx");
  EXPECT_THAT([&] { replace_file(own / "b.onnx", "x"); },
              ThrowsMessage<Error>(HasSubstr("b.onnx")));
  std::size_t files = 0;
  for (const auto& entry : fs::directory_iterator(own)) files += entry.exists() ? 1U : 0U;
  EXPECT_EQ(files, 2U) << "a temporary file was left";
  EXPECT_THAT([&] { replace_file(own / "none" / "a.onnx", "x"); },
              ThrowsMessage<Error>(HasSubstr("No such file")));
  fs::remove_all(own);
}

}  // namespace
}  // namespace weir::lstm_model
