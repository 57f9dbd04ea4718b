// SPDX-License-Identifier: Apache-2.0
#pragma once
/// A command's options by Boost.Program_options, with help that shows examples.

#include <boost/program_options.hpp>
#include <optional>
#include <string>
#include <vector>

#include "core/cli/command.hpp"
#include "core/cli/console.hpp"

namespace weir::core::cli {

class CommandLine {
 public:
  /// `usage`: "weir run PIPELINE [options]"; `text`: what it does; `examples`: lines of shell.
  CommandLine(std::string usage, std::string text, std::string examples);

  [[nodiscard]] boost::program_options::options_description_easy_init add() {
    return options_.add_options();
  }
  /// Takes up to `most` words that are no options under `name`.
  void positional(const std::string& name, int most);

  /// nullopt: --help was asked for and printed. Throws UsageError.
  [[nodiscard]] std::optional<boost::program_options::variables_map> parse(
      const Arguments& arguments);

 private:
  void print_help() const;

  std::string usage_;
  std::string text_;
  std::string examples_;
  boost::program_options::options_description options_;
  boost::program_options::options_description hidden_;
  boost::program_options::positional_options_description positional_;
};

/// Adds `--plugins DIR` and `--trust-plugins DIR`, both may repeat.
void add_plugin_options(CommandLine& line);
/// Adds `--set node.option=value`, may repeat.
void add_set_option(CommandLine& line);

/// Of `--log-format`; throws UsageError.
[[nodiscard]] LogFormat log_format(const boost::program_options::variables_map& given);

using Texts = std::vector<std::string>;
/// All values of an option that may repeat; none: empty.
[[nodiscard]] Texts texts(const boost::program_options::variables_map& given, const char* name);

}  // namespace weir::core::cli
