// SPDX-License-Identifier: Apache-2.0
#pragma once
/// Which rows a tap shows: `target=10.0.0.1`, `rtt_avg_ms>20`.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "weir/batch.hpp"

namespace weir::core::observe {

class RowFilter {
 public:
  RowFilter() = default;
  /// `column=value`, `!=`, `>`, `>=`, `<`, `<=`; a row must meet all. Throws Error.
  explicit RowFilter(const std::vector<std::string>& conditions);

  /// A column that the batch does not have, and a null, meet no condition. `weir.measurement` is
  /// the batch's measurement.
  [[nodiscard]] bool holds(const Batch& batch, std::size_t row) const;

 private:
  enum class Comparison : std::uint8_t { equal, unequal, greater, at_least, less, at_most };
  struct Condition {
    std::string column;
    Comparison comparison = Comparison::equal;
    std::string text;
    std::optional<double> number;  ///< what the text means, where it is a number
  };
  static Condition parse(std::string_view text);
  [[nodiscard]] static bool holds(const Condition& condition, const Batch& batch, std::size_t row);
  template <class Value>
  [[nodiscard]] static bool compare(Comparison comparison, const Value& left, const Value& right);

  std::vector<Condition> conditions_;
};

}  // namespace weir::core::observe
