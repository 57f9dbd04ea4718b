// SPDX-License-Identifier: Apache-2.0
#pragma once
/// The options of `weir run` that let others watch it, and of the commands that do.

#include <boost/program_options.hpp>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "core/cli/command_line.hpp"
#include "core/cli/console.hpp"
#include "core/observe/observer.hpp"
#include "core/runtime/run_options.hpp"
#include "core/runtime/runner.hpp"

namespace weir::core::cli {

/// `--state DIR`, else $XDG_STATE_HOME/weir, ~/.local/state/weir or ./weir-state.
[[nodiscard]] std::filesystem::path state_folder(
    const boost::program_options::variables_map& given);

/// Adds --listen, --listen-token-file, --watchdog and --control.
void add_watching_options(CommandLine& line);

/// What was asked for; throws UsageError.
[[nodiscard]] observe::ObserverOptions watching_options(
    const boost::program_options::variables_map& given, Console& console);

/// The observer of a run, from when its nodes are made until it has ended.
[[nodiscard]] std::unique_ptr<observe::Observer> watch(const Graph& graph, runtime::Runner& runner,
                                                       std::shared_ptr<runtime::Taps> taps,
                                                       observe::ObserverOptions options,
                                                       std::function<std::string()> reload);

/// What the observer shows of a graph.
[[nodiscard]] observe::RunFacts facts_now(const Graph& graph);

/// Adds --control and --state, for commands that look at a run.
void add_finding_options(CommandLine& line);

/// A connection to the run of `pipeline` (a name or a file; empty: the only one that goes on).
/// Throws Error saying where it looked and what to do.
[[nodiscard]] int connect_to_run(const boost::program_options::variables_map& given,
                                 const std::string& pipeline);

/// Lines to and from a run.
class ControlConnection {
 public:
  /// Takes the socket over.
  explicit ControlConnection(int socket) : socket_(socket) {}
  ControlConnection(const ControlConnection&) = delete;
  ControlConnection& operator=(const ControlConnection&) = delete;
  ~ControlConnection();

  /// Throws Error when the run has gone.
  void send(const std::string& line);
  /// Without its end; nullopt: the run has ended.
  [[nodiscard]] std::optional<std::string> receive();

 private:
  int socket_;
  std::string input_;
  std::size_t read_ = 0;  // of input_
};

}  // namespace weir::core::cli
