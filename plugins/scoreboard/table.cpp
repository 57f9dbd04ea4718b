// SPDX-License-Identifier: Apache-2.0
#include "table.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <string_view>

namespace weir::scoreboard {
namespace {

using Cells = std::vector<std::string>;

std::string number(const char* format, double value) {
  if (!std::isfinite(value)) return "-";
  std::array<char, 64> text{};
  std::snprintf(text.data(), text.size(), format, value);
  return text.data();
}

Cells header(const Standing& first) {
  return {"",
          "model",
          "MAE",
          "RMSE",
          "R2",
          "sMAPE",
          "MASE",
          "pinball",
          "held",
          "width",
          "over naive",
          "over seasonal",
          first.baseline.empty() ? "against a baseline" : "than the " + first.baseline,
          "than the best"};
}

Cells cells(const Standing& row) {
  return {std::to_string(row.place),
          row.model,
          number("%.4g", row.errors.mae),
          number("%.4g", row.errors.rmse),
          number("%.3f", row.errors.r2),
          number("%.1f %%", row.errors.smape_percent),
          number("%.3f", row.mase),
          number("%.4g", row.errors.pinball),
          number("%.1f %%", 100 * row.errors.coverage),
          number("%.4g", row.errors.width),
          number("%+.1f %%", 100 * row.skill_naive),
          number("%+.1f %%", 100 * row.skill_seasonal_naive),
          row.baseline.empty() ? "-" : verdict(row.against_baseline),
          row.place == 1 ? "the best" : verdict(row.against_best)};
}

/// Texts to the left, numbers to the right.
std::vector<std::string> aligned(const std::vector<Cells>& rows) {
  const std::size_t columns = rows.front().size();
  std::vector<std::size_t> widths(columns);
  for (const Cells& row : rows) {
    for (std::size_t i = 0; i < columns; ++i) widths[i] = std::max(widths[i], row[i].size());
  }
  std::vector<std::string> lines;
  for (const Cells& row : rows) {
    std::string line;
    for (std::size_t i = 0; i < columns; ++i) {
      const bool left = i == 1 || i + 2 >= columns;
      const std::string blanks(widths[i] - row[i].size(), ' ');
      if (i > 0) line += "  ";
      line += left ? row[i] + blanks : blanks + row[i];
    }
    line.erase(line.find_last_not_of(' ') + 1);
    lines.push_back(std::move(line));
  }
  return lines;
}

std::string title(const Standing& row, std::size_t steps) {
  std::string text = row.column;
  if (!row.unit.empty()) text += " (" + row.unit + ")";
  text += ": " + std::to_string(steps) + (steps == 1 ? " step ahead, " : " steps ahead, ");
  return text + std::to_string(row.errors.count) + " forecasts of each model from " +
         std::to_string(row.against_best.origins) + " origins";
}

std::size_t steps_of(std::span<const Standing> standings, const std::string& column) {
  return static_cast<std::size_t>(std::count_if(
      standings.begin(), standings.end(),
      [&](const Standing& row) { return row.column == column && row.step > 0 && row.place == 1; }));
}

}  // namespace

std::vector<std::string> table_lines(std::span<const Standing> standings) {
  std::vector<std::string> lines;
  for (std::size_t i = 0; i < standings.size();) {
    const Standing& first = standings[i];
    std::vector<Cells> rows{header(first)};
    for (; i < standings.size() && standings[i].column == first.column; ++i) {
      if (standings[i].step == 0) rows.push_back(cells(standings[i]));
    }
    lines.push_back(title(first, steps_of(standings, first.column)));
    for (std::string& line : aligned(rows)) lines.push_back(std::move(line));
  }
  if (!lines.empty()) {
    lines.emplace_back(
        "over: share of the baseline's MAE that is saved; better or worse: Diebold-Mariano test of "
        "absolute errors at 5 %");
  }
  return lines;
}

}  // namespace weir::scoreboard
