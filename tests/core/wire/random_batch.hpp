// SPDX-License-Identifier: Apache-2.0
// Batches of any shape, the same for the same seed.
#pragma once

#include <cstdint>
#include <random>
#include <string>

#include "weir/batch.hpp"

namespace weir::core {

class RandomBatches {
 public:
  explicit RandomBatches(std::uint64_t seed) : random_(seed) {}

  [[nodiscard]] Batch next(std::size_t most_rows = 70) {
    const std::size_t rows = below(most_rows + 1);
    std::vector<Column> columns;
    columns.push_back(time_column(rows));
    for (std::size_t i = below(7); i > 0; --i)
      columns.push_back(column("c" + std::to_string(columns.size()) + text(3), rows));
    const Batch batch("m" + text(5), std::move(columns));
    // A part of a larger batch: its bits and texts begin somewhere in the middle.
    return below(2) == 0 ? batch : batch.slice(below(rows + 1), below(rows + 1));
  }

 private:
  std::size_t below(std::size_t bound) { return random_() % bound; }

  std::string text(std::size_t most) {
    static const char* const letters[] = {"a", "Z", "0", " ", "é", "水", "\"", "\n"};
    std::string out;
    for (std::size_t i = below(most + 1); i > 0; --i) out += letters[below(8)];
    return out;
  }

  Column time_column(std::size_t rows) {
    ColumnBuilder builder({.name = "time", .type = Type::timestamp, .role = Role::time});
    for (std::size_t i = 0; i < rows; ++i)
      builder.append(static_cast<std::int64_t>(random_() >> 1U));
    return builder.build();
  }

  Column column(const std::string& name, std::size_t rows) {
    ColumnInfo info{.name = name, .type = static_cast<Type>(1 + below(4))};
    if (info.type == Type::utf8 && below(2) == 0) info.role = Role::tag;
    info.unit = text(4);
    if (below(3) == 0) info.scale = 0.25 + static_cast<double>(below(100));
    if (below(3) == 0) info.offset = -1.5;
    for (std::size_t i = below(3); i > 0; --i) info.metadata["k" + text(4)] = text(9);
    const std::size_t null_every = below(4);  // 0: no nulls
    ColumnBuilder builder(info);
    for (std::size_t row = 0; row < rows; ++row) {
      if (null_every != 0 && below(null_every) == 0) {
        builder.append_null();
      } else {
        append(builder);
      }
    }
    return builder.build();
  }

  void append(ColumnBuilder& builder) {
    switch (builder.info().type) {
      case Type::utf8:
        return builder.append(text(12));
      case Type::float64:
        return builder.append(std::ldexp(static_cast<double>(random_()), -40) - 1e6);
      case Type::boolean:
        return builder.append(below(2) == 0);
      default:
        return builder.append(static_cast<std::int64_t>(random_()));
    }
  }

  std::mt19937_64 random_;
};

}  // namespace weir::core
