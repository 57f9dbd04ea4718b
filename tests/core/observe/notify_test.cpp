// SPDX-License-Identifier: Apache-2.0
#include "core/observe/notify.hpp"

#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>
#include <cstddef>
#include <cstring>

#include "core/observe/process_stats.hpp"
#include "tests/support/program.hpp"

namespace weir::core::observe {
namespace {

/// What comes at a socket of that name after `message` was told to it.
std::string heard(const std::string& name, const std::string& message) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  std::memcpy(address.sun_path, name.data(), name.size());
  if (address.sun_path[0] == '@') address.sun_path[0] = '\0';
  const int socket = ::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  const auto length = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + name.size());
  EXPECT_EQ(::bind(socket, reinterpret_cast<sockaddr*>(&address), length), 0);
  Notifier(name).tell(message);
  std::array<char, 256> buffer{};
  const ssize_t count = ::recv(socket, buffer.data(), buffer.size(), MSG_DONTWAIT);
  ::close(socket);
  return count < 0 ? "" : std::string(buffer.data(), static_cast<std::size_t>(count));
}

TEST(Notifier, TellsAPathAndAnAbstractName) {
  const test::TemporaryFolder folder;
  EXPECT_EQ(heard((folder / "n").string(), "READY=1\nSTATUS=ok"), "READY=1\nSTATUS=ok");
  EXPECT_EQ(heard("@weir-test-" + std::to_string(::getpid()), "STOPPING=1"), "STOPPING=1");
}

TEST(Notifier, NobodyThereIsNoTrouble) {
  Notifier("").tell("READY=1");
  Notifier("/nowhere/at/all").tell("READY=1");
  Notifier(std::string(500, 'x')).tell("READY=1");
  EXPECT_FALSE(Notifier("").on());
}

TEST(WatchdogInterval, IsHalfOfWhatIsAskedForThisProcess) {
  using std::chrono::seconds;
  EXPECT_EQ(watchdog_interval("60000000", nullptr, 7), seconds{30});
  EXPECT_EQ(watchdog_interval("60000000", "7", 7), seconds{30});
  EXPECT_EQ(watchdog_interval("60000000", "8", 7), std::nullopt);
  EXPECT_EQ(watchdog_interval(nullptr, nullptr, 7), std::nullopt);
  for (const char* wrong : {"", "0", "-5", "soon", "60s"}) {
    EXPECT_EQ(watchdog_interval(wrong, nullptr, 7), std::nullopt) << wrong;
  }
}

TEST(ProcessStats, AreRead) {
  const test::TemporaryFolder proc;
  std::string fields;
  for (int i = 4; i <= 24; ++i) fields += " " + std::to_string(i);
  test::write_text(proc / "self/stat", "1 (a) b) S" + fields + "\n");
  test::write_text(proc / "stat", "cpu 1 2\nbtime 1000\n");
  test::write_text(proc / "self/fd/0", "");
  test::write_text(proc / "self/fd/1", "");
  const ProcessStats stats = read_process_stats(proc.path());
  const auto ticks = static_cast<double>(::sysconf(_SC_CLK_TCK));
  EXPECT_DOUBLE_EQ(stats.cpu_seconds, (14 + 15) / ticks);
  EXPECT_EQ(stats.threads, 20U);
  EXPECT_DOUBLE_EQ(stats.start_time_seconds, 1000 + 22 / ticks);
  EXPECT_EQ(stats.virtual_bytes, 23U);
  EXPECT_EQ(stats.resident_bytes, 24U * static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE)));
  EXPECT_EQ(stats.open_fds, 2U);
}

TEST(ProcessStats, OfThisProcessMakeSense) {
  const ProcessStats stats = read_process_stats();
  EXPECT_GT(stats.resident_bytes, 100'000U);
  EXPECT_GE(stats.open_fds, 3U);
  EXPECT_GE(stats.threads, 1U);
}

TEST(ProcessStats, AreZeroWhereNothingCanBeRead) {
  const ProcessStats stats = read_process_stats("/nowhere");
  EXPECT_EQ(stats.resident_bytes, 0U);
  EXPECT_EQ(stats.open_fds, 0U);
}

}  // namespace
}  // namespace weir::core::observe
