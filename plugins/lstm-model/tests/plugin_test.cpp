// SPDX-License-Identifier: Apache-2.0
//
// The plugin as the engine loads it: by its absolute path, local. The loader must find the copy of
// the kernels for this CPU, and the model must work with it.
#include <dlfcn.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <weir/abi.h>
#include <cmath>
#include <fstream>
#include <string>

#include "training_data.hpp"

namespace weir::lstm_model {
namespace {

const std::string folder = WEIR_BUILD_DIR "/lib/weir/";

const weir_plugin* load_plugin() {
  void* const library = dlopen((folder + "plugins/lstm-model.so").c_str(), RTLD_NOW | RTLD_LOCAL);
  if (library == nullptr) return nullptr;
  const auto entry =
      reinterpret_cast<weir_plugin_entry_function>(dlsym(library, WEIR_PLUGIN_ENTRY));
  return entry == nullptr ? nullptr : entry();
}

std::string mapped_kernels() {
  std::ifstream maps("/proc/self/maps");
  for (std::string line; std::getline(maps, line);) {
    if (line.find("libweir-lstm-kernels.so") != std::string::npos)
      return line.substr(line.find('/'));
  }
  return "";
}

TEST(Plugin, LoadsTheKernelsForThisCpu) {
  ASSERT_EQ(mapped_kernels(), "");
  ASSERT_NE(load_plugin(), nullptr) << dlerror();
  const bool v3 = __builtin_cpu_supports("avx2") != 0 && __builtin_cpu_supports("fma") != 0 &&
                  __builtin_cpu_supports("bmi2") != 0;
  const std::string kernels = mapped_kernels();
  EXPECT_EQ(kernels.find("glibc-hwcaps/x86-64-v3/") != std::string::npos, v3) << kernels;
}

TEST(Plugin, TrainsAndForecastsThroughTheBoundary) {
  const weir_plugin* const plugin = load_plugin();
  ASSERT_NE(plugin, nullptr) << dlerror();
  ASSERT_EQ(plugin->node_type_count, 1U);
  const weir_node_type& type = *plugin->node_types[0];
  ASSERT_EQ(type.kind, WEIR_MODEL);
  const auto* const model = static_cast<const weir_model*>(type.query(WEIR_MODEL_EXTENSION));
  ASSERT_NE(model, nullptr);

  const weir_host host{};
  weir_node_config config{};
  config.size = sizeof config;
  config.name = "lstm";
  weir_option epochs{};
  epochs.name = "epochs";
  epochs.value.type = WEIR_INTEGER;
  epochs.value.integer = 5;
  config.options = &epochs;
  config.option_count = 1;
  weir_error error{};
  error.size = sizeof error;
  void* node = nullptr;
  ASSERT_EQ(type.create(&host, &config, &node, &error), WEIR_OK) << error.message;

  const test::TrainingData data(120, 1, {0}, 8, 2, 1'000'000'000, [](std::size_t row, std::size_t) {
    return std::sin(0.3 * static_cast<double>(row));
  });
  test::Listener listener;
  EXPECT_EQ(model->fit(node, &data.set, &listener.progress, &error), WEIR_OK) << error.message;
  EXPECT_GE(listener.epochs.size(), 5U);  // for each way that is tried
  double forecast[2] = {NAN, NAN};
  EXPECT_EQ(model->predict(node, &data.window, forecast, &error), WEIR_OK) << error.message;
  EXPECT_TRUE(std::isfinite(forecast[0]) && std::isfinite(forecast[1]));
  EXPECT_EQ(model->load(node, "damaged", 7, &error), WEIR_FAILED);
  EXPECT_THAT(error.message, ::testing::HasSubstr("WEIRLSTM"));
  type.destroy(node);
}

}  // namespace
}  // namespace weir::lstm_model
