// SPDX-License-Identifier: Apache-2.0
#pragma once
/// One run of a checked pipeline, with all that lives as long as it.

#include <filesystem>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include "core/buffers/buffers.hpp"
#include "core/cli/console.hpp"
#include "core/cli/kept_state.hpp"
#include "core/cli/pipeline.hpp"
#include "core/cli/reloader.hpp"
#include "core/cli/summary.hpp"
#include "core/delivery/posix_filesystem.hpp"
#include "core/forecast/model_node.hpp"
#include "core/observe/observer.hpp"
#include "core/privileges/kept.hpp"
#include "core/runtime/run_options.hpp"
#include "core/runtime/runner.hpp"

namespace weir::core::cli {

struct PipelineRunSettings {
  std::filesystem::path state;      ///< the folder of `--state`
  std::optional<std::string> user;  ///< to go on as, where root began
  bool watch = false;               ///< reload when the file changes
  bool for_people = true;           ///< the summary as text on standard output
  observe::ObserverOptions observer;
};

class PipelineRun {
 public:
  /// Opens what needs rights and gives them up: no thread may run yet. `check` reads the pipeline
  /// again, for a reload. Registry and console outlive it.
  PipelineRun(CheckedPipeline checked, Registry& registry, Console& console,
              std::function<CheckedPipeline()> check, PipelineRunSettings settings);
  PipelineRun(const PipelineRun&) = delete;
  PipelineRun& operator=(const PipelineRun&) = delete;
  ~PipelineRun();

  [[nodiscard]] const Graph& graph() const { return checked_.graph; }
  /// To its end; gives the exit code. Leaves the process where calls were left behind. Once.
  int go(runtime::RunOptions options);

 private:
  void give_up_rights();
  [[nodiscard]] ForecastListener listener();
  [[nodiscard]] runtime::Factory factory(const Graph& graph);
  [[nodiscard]] Graph expand(const Graph& graph);
  [[nodiscard]] ReloadParts reload_parts();
  void tell_backlogs() const;
  void tell(const Graph& graph, const runtime::RunResult& result,
            const std::filesystem::path& dead_letters);

  CheckedPipeline checked_;
  Registry& registry_;
  Console& console_;
  std::function<CheckedPipeline()> check_;
  PipelineRunSettings settings_;
  // A registry is not made for several threads: nodes and reloads look things up at the same time.
  std::shared_ptr<std::mutex> loading_ = std::make_shared<std::mutex>();
  std::mutex judging_;
  Judgements judgements_;
  KeptDescriptors kept_;
  std::optional<KeptState> state_;
  delivery::PosixFilesystem disk_;
  std::optional<buffers::Buffers> buffers_;
  std::unique_ptr<observe::Observer> observer_;
};

}  // namespace weir::core::cli
