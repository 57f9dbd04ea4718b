// SPDX-License-Identifier: Apache-2.0
#include "core/privileges/drop.hpp"

#include <grp.h>
#include <linux/capability.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdlib>
#include <string>
#include <system_error>

#include "weir/error.hpp"

namespace weir::core {
namespace {

void must(bool done, const std::string& what) {
  if (done) return;
  throw Error("cannot give up rights: " + what + ": " + std::generic_category().message(errno));
}

/// What a program that this one starts could gain, for example by a file capability. Without
/// CAP_SETPCAP it stays: no_new_privs then keeps children from gaining anything.
void empty_bounding_set() {
  for (int capability = 0; ::prctl(PR_CAPBSET_READ, capability, 0, 0, 0) >= 0; ++capability) {
    if (::prctl(PR_CAPBSET_DROP, capability, 0, 0, 0) == 0) continue;
    if (errno == EPERM) return;
    must(false, "bounding set");
  }
}

void become(const User& user) {
  must(::initgroups(user.name.c_str(), user.group) == 0, "groups of " + user.name);
  must(::setresgid(user.group, user.group, user.group) == 0, "group of " + user.name);
  must(::setresuid(user.id, user.id, user.id) == 0, "user " + user.name);
  // No thread exists that could read the environment meanwhile.
  ::setenv("HOME", user.home.c_str(), 1);
  ::setenv("USER", user.name.c_str(), 1);
  ::setenv("LOGNAME", user.name.c_str(), 1);
}

void empty_capability_sets() {
  __user_cap_header_struct header{};
  header.version = _LINUX_CAPABILITY_VERSION_3;
  const std::array<__user_cap_data_struct, _LINUX_CAPABILITY_U32S_3> none{};
  must(::syscall(SYS_capset, &header, none.data()) == 0, "capability sets");
}

void check_nothing_is_left(const std::optional<User>& user) {
  const Rights left = current_rights();
  const bool other_user =
      user && (left.real_user != user->id || left.effective_user != user->id ||
               left.saved_user != user->id || left.real_group != user->group ||
               left.effective_group != user->group || left.saved_group != user->group);
  if (other_user || left.has_capabilities() || !left.no_new_privileges)
    throw Error("the kernel took no error but left rights; the run does not begin with them");
}

}  // namespace

void drop_rights(const std::optional<User>& user) {
  const Rights before = current_rights();
  const bool nothing_to_lose = !before.is_root() && !before.has_capabilities();
  if (before.threads != 1 && !nothing_to_lose) {
    throw Error("cannot give up rights: " + std::to_string(before.threads) +
                " threads exist already; a plugin may start none while it is loaded");
  }
  empty_bounding_set();
  must(::prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0) == 0, "ambient set");
  if (user) become(*user);
  empty_capability_sets();
  must(::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0, "no_new_privs");
  check_nothing_is_left(user);
}

}  // namespace weir::core
