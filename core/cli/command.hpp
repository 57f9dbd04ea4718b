// SPDX-License-Identifier: Apache-2.0
#pragma once
/// The commands of `weir`, one file each.

#include <stdexcept>
#include <string>
#include <vector>

namespace weir::core::cli {

/// Exit codes of every command.
enum Exit : int {
  done = 0,
  failed = 1,       ///< a node failed for good, or what was asked for could not be done
  wrong_usage = 2,  ///< a wrong command line or pipeline
  interrupted = 130
};

/// What stands after the command's name.
using Arguments = std::vector<std::string>;

/// A command line that cannot be understood; one line, which main prints with a hint at --help.
class UsageError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

int run_command(const Arguments& arguments);
int validate_command(const Arguments& arguments);
int test_command(const Arguments& arguments);
int graph_command(const Arguments& arguments);
int plugins_command(const Arguments& arguments);
int schema_command(const Arguments& arguments);
int top_command(const Arguments& arguments);
int tap_command(const Arguments& arguments);
int selftest_command(const Arguments& arguments);
int new_command(const Arguments& arguments);
int version_command(const Arguments& arguments);

}  // namespace weir::core::cli
