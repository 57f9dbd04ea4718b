// SPDX-License-Identifier: Apache-2.0
// Runs icmp-source through a path whose truth is known, and prints how far it was off.
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <optional>
#include <thread>

#include "core/cli/command.hpp"
#include "core/cli/command_line.hpp"
#include "core/cli/pipeline.hpp"
#include "core/testpath/judge.hpp"
#include "core/testpath/observations.hpp"
#include "core/testpath/path.hpp"
#include "weir/error.hpp"
#include "weir/units.hpp"

namespace weir::core::cli {
namespace {

namespace fs = std::filesystem;
using namespace testpath;

// Longer than a stall of a busy machine, and rows come after twice of it.
constexpr std::chrono::milliseconds timeout{500};

struct Pattern {
  const char* name;
  const char* impairments;
};

/// The first is for the error of round trips: nothing but the delay.
constexpr std::array patterns{
    Pattern{"clean", "delay=20ms"},
    Pattern{"random loss", "delay=20ms loss=3% seed=11"},
    Pattern{"loss in bursts", "delay=20ms gilbert=1%/20% seed=12"},
    Pattern{"outages", "delay=20ms outage=700ms+300ms outage=1500ms+100ms"},
    Pattern{"late replies", "delay=20ms hold=4%/730ms seed=13"},
    Pattern{"duplicates", "delay=20ms duplicate=5%/2ms loss=2% seed=14"},
    Pattern{"reordering", "delay=25ms jitter=15ms loss=1% seed=15"},
    Pattern{"slow line", "delay=10ms rate=600kbit queue=12KiB seed=16"},
};

std::atomic<bool> signalled{false};
static_assert(std::atomic<bool>::is_always_lock_free, "a signal handler writes it");

/// SIGINT and SIGTERM end the path that is under way, and then this command: what it made goes too.
void stop_on_signals() {
  struct sigaction action {};
  action.sa_handler = [](int) { signalled = true; };
  ::sigaction(SIGINT, &action, nullptr);
  ::sigaction(SIGTERM, &action, nullptr);
}

class TemporaryFolder {
 public:
  TemporaryFolder() {
    std::string pattern = (fs::temp_directory_path() / "weir-selftest-XXXXXX").string();
    if (::mkdtemp(pattern.data()) == nullptr)
      throw Error("cannot make a temporary folder in " + fs::temp_directory_path().string());
    path_ = pattern;
  }
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;
  // A run that was just killed may still write: then there is more to remove.
  ~TemporaryFolder() {
    std::error_code error;
    for (int attempt = 0; attempt < 100; ++attempt) {
      fs::remove_all(path_, error);
      if (!fs::exists(path_, error)) return;
      std::this_thread::sleep_for(std::chrono::milliseconds(10));
    }
  }
  [[nodiscard]] fs::path operator/(const char* name) const { return path_ / name; }

