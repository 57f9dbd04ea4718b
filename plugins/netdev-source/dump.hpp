// SPDX-License-Identifier: Apache-2.0
// One question that the kernel answers in many messages: asked, gathered, asked again where the
// answer was interrupted.
#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include "channel.hpp"

namespace weir::netdev_source {

using Clock = std::function<Nanos()>;

struct DumpResult {
  enum class End : std::uint8_t {
    complete,
    interrupted,  ///< interfaces came or went while it ran, each time: some may be missing
    unsupported,  ///< the kernel does not know the question (EOPNOTSUPP)
    failed        ///< see error; the channel is of no more use
  };
  End end = End::complete;
  int error = 0;             ///< errno
  unsigned restarts = 0;     ///< because of NLM_F_DUMP_INTR or ENOBUFS
  std::size_t rejected = 0;  ///< datagrams of other processes, or that do not parse
};

struct DumpHandler {
  /// Forget what came so far: it begins, or begins again.
  std::function<void()> begin;
  /// A message of the answer, and when the kernel wrote it.
  std::function<void(const netlink::Message&, Nanos)> take;
};

class Dumper {
 public:
  using Request = std::vector<std::byte> (*)(std::uint32_t sequence);
  static constexpr unsigned most_restarts = 3;

  explicit Dumper(Channel& channel) : channel_(&channel) {}

  /// A dump is written part by part: the first when it is asked for, each next one when the last
  /// was fetched. So a part is stamped with the time when the call before it came back; a process
  /// that is held up in between does not spoil the rates.
  [[nodiscard]] DumpResult run(Request request, const DumpHandler& handler, const Clock& clock);

 private:
  [[nodiscard]] DumpResult once(Request request, const DumpHandler& handler, const Clock& clock);

  Channel* channel_;
  std::uint32_t sequence_ = 0;
};

}  // namespace weir::netdev_source
