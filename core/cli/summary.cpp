// SPDX-License-Identifier: Apache-2.0
#include "core/cli/summary.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <utility>

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

std::string row(const char* name, const std::string& value) {
  return line("    %-20s %s\n", name, value.c_str());
}

std::string count(std::uint64_t value) { return std::to_string(value); }

std::string skill_verdict(double skill, const char* baseline, double baseline_error) {
  if (std::isnan(skill)) return std::string("not known against ") + baseline;
  const char* word = skill > 0.005    ? "better than"
                     : skill < -0.005 ? "WORSE than"
                                      : "no better than";
  return line("%+.1f %%: %s %s (MAE %s)", 100 * skill, word, baseline,
              number(baseline_error).c_str());
}

/// R2 compares with the mean of the truths, which is known in hindsight only.
std::string r2_verdict(double r2) {
  constexpr double near = 0.05;
  if (std::isnan(r2)) return "not known: the truth does not change";
  if (r2 > near) return number(r2);
  return line("%.4g: %s the mean, always", r2, r2 < -near ? "WORSE than" : "no better than");
}

std::string data_summary(const Evaluation& found) {
  std::string text = "  Data summary\n" + row("Data points", count(found.data_points));
  text += row("Range", number(found.minimum) + " to " + number(found.maximum));
  return text + row("Average", number(found.mean));
}

std::string no_test() { return "  no window fits into the test part, so nothing was judged\n"; }

std::string results(const Evaluation& found) {
  if (found.test_samples == 0) return no_test();
  std::string text = "  Results on the test part\n" + row("MAE", number(found.mae));
  text +=
      row("Skill", skill_verdict(found.skill_naive, "the last value repeated", found.naive_mae));
  if (!std::isnan(found.skill_seasonal_naive)) {
    text += row("", skill_verdict(found.skill_seasonal_naive, "the value one season before",
                                  found.seasonal_naive_mae));
  }
  if (!std::isnan(found.skill_median)) {
    text += row(
        "", skill_verdict(found.skill_median, "the median of the training part", found.median_mae));
  }
  text += row("R2 score", r2_verdict(found.r2));
  text += row("Epochs trained", count(found.epochs));
  text += row("Test samples", count(found.test_samples));
  text += row("RMSE", number(found.rmse)) + row("MASE", number(found.mase));
  if (!std::isnan(found.coverage))
    text += row("Interval held", line("%.1f %% of truths", 100 * found.coverage));
  return text + row("Training time", line("%.2f s", found.training_seconds));
}

/// What each model made of one target.
using Results = std::vector<std::pair<std::string, Evaluation>>;

std::string percent(double share) {
  return std::isnan(share) ? "-" : line("%+.1f %%", 100 * share);
}

/// One line for each model, the best first.
std::string comparison(Results results) {
  std::stable_sort(results.begin(), results.end(),
                   [](const auto& a, const auto& b) { return a.second.mae < b.second.mae; });
  std::size_t width = 5;
  for (const auto& [model, found] : results) width = std::max(width, model.size());
  const int name = static_cast<int>(width);
  std::string text = line("  %-*s %10s %8s %12s %14s %9s %7s %9s %8s\n", name, "model", "MAE", "R2",
                          "over naive", "over seasonal", "held", "epochs", "time", "samples");
  for (const auto& [model, found] : results) {
    if (found.test_samples == 0) {
      text += line("  %-*s", name, model.c_str()) + no_test();
      continue;
    }
    text += line(
        "  %-*s %10s %8s %12s %14s %9s %7llu %7.2f s %8zu\n", name, model.c_str(),
        number(found.mae).c_str(), std::isnan(found.r2) ? "-" : line("%.3f", found.r2).c_str(),
        percent(found.skill_naive).c_str(), percent(found.skill_seasonal_naive).c_str(),
        std::isnan(found.coverage) ? "-" : line("%.1f %%", 100 * found.coverage).c_str(),
        static_cast<unsigned long long>(found.epochs), found.training_seconds, found.test_samples);
  }
  const auto& [best, found] = results.front();
  const double skill = std::isnan(found.skill_seasonal_naive)
                           ? found.skill_naive
                           : std::min(found.skill_naive, found.skill_seasonal_naive);
  if (skill <= 0) text += "  no model is better than the better naive forecast: use that one\n";
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
  if (!stats.failure.empty()) {
    const std::string failed = stats.state == "quarantined" ? "" : "failed: ";
    text += (text.empty() ? "" : ", ") + failed + stats.failure;
  }
  return text;
}

}  // namespace

std::string forecast_summary(const Judgements& judgements) {
  constexpr std::size_t few = 2;  // models that have a block each, beyond it a line each
  std::map<std::string, Results> targets;
  for (const auto& [model, evaluations] : judgements) {
    for (const Evaluation& found : evaluations) targets[found.target].emplace_back(model, found);
  }
  std::string text;
  for (const auto& [target, models] : targets) {
    if (models.size() > few) {
      text += "\n" + target + "\n" + data_summary(models.front().second) + comparison(models);
      continue;
    }
    for (const auto& [model, found] : models)
      text += "\n" + model + " on " + target + "\n" + data_summary(found) + results(found);
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
