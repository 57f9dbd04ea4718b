// SPDX-License-Identifier: Apache-2.0
#pragma once
/// What both ways of asking (InfluxQL, Flux) have in common.

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include <weir/batch.hpp>
#include <weir/error.hpp>
#include <weir/node.hpp>

namespace weir::influx_source {

/// Patterns by the name of the tag; a series without the tag does not fit.
using TagFilter = std::map<std::string, std::string>;

/// What is to be read.
struct Wish {
  std::string store;             ///< database or bucket
  std::string retention_policy;  ///< v1; empty: the database's own
  std::vector<std::string> measurements{"*"};
  std::vector<std::string> fields{"*"};
  TagFilter tags{};
  std::optional<std::int64_t> since{};  ///< ns since 1970 UTC
  std::size_t batch_rows = 4096;
};

/// The database or bucket does not exist yet.
class NotThere : public Error {
 public:
  using Error::Error;
};
/// The answer is larger than memory allows: ask for less.
class TooLong : public Error {
 public:
  using Error::Error;
};

/// Sends a query and returns the answer's body. Throws RetryLater, Fatal, NotThere or TooLong.
using Ask = std::function<std::string(const std::string& query)>;
using Log = std::function<void(Level, const std::string&)>;

/// What one request gave.
struct Found {
  std::vector<Batch> rows;
  std::optional<Batch> rejected;
  std::size_t too_large = 0;  ///< unsigned values beyond 63 bits, now nulls
};

class History {
 public:
  History() = default;
  History(const History&) = delete;
  History& operator=(const History&) = delete;
  virtual ~History() = default;

  /// Makes one request. False: that was all. Throws what Ask throws; then the next call asks the
  /// same again, so that nothing is lost or given twice.
  virtual bool step(Found& found) = 0;
};

[[nodiscard]] bool is_pattern(const std::string& text);
[[nodiscard]] bool any_pattern(const std::vector<std::string>& texts);
/// Those of `names` that fit one of the patterns, in their order.
[[nodiscard]] std::vector<std::string> chosen(const std::vector<std::string>& names,
                                              const std::vector<std::string>& patterns);
/// The rows whose tags fit. Names without `*` are left to the server.
[[nodiscard]] Batch fitting(const Batch& batch, const TagFilter& filter);
/// "a, b, c"
[[nodiscard]] std::string joined(const std::vector<std::string>& texts);

}  // namespace weir::influx_source
