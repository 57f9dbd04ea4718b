// SPDX-License-Identifier: Apache-2.0
// Each case drops in a child of its own: what is given up does not come back.
#include "core/privileges/drop.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <functional>
#include <thread>

#include "weir/error.hpp"

namespace weir::core {
namespace {

enum Exit { fine = 0, wrong = 1, threw = 2 };

/// The exit code of a child that runs `work`.
int in_child(const std::function<int()>& work) {
  const pid_t child = ::fork();
  if (child == 0) {
    try {
      ::_exit(work());
    } catch (const Error&) {
      ::_exit(threw);
    }
  }
  int status = 0;
  ::waitpid(child, &status, 0);
  return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

bool nothing_left() {
  const Rights rights = current_rights();
  return !rights.has_capabilities() && rights.no_new_privileges;
}

bool raw_socket() { return ::socket(AF_INET, SOCK_RAW | SOCK_CLOEXEC, 1) >= 0; }

TEST(Drop, LeavesNothing) {
  EXPECT_EQ(in_child([] {
              drop_rights(std::nullopt);
              return nothing_left() && !raw_socket() ? fine : wrong;
            }),
            fine);
}

TEST(Drop, MayBeDoneTwice) {
  EXPECT_EQ(in_child([] {
              drop_rights(std::nullopt);
              drop_rights(std::nullopt);
              return nothing_left() ? fine : wrong;
            }),
            fine);
}

TEST(Drop, IsRefusedWhileAnotherThreadHasRights) {
  if (current_rights().permitted == 0) GTEST_SKIP() << "needs capabilities: there are none to drop";
  EXPECT_EQ(in_child([] {
              std::thread other([] { ::pause(); });
              other.detach();
              drop_rights(std::nullopt);
              return fine;
            }),
            threw);
}

TEST(Drop, AThreadWithoutRightsDoesNoHarm) {
  EXPECT_EQ(in_child([] {
              if (::geteuid() == 0) drop_rights(find_user("nobody"));
              std::thread other([] { ::pause(); });
              other.detach();
              drop_rights(std::nullopt);
              return nothing_left() ? fine : wrong;
            }),
            fine);
}

TEST(Drop, RootBecomesTheUserAndCannotComeBack) {
  if (::geteuid() != 0) GTEST_SKIP() << "needs root: only root can become another user";
  const auto nobody = find_user("nobody");
  if (!nobody) GTEST_SKIP() << "there is no user 'nobody' here";
  EXPECT_EQ(in_child([&] {
              drop_rights(nobody);
              const bool back = ::setresuid(0, 0, 0) == 0 || ::setgid(0) == 0;
              const bool reads = ::open("/etc/shadow", O_RDONLY | O_CLOEXEC) >= 0;
              return nothing_left() && !back && !reads && ::getuid() == nobody->id ? fine : wrong;
            }),
            fine);
}

TEST(Drop, RootThatStaysRootHasAnEmptyBoundingSet) {
  if (current_rights().permitted == 0) GTEST_SKIP() << "needs capabilities: there are none to drop";
  EXPECT_EQ(in_child([] {
              drop_rights(std::nullopt);
              return nothing_left() && (::geteuid() != 0 || current_rights().bounding == 0) ? fine
                                                                                            : wrong;
            }),
            fine);
}

TEST(Drop, AUserThatMayNotBecomeAnotherIsToldSo) {
  EXPECT_EQ(in_child([] {
              drop_rights(std::nullopt);
              drop_rights(User{12345, 12345, "somebody", "/"});
              return fine;
            }),
            threw);
}

}  // namespace
}  // namespace weir::core
