// SPDX-License-Identifier: Apache-2.0
#include "report.hpp"

#include <algorithm>
#include <cstdio>
#include <numeric>

namespace weir::auto_model {
namespace {

std::string number(double value, const char* format = "%.4g") {
  char text[64];
  std::snprintf(text, sizeof text, format, value);
  return text;
}

/// "0.67 ridge-model + 0.33 lstm-model", the greatest first; of one model its name.
std::string parts_of(const std::vector<std::string>& plugins, const std::vector<double>& weights,
                     const std::vector<std::size_t>& order) {
  std::string text;
  for (const std::size_t i : order) {
    if (weights[i] == 0) continue;
    if (weights[i] == 1) return plugins[i];
    text += (text.empty() ? "" : " + ") + number(weights[i], "%.2f") + " " + plugins[i];
  }
  return text;
}

std::string why(Verdict::Reason reason) {
  switch (reason) {
    case Verdict::Reason::mixture:
      return "the middle half, each by its error; the validation part is too short to tell for "
             "sure which is best";
    case Verdict::Reason::naive:
      return "nothing beats the naive forecasts by more than luck";
    case Verdict::Reason::part_naive:
      return "it beats the naive forecasts, but that may be luck, so one of them is part of it";
    case Verdict::Reason::best_alone:
      break;
  }
  return "it has the least error";
}

}  // namespace

std::string left_out(std::string_view plugin, std::string_view why) {
  return std::string(plugin) + " is left out: " + std::string(why);
}

std::string not_trusted(std::string_view target, std::string_view plugin) {
  return std::string(target) + ": " + std::string(plugin) +
         " is not considered: the naive forecast is better even on the training part";
}

std::string out_of_time(std::string_view plugin, Duration limit) {
  return std::string(plugin) + " was stopped after " + to_text(limit) +
         " (time_limit); its best so far takes part";
}

std::string nothing_to_judge(std::string_view target, std::string_view plugin) {
  return std::string(target) + ": no validation window to judge models by, so " +
         std::string(plugin) + " forecasts it; give more rows or a greater validation_percent";
}

std::vector<std::string> report_lines(std::string_view target, double unit, std::size_t windows,
                                      const std::vector<std::string>& plugins,
                                      const Contest& contest, const Verdict& verdict) {
  const std::size_t all = contest.truths.size();
  std::vector<double> errors;
  for (std::size_t i = 0; i < plugins.size(); ++i) {
    std::vector<double> alone(plugins.size());
    alone[i] = 1;
    errors.push_back(error_of(contest, alone, 0, all) * unit);
  }
  std::vector<std::size_t> order(plugins.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(),
                   [&](std::size_t a, std::size_t b) { return errors[a] < errors[b]; });
  std::vector<std::string> lines;
  for (const std::size_t i : order) {
    lines.push_back(std::string(target) + ": " + plugins[i] + " has a validation MAE of " +
                    number(errors[i]) + " (" + plugins.front() + " " + number(errors.front()) +
                    ")");
  }
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
    return verdict.weights[a] > verdict.weights[b];
  });
  lines.push_back(std::string(target) + " is forecast by " +
                  parts_of(plugins, verdict.weights, order) + ", validation MAE " +
                  number(verdict.error * unit) + " over " + std::to_string(windows) +
                  " windows: " + why(verdict.reason));
  return lines;
}

}  // namespace weir::auto_model
