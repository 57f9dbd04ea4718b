// SPDX-License-Identifier: Apache-2.0
#pragma once
/// Moves packets between TUN descriptors, each as its fate says, and writes down what it did.

#include <atomic>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "core/testpath/fates.hpp"
#include "core/testpath/timetable.hpp"
#include "core/testpath/truth.hpp"

namespace weir::core::testpath {

/// One direction.
struct Wire {
  int in = -1;
  int out = -1;
  bool answers = false;  ///< echo requests come back as replies; all else is thrown away
  Impairments impairments;
};

class Wires {
 public:
  /// `log` is written to, and neither it nor the wires' descriptors are owned.
  Wires(const std::vector<Wire>& wires, int log);

  /// Until `stop` is raised or the time is up; then what is under way is logged as unfinished.
  void run(const std::atomic<bool>& stop, Nanos limit);

 private:
  struct Packet {
    std::vector<std::uint8_t> bytes;
    Record record;
    int copies = 0;  // that have not left yet
  };
  struct Departure {
    std::size_t wire;
    std::shared_ptr<Packet> packet;
  };
  struct Line {
    Wire wire;
    Fates fates;
  };

  /// Reads at most one packet of each; true: there was one.
  bool read_each();
  void take(std::size_t wire, std::vector<std::uint8_t> bytes, Nanos arrived);
  void send_due();
  void wait(Nanos until);
  void write_down(const Packet& packet);
  void flush();

  std::vector<Line> lines_;
  int log_;
  Timetable<Departure> departures_;
  std::vector<std::uint8_t> buffer_;
  std::string text_;
  std::uint64_t order_ = 0;
};

/// CLOCK_MONOTONIC, as in the log.
[[nodiscard]] Nanos monotonic_now();

}  // namespace weir::core::testpath
