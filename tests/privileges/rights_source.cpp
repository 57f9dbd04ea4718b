// SPDX-License-Identifier: Apache-2.0
// Opens a socket while it may, and tells in rows what is left of its rights when rows are made.
// Each of its instances fails after one row, so that the next has to find the socket again.
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/stat.h>

#include <cctype>
#include <cstdint>
#include <fstream>
#include <string>
#include <variant>
#include <weir/plugin.hpp>

namespace {

using namespace weir;

class RightsSource {
 public:
  static constexpr auto name = "rights-source";
  static constexpr auto summary = "Tells what this process may do.";

  struct Options {
    bool ping = false;
    std::int64_t instances = 3;
    static constexpr auto fields =
        std::tuple{field(&Options::ping, "ping", "Open a ping socket, not a raw one"),
                   field(&Options::instances, "instances", "How many fail before the end")};
  } options;

  static void open_privileged(const Options& options, Keeper& keeper) {
    const int fd = open_socket(options);
    if (fd >= 0) keeper.keep("socket", fd);
  }

  std::variant<Batch, Wait, End> produce(Context& context) {
    if (told_) throw Error("this instance has told what it knows");
    if (instances_++ >= options.instances) return End{};
    told_ = true;
    const int kept = context.kept("socket");
    BatchBuilder builder("rights");
    const auto permitted = builder.field<std::string>("permitted");
    const auto effective = builder.field<std::string>("effective");
    const auto no_new = builder.field<std::string>("no_new_privileges");
    const auto user = builder.field<std::string>("user");
    const auto inode = builder.field<std::int64_t>("inode");
    const auto again = builder.field<bool>("opens_again");
    builder.row(context.now().time_since_epoch().count())
        .set(permitted, status("CapPrm:"))
        .set(effective, status("CapEff:"))
        .set(no_new, status("NoNewPrivs:"))
        .set(user, status("Uid:"))
        .set(inode, inode_of(kept))
        .set(again, open_socket(options) >= 0);
    return builder.build();
  }

 private:
  static int open_socket(const Options& options) {
    return ::socket(AF_INET, (options.ping ? SOCK_DGRAM : SOCK_RAW) | SOCK_CLOEXEC, IPPROTO_ICMP);
  }
  static std::int64_t inode_of(int fd) {
    struct stat found {};
    return fd >= 0 && ::fstat(fd, &found) == 0 ? static_cast<std::int64_t>(found.st_ino) : -1;
  }
  /// The first word behind `key`, for the thread that handles rows.
  static std::string status(const std::string& key) {
    std::ifstream file("/proc/thread-self/status");
    std::string word;
    while (file >> word) {
      if (word == key && file >> word) return word;
    }
    return "absent";
  }

  static inline std::int64_t instances_ = 0;  // of the process
  bool told_ = false;
};

}  // namespace

WEIR_PLUGIN("1.0.0", RightsSource)
