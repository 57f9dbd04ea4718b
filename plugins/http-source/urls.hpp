// SPDX-License-Identifier: Apache-2.0
// The URLs as the user wrote them, and what of them may be shown.
#pragma once

#include <string>
#include <vector>

#include <weir/options.hpp>

namespace weir::http_source {

struct Target {
  std::string url;
  /// The tag `target`: the URL without query and fragment, for a query may hold a secret. Where
  /// that stands twice, the second has "#2" behind it.
  std::string label;
};

struct Targets {
  std::vector<Target> targets;
  std::vector<std::string> repeated;  ///< labels of those left out, because they stand there twice
};

/// Throws Error saying what is wrong, without showing what may be secret: another scheme than http
/// and https, no host, or a user or password inside.
[[nodiscard]] Targets read_urls(const std::vector<Url>& urls);

}  // namespace weir::http_source
