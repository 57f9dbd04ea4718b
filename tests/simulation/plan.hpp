// SPDX-License-Identifier: Apache-2.0
#pragma once
/// What a seed means: a graph, and the faults that its nodes and servers will have.

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/graph/graph.hpp"
#include "tests/support/simulated_filesystem.hpp"
#include "weir/units.hpp"

namespace weir::simulation {

/// How often a node's calls fail, and how; chances of one call.
struct Faults {
  double throws = 0;        ///< std::exception, before or after it has given rows
  double retry_later = 0;   ///< RetryLater, now and then with a Retry-After
  double rejects = 0;       ///< Rejected: the batch cannot be used
  double fatal = 0;         ///< Fatal: the node is gone for good
  std::int64_t poison = 0;  ///< batches with a row whose number divides by it always fail; 0: none
};

struct Outage {
  Duration from{0};
  Duration to{0};
};

struct NodePlan {
  enum class Kind : std::uint8_t { replayable, live, pass, hold, reject, sink };
  std::string name;
  Kind kind = Kind::pass;
  std::vector<std::size_t> inputs;  ///< of Plan::nodes; nothing: a source
  Faults faults;
  bool join = false;         ///< reads its lowest watermark first
  bool drop_oldest = false;  ///< when_full
  std::int64_t queue = 4096;
  // sources
  std::int64_t rows = 0;
  std::size_t batch = 1;
  std::int64_t series = 1;
  Duration period{0};  ///< live: between batches
  // hold
  std::size_t held = 0;
  // sinks: the server behind
  std::vector<Outage> outages;
  double half_done = 0;  ///< of a flush: half is stored, then the answer is lost or the sink dies
  double stalls = 0;     ///< of a flush: it takes half a minute
  std::int64_t refused = 0;  ///< the server refuses rows whose number divides by it; 0: none
  std::optional<core::BufferSettings> buffer;  ///< on disk
};

/// How a life of the engine ends, if not by itself: after so many calls.
struct LifePlan {
  enum class End : std::uint8_t { natural, stop, stop_twice, crash };
  End end = End::natural;
  std::uint64_t calls = 0;
  std::uint64_t cut_at = 0;  ///< the power goes at that operation of the disk; 0: it does not
  test::SimulatedFilesystem::Moment cut_moment{};
  bool cut_after = false;  ///< the power goes when the life has ended
};

/// What goes wrong with the machine's disk, counted from the start of the world.
struct DiskTrouble {
  enum class Kind : std::uint8_t { once, lasting, full };
  Kind kind = Kind::once;
  Duration from{0};
  Duration to{0};
  test::SimulatedFilesystem::Operation operation{};
  std::uint64_t nth = 1;  ///< once: of its kind, from then on
  int error = 0;
  std::uint64_t room = 0;  ///< full: bytes that are left
};

struct Plan {
  std::uint64_t seed = 0;
  std::vector<NodePlan> nodes;  ///< each after what feeds it
  std::vector<LifePlan> lives;  ///< the last is natural
  Duration grace{0};
  std::vector<DiskTrouble> disk;
};

[[nodiscard]] Plan make_plan(std::uint64_t seed);
[[nodiscard]] core::Graph make_graph(const Plan& plan);
/// "ping (live, 200 rows) -> …", a line a node.
[[nodiscard]] std::string to_text(const Plan& plan);

}  // namespace weir::simulation
