// SPDX-License-Identifier: Apache-2.0
#include "forecasting/series.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <fstream>
#include <limits>
#include <map>
#include <optional>
#include <string_view>
#include <utility>

#include "weir/error.hpp"
#include "weir/units.hpp"

namespace weir::bench {
namespace {

using Sample = std::pair<std::int64_t, double>;

struct Raw {
  std::string column;
  std::vector<Sample> samples;  // in time order
};

/// The first two cells; these files quote nothing.
std::pair<std::string, std::string> cells(std::string line) {
  if (!line.empty() && line.back() == '\r') line.pop_back();
  const std::size_t comma = std::min(line.find(','), line.size());
  const std::size_t second = std::min(comma + 1, line.size());
  return {line.substr(0, comma), line.substr(second, line.find(',', second) - second)};
}

std::optional<double> number(std::string_view text) {
  double value{};
  const auto [stop, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || stop != text.data() + text.size() || !std::isfinite(value))
    return std::nullopt;
  return value;
}

Raw read_samples(const std::filesystem::path& file) {
  std::ifstream lines(file);
  std::string line;
  if (!std::getline(lines, line)) throw Error(file.string() + " cannot be read or is empty");
  const auto [time_name, column] = cells(line);
  if (time_name != "time" || column.empty())
    throw Error(file.string() + " does not begin with a header `time,<column>`");
  const bool negative_is_missing = file.stem() == "seed-bandwidth";
  Raw raw{column, {}};
  while (std::getline(lines, line)) {
    const auto [time_text, value_text] = cells(line);
    const auto time = parse_timestamp(time_text);
    const auto value = number(value_text);
    if (!time || !value || (negative_is_missing && *value < 0)) continue;
    raw.samples.emplace_back(time->time_since_epoch().count(), *value);
  }
  std::stable_sort(raw.samples.begin(), raw.samples.end(),
                   [](const Sample& a, const Sample& b) { return a.first < b.first; });
  if (raw.samples.size() < 3) throw Error(file.string() + " has fewer than three values");
  return raw;
}

std::int64_t commonest_distance(const std::vector<Sample>& samples) {
  std::map<std::int64_t, std::size_t> counts;
  for (std::size_t i = 1; i < samples.size(); ++i)
    ++counts[samples[i].first - samples[i - 1].first];
  counts.erase(0);
  const auto most =
      std::max_element(counts.begin(), counts.end(),
                       [](const auto& a, const auto& b) { return a.second < b.second; });
  if (most == counts.end()) throw Error("all rows have the same time");
  return most->first;
}

/// Both ends are there.
std::size_t fill_lines(std::vector<double>& values) {
  std::size_t filled = 0;
  std::size_t known = 0;
  for (std::size_t i = 1; i < values.size(); ++i) {
    if (std::isnan(values[i])) continue;
    for (std::size_t j = known + 1; j < i; ++j, ++filled) {
      const double share = static_cast<double>(j - known) / static_cast<double>(i - known);
      values[j] = values[known] + share * (values[i] - values[known]);
    }
    known = i;
  }
  return filled;
}

}  // namespace

Series read_series(const std::filesystem::path& file) {
  const Raw raw = read_samples(file);
  Series series;
  series.name = file.stem().string();
  series.column = raw.column;
  series.step = commonest_distance(raw.samples);
  series.begin = raw.samples.front().first / series.step * series.step;
  const auto cell = [&](std::int64_t time) {
    return static_cast<std::size_t>((time - series.begin) / series.step);
  };
  const std::size_t rows = cell(raw.samples.back().first) + 1;
  if (rows > 100 * raw.samples.size()) throw Error(file.string() + " is mostly gaps");
  std::vector<double> sums(rows);
  std::vector<double> counts(rows);
  for (const auto& [time, value] : raw.samples) {
    sums[cell(time)] += value;
    counts[cell(time)] += 1;
  }
  constexpr double missing = std::numeric_limits<double>::quiet_NaN();
  for (std::size_t i = 0; i < rows; ++i)
    series.values.push_back(counts[i] > 0 ? sums[i] / counts[i] : missing);
  series.filled = fill_lines(series.values);
  return series;
}

void keep_first(Series& series, unsigned percent) {
  series.values.resize(series.values.size() * percent / 100);
}

}  // namespace weir::bench
