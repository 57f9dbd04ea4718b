// SPDX-License-Identifier: Apache-2.0
#pragma once
/// Checked option values, owned, and their view as the C structs that a node's create is lent.

#include <cstdint>
#include <memory>
#include <string>
#include <variant>
#include <vector>

#include "weir/abi.h"

namespace weir::core {

struct OptionEntry;

/// Durations, bytes and timestamps are integers here; URLs, secrets and choices are texts.
struct OptionValue {
  using List = std::vector<OptionValue>;
  using Map = std::vector<OptionEntry>;
  std::variant<std::monostate, bool, std::int64_t, double, std::string, List, Map> value;
  friend bool operator==(const OptionValue& left, const OptionValue& right);
};

struct OptionEntry {
  std::string name;
  OptionValue value;
  bool operator==(const OptionEntry&) const = default;
};

inline bool operator==(const OptionValue& left, const OptionValue& right) {
  return left.value == right.value;
}

using OptionValues = OptionValue::Map;

/// The C view of `values`, which must outlive it unchanged.
class OptionView {
 public:
  explicit OptionView(const OptionValues& values);
  [[nodiscard]] const weir_option* data() const { return options_.data(); }
  [[nodiscard]] std::size_t size() const { return options_.size(); }

 private:
  [[nodiscard]] weir_value view(const OptionValue& value);
  std::vector<std::unique_ptr<std::vector<weir_value>>> lists_;
  std::vector<std::unique_ptr<std::vector<weir_option>>> maps_;
  std::vector<weir_option> options_;
};

}  // namespace weir::core
