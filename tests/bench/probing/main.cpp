// SPDX-License-Identifier: Apache-2.0
// What icmp-source costs a probe, in memory and how late it is, beside Debian's fping and a bare
// loop of sendmmsg and recvmmsg, all in one run on 127.0.0.0/8. Needs the right to raw sockets.
//
//   probing [--seconds N] [--stall N] [case…]
//
// Cases: paced large flood interference rows; all without one. --stall: for how long a DNS server
// or a sink stands still in `interference`, 30 s without it. `interference` and `rows` run the
// program `weir` of the same build.
//
// CPU is user and system time of the process; on a machine that others use it is the figure to look
// at, and the lateness is theirs.
#include <sys/utsname.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <string>
#include <vector>

#include "cases.hpp"
#include "child.hpp"

namespace {

namespace fs = std::filesystem;

std::string cpu_name() {
  std::ifstream file("/proc/cpuinfo");
  for (std::string line; std::getline(file, line);) {
    if (line.starts_with("model name")) return line.substr(line.find(':') + 2);
  }
  return "unknown CPU";
}

void print_machine(bool fping) {
  utsname system{};
  ::uname(&system);
  double load = 0;
  std::ifstream("/proc/loadavg") >> load;
  std::printf("machine: %s, %ld cores, Linux %s, load %.1f\n", cpu_name().c_str(),
              ::sysconf(_SC_NPROCESSORS_ONLN), system.release, load);
  if (!fping) std::printf("fping is not installed, so nothing is compared with it (apt: fping)\n");
}

struct Folder {
  Folder() {
    std::string pattern = (fs::temp_directory_path() / "probing-XXXXXX").string();
    if (::mkdtemp(pattern.data()) == nullptr) throw std::runtime_error("no temporary folder");
    path = pattern;
  }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
  ~Folder() {
    std::error_code ignored;
    fs::remove_all(path, ignored);
  }
  fs::path path;
};

}  // namespace

int main(int argc, char** argv) {
  std::setvbuf(stdout, nullptr, _IOLBF, 0);
  std::vector<std::string> cases(argv + 1, argv + argc);
  weir::bench::Setting setting;
  while (cases.size() >= 2 && cases[0].starts_with("--")) {
    (cases[0] == "--stall" ? setting.stall_seconds : setting.seconds) =
        std::max(2.0, std::atof(cases[1].c_str()));
    cases.erase(cases.begin(), cases.begin() + 2);
  }
  const auto wanted = [&](const char* name) {
    return cases.empty() || std::find(cases.begin(), cases.end(), name) != cases.end();
  };
  const Folder folder;
  setting.folder = folder.path;
  setting.fping =
      weir::bench::measure_program({"fping", "-v"}).text.find("Version") != std::string::npos;
  print_machine(setting.fping);
  measure_base(setting);
  if (wanted("paced")) {
    paced(setting, 1000, "10ms");
    fping_paced(setting, 1000);
    paced(setting, 10'000, "10ms");
    paced(setting, 10'000, "1ms");
    fping_paced(setting, 10'000);
  }
  if (wanted("large")) paced(setting, 60'000, "10ms");
  if (wanted("flood")) flood(setting);
  if (wanted("interference")) interference(setting);
  if (wanted("rows")) many_rows(setting);
}
