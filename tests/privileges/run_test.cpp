// SPDX-License-Identifier: Apache-2.0
// A run uses its rights once and then has none: as root, by a file capability, and with ping
// sockets. What needs root says loudly that it did not run.
#include <fcntl.h>
#include <grp.h>
#include <gtest/gtest.h>
#include <linux/capability.h>
#include <sched.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

#include <fstream>
#include <sstream>

#include "tests/support/program.hpp"

namespace weir::test {
namespace {

namespace fs = std::filesystem;

constexpr unsigned nobody = 65534;
const std::string no_capability = "0000000000000000";

struct Row {
  std::string permitted, effective, no_new_privileges, user, inode, opens_again;
};

class RunRights : public ::testing::Test {
 protected:
  void SetUp() override {
    if (::geteuid() != 0) GTEST_SKIP() << "needs root: rights are given here, to be given up";
    fs::permissions(folder_.path(), fs::perms::all);  // for nobody
    write("");
  }

  void write(const std::string& options) const {
    write_text(folder_ / "p.yaml",
               "nodes:\n  up: {plugin: rights-source" + options +
                   "}\n  rows: {plugin: file-sink, inputs: [up], path: rows.csv}\n");
  }

  ProgramResult run(const fs::path& program, const std::function<void()>& in_child,
                    std::vector<std::string> more = {}) const {
    ProgramRun run{
        .arguments = {"run", "p.yaml", "--plugins", RIGHTS_PLUGINS, "--plugins",
                      std::string(WEIR_BUILD_DIR) + "/lib/weir/plugins", "--state", "state"},
        .folder = folder_.path(),
        // A process that has changed its user cannot be traced, not even by the leak
        // checker.
        .environment = {"ASAN_OPTIONS=detect_leaks=0"},
        .program = program,
        .in_child = in_child};
    run.arguments.insert(run.arguments.end(), more.begin(), more.end());
    return run_weir(run);
  }

  [[nodiscard]] std::vector<Row> rows() const {
    std::ifstream file(folder_ / "rows.csv");
    std::string line;
    std::getline(file, line);
    std::vector<Row> rows;
    while (std::getline(file, line)) {
      std::istringstream cells(line);
      Row row;
      std::string time;
      for (std::string* cell : {&time, &row.permitted, &row.effective, &row.no_new_privileges,
                                &row.user, &row.inode, &row.opens_again})
        std::getline(cells, *cell, ',');
      rows.push_back(row);
    }
    return rows;
  }

  void expect_no_rights_and_one_socket(const std::string& user) const {
    const std::vector<Row> all = rows();
    ASSERT_EQ(all.size(), 3U) << "one row an instance";
    for (const Row& row : all) {
      EXPECT_EQ(row.permitted, no_capability);
      EXPECT_EQ(row.effective, no_capability);
      EXPECT_EQ(row.no_new_privileges, "1");
      EXPECT_EQ(row.user, user);
      EXPECT_NE(row.inode, "-1") << "the socket was opened before";
      EXPECT_EQ(row.inode, all.front().inode) << "an instance made anew finds the same socket";
    }
  }

