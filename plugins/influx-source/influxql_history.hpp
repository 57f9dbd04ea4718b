// SPDX-License-Identifier: Apache-2.0
#pragma once
/// Reads by InfluxQL: pages of a bounded number of rows in the order of time.

#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "history.hpp"
#include "influxql.hpp"

namespace weir::influx_source {

class InfluxqlHistory final : public History {
 public:
  InfluxqlHistory(Wish wish, Ask ask, Log log);
  bool step(Found& found) override;

 private:
  void list_measurements();
  void look_at_measurement();
  void read_page(Found& found);
  void keep_or_grow(const Batch& page, bool full, Found& found);
  void ask_for_less();
  void keep(const Batch& rows, Found& found);

  Wish wish_;
  Ask ask_;
  Log log_;
  bool listed_ = false;
  std::deque<std::string> measurements_;
  std::optional<influxql::Schema> schema_;  ///< of the measurement that is read
  std::optional<std::int64_t> from_;
  std::size_t limit_;
};

}  // namespace weir::influx_source
