// SPDX-License-Identifier: Apache-2.0
#pragma once
/// The newest row of each series, input by input. Pure.

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include <weir/batch.hpp>

namespace weir::concatenator {

class Newest {
 public:
  explicit Newest(std::size_t inputs) : by_input_(inputs) {}

  /// Takes note of the rows and returns the indices of those that are newer than every row of their
  /// series (measurement and tags) from an earlier input. Rows of one input are not compared with
  /// each other: it may be out of order.
  [[nodiscard]] std::vector<std::size_t> fresh_rows(std::size_t input, const Batch& batch);

  /// The newest times as bytes. `load` throws Error and changes nothing where they are damaged or
  /// of another number of inputs.
  [[nodiscard]] std::string save() const;
  void load(std::string_view bytes);

 private:
  struct Hash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const {
      return std::hash<std::string_view>{}(text);
    }
  };
  using Times = std::unordered_map<std::string, std::int64_t, Hash, std::equal_to<>>;

  [[nodiscard]] bool is_newer(std::size_t input, std::string_view series, std::int64_t time) const;

  std::vector<Times> by_input_;
};

}  // namespace weir::concatenator
