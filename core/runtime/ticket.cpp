// SPDX-License-Identifier: Apache-2.0
#include "core/runtime/ticket.hpp"

#include <utility>

namespace weir::core::runtime {

struct TicketBook::Page {
  mutable std::mutex mutex;
  std::vector<std::uint64_t> settled;
  std::size_t open = 0;
};

class TicketBook::SourceTicket final : public Ticket {
 public:
  SourceTicket(std::shared_ptr<Page> page, std::uint64_t token)
      : page_(std::move(page)), token_(token) {}

  ~SourceTicket() override {
    const std::lock_guard lock(page_->mutex);
    --page_->open;
    if (forfeited_.load()) return;
    try {
      page_->settled.push_back(token_);
    } catch (...) {  // out of memory: the rows will be asked for again
      return;
    }
  }

  void forfeit() noexcept override { forfeited_.store(true); }

 private:
  std::shared_ptr<Page> page_;
  std::uint64_t token_;
  std::atomic<bool> forfeited_{false};
};

TicketBook::TicketBook() : page_(std::make_shared<Page>()) {}

std::shared_ptr<Ticket> TicketBook::issue(std::uint64_t token) {
  {
    const std::lock_guard lock(page_->mutex);
    ++page_->open;
  }
  return std::make_shared<SourceTicket>(page_, token);
}

std::vector<std::uint64_t> TicketBook::take_settled() {
  const std::lock_guard lock(page_->mutex);
  return std::exchange(page_->settled, {});
}

bool TicketBook::has_settled() const {
  const std::lock_guard lock(page_->mutex);
  return !page_->settled.empty();
}

std::size_t TicketBook::open() const {
  const std::lock_guard lock(page_->mutex);
  return page_->open;
}

void HeldTicket::add(const Tickets& tickets) {
  const std::lock_guard lock(mutex_);
  // A source's tickets differ, and one of another holding node comes many times in a row.
  for (const auto& ticket : tickets) {
    if (held_.empty() || held_.back() != ticket) held_.push_back(ticket);
  }
}

bool HeldTicket::empty() const {
  const std::lock_guard lock(mutex_);
  return held_.empty();
}

void HeldTicket::forfeit() noexcept {
  forfeited_.store(true);
  const std::lock_guard lock(mutex_);
  runtime::forfeit(held_);
}

void forfeit(const Tickets& tickets) noexcept {
  for (const auto& ticket : tickets) ticket->forfeit();
}

}  // namespace weir::core::runtime
