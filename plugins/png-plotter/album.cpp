// SPDX-License-Identifier: Apache-2.0
#include "album.hpp"

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

#include "panel_tools.hpp"

namespace weir::png_plotter {

namespace {

constexpr std::size_t kMostWide = 8;

// Narrow tables whose numbers are figures about a run, not features of one.
constexpr std::array<std::string_view, 3> kNoFeatures{"evaluation", "alert", "weir_node"};

}  // namespace

Album::Album(AlbumLimits limits)
    : limits_(limits),
      forecasts_(limits.max_points),
      training_(limits.max_points),
      targets_(compare_targets(), limits.max_points),
      interfaces_(compare_interfaces(), limits.max_points) {}

bool Album::add(const Table& table) {
  const std::string_view measurement = table.measurement;
  if (measurement == "predictions") {
    forecasts_.add_predictions(table);
  } else if (measurement == "forecast") {
    forecasts_.add_forecast(table);
  } else if (measurement == "training_history") {
    training_.add(table);
  } else if (measurement == "scoreboard") {
    return scores_.add(table);
  } else if (measurement == "icmp") {
    targets_.add(table);
  } else if (measurement == "netdev") {
    interfaces_.add(table);
  } else {
    return add_wide(table);
  }
  return true;
}

bool Album::add_wide(const Table& table) {
  if (std::find(kNoFeatures.begin(), kNoFeatures.end(), table.measurement) != kNoFeatures.end()) {
    return false;
  }
  for (Features& known : features_) {
    if (known.measurement() != table.measurement) continue;
    known.add(table);
    return true;
  }
  const auto numbers = std::count_if(table.columns.begin(), table.columns.end(),
                                     [](const Column& column) { return column.is_number(); });
  if (numbers == 0 || features_.size() == kMostWide) return false;
  features_.emplace_back(table.measurement, limits_.max_points, limits_.max_columns);
  features_.back().add(table);
  return true;
}

std::vector<Picture> Album::pictures(Size size) const {
  auto history = [this](std::string_view field, std::string_view series) -> const BoundedSeries* {
    for (const Features& known : features_) {
      if (const BoundedSeries* found = known.history(field, series)) return found;
    }
    return nullptr;
  };
  std::vector<Picture> result = forecasts_.pictures(size, history);
  auto append = [&](std::vector<Picture> more) {
    std::move(more.begin(), more.end(), std::back_inserter(result));
  };
  append(training_.pictures(size));
  append(scores_.pictures(size));
  FileNames names;
  for (const Features& known : features_) {
    for (Picture& picture : known.pictures(size)) {
      picture.file_name = names.next("correlation", known.measurement());
      result.push_back(std::move(picture));
    }
  }
  append(targets_.pictures(size));
  append(interfaces_.pictures(size));
  return result;
}

}  // namespace weir::png_plotter
