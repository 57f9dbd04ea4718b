// SPDX-License-Identifier: Apache-2.0
#pragma once
/// The regular grid: rows of several series in, one wide row per step out. Pure.

#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <weir/batch.hpp>

namespace weir::aligner {

enum class Aggregate : std::uint8_t { mean, last, min, max, sum };
enum class Fill : std::uint8_t { none, last, linear };

struct Rules {
  std::int64_t step = 0;  ///< ns; row t gathers [t, t + step) and is labelled t
  Aggregate aggregate = Aggregate::mean;
  Fill fill = Fill::none;
  std::int64_t fill_limit = 0;      ///< ns; a gap longer than this stays a gap, whole
  std::vector<double> sentinels{};  ///< values that mean "nothing was measured"
};

/// The most common distance between neighbouring different times of a list, over all lists; of
/// several equally common ones the least. nullopt: there is no distance.
[[nodiscard]] std::optional<std::int64_t> common_distance(
    std::vector<std::vector<std::int64_t>> times);

class Grid {
 public:
  Grid(Rules rules, std::vector<std::string> inputs);

  [[nodiscard]] std::int64_t step() const { return rules_.step; }

  /// Takes rows of an input. Returns the indices of rows that came too late: their step has left.
  [[nodiscard]] std::vector<std::size_t> add(std::size_t input, const Batch& batch);

  /// Rows whose step ends at or before `watermark`; all that is left with nullopt. Empty: none yet.
  /// A step in which nothing came is a row only where it can be filled.
  [[nodiscard]] Batch advance(std::optional<std::int64_t> watermark);

  /// Open steps, names and last values as bytes; the rules and the inputs are in them, so that
  /// `load` refuses those of another grid. A value of an open step that comes again after a load
  /// (not newer than the newest in its cell) is left out: it is in the state already.
  [[nodiscard]] std::string save() const;
  /// Throws Error and changes nothing where the bytes are damaged or do not fit.
  void load(std::string_view bytes);

 private:
  class Bytes;  // grid_state.cpp

  struct Cell {
    double sum = 0;
    double least = 0;
    double greatest = 0;
    double last = 0;
    std::int64_t last_time = 0;
    std::uint64_t count = 0;
    std::optional<std::int64_t> loaded_until;  // of the values that came with a state
  };
  struct Series {
    std::vector<std::pair<std::string, std::string>> tags;  // in the order of the batch's columns
    std::map<std::string, std::size_t> columns;             // by field
  };
  struct Input {
    std::string name;
    bool named = false;                    // have all columns a name?
    std::optional<std::string> plain;      // key of the one series whose names bear no tag value
    std::map<std::string, Series> series;  // by the text of their tags
  };
  struct Row {
    std::int64_t time;
    std::vector<double> values;  // by column; NaN is missing
  };

  Series& series_of(Input& input, const std::vector<const Column*>& tags, std::size_t row);
  std::size_t column_of(Input& input, Series& series, const Batch& batch, const Column& field);
  void add_value(std::int64_t step, std::size_t column, std::int64_t time, double value);
  [[nodiscard]] bool is_sentinel(double value) const;
  [[nodiscard]] double value_of(const Cell& cell) const;
  void fix_names();
  void name_columns(Input& input);
  void close_step(std::int64_t time);
  void fill_last(Row& row);
  void fill_linear(const Row& row);
  void insert_fillable_rows(std::int64_t until);
  [[nodiscard]] bool may_leave(const Row& row, bool all) const;
  [[nodiscard]] Batch build(const std::vector<Row>& rows) const;

  Rules rules_;
  std::vector<Input> inputs_;
  std::vector<ColumnInfo> columns_;  // numeric fields of series, in the order of their coming
  std::map<std::int64_t, std::map<std::size_t, Cell>> open_;  // steps by time, cells by column
  std::deque<Row> ready_;                               // closed; linear fill may still change them
  std::vector<std::pair<std::int64_t, double>> known_;  // last value of each column and its time
  std::optional<std::int64_t> closed_until_;            // time of the last closed step
};

}  // namespace weir::aligner
