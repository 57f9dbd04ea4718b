// SPDX-License-Identifier: Apache-2.0
#pragma once
/// Reads by Flux: windows of time, as long as it takes for about batch_rows rows. (A limit() after
/// a sort() would make the server look at all that is left for each page.)

#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <string>

#include "decoder.hpp"
#include "flux.hpp"
#include "history.hpp"

namespace weir::influx_source {

class FluxHistory final : public History {
 public:
  /// `now`: for the times of rejected rows, ns.
  FluxHistory(Wish wish, Ask ask, Log log, std::function<std::int64_t()> now);
  bool step(Found& found) override;

 private:
  void list_measurements();
  void look_at_measurement();
  void read_window(Found& found);
  void narrow();
  void adapt(std::size_t rows);

  Wish wish_;
  Ask ask_;
  Log log_;
  std::function<std::int64_t()> now_;
  bool listed_ = false;
  std::deque<std::string> measurements_;
  std::optional<flux::Part> part_;  ///< that is read
  std::unique_ptr<rows::Decoder> decoder_;
  std::int64_t from_ = 0;
  std::int64_t last_ = 0;
  std::int64_t width_ = 0;
};

}  // namespace weir::influx_source
