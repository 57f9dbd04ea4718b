// SPDX-License-Identifier: Apache-2.0
#pragma once
/// Who still owes an answer for rows that a source can be asked for again.
///
/// A parcel carries the tickets of what it was made of. When the last holder of a ticket lets it
/// go, its token is settled: stored by every sink, or let go by a rule that the pipeline's author
/// chose. A forfeited ticket never settles, so that the next run asks for those rows again.

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <vector>

namespace weir::core::runtime {

/// Any thread.
class Ticket {
 public:
  Ticket() = default;
  Ticket(const Ticket&) = delete;
  Ticket& operator=(const Ticket&) = delete;
  virtual ~Ticket() = default;
  /// Rows of it were lost, or are left for another run.
  virtual void forfeit() noexcept = 0;
};

using Tickets = std::vector<std::shared_ptr<Ticket>>;

void forfeit(const Tickets& tickets) noexcept;

/// The tokens of one source. Its tickets may outlive it.
class TicketBook {
 public:
  TicketBook();
  [[nodiscard]] std::shared_ptr<Ticket> issue(std::uint64_t token);
  /// Tokens settled since the last take, in the order in which they settled.
  [[nodiscard]] std::vector<std::uint64_t> take_settled();
  [[nodiscard]] bool has_settled() const;
  /// Issued, and still held by somebody.
  [[nodiscard]] std::size_t open() const;

 private:
  struct Page;
  class SourceTicket;
  std::shared_ptr<Page> page_;
};

/// What a node that holds rows owes: all that came in since its state was last saved. Everything
/// that it emits meanwhile carries this one ticket.
class HeldTicket final : public Ticket {
 public:
  void add(const Tickets& tickets);
  [[nodiscard]] bool empty() const;
  void forfeit() noexcept override;
  [[nodiscard]] bool forfeited() const { return forfeited_.load(); }

 private:
  std::atomic<bool> forfeited_{false};
  mutable std::mutex mutex_;
  Tickets held_;
};

}  // namespace weir::core::runtime
