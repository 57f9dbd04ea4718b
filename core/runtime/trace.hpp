// SPDX-License-Identifier: Apache-2.0
#pragma once
/// A fingerprint of a run, to compare two runs call by call.

#include <cstdint>
#include <string>

#include "core/runtime/run_options.hpp"

namespace weir::core::runtime {

/// FNV-1a over every event's text; give `[&](const TraceEvent& event) { hash.add(event); }` as
/// RunOptions::trace.
class TraceHash {
 public:
  void add(const TraceEvent& event);
  [[nodiscard]] std::uint64_t value() const { return hash_; }
  [[nodiscard]] std::uint64_t events() const { return events_; }

 private:
  std::uint64_t hash_ = 14695981039346656037U;
  std::uint64_t events_ = 0;
};

/// "2026-11-22T10:00:00Z store process done 5 rows in, 0 out"
[[nodiscard]] std::string to_text(const TraceEvent& event);

}  // namespace weir::core::runtime
