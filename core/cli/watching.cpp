// SPDX-License-Identifier: Apache-2.0
#include "core/cli/watching.hpp"

#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cstdlib>
#include <fstream>
#include <utility>
#include <vector>

#include "core/observe/control_path.hpp"
#include "core/observe/notify.hpp"
#include "weir/error.hpp"

namespace weir::core::cli {
namespace {

namespace fs = std::filesystem;
namespace po = boost::program_options;

const char* environment(const char* name) { return std::getenv(name); }

std::string read_token(const std::string& file) {
  std::ifstream stream(file, std::ios::binary);
  std::string token;
  if (!std::getline(stream, token)) {
    throw UsageError("--listen-token-file " + file + " cannot be read, or is empty");
  }
  if (token.size() < 16) {
    throw UsageError("--listen-token-file " + file +
                     ": a token has 16 characters or more; openssl rand -hex 32 makes one");
  }
  return token;
}

Duration watchdog_option(const po::variables_map& given) {
  const std::string text = given["watchdog"].as<std::string>();
  if (text == "off") return Duration{0};
  const auto limit = parse_duration(text);
  if (!limit || limit->count() <= 0) {
    throw UsageError("--watchdog " + text + " is no duration; write 30s, 5m or off");
  }
  return *limit;
}

std::string listed(const std::vector<fs::path>& folders) {
  std::string text;
  for (const fs::path& folder : folders) text += (text.empty() ? "" : ", ") + folder.string();
  return text;
}

std::string names_of(const std::vector<observe::FoundRun>& runs) {
  std::string text;
  for (const auto& run : runs) text += (text.empty() ? "" : ", ") + run.pipeline;
  return text;
}

}  // namespace

fs::path state_folder(const po::variables_map& given) {
  if (given.count("state") > 0) return given["state"].as<std::string>();
  if (const char* state = std::getenv("XDG_STATE_HOME")) return fs::path(state) / "weir";
  if (const char* home = std::getenv("HOME")) return fs::path(home) / ".local" / "state" / "weir";
  return "weir-state";
}

void add_watching_options(CommandLine& line) {
  line.add()("listen", po::value<std::string>()->value_name("ADDRESS"),
             "serve /metrics and /health there, for example 127.0.0.1:9108")(
      "listen-token-file", po::value<std::string>()->value_name("FILE"),
      "ask for the bearer token in it; needed where others can reach the address")(
      "watchdog", po::value<std::string>()->default_value("30s")->value_name("DURATION"),
      "warn of a call that has gone on for so long without a sign of life; off: never")(
      "control", po::value<std::string>()->value_name("PATH"),
      "the socket that weir top and weir tap look at ($XDG_RUNTIME_DIR/weir/<pipeline>.sock)");
}

observe::ObserverOptions watching_options(const po::variables_map& given, Console& console) {
  observe::ObserverOptions options;
  options.watchdog = watchdog_option(given);
  try {
    if (given.count("listen") > 0) {
      options.listen = http::parse_address(given["listen"].as<std::string>());
    }
  } catch (const Error& trouble) {
    throw UsageError(std::string("--listen ") + trouble.what());
  }
  if (given.count("listen-token-file") > 0) {
    options.listen_token = read_token(given["listen-token-file"].as<std::string>());
  }
  if (options.listen && !options.listen->loopback() && options.listen_token.empty()) {
    throw UsageError("--listen " + to_text(*options.listen) +
                     " can be reached by others: give --listen-token-file FILE with a token that "
                     "they must know");
  }
  if (given.count("control") > 0) options.control = given["control"].as<std::string>();
  options.control_folders = observe::control_folders(state_folder(given), environment);
  if (const char* socket = std::getenv("NOTIFY_SOCKET")) options.notify_socket = socket;
  options.notify_interval = observe::watchdog_interval(std::getenv("WATCHDOG_USEC"),
                                                       std::getenv("WATCHDOG_PID"), ::getpid());
  options.log = [&console](Level level, std::string_view node, std::string_view text) {
    console.log(level, node, text);
  };
  return options;
}

std::unique_ptr<observe::Observer> watch(const Graph& graph, runtime::Runner& runner,
                                         std::shared_ptr<runtime::Taps> taps,
                                         observe::ObserverOptions options,
                                         std::function<std::string()> reload) {
  observe::WatchedRun run;
  run.snapshot = [&runner] { return runner.snapshot(); };
  run.pulse = [&runner] { return runner.pulse(); };
  run.stop = [&runner] { runner.request_stop(); };
  run.reload = std::move(reload);
  run.taps = std::move(taps);
  return std::make_unique<observe::Observer>(facts_now(graph), std::move(run), std::move(options));
}

observe::RunFacts facts_now(const Graph& graph) {
  static const Timestamp started =
      std::chrono::time_point_cast<Duration>(std::chrono::system_clock::now());
  return observe::facts_of(graph, WEIR_VERSION, ::getpid(), started);
}

void add_finding_options(CommandLine& line) {
  line.add()("control", po::value<std::string>()->value_name("PATH"),
             "the run's control socket, where it is not in the usual place")(
      "state", po::value<std::string>()->value_name("DIR"),
      "the state folder that the run was given (~/.local/state/weir)");
}

int connect_to_run(const po::variables_map& given, const std::string& pipeline) {
  if (given.count("control") > 0) {
    const std::string path = given["control"].as<std::string>();
    const int socket = observe::connect_to(path);
    if (socket < 0) throw Error("no run listens on " + path);
    return socket;
  }
  const auto folders = observe::folders_to_search(state_folder(given), environment);
  const auto runs = observe::find_runs(folders);
  const std::string name = pipeline.find_first_of("/.") == std::string::npos
                               ? pipeline
                               : fs::path(pipeline).stem().string();
  std::vector<observe::FoundRun> meant;
  for (const auto& run : runs) {
    if (name.empty() || run.pipeline == name) meant.push_back(run);
  }
  if (meant.empty()) {
    throw Error("no run" + (name.empty() ? "" : " of '" + name + "'") +
                " goes on here (looked in " + listed(folders) + ")" +
                (runs.empty()
                     ? "; start one with weir run PIPELINE, or name its socket by --control PATH"
                     : "; there are: " + names_of(runs)));
  }
  if (name.empty() && meant.size() > 1) {
    throw Error("several runs go on: " + names_of(meant) + "; name one");
  }
  const int socket = observe::connect_to(meant.front().socket);
  if (socket < 0) throw Error("the run of " + meant.front().pipeline + " has just ended");
  return socket;
}

ControlConnection::~ControlConnection() { ::close(socket_); }

void ControlConnection::send(const std::string& line) {
  const std::string text = line + "\n";
  for (std::size_t sent = 0; sent < text.size();) {
    const ssize_t count = ::send(socket_, text.data() + sent, text.size() - sent, MSG_NOSIGNAL);
    if (count <= 0) throw Error("the run has ended");
    sent += static_cast<std::size_t>(count);
  }
}

std::optional<std::string> ControlConnection::receive() {
  while (true) {
    const std::size_t end = input_.find('\n', read_);
    if (end != std::string::npos) {
      std::string line = input_.substr(read_, end - read_);
      read_ = end + 1;
      return line;
    }
    input_.erase(0, std::exchange(read_, 0));
    std::array<char, 65536> buffer;
    const ssize_t count = ::recv(socket_, buffer.data(), buffer.size(), 0);
    if (count <= 0) return std::nullopt;
    input_.append(buffer.data(), static_cast<std::size_t>(count));
  }
}

}  // namespace weir::core::cli
