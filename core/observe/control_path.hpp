// SPDX-License-Identifier: Apache-2.0
#pragma once
/// Where the control sockets of runs lie, for those who make them and those who look for them.

#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "weir/error.hpp"

namespace weir::core::observe {

using Environment = std::function<const char*(const char* name)>;

/// The folders of sockets, the best first: $RUNTIME_DIRECTORY (of a service),
/// $XDG_RUNTIME_DIR/weir, `state`/run. A run uses the first that can be used.
[[nodiscard]] std::vector<std::filesystem::path> control_folders(const std::filesystem::path& state,
                                                                 const Environment& environment);

/// Also where services have theirs: /run/weir/<unit's instance>.
[[nodiscard]] std::vector<std::filesystem::path> folders_to_search(
    const std::filesystem::path& state, const Environment& environment,
    const std::filesystem::path& services = "/run/weir");

/// A folder that only its owner may enter, made if it is not there. Throws Error.
void prepare_control_folder(const std::filesystem::path& folder);

struct FoundRun {
  std::string pipeline;
  std::filesystem::path socket;
};

/// Every socket in the folders that somebody listens on, by name.
[[nodiscard]] std::vector<FoundRun> find_runs(const std::vector<std::filesystem::path>& folders);

/// A connected socket; -1: nobody listens, or it may not be opened. Paths may be longer than
/// sun_path.
[[nodiscard]] int connect_to(const std::filesystem::path& socket);

/// The socket is another run's, which goes on.
class RunGoesOn : public Error {
 public:
  using Error::Error;
};

/// A socket that listens at `path`, mode 0600. What a dead process left behind is replaced; of a
/// living one throws RunGoesOn with its pid.
[[nodiscard]] int listen_at(const std::filesystem::path& path);

/// The user and the process at the other end.
struct Peer {
  unsigned user = 0;
  int pid = 0;
};
[[nodiscard]] std::optional<Peer> peer_of(int socket);

/// Whoever runs the pipeline, and root, who could become that user anyway.
[[nodiscard]] bool may_control(const Peer& peer, unsigned owner);

}  // namespace weir::core::observe
