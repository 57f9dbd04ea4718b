// SPDX-License-Identifier: Apache-2.0
// Which HTTP statuses count as well: "200", "2xx", "200-399".
#pragma once

#include <string>
#include <utility>
#include <vector>

namespace weir::http_source {

class ExpectedStatus {
 public:
  /// Throws Error saying which text is wrong.
  explicit ExpectedStatus(const std::vector<std::string>& texts);
  [[nodiscard]] bool holds(int status) const;

 private:
  std::vector<std::pair<int, int>> ranges_;  // both ends belong to it
};

}  // namespace weir::http_source
