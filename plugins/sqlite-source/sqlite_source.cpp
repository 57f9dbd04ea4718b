// SPDX-License-Identifier: Apache-2.0
#include "sqlite_source.hpp"

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <system_error>

#include <weir/pattern.hpp>

namespace weir::sqlite_source {
namespace {

using sqlite_store::Access;
using sqlite_store::Database;
using sqlite_store::StoredColumn;
using sqlite_store::StoredMeasurement;

/// A writer holds the whole file only while it makes it or folds its log.
constexpr Duration busy_timeout = std::chrono::seconds(5);

bool exists(const std::string& path) {
  std::error_code error;
  const std::filesystem::file_status status = std::filesystem::status(path, error);
  if (status.type() == std::filesystem::file_type::not_found) return false;
  if (error) throw Fatal(path + ": cannot be looked at (" + error.message() + ")");
  if (!std::filesystem::is_regular_file(status))
    throw Fatal(path + ": is no file; set path to the file that sqlite-sink writes");
  return true;
}

/// What SQLite says of tables that lack or have other columns is no passing trouble.
template <class Work>
auto or_fatal(const std::string& path, const Work& work) {
  try {
    return work();
  } catch (const RetryLater&) {
    throw;
  } catch (const Fatal&) {
    throw;
  } catch (const Error& error) {
    throw Fatal(std::string(error.what()) + "; " + path +
                " is no store of sqlite-sink, or damaged; set another path");
  }
}

bool is_pattern(const std::string& text) { return text.find('*') != std::string::npos; }

std::string names_of(const StoredMeasurement& measurement) {
  std::string names;
  for (const StoredColumn& column : measurement.columns) {
    if (column.role == Role::field) names += (names.empty() ? "" : ", ") + column.name;
  }
  return names;
}

}  // namespace

void SqliteSource::open(Context& context) {
  context_ = &context;
  if (options.since && options.last) throw Fatal("since and last are both set; keep one of them");
  since_ = std::numeric_limits<std::int64_t>::min();
  if (options.since) since_ = options.since->time_since_epoch().count();
  if (options.last) since_ = (context.now() - *options.last).time_since_epoch().count();
  or_fatal(options.path, [this] { open_store(); });
}

void SqliteSource::open_store() {
  if (!exists(options.path)) {
    return context_->log(Level::info,
                         options.path + " is not there yet: this run begins without a history");
  }
  auto database = std::make_unique<Database>(options.path, busy_timeout, Access::read_only);
  if (!sqlite_store::is_store(*database)) {
    return context_->log(Level::info,
                         options.path + " is empty: this run begins without a history");
  }
  database_ = std::move(database);
  choose_measurements();
}

void SqliteSource::choose_measurements() {
  const std::vector<std::string> there = sqlite_store::measurement_names(*database_);
  for (const std::string& one : there) {
    if (matches_any(options.measurements, one)) chosen_.push_back(one);
  }
  for (const std::string& wanted : options.measurements) {
    const bool found = std::any_of(there.begin(), there.end(),
                                   [&](const std::string& one) { return matches(wanted, one); });
    if (found) continue;
    context_->log(Level::info, options.path + " holds no measurement " +
                                   (is_pattern(wanted) ? "that fits '" : "'") + wanted +
                                   "' yet: its history is empty");
  }
}

bool SqliteSource::open_next() {
  reader_.reset();
  while (database_ != nullptr && next_ < chosen_.size()) {
    const StoredMeasurement measurement =
        sqlite_store::load_measurement(*database_, chosen_[next_++]);
    const bool any = std::any_of(
        measurement.columns.begin(), measurement.columns.end(), [&](const StoredColumn& column) {
          return column.role == Role::field && matches_any(options.wanted_fields, column.name);
        });
    if (any) {
      reader_.emplace(*database_, measurement, Wish{options.wanted_fields, options.tags, since_});
      return true;
    }
    context_->log(Level::warning, "'" + measurement.name + "' has none of the wanted fields; " +
                                      options.path + " holds " + names_of(measurement));
  }
  return false;
}

Next SqliteSource::produce(Output& output) {
  return or_fatal(options.path, [&]() -> Next {
    while (reader_ || open_next()) {
      Batch batch = reader_->next(static_cast<std::size_t>(options.batch_rows));
      if (!batch.empty()) {
        output.emit(std::move(batch));
        return Again{};
      }
      reader_.reset();
    }
    database_.reset();
    return End{};
  });
}

}  // namespace weir::sqlite_source