  TemporaryFolder folder_;
};

void become_nobody() {
  if (::setgroups(0, nullptr) != 0 || ::setresgid(nobody, nobody, nobody) != 0 ||
      ::setresuid(nobody, nobody, nobody) != 0)
    ::_exit(125);
}

/// Ping sockets for all, in a network of the child's own.
void allow_ping_sockets() {
  if (::unshare(CLONE_NEWNET) != 0) ::_exit(125);
  std::ofstream("/proc/sys/net/ipv4/ping_group_range") << "0 2147483647";
}

/// A copy of the program that whoever starts it has CAP_NET_RAW in.
bool copy_with_net_raw(const fs::path& to) {
  fs::copy_file(fs::path(WEIR_BUILD_DIR) / "bin/weir", to);
  fs::permissions(to, static_cast<fs::perms>(0755));
  vfs_cap_data capability{};
  capability.magic_etc = VFS_CAP_REVISION_2 | VFS_CAP_FLAGS_EFFECTIVE;
  capability.data[0].permitted = 1U << CAP_NET_RAW;
  return ::setxattr(to.c_str(), "security.capability", &capability, XATTR_CAPS_SZ_2, 0) == 0;
}

bool others_may_reach(const fs::path& file) {
  for (fs::path part = file; part != part.root_path(); part = part.parent_path()) {
    if ((fs::status(part).permissions() & fs::perms::others_exec) == fs::perms::none) return false;
  }
  return true;
}

TEST_F(RunRights, RootLosesAllCapabilities) {
  const ProgramResult result = run({}, {});
  ASSERT_EQ(result.exit_code, 0) << result.err;
  expect_no_rights_and_one_socket("0");
  EXPECT_EQ(rows().front().opens_again, "false") << "the right is gone";
  EXPECT_NE(result.err.find("--user NAME leaves root too"), std::string::npos) << result.err;
}

TEST_F(RunRights, AnIsolatedNodeIsHandedItsSocketAndNoRight) {
  write(", isolation: process");
  // Its process counts no instances of others, so the time ends it.
  const ProgramResult result = run({}, {}, {"--for", "5s"});
  EXPECT_EQ(result.exit_code, 0) << result.err;
  const std::vector<Row> all = rows();
  ASSERT_FALSE(all.empty()) << result.err;
  for (const Row& row : all) {
    EXPECT_EQ(row.permitted, no_capability);
    EXPECT_EQ(row.effective, no_capability);
    EXPECT_EQ(row.no_new_privileges, "1");
    EXPECT_NE(row.inode, "-1") << "the socket was opened by the engine";
    EXPECT_EQ(row.inode, all.front().inode);
    EXPECT_EQ(row.opens_again, "false");
  }
}

TEST_F(RunRights, RootBecomesTheUserThatIsNamed) {
  const ProgramResult result = run({}, {}, {"--user", std::to_string(nobody)});
  ASSERT_EQ(result.exit_code, 0) << result.err;
  expect_no_rights_and_one_socket(std::to_string(nobody));
  struct stat written {};
  ASSERT_EQ(::stat((folder_ / "rows.csv").c_str(), &written), 0);
  EXPECT_EQ(written.st_uid, nobody) << "what a run writes is the user's";
}

TEST_F(RunRights, ARunBySudoGoesOnAsTheCaller) {
  const ProgramResult result =
      run({}, [] { ::setenv("SUDO_UID", std::to_string(nobody).c_str(), 1); });
  ASSERT_EQ(result.exit_code, 0) << result.err;
  expect_no_rights_and_one_socket(std::to_string(nobody));
}

TEST_F(RunRights, AnUnknownUserEndsTheRunBeforeItBegins) {
  const ProgramResult result = run({}, {}, {"--user", "no-such-user"});
  EXPECT_EQ(result.exit_code, 1);
  EXPECT_NE(result.err.find("--user no-such-user: there is no such user"), std::string::npos)
      << result.err;
  EXPECT_FALSE(fs::exists(folder_ / "rows.csv"));
}

TEST_F(RunRights, NobodyNeedsOnlyTheFileCapability) {
  if (RIGHTS_SANITIZED) GTEST_SKIP() << "the leak checker cannot trace a program with capabilities";
  if (!others_may_reach(RIGHTS_PLUGINS)) GTEST_SKIP() << "nobody may not read this build's folder";
  const fs::path program = folder_ / "weir";
  if (!copy_with_net_raw(program)) GTEST_SKIP() << "no file capabilities in the temporary folder";
  // A folder that all may write is sticky, or its plugins and programs would be distrusted.
  fs::permissions(folder_.path(), fs::perms::sticky_bit, fs::perm_options::add);
  const ProgramResult result = run(program, become_nobody);
  ASSERT_EQ(result.exit_code, 0) << result.err;
  expect_no_rights_and_one_socket(std::to_string(nobody));
  EXPECT_EQ(rows().front().opens_again, "false");
}

TEST_F(RunRights, NobodyTakesPingSocketsWhereTheRangeAllows) {
  if (!others_may_reach(RIGHTS_PLUGINS)) GTEST_SKIP() << "nobody may not read this build's folder";
  write(", ping: true");
  const ProgramResult result = run({}, [] {
    allow_ping_sockets();
    become_nobody();
  });
  ASSERT_EQ(result.exit_code, 0) << result.err;
  expect_no_rights_and_one_socket(std::to_string(nobody));
}

constexpr const char* pings =
    "nodes:\n"
    "  ping: {plugin: icmp-source, targets: [127.0.0.1], interval: 100ms, required: true}\n"
    "  rows: {plugin: file-sink, inputs: [ping], path: rows.csv}\n";

TEST_F(RunRights, IcmpSourcePingsAsNobodyByTheFileCapability) {
  if (RIGHTS_SANITIZED) GTEST_SKIP() << "the leak checker cannot trace a program with capabilities";
  if (!others_may_reach(RIGHTS_PLUGINS)) GTEST_SKIP() << "nobody may not read this build's folder";
  const fs::path program = folder_ / "weir";
  if (!copy_with_net_raw(program)) GTEST_SKIP() << "no file capabilities in the temporary folder";
  fs::permissions(folder_.path(), fs::perms::sticky_bit, fs::perm_options::add);
  write_text(folder_ / "p.yaml", pings);
  const ProgramResult result = run(program, become_nobody, {"--for", "1s"});
  EXPECT_EQ(result.exit_code, 0) << result.err;
  EXPECT_NE(read_text(folder_ / "rows.csv").find(",127.0.0.1,127.0.0.1,1,1,"), std::string::npos)
      << "sent 1, received 1\n"
      << read_text(folder_ / "rows.csv") << result.err;
}

TEST_F(RunRights, IcmpSourceSaysWhatToDoWhereItMayNotPing) {
  if (!others_may_reach(RIGHTS_PLUGINS)) GTEST_SKIP() << "nobody may not read this build's folder";
  write_text(folder_ / "p.yaml", pings);
  const ProgramResult result = run({}, [] {
    // A network in which the range of ping sockets is what the kernel begins with: nobody's.
    if (::unshare(CLONE_NEWNET) != 0) ::_exit(125);
    become_nobody();
  });
  EXPECT_EQ(result.exit_code, 1);
  const std::string program = std::string(WEIR_BUILD_DIR) + "/bin/weir";
  EXPECT_NE(result.err.find("sudo setcap cap_net_raw+ep " + program), std::string::npos)
      << result.err;
  EXPECT_NE(result.err.find("sudo sysctl -w net.ipv4.ping_group_range=\"0 2147483647\""),
            std::string::npos)
      << result.err;
}

TEST_F(RunRights, WithoutAnyRightNothingIsKept) {
  if (!others_may_reach(RIGHTS_PLUGINS)) GTEST_SKIP() << "nobody may not read this build's folder";
  const ProgramResult result = run({}, become_nobody);
  ASSERT_EQ(result.exit_code, 0) << result.err;
  ASSERT_EQ(rows().size(), 3U);
  EXPECT_EQ(rows().front().inode, "-1");
  EXPECT_EQ(rows().front().no_new_privileges, "1");
}

}  // namespace
}  // namespace weir::test
