// SPDX-License-Identifier: Apache-2.0
#include "core/privileges/user.hpp"

#include <gtest/gtest.h>

#include "weir/error.hpp"

namespace weir::core {
namespace {

std::optional<User> known(const std::string& name) {
  if (name == "alice" || name == "1000") return User{1000, 1000, "alice", "/home/alice"};
  if (name == "root" || name == "0") return User{0, 0, "root", "/root"};
  return std::nullopt;
}

Rights of(uid_t user) {
  Rights rights;
  rights.effective_user = user;
  return rights;
}

using Text = std::optional<std::string>;

Text chosen(uid_t user, const Text& asked, const Text& sudo) {
  const auto found = choose_user(of(user), asked, sudo, known);
  return found ? Text(found->name) : std::nullopt;
}

TEST(User, RootBecomesWhoIsAskedForOrWhoCalledSudo) {
  EXPECT_EQ(chosen(0, "alice", std::nullopt), "alice");
  EXPECT_EQ(chosen(0, "1000", std::nullopt), "alice");
  EXPECT_EQ(chosen(0, std::nullopt, "1000"), "alice");
  EXPECT_EQ(chosen(0, std::nullopt, std::nullopt), std::nullopt) << "a container stays user 0";
}

TEST(User, RootStaysRootWhereThatIsAskedFor) {
  EXPECT_EQ(chosen(0, "root", "1000"), std::nullopt);
  EXPECT_EQ(chosen(0, std::nullopt, "0"), std::nullopt);
}

TEST(User, OthersStayWhoTheyAre) {
  EXPECT_EQ(chosen(1000, std::nullopt, std::nullopt), std::nullopt);
  EXPECT_EQ(chosen(1000, std::nullopt, "0"), std::nullopt) << "only root may follow SUDO_UID";
  EXPECT_EQ(chosen(1000, "alice", std::nullopt), std::nullopt);
  EXPECT_THROW((void)chosen(7, "alice", std::nullopt), Error);
  EXPECT_THROW((void)chosen(1000, "root", std::nullopt), Error);
}

TEST(User, AnUnknownUserIsNotRoot) {
  EXPECT_THROW((void)chosen(0, "nobody-of-that-name", std::nullopt), Error);
  EXPECT_THROW((void)chosen(0, std::nullopt, "4242"), Error);
  EXPECT_THROW((void)chosen(0, "", std::nullopt), Error);
}

TEST(User, IsFoundByNameAndByNumber) {
  const auto root = find_user("root");
  ASSERT_TRUE(root);
  EXPECT_EQ(root->id, 0U);
  EXPECT_EQ(find_user("0")->name, "root");
  EXPECT_FALSE(find_user("no such user"));
  EXPECT_FALSE(find_user("-1"));
}

}  // namespace
}  // namespace weir::core
