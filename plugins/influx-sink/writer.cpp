// SPDX-License-Identifier: Apache-2.0
#include "writer.hpp"

#include <algorithm>
#include <utility>
#include <weir/error.hpp>

#include "message.hpp"
#include "partial_write.hpp"

namespace weir::influx_sink {

Writer::Writer(std::unique_ptr<HttpClient> client, Api api, std::string shown_url, bool gzip,
               std::size_t max_body)
    : client_(std::move(client)),
      api_(api),
      shown_url_(std::move(shown_url)),
      use_gzip_(gzip),
      max_body_(max_body) {}

std::string_view Writer::text_of(Piece piece) const {
  const std::size_t first = start_of(piece.first);
  return text_.text().substr(first, start_of(piece.last) - first);
}

Writer::Piece Writer::next_piece() const {
  const auto from = ends_.begin() + static_cast<std::ptrdiff_t>(sent_);
  const auto beyond = std::upper_bound(from, ends_.end(), start_of(sent_) + max_body_);
  return {sent_, std::max(static_cast<std::size_t>(beyond - ends_.begin()), sent_ + 1)};
}

void Writer::send_all() {
  try {
    while (sent_ < ends_.size()) send(next_piece());
  } catch (...) {
    forget_sent();
    throw;
  }
  forget_sent();
}

void Writer::forget_sent() {
  const std::size_t bytes = start_of(std::exchange(sent_, 0));
  if (bytes == 0) return;
  ends_.erase(ends_.begin(), std::upper_bound(ends_.begin(), ends_.end(), bytes));
  for (std::size_t& end : ends_) end -= bytes;
  text_.erase_front(bytes);
}

Verdict Writer::post(Piece piece) {
  const std::string_view text = text_of(piece);
  const HttpAnswer answer = client_->post(use_gzip_ ? gzip_.compress(text) : text, use_gzip_);
  return judge(answer, api_, shown_url_);
}

void Writer::send(Piece piece) {
  const Verdict verdict = post(piece);
  switch (verdict.action) {
    case Verdict::Action::stored:
      refused_in_row_ = 0;
      break;
    case Verdict::Action::partial:
      refuse_dropped(piece, verdict);
      break;
    case Verdict::Action::later:
      throw RetryLater(verdict.message, verdict.after);
    case Verdict::Action::fatal:
      throw Fatal(verdict.message);
    case Verdict::Action::smaller:
    case Verdict::Action::refused:
      if (piece.size() == 1 || refused_in_row_ >= most_refused_in_row) {
        ++refused_in_row_;
        refuse(piece, verdict.message);
        break;
      }
      // Halves are sent again until the bad line stands alone; the good ones are stored on the way.
      const std::size_t middle = piece.first + piece.size() / 2;
      if (verdict.action == Verdict::Action::smaller) {
        max_body_ = std::max<std::size_t>(text_of(piece).size() / 2, 1024);
      }
      send({piece.first, middle});
      send({middle, piece.last});
      return;
  }
  done(piece.last);
}

void Writer::refuse(Piece piece, const std::string& reason) {
  for (std::size_t line = piece.first; line < piece.last; ++line) {
    refused_.push_back({std::string(text_of({line, line + 1})), reason});
    refused_.back().line.pop_back();
  }
}

void Writer::refuse_dropped(Piece piece, const Verdict& verdict) {
  std::vector<std::string_view> lines;
  for (std::size_t line = piece.first; line < piece.last; ++line)
    lines.push_back(text_of({line, line + 1}));
  const Suspects suspects = find_dropped(lines, verdict.message, verdict.dropped);
  std::string reason = influx::message_of(verdict.message);
  if (!suspects.certain) {
    reason = "the server dropped " +
             (verdict.dropped == 0 ? "some" : std::to_string(verdict.dropped)) + " of " +
             std::to_string(lines.size()) + " rows and this may be one of them: " + reason;
  }
  for (const std::size_t index : suspects.lines)
    refuse({piece.first + index, piece.first + index + 1}, reason);
}

std::vector<RefusedLine> Writer::take_refused() { return std::exchange(refused_, {}); }

}  // namespace weir::influx_sink
