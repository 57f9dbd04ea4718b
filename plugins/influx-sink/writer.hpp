// SPDX-License-Identifier: Apache-2.0
#pragma once
/// Sends lines in requests of a bounded size and does what the answers ask for.

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "answer.hpp"
#include "gzip.hpp"
#include "http_client.hpp"
#include "text_buffer.hpp"

namespace weir::influx_sink {

/// A line that the server did not store.
struct RefusedLine {
  std::string line;
  std::string reason;
};

class Writer {
 public:
  Writer(std::unique_ptr<HttpClient> client, Api api, std::string shown_url, bool gzip,
         std::size_t max_body);

  /// Where lines are appended; `ends` gets the size of the text after each.
  [[nodiscard]] rows::TextBuffer& text() { return text_; }
  [[nodiscard]] std::vector<std::size_t>& ends() { return ends_; }

  /// Sends all lines that there are. Throws RetryLater where the server cannot take them now (what
  /// it has taken is forgotten, the rest is kept for the next call), Fatal where no retry helps.
  void send_all();
  /// Lines refused since the last call, with the reasons.
  [[nodiscard]] std::vector<RefusedLine> take_refused();

 private:
  /// Lines [first, last): index in ends_.
  struct Piece {
    std::size_t first;
    std::size_t last;
    [[nodiscard]] std::size_t size() const { return last - first; }
  };

  [[nodiscard]] std::size_t start_of(std::size_t line) const {
    return line == 0 ? 0 : ends_[line - 1];
  }
  [[nodiscard]] std::string_view text_of(Piece piece) const;
  [[nodiscard]] Piece next_piece() const;
  [[nodiscard]] Verdict post(Piece piece);
  /// Splits where it must until every line is stored or refused. Throws as send_all.
  void send(Piece piece);
  void refuse(Piece piece, const std::string& reason);
  void refuse_dropped(Piece piece, const Verdict& verdict);
  void done(std::size_t line) { sent_ = line; }
  void forget_sent();

  std::unique_ptr<HttpClient> client_;
  Api api_;
  std::string shown_url_;
  bool use_gzip_;
  Gzip gzip_;
  std::size_t max_body_;
  rows::TextBuffer text_;
  std::vector<std::size_t> ends_;
  /// Where so many lines alone were refused and none was stored, the fault is not in the lines:
  /// what is left is refused as a whole, or a request a line would follow.
  static constexpr std::size_t most_refused_in_row = 64;

  std::size_t sent_ = 0;  ///< lines at the front that need not be sent again
  std::vector<RefusedLine> refused_;
  std::size_t refused_in_row_ = 0;
};

}  // namespace weir::influx_sink
