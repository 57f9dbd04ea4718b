// SPDX-License-Identifier: Apache-2.0
#include "core/cli/command_line.hpp"

#include <iostream>

namespace weir::core::cli {
namespace po = boost::program_options;

CommandLine::CommandLine(std::string usage, std::string text, std::string examples)
    : usage_(std::move(usage)),
      text_(std::move(text)),
      examples_(std::move(examples)),
      options_("options", 100, 60) {
  options_.add_options()("help,h", "this text");
}

void CommandLine::positional(const std::string& name, int most) {
  hidden_.add_options()(name.c_str(), po::value<Texts>());
  positional_.add(name.c_str(), most);
}

std::optional<po::variables_map> CommandLine::parse(const Arguments& arguments) {
  po::options_description all;
  all.add(options_).add(hidden_);
  po::variables_map given;
  try {
    po::store(po::command_line_parser(arguments).options(all).positional(positional_).run(), given);
    if (given.count("help") == 0) po::notify(given);
  } catch (const po::error& wrong) {
    throw UsageError(std::string(wrong.what()) + "; see " + usage_.substr(0, usage_.find(' ', 5)) +
                     " --help");
  }
  if (given.count("help") == 0) return given;
  print_help();
  return std::nullopt;
}

void CommandLine::print_help() const {
  std::cout << "usage: " << usage_ << "\n\n"
            << text_ << "\n\n"
            << options_ << "\nexamples:\n"
            << examples_;
}

void add_plugin_options(CommandLine& line) {
  line.add()("plugins", po::value<Texts>()->composing()->value_name("DIR"),
             "look for plugins here first; may be given more than once")(
      "trust-plugins", po::value<Texts>()->composing()->value_name("DIR"),
      "load libraries of this folder even if others could have written them");
}

void add_set_option(CommandLine& line) {
  line.add()("set", po::value<Texts>()->composing()->value_name("NODE.OPTION=VALUE"),
             "override an option of the file; may be given more than once");
}

Texts texts(const po::variables_map& given, const char* name) {
  return given.count(name) == 0 ? Texts{} : given[name].as<Texts>();
}

LogFormat log_format(const boost::program_options::variables_map& given) {
  const std::string text = given["log-format"].as<std::string>();
  if (text == "text") return LogFormat::text;
  if (text == "json") return LogFormat::json;
  throw UsageError("--log-format " + text + " is not known; use text or json");
}

}  // namespace weir::core::cli
