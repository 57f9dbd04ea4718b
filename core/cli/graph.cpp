// SPDX-License-Identifier: Apache-2.0
// Boost.Process starts Graphviz directly, without a shell.
#include <boost/process.hpp>
#include <cstdio>
#include <fstream>
#include <future>
#include <iostream>

#include "core/cli/command.hpp"
#include "core/cli/command_line.hpp"
#include "core/cli/pipeline.hpp"
#include "core/graph/render.hpp"

namespace weir::core::cli {
namespace {

namespace po = boost::program_options;

std::string to_svg(const std::string& dot) {
  namespace bp = boost::process;
  const auto program = bp::search_path("dot");
  if (program.empty()) {
    throw UsageError(
        "svg is drawn by Graphviz, which is not installed: apt install graphviz (or use --format "
        "dot)");
  }
  bp::opstream in;
  bp::ipstream out;
  bp::child child(program, "-Tsvg", bp::std_in<in, bp::std_out> out);
  auto writing = std::async(std::launch::async, [&] {
    in << dot << std::flush;
    in.pipe().close();
  });
  const std::string svg((std::istreambuf_iterator<char>(out)), std::istreambuf_iterator<char>());
  writing.get();
  child.wait();
  if (child.exit_code() != 0)
    throw UsageError("Graphviz ended with " + std::to_string(child.exit_code()));
  return svg;
}

std::string render(const Graph& graph, const std::string& format) {
  if (format == "text") return to_text_tree(graph);
  if (format == "dot") return to_dot(graph);
  if (format == "mermaid") return to_mermaid(graph);
  if (format == "svg") return to_svg(to_dot(graph));
  throw UsageError("--format " + format + " is not known; use text, dot, mermaid or svg");
}

}  // namespace

int graph_command(const Arguments& arguments) {
  CommandLine line("weir graph PIPELINE [options]", "Draws how the nodes of a pipeline are wired.",
                   "  weir graph monitor\n"
                   "  weir graph monitor --format svg --output monitor.svg\n"
                   "  weir graph monitor --format mermaid >> README.md\n");
  line.add()("format", po::value<std::string>()->default_value("text")->value_name("FORMAT"),
             "text, dot, mermaid or svg (drawn by Graphviz)")(
      "output,o", po::value<std::string>()->value_name("FILE"), "write to this file");
  add_set_option(line);
  add_plugin_options(line);
  line.positional("pipeline", 1);
  const auto given = line.parse(arguments);
  if (!given) return done;
  const Texts names = texts(*given, "pipeline");
  if (names.empty()) throw UsageError("name a pipeline to draw; see weir graph --help");
  Registry registry = make_registry(texts(*given, "plugins"), texts(*given, "trust-plugins"),
                                    Registry::Use::describe);
  const CheckedPipeline checked = check_pipeline(names.front(), texts(*given, "set"), registry);
  print_problems(checked);
  if (!checked.ok()) return wrong_usage;
  const std::string drawing = render(checked.graph, (*given)["format"].as<std::string>());
  if (given->count("output") == 0) {
    std::cout << drawing;
    return done;
  }
  const std::string file = (*given)["output"].as<std::string>();
  std::ofstream out(file);
  out << drawing;
  if (!out.flush()) throw UsageError(file + ": cannot be written");
  return done;
}

}  // namespace weir::core::cli
