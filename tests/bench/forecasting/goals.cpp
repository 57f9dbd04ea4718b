// SPDX-License-Identifier: Apache-2.0
#include "forecasting/goals.hpp"

#include <cstdio>
#include <functional>

#include "forecasting/others.hpp"

namespace weir::bench {
namespace {

using Judged = std::map<std::string, Verdict>;

void print_ratios(const Results& results) {
  std::printf("\nMAE over the best of others (below 1: better)\n  %-24s", "model");
  for (const Others& row : others) std::printf(" %16s", std::string(row.series).c_str());
  std::printf("\n");
  for (const auto& [model, judged] : results) {
    std::printf("  %-24s", model.c_str());
    for (const Others& row : others) {
      const auto at = judged.find(std::string(row.series));
      if (at == judged.end()) {
        std::printf(" %16s", "-");
      } else {
        std::printf(" %16.3f", at->second.scores.mae / row.best);
      }
    }
    std::printf("\n");
  }
}

/// On how many of the known series `holds`; says which ones it does not hold on.
void goal(const Results& results, const std::string& model, const char* text, std::size_t needed,
          const std::function<bool(const Scores&, const Others&)>& holds) {
  const auto found = results.find(model);
  if (found == results.end()) return;
  std::size_t judged = 0;
  std::size_t reached = 0;
  std::string missed;
  for (const Others& row : others) {
    const auto at = found->second.find(std::string(row.series));
    if (at == found->second.end()) continue;
    ++judged;
    if (holds(at->second.scores, row)) {
      ++reached;
    } else {
      missed += (missed.empty() ? "; not on " : ", ") + std::string(row.series);
    }
  }
  const char* word = reached >= needed ? "met" : judged < others.size() ? "open" : "MISSED";
  std::printf("  %-6s %s %s: on %zu of %zu, asked for on %zu%s\n", word, model.c_str(), text,
              reached, judged, needed, missed.c_str());
}

}  // namespace

void print_goals(const Results& results) {
  bool any = false;
  for (const auto& [model, judged] : results) {
    for (const auto& [series, verdict] : judged) any = any || others_on(series) != nullptr;
  }
  if (!any) return;
  print_ratios(results);
  std::printf("\ngoals\n");
  constexpr std::size_t all = others.size();
  goal(results, "auto-model", "within 5 % of the best of others", all,
       [](const Scores& s, const Others& o) { return s.mae <= 1.05 * o.best; });
  goal(results, "auto-model", "better than the best of others", 2,
       [](const Scores& s, const Others& o) { return s.mae < o.best; });
  goal(results, "auto-model", "at most 1 % behind the better naive forecast", all,
       [](const Scores& s, const Others&) { return s.mae <= 1.01 * s.better_naive(); });
  goal(results, "lstm-model", "at or below the better LSTM of others", 4,
       [](const Scores& s, const Others& o) { return s.mae <= o.better_lstm; });
  goal(results, "lstm-model:seed", "at or below an LSTM trained the seed's way", all,
       [](const Scores& s, const Others& o) { return s.mae <= o.seeds_lstm; });
  for (const auto& [model, judged] : results) {
    goal(results, model, "holds 87 to 93 % in its intervals", all,
         [](const Scores& s, const Others&) { return s.coverage >= 0.87 && s.coverage <= 0.93; });
  }
}

}  // namespace weir::bench