 private:
  fs::path path_;
};

std::string read_text(const fs::path& file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

/// 1000 probes a second, half of them over IPv6 where the machine has it.
void write_pipeline(const fs::path& file) {
  const bool ipv6 = fs::exists("/proc/net/if_inet6");
  std::ofstream(file)
      << "nodes:\n"
         "  probe: {plugin: icmp-source, targets: [10.77.0.8, 10.77.0.9, "
      << (ipv6 ? "'fd77::8', 'fd77::9'" : "10.77.0.10, 10.77.0.11")
      << "],\n"
         "          interval: 1s, count: 250, tick: 1ms, timeout: "
      << timeout.count()
      << "ms, per_probe: true, required: true}\n"
         "  rows:  {plugin: file-sink, inputs: [probe.probes], path: rows.jsonl, append: false}\n";
}

/// Becomes `weir run`, in the folder and with its messages in a file there.
int become_run(const fs::path& folder, const Arguments& words) {
  const int messages =
      ::open((folder / "messages").c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  if (messages < 0 || ::dup2(messages, STDOUT_FILENO) < 0 || ::dup2(messages, STDERR_FILENO) < 0)
    return 1;
  if (::chdir(folder.c_str()) != 0) return 1;
  Arguments copy = words;
  std::vector<char*> arguments;
  for (std::string& word : copy) arguments.push_back(word.data());
  arguments.push_back(nullptr);
  ::execv(arguments[0], arguments.data());
  return 127;
}

/// `weir run …` with the plugins that this command was given.
Arguments run_words(const boost::program_options::variables_map& given, const std::string& time) {
  // Inside the path's network it may be root of a user namespace, and there is no other user.
  Arguments words{program_path().string(),
                  "run",
                  "pipeline.yaml",
                  "--for",
                  time,
                  "--state",
                  "state",
                  "--user",
                  "root"};
  for (const char* option : {"plugins", "trust-plugins"}) {
    for (const std::string& folder : texts(given, option)) {
      words.push_back("--" + std::string(option));
      words.push_back(fs::absolute(folder).string());
    }
  }
  return words;
}

struct Result {
  Verdict verdict;
  Nanos path_error{};  ///< 99 % of the replies departed at most so much beside their time
};

/// How punctual a path is that only delays.
Nanos path_error(const std::vector<Record>& truth, Nanos delay) {
  std::vector<Nanos> errors;
  for (const Record& record : truth) {
    if (record.finished && !record.lost())
      errors.push_back(std::chrono::abs(record.departed.front() - record.arrived - delay));
  }
  if (errors.empty()) return {};
  std::sort(errors.begin(), errors.end());
  return errors[(errors.size() - 1) * 99 / 100];
}

/// Nothing where a signal ended it.
std::optional<Result> run_pattern(const Pattern& pattern, const Arguments& words) {
  const TemporaryFolder folder;
  write_pipeline(folder / "pipeline.yaml");
  PathSettings settings{.impairments = parse_impairments(pattern.impairments),
                        .log = folder / "truth"};
  settings.stop = [] { return signalled.load(); };
  const int code = run_in_path(settings, [&] { return become_run(folder / "", words); });
  if (signalled) return std::nullopt;
  if (code != 0) {
    throw Error("weir run ended with " + std::to_string(code) + " on the test path:\n" +
                read_text(folder / "messages"));
  }
  const std::vector<Record> truth = parse_truth(read_text(folder / "truth"));
  const auto observed = parse_observations(read_text(folder / "rows.jsonl"));
  return Result{judge(truth, observed, {.timeout = timeout}),
                path_error(truth, settings.impairments.delay)};
}

double microseconds(Nanos time) { return std::chrono::duration<double, std::micro>(time).count(); }

void print_header() {
  std::printf("%-15s %7s %6s %6s %6s %6s  %-10s %8s %8s %8s\n", "path", "probes", "lost", "late",
              "twice", "reord.", "verdict", "p50 µs", "p90 µs", "p99 µs");
  std::fflush(stdout);
}

void print_row(const Pattern& pattern, const Verdict& verdict, bool good) {
  std::printf("%-15s %7zu %6zu %6zu %6zu %6zu  %-10s %7.1f %7.1f %7.1f\n", pattern.name,
              verdict.compared, verdict.lost.in_truth(), verdict.late.in_truth(),
              verdict.duplicate.in_truth(), verdict.reordered.in_truth(),
              good ? "identical" : "DIFFERENT", microseconds(verdict.error_quantile(0.5)),
              microseconds(verdict.error_quantile(0.9)),
              microseconds(verdict.error_quantile(0.99)));
  std::fputs(differences(verdict).c_str(), stdout);
  std::fflush(stdout);
}

CommandLine selftest_line() {
  CommandLine line(
      "weir selftest [options]",
      "Measures this machine's own error: runs icmp-source, 1000 probes a second, "
      "through a network\n"
      "of its own (a TUN device in a namespace) that delays, loses, doubles and "
      "reorders as it is told\n"
      "and writes down what it did. Each probe is compared with that. Nothing leaves "
      "this machine.\n"
      "Exit code 0: each probe was judged right; 1: not, or no path can be made; 130: interrupted.",
      "  sudo weir selftest\n"
      "  weir selftest --for 10s\n");
  line.add()(
      "for",
      boost::program_options::value<std::string>()->default_value("4s")->value_name("DURATION"),
      "time of each of the paths");
  add_plugin_options(line);
  return line;
}

std::string checked_time(const std::string& text) {
  const auto time = parse_duration(text);
  if (!time || *time < std::chrono::seconds(2) || *time > std::chrono::minutes(5))
    throw UsageError("--for " + text + " is no time between 2s and 5m");
  return text;
}

}  // namespace

int selftest_command(const Arguments& arguments) {
  CommandLine line = selftest_line();
  const auto given = line.parse(arguments);
  if (!given) return done;
  const Arguments words = run_words(*given, checked_time((*given)["for"].as<std::string>()));
  if (const auto reason = why_no_path()) {
    std::fprintf(stderr, "weir selftest: %s\n", reason->c_str());
    return failed;
  }
  stop_on_signals();
  bool all_good = true;
  std::optional<Nanos> punctuality;
  print_header();
  for (const Pattern& pattern : patterns) {
    const auto result = run_pattern(pattern, words);
    if (!result) return interrupted;
    const bool good = result->verdict.identical() && result->verdict.compared > 0;
    print_row(pattern, result->verdict, good);
    all_good = all_good && good;
    if (!punctuality) punctuality = result->path_error;
  }
  std::printf(
      "\nverdict: lost, late, doubled and reordered probes against the path's log, probe by "
      "probe.\n"
      "p50, p90, p99: error of the round trips. The path itself kept its times to %.1f µs (p99).\n",
      microseconds(*punctuality));
  return all_good ? done : failed;
}

}  // namespace weir::core::cli
