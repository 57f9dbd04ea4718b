// SPDX-License-Identifier: Apache-2.0
#include "core/cli/summary.hpp"

#include <array>
#include <cmath>
#include <cstdio>

namespace weir::core::cli {
namespace {

/// printf into a string; lines here are short.
template <class... Values>
std::string line(const char* format, Values... values) {
  std::array<char, 512> text{};
  std::snprintf(text.data(), text.size(), format, values...);
  return text.data();
}

std::string number(double value) { return std::isnan(value) ? "not known" : line("%.4g", value); }

std::string verdict(double skill, const char* baseline, double baseline_error) {
  if (std::isnan(skill)) return line("  %-22s not known (%s)\n", "Skill", baseline);
  const char* word = skill > 0.005    ? "better than"
                     : skill < -0.005 ? "WORSE than"
                                      : "no better than";
  return line("  %-22s %+.1f %%: %s %s (MAE %s)\n", "Skill", 100 * skill, word, baseline,
              number(baseline_error).c_str());
}

std::string target_summary(const std::string& model, const Evaluation& found) {
  std::string text = "\n" + model + " on " + found.target + "\n";
  text += line("  %-22s %zu\n", "Data points", found.data_points);
  text += line("  %-22s %s to %s, mean %s\n", "Range", number(found.minimum).c_str(),
               number(found.maximum).c_str(), number(found.mean).c_str());
  if (found.test_samples == 0)
    return text + "  no window fits into the test part, so nothing was judged\n";
  text += line("  %-22s %s\n", "MAE", number(found.mae).c_str());
  text += line("  %-22s %s\n", "RMSE", number(found.rmse).c_str());
  text += line("  %-22s %s\n", "R2", number(found.r2).c_str());
  text += line("  %-22s %s\n", "MASE", number(found.mase).c_str());
  text += verdict(found.skill_naive, "the last value repeated", found.naive_mae);
  if (!std::isnan(found.skill_seasonal_naive)) {
    text += verdict(found.skill_seasonal_naive, "the value one season before",
                    found.seasonal_naive_mae);
  }
  if (!std::isnan(found.coverage))
    text += line("  %-22s %.1f %% of truths\n", "Interval held", 100 * found.coverage);
  text += line("  %-22s %llu\n", "Epochs trained", static_cast<unsigned long long>(found.epochs));
  text += line("  %-22s %.2f s\n", "Training time", found.training_seconds);
  text += line("  %-22s %zu\n", "Test samples", found.test_samples);
  return text;
}

/// Where a sink puts things, by the names that options of that kind have.
std::string place_of(const GraphNode& node) {
  for (const OptionEntry& option : node.options) {
    const auto* text = std::get_if<std::string>(&option.value.value);
    if (text != nullptr &&
        (option.name == "path" || option.name == "directory" || option.name == "url"))
      return *text;
  }
  return {};
}

std::string trouble_of(const runtime::NodeStats& stats) {
  std::string text;
  const auto add = [&text](std::uint64_t count, const char* what) {
    if (count > 0) text += (text.empty() ? "" : ", ") + std::to_string(count) + " " + what;
  };
  add(stats.dropped_rows, "rows dropped (queue full)");
  add(stats.rejected_rows, "rows kept aside");
  add(stats.discarded_rows, "rows discarded");
  add(stats.errors, "errors");
  add(stats.restarts, "restarts");
  add(stats.retries, "retries");
  for (const auto& [name, count] : stats.counters) add(count, name.c_str());
  if (!stats.failure.empty()) text += (text.empty() ? "" : ", ") + ("failed: " + stats.failure);
  return text;
}

}  // namespace

std::string forecast_summary(const Judgements& judgements) {
  std::string text;
  for (const auto& [model, evaluations] : judgements) {
    for (const Evaluation& found : evaluations) text += target_summary(model, found);
  }
  return text;
}

std::string run_summary(const Graph& graph, const runtime::Snapshot& stats,
                        const std::string& dead_letters) {
  std::string text = line("\n%-16s %12s %12s\n", "node", "rows in", "rows out");
  bool rejected = false;
  for (const runtime::NodeStats& node : stats.nodes) {
    text += line("%-16s %12llu %12llu", node.name.c_str(),
                 static_cast<unsigned long long>(node.rows_in),
                 static_cast<unsigned long long>(node.rows_out));
    const std::string trouble = trouble_of(node);
    text += (trouble.empty() ? "" : "  " + trouble) + "\n";
    rejected = rejected || node.rejected_rows > 0;
  }
  std::string places;
  for (const GraphNode& node : graph.nodes) {
    const std::string place = node.description->kind == Kind::sink ? place_of(node) : std::string{};
    if (!place.empty()) places += line("  %-22s %s\n", node.name.c_str(), place.c_str());
  }
  if (!places.empty()) text += "\nresults\n" + places;
  if (rejected && !dead_letters.empty()) text += "rows kept aside: " + dead_letters + "\n";
  return text;
}

}  // namespace weir::core::cli
