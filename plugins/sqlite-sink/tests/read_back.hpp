// SPDX-License-Identifier: Apache-2.0
#pragma once
/// Reads a store's file with nothing but SQL.

#include <string>

#include <weir/batch.hpp>

#include "testing/scratch.hpp"

namespace weir::sqlite_sink {

using sqlite_store::Scratch;

/// The rows of a measurement in the order of (time, series), with the columns that they came with.
[[nodiscard]] Batch read_back(const std::string& path, const std::string& measurement);

/// First column of the first row, as text; "NULL" for a null.
[[nodiscard]] std::string query(const std::string& path, const std::string& sql);

}  // namespace weir::sqlite_sink
