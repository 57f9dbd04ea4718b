// SPDX-License-Identifier: Apache-2.0
// What the rows of icmp-source and tcp-source say of names, and of the targets beside them.
#pragma once

#include <cstddef>
#include <mutex>
#include <set>
#include <string>
#include <vector>

#include <weir/batch.hpp>

namespace weir::dns_faults {

/// Sent late, in ms.
struct Lateness {
  double p50 = 0, p99 = 0, most = 0;
  std::size_t rows = 0;
};

/// Targets that are numbers are the others; those that begin with `late-` are no concern until the
/// end. [any thread]
class Witness {
 public:
  enum class Phase { before, trouble, after };

  /// `new_address`: of each name once the trouble is over.
  explicit Witness(std::string new_address) : new_address_(std::move(new_address)) {}

  void take(const Batch& batch);
  void enter(Phase phase);

  struct Others {
    double sent = 0, lost = 0;
    double dropped = 0;  ///< of these, as the kernel says
    std::set<std::string> answered_in_trouble;
  };
  [[nodiscard]] Others others() const;
  [[nodiscard]] Lateness lateness(Phase phase) const;
  /// Names that have answered, from the start on.
  [[nodiscard]] std::size_t known() const;
  /// Names that have answered at the new address.
  [[nodiscard]] std::size_t moved() const;
  /// Rows in the trouble of names that were known.
  struct Kept {
    std::size_t rows = 0;
    std::size_t unasked = 0;     ///< without an address
    std::size_t unanswered = 0;  ///< asked in vain
    std::set<std::string> answered{};
  };
  [[nodiscard]] Kept kept() const;

 private:
  void take_row(const Batch& batch, std::size_t row);
  void take_other(const Batch& batch, std::size_t row, const std::string& target);

  const std::string new_address_;
  mutable std::mutex mutex_;  // guards what follows
  Phase phase_ = Phase::before;
  Others others_;
  std::vector<double> late_before_, late_in_trouble_, late_after_;
  std::set<std::string> known_, moved_;
  Kept kept_;
};

}  // namespace weir::dns_faults
