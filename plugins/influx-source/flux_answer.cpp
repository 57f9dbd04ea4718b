// SPDX-License-Identifier: Apache-2.0
#include "flux_answer.hpp"

#include <algorithm>

#include <weir/error.hpp>

#include "csv_record.hpp"

namespace weir::influx_source::flux {

std::vector<std::string> read_column(std::string_view csv, std::string_view column) {
  std::vector<std::string> found;
  rows::CsvSplitter splitter(',');
  rows::CsvRecord record;
  bool in_table = false;
  bool failed = false;
  std::size_t index = 0;  // 0 is the column of the annotations: no column is there
  while (splitter.split(csv, true, record)) {
    csv.remove_prefix(record.size);
    if (record.fault != nullptr)
      throw Fatal(std::string("this is no answer of InfluxDB 2 (") + record.fault + "); check url");
    const auto& cells = record.cells;
    if (record.blank() || cells.front().starts_with('#')) {
      in_table = false;
    } else if (!in_table) {
      in_table = true;
      failed = cells.size() > 1 && cells[1] == "error";
      const auto at = std::find(cells.begin(), cells.end(), column);
      index = at == cells.end() ? 0 : static_cast<std::size_t>(at - cells.begin());
    } else if (failed && cells.size() > 1) {
      throw RetryLater("the server says: " + std::string(cells[1].substr(0, 400)));
    } else if (index > 0 && index < cells.size()) {
      found.emplace_back(cells[index]);
    }
  }
  return found;
}

}  // namespace weir::influx_source::flux
