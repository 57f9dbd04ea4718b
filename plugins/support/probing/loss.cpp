// SPDX-License-Identifier: Apache-2.0
#include "loss.hpp"

#include <algorithm>
#include <array>

namespace weir::probing {

std::string_view to_text(Outcome outcome) {
  static constexpr std::array<std::string_view, 4> texts{"received", "late", "lost", "send_failed"};
  return texts[static_cast<std::size_t>(outcome)];
}

double LossTally::loss_percent() const { return sent == 0 ? 100.0 : 100.0 * lost() / sent; }

void LossRun::lost(LossTally& tally) {
  // A run that reaches in from the interval before is counted there and here.
  if (length_ == 0 || tally.bursts == 0) count_up(tally.bursts);
  count_up(length_);
  tally.longest_burst = std::max(tally.longest_burst, length_);
}

namespace {

std::optional<BatchBuilder::Key> column_of_any(BatchBuilder& builder, Replies replies,
                                               const char* name) {
  if (replies == Replies::one) return std::nullopt;
  return builder.field<std::int64_t>(name, "replies");
}

}  // namespace

LossColumns::LossColumns(BatchBuilder& builder, Replies replies)
    : lost_(builder.field<std::int64_t>("lost", "probes")),
      late_(builder.field<std::int64_t>("late", "replies")),
      duplicates_(column_of_any(builder, replies, "duplicates")),
      reordered_(column_of_any(builder, replies, "reordered")),
      send_failed_(builder.field<std::int64_t>("send_failed", "probes")),
      bursts_(builder.field<std::int64_t>("loss_bursts", "bursts")),
      longest_(builder.field<std::int64_t>("longest_loss_burst", "probes")) {}

void LossColumns::set(BatchBuilder::Row& row, const LossTally& tally) const {
  row.set(lost_, std::int64_t{tally.lost()})
      .set(late_, std::int64_t{tally.late})
      .set(send_failed_, std::int64_t{tally.send_failed})
      .set(bursts_, std::int64_t{tally.bursts})
      .set(longest_, std::int64_t{tally.longest_burst});
  if (duplicates_) row.set(*duplicates_, std::int64_t{tally.duplicates});
  if (reordered_) row.set(*reordered_, std::int64_t{tally.reordered});
}

}  // namespace weir::probing
