// SPDX-License-Identifier: Apache-2.0
// DNS that is dead, refuses, fails or is slow, and comes back with other addresses. Names that were
// known go on at their old addresses, the others' schedule is kept, nobody storms the server, and
// all names are back when it is. Fails if one of these does not hold; how late probes left is
// printed only.
//
// usage: dns_faults [--full]     40 s of each trouble, all at once; 2 min, one after the other
#include <sys/utsname.h>
#include <unistd.h>

#include <array>
#include <cstdio>
#include <exception>
#include <fstream>
#include <future>
#include <string_view>
#include <vector>

#include "listeners.hpp"
#include "scenario.hpp"
#include "socket_linux.hpp"

namespace {

using namespace weir::dns_faults;

bool may_ping() {
  using namespace weir::icmp_source;
  return open_socket(Family::ipv4, SocketKind::any, 0).fd.valid();
}

void print_machine() {
  utsname system{};
  ::uname(&system);
  double load = 0;
  std::ifstream("/proc/loadavg") >> load;
  std::printf("machine: %ld cores, Linux %s, load %.1f\n", ::sysconf(_SC_NPROCESSORS_ONLN),
              system.release, load);
}

bool print(const Report& report) {
  std::printf("%s", report.text.c_str());
  for (const std::string& wrong : report.wrong) std::printf("  FAILED: %s\n", wrong.c_str());
  return report.wrong.empty();
}

bool run_all(bool full) {
  Size size;
  if (full) {
    size.names = 100;
    size.late = 20;
    size.before = std::chrono::minutes(1);
    size.trouble = std::chrono::minutes(2);
  }
  const Listeners listeners(tcp_addresses(size));
  constexpr std::array troubles{Trouble::silent, Trouble::refused, Trouble::failing, Trouble::slow};
  std::vector<std::future<Report>> reports;
  for (const Trouble trouble : troubles) {
    const auto policy = full ? std::launch::deferred : std::launch::async;
    reports.push_back(
        std::async(policy, [&, trouble] { return run(trouble, size, listeners.port()); }));
  }
  bool good = true;
  for (auto& report : reports) good = print(report.get()) && good;
  return good;
}

}  // namespace

int main(int argc, char** argv) {
  std::setvbuf(stdout, nullptr, _IOLBF, 0);
  if (!may_ping()) {
    std::puts("skipped: no right to ping (raw or ping sockets); run it as root");
    return 77;
  }
  try {
    print_machine();
    const bool good = run_all(argc > 1 && std::string_view(argv[1]) == "--full");
    std::puts(good ? "0 lost, no storm, all names back" : "FAILED");
    return good ? 0 : 1;
  } catch (const std::exception& error) {
    std::printf("FAILED: %s\n", error.what());
    return 1;
  }
}
