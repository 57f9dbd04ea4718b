// SPDX-License-Identifier: Apache-2.0
// `weir test`: a pipeline's own tests.
#include <unistd.h>

#include <cstdio>
#include <optional>

#include "core/cli/command.hpp"
#include "core/cli/command_line.hpp"
#include "core/cli/node_factory.hpp"
#include "core/cli/pipeline.hpp"
#include "core/cli/test_files.hpp"
#include "core/cli/test_report.hpp"
#include "core/config/files.hpp"
#include "core/config/load.hpp"
#include "core/graph/bind.hpp"

namespace weir::core::cli {
namespace {

namespace po = boost::program_options;
using pipelinetest::PipelineTest;

CommandLine test_line() {
  CommandLine line(
      "weir test [PIPELINE...] [options]",
      "Runs a pipeline's own tests: rows in at a node, rows expected out, in virtual time. They\n"
      "stand beside the pipeline, for monitor.yaml or monitor.ini in monitor.test.yaml; without a\n"
      "PIPELINE all tests of ./pipelines are run. Sources and sinks are replaced: nothing is sent\n"
      "and nothing is written. Exit code 0: all pass; 1: at least one fails; 2: a wrong file.",
      "  weir test\n"
      "  weir test monitor --filter late\n"
      "  weir test pipelines/my.yaml --log-format json\n");
  line.add()("filter", po::value<std::string>()->value_name("TEXT"),
             "only tests whose name holds this text")(
      "log-format", po::value<std::string>()->default_value("text")->value_name("FORMAT"),
      "text, or json for machines: an object a test");
  add_plugin_options(line);
  line.positional("pipeline", -1);
  return line;
}

/// `--set` arguments are those of the test: their problems stand at their places in its file.
config::Problems moved(const config::Problems& from, const PipelineTest& test) {
  config::Problems to;
  for (config::Problem problem : from.all()) {
    const auto line = static_cast<std::size_t>(std::max(1, problem.place.line)) - 1;
    if (problem.place.file == "--set" && line < test.override_places.size())
      problem.place = test.override_places[line];
    to.add(std::move(problem));
  }
  return to;
}

class Tester {
 public:
  Tester(Registry& registry, std::string filter, bool json)
      : registry_(registry), filter_(std::move(filter)), json_(json) {}

  void run(const TestedPipeline& tested) {
    const auto read = read_tests(tested.tests);
    if (!read) {
      wrong_ = true;
      return;
    }
    for (const PipelineTest& test : read->tests) {
      if (test.name.find(filter_) != std::string::npos) run(tested, test, read->source);
    }
  }

  [[nodiscard]] int finish() const {
    if (!json_ && !(wrong_ && passed_ + failed_ == 0))
      std::printf("%zu passed, %zu failed\n", passed_, failed_);
    if (wrong_) return wrong_usage;
    if (passed_ + failed_ == 0) {
      std::fprintf(stderr, "weir: no test is called so; leave --filter out to run all\n");
      return wrong_usage;
    }
    return failed_ > 0 ? static_cast<int>(failed) : static_cast<int>(done);
  }

 private:
  static constexpr std::size_t limit = 1024 * 1024;

  /// True where they hold errors.
  bool print(const config::Problems& problems) {
    std::fputs(problems.render(::isatty(STDERR_FILENO) != 0).c_str(), stderr);
    wrong_ = wrong_ || problems.has_errors();
    return problems.has_errors();
  }

  void run(const TestedPipeline& tested, const PipelineTest& test, const std::string& source) {
    const auto begun = std::chrono::steady_clock::now();
    const config::FileRead read = config::read_file(tested.pipeline, limit);
    // Neither this process's variables nor .env: a test says the same on every machine.
    const config::Environment environment =
        [&](const std::string& name) -> std::optional<std::string> {
      const auto found = test.environment.find(name);
      return found == test.environment.end() ? std::nullopt : std::optional(found->second);
    };
    config::Loaded loaded = config::load_pipeline_text(tested.pipeline.string(), read.bytes,
                                                       environment, test.overrides);
    Graph graph;
    if (loaded.document.usable())
      graph = bind(loaded.document, registry_, harness_description(), loaded.problems);
    config::Problems problems = moved(loaded.problems, test);
    problems.add_source(tested.pipeline.string(), read.bytes);
    problems.add_source(test.place.file, source);
    if (problems.has_errors()) {
      print(problems);
      return;
    }
    TestRun result{tested.pipeline, &test, {}, {}};
    result.verdict = pipelinetest::run_test(
        graph, test,
        [&](const Graph& part) { return make_factory(part, {}, model_finder(registry_)); },
        problems);
    if (print(problems)) return;
    result.took = std::chrono::duration_cast<std::chrono::milliseconds>(
        std::chrono::steady_clock::now() - begun);
    ++(result.verdict.passed() ? passed_ : failed_);
    const std::string text = json_ ? report_json(result) + "\n" : report_text(result);
    std::fputs(text.c_str(), stdout);
    std::fflush(stdout);
  }

  Registry& registry_;
  std::string filter_;
  bool json_;
  std::size_t passed_ = 0;
  std::size_t failed_ = 0;
  bool wrong_ = false;
};

}  // namespace

int test_command(const Arguments& arguments) {
  CommandLine line = test_line();
  const auto given = line.parse(arguments);
  if (!given) return done;
  const bool json = log_format(*given) == LogFormat::json;
  const std::vector<TestedPipeline> all = find_tests(texts(*given, "pipeline"));
  Registry registry =
      make_registry(texts(*given, "plugins"), texts(*given, "trust-plugins"), Registry::Use::load);
  const std::string filter =
      given->count("filter") > 0 ? (*given)["filter"].as<std::string>() : std::string{};
  Tester tester(registry, filter, json);
  for (const TestedPipeline& tested : all) tester.run(tested);
  return tester.finish();
}

}  // namespace weir::core::cli
