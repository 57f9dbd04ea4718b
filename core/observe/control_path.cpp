// SPDX-License-Identifier: Apache-2.0
#include "core/observe/control_path.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <system_error>

#include "core/system/descriptor.hpp"
#include "weir/error.hpp"

namespace weir::core::observe {
namespace {

namespace fs = std::filesystem;

std::string reason() { return std::generic_category().message(errno); }

/// The path by its folder's descriptor: sun_path holds 107 bytes, a state folder may be longer.
sockaddr_un address_in(const Descriptor& folder, const fs::path& path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  const std::string name =
      "/proc/self/fd/" + std::to_string(folder.get()) + "/" + path.filename().string();
  if (name.size() >= sizeof address.sun_path) throw Error(path.string() + ": the name is too long");
  std::memcpy(address.sun_path, name.c_str(), name.size() + 1);
  return address;
}

int open_folder(const fs::path& path) {
  const fs::path folder = path.has_parent_path() ? path.parent_path() : fs::path(".");
  return ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
}

int connect_in(const Descriptor& folder, const fs::path& path) {
  Descriptor socket(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
  const sockaddr_un address = address_in(folder, path);
  if (::connect(socket.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
    return -1;
  }
  return socket.release();
}

void add_runs(const fs::path& folder, std::vector<FoundRun>& found) {
  std::error_code error;
  for (fs::directory_iterator entry(folder, error), end; !error && entry != end;
       entry.increment(error)) {
    if (entry->path().extension() != ".sock") continue;
    const Descriptor socket(connect_to(entry->path()));
    if (socket.get() >= 0) found.push_back({entry->path().stem().string(), entry->path()});
  }
}

}  // namespace

std::vector<fs::path> control_folders(const fs::path& state, const Environment& environment) {
  std::vector<fs::path> folders;
  // systemd separates several by colons; the unit has one.
  if (const char* service = environment("RUNTIME_DIRECTORY")) {
    folders.emplace_back(std::string(service).substr(0, std::string(service).find(':')));
  }
  if (const char* user = environment("XDG_RUNTIME_DIR")) folders.push_back(fs::path(user) / "weir");
  folders.push_back(state / "run");
  return folders;
}

std::vector<fs::path> folders_to_search(const fs::path& state, const Environment& environment,
                                        const fs::path& services) {
  std::vector<fs::path> folders = control_folders(state, environment);
  std::error_code error;
  std::vector<fs::path> instances;
  for (fs::directory_iterator entry(services, error), end; !error && entry != end;
       entry.increment(error)) {
    instances.push_back(entry->path());
  }
  std::sort(instances.begin(), instances.end());
  folders.insert(folders.end(), instances.begin(), instances.end());
  if (instances.empty()) folders.push_back(services);
  return folders;
}

void prepare_control_folder(const fs::path& folder) {
  std::error_code error;
  if (folder.has_parent_path()) fs::create_directories(folder.parent_path(), error);
  if (::mkdir(folder.c_str(), 0700) != 0 && errno != EEXIST) {
    throw Error("cannot make " + folder.string() + ": " + reason());
  }
  struct stat found {};
  if (::lstat(folder.c_str(), &found) != 0) throw Error(folder.string() + ": " + reason());
  if (!S_ISDIR(found.st_mode) || found.st_uid != ::geteuid() || (found.st_mode & 077U) != 0) {
    throw Error(folder.string() +
                " must be a folder of this user that nobody else may enter; chmod 700 " +
                folder.string());
  }
}

std::vector<FoundRun> find_runs(const std::vector<fs::path>& folders) {
  std::vector<FoundRun> found;
  for (const fs::path& folder : folders) add_runs(folder, found);
  std::sort(found.begin(), found.end(),
            [](const auto& a, const auto& b) { return a.pipeline < b.pipeline; });
  return found;
}

int connect_to(const fs::path& socket) {
  const Descriptor folder(open_folder(socket));
  return folder.get() < 0 ? -1 : connect_in(folder, socket);
}

int listen_at(const fs::path& path) {
  const Descriptor folder(open_folder(path));
  if (folder.get() < 0) throw Error("cannot open the folder of " + path.string() + ": " + reason());
  // Of two runs that start at the same time, one looks and makes its socket before the other looks.
  if (::flock(folder.get(), LOCK_EX) != 0) throw Error(path.string() + ": " + reason());
  const Descriptor other(connect_in(folder, path));
  if (other.get() >= 0) {
    const auto peer = peer_of(other.get());
    throw RunGoesOn(path.string() + " belongs to the run with pid " +
                    std::to_string(peer ? peer->pid : 0) + ", which goes on");
  }
  struct stat found {};
  if (::fstatat(folder.get(), path.filename().c_str(), &found, AT_SYMLINK_NOFOLLOW) == 0) {
    if (!S_ISSOCK(found.st_mode)) throw Error(path.string() + " is there and is no socket");
    (void)::unlinkat(folder.get(), path.filename().c_str(), 0);
  }
  Descriptor socket(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  const sockaddr_un address = address_in(folder, path);
  if (::bind(socket.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0 ||
      // Before listen: until then nobody can connect, whatever the umask has made of its mode.
      ::fchmodat(folder.get(), path.filename().c_str(), 0600, 0) != 0 ||
      ::listen(socket.get(), 16) != 0) {
    throw Error("cannot listen on " + path.string() + ": " + reason());
  }
  return socket.release();
}

std::optional<Peer> peer_of(int socket) {
  ucred found{};
  socklen_t size = sizeof found;
  if (::getsockopt(socket, SOL_SOCKET, SO_PEERCRED, &found, &size) != 0) return std::nullopt;
  return Peer{found.uid, found.pid};
}

bool may_control(const Peer& peer, unsigned owner) { return peer.user == owner || peer.user == 0; }

}  // namespace weir::core::observe
