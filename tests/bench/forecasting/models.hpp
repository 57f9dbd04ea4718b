// SPDX-License-Identifier: Apache-2.0
#pragma once
/// Model plugins of this build, with options as a pipeline file would give them.

#include <memory>
#include <string>
#include <vector>

#include "core/forecast/declaration.hpp"
#include "core/forecast/forecaster.hpp"
#include "core/forecast/other_models.hpp"
#include "core/plugin/registry.hpp"
#include "weir/abi.h"

namespace weir::bench {

/// An engine for models outside of a pipeline: a clock, warnings on standard error, no stop.
[[nodiscard]] const weir_host& plain_host();

class Models {
 public:
  /// Plugins lie beside this program, in ../lib/weir/plugins, or where WEIR_PLUGIN_PATH says.
  Models();

  struct Chosen {
    core::HarnessDeclaration::Options options;
    core::Forecaster::Make make;
  };
  /// `settings`: "key=value" as in `weir run --set`. Throws Error with all that is wrong.
  [[nodiscard]] Chosen choose(const std::string& plugin, const std::string& target,
                              const std::vector<std::string>& settings);

 private:
  core::Registry registry_;
  core::HostWithModels host_;
};

/// What the child process does that looks at libraries; call it when the first argument is
/// "probe-library".
[[noreturn]] void probe_libraries(const std::vector<std::string>& libraries);

}  // namespace weir::bench
