// SPDX-License-Identifier: Apache-2.0
#include "core/observe/process_stats.hpp"

#include <unistd.h>

#include <cstdlib>
#include <fstream>
#include <iterator>
#include <sstream>
#include <string>
#include <system_error>
#include <vector>

namespace weir::core::observe {
namespace {

namespace fs = std::filesystem;

std::string text_of(const fs::path& file) {
  std::ifstream stream(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(stream), {}};
}

/// `btime` of /proc/stat: when the machine started, seconds since 1970.
double boot_time(const fs::path& proc) {
  std::ifstream stream(proc / "stat");
  std::string word;
  while (stream >> word) {
    double seconds = 0;
    if (word == "btime" && stream >> seconds) return seconds;
  }
  return 0;
}

}  // namespace

ProcessStats read_process_stats(const fs::path& proc) {
  ProcessStats stats;
  const std::string text = text_of(proc / "self" / "stat");
  // The second field is the program's name in brackets, and may hold spaces and brackets itself.
  const auto end_of_name = text.rfind(')');
  if (end_of_name != std::string::npos) {
    std::istringstream fields(text.substr(end_of_name + 1));
    const std::istream_iterator<std::string> first(fields);
    const std::vector<std::string> values(first, {});
    const auto field = [&](std::size_t number) {  // as proc(5) counts them; the state is 3
      const std::size_t at = number - 3;
      return at < values.size() ? std::strtod(values[at].c_str(), nullptr) : 0.0;
    };
    const auto ticks = static_cast<double>(::sysconf(_SC_CLK_TCK));
    stats.cpu_seconds = (field(14) + field(15)) / ticks;
    stats.threads = static_cast<std::uint64_t>(field(20));
    const double boot = boot_time(proc);
    if (boot > 0) stats.start_time_seconds = boot + field(22) / ticks;
    stats.virtual_bytes = static_cast<std::uint64_t>(field(23));
    stats.resident_bytes =
        static_cast<std::uint64_t>(field(24)) * static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE));
  }
  std::error_code error;
  for (fs::directory_iterator file(proc / "self" / "fd", error), end; !error && file != end;
       file.increment(error)) {
    ++stats.open_fds;
  }
  if (stats.open_fds > 0 && proc == "/proc") --stats.open_fds;  // the one that looks
  return stats;
}

}  // namespace weir::core::observe
