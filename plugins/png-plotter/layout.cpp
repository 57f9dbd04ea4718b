// SPDX-License-Identifier: Apache-2.0
#include "layout.hpp"

#include <algorithm>

#include "text.hpp"

namespace weir::png_plotter {

namespace {

// Width of a character of the 10 point font, a little too wide rather than too narrow.
constexpr double kCharacter = 7.6;
constexpr std::size_t kLongestTitle = 64;

std::vector<LegendEntry> legend_entries(const Panel& panel) {
  std::vector<LegendEntry> entries;
  auto add = [&](const std::string& title, LegendEntry entry) {
    if (title.empty()) return;
    entry.title = shorten(title, kLongestTitle);
    entries.push_back(std::move(entry));
  };
  for (const Line& line : panel.lines)
    add(line.title, {.title = {}, .color = line.color, .dash = line.dash});
  for (const Band& band : panel.bands) {
    add(band.title, {.title = {}, .color = band.color, .filled = true, .opacity = band.opacity});
  }
  for (const Bars& bars : panel.bars)
    add(bars.title, {.title = {}, .color = bars.color, .filled = true});
  return entries;
}

// Fills rows from the left; y counts rows from the top (0, 1, …) until the panel is placed.
int flow(std::vector<LegendEntry>& entries, double left, double right) {
  double x = left;
  int row = 0;
  for (LegendEntry& entry : entries) {
    const double width =
        kLegendKey + 6 + kCharacter * static_cast<double>(length(entry.title)) + 18;
    if (x > left && x + width > right + 18) {
      x = left;
      ++row;
    }
    entry.x = x;
    entry.y = row;
    x += width;
  }
  return entries.empty() ? 0 : row + 1;
}

}  // namespace

std::vector<PanelBox> stack_panels(const std::vector<Panel>& panels, Size size) {
  std::vector<PanelBox> boxes(panels.size());
  std::vector<int> rows(panels.size());
  double weights = 0;
  double fixed = kHeading;
  for (std::size_t i = 0; i < panels.size(); ++i) {
    boxes[i].left = kLeft;
    boxes[i].right = size.width - kRight;
    boxes[i].legend = legend_entries(panels[i]);
    rows[i] = flow(boxes[i].legend, kLeft, boxes[i].right);
    fixed += rows[i] * kLegendRow + 8 + kAxisRoom;
    weights += panels[i].weight;
  }
  const double free = std::max(size.height - fixed, 40.0 * static_cast<double>(panels.size()));
  double y = size.height - kHeading;
  for (std::size_t i = 0; i < panels.size(); ++i) {
    for (LegendEntry& entry : boxes[i].legend) entry.y = y - (entry.y + 0.5) * kLegendRow;
    boxes[i].top = y - rows[i] * kLegendRow - 8;
    boxes[i].bottom = boxes[i].top - free * panels[i].weight / weights;
    y = boxes[i].bottom - kAxisRoom;
  }
  return boxes;
}

HeatMapBox place_heat_map(const HeatMap& map, Size size) {
  HeatMapBox box;
  std::size_t longest = 3;
  for (const std::string& name : map.names) longest = std::max(longest, length(printable(name)));
  box.name_length = std::min<std::size_t>(longest, 30);
  const double names = kCharacter * static_cast<double>(box.name_length);
  const auto count = static_cast<double>(std::max<std::size_t>(map.names.size(), 1));
  box.left = std::clamp(names + 20, 60.0, 0.24 * size.width);
  box.right = size.width - 84;
  box.top = size.height - kHeading - 4;
  box.bottom = std::clamp(0.62 * names + 28, 40.0, 0.28 * size.height);
  const double cell_width = (box.right - box.left) / count;
  const double cell_height = (box.top - box.bottom) / count;
  box.name_points = cell_height < 18 ? 8 : cell_height < 26 ? 9 : 10;
  // Narrow cells say ".57" for "0.57". A digit is 0.85 times its points wide.
  box.whole_numbers = cell_width >= 34;
  const double letters = box.whole_numbers ? 5 : 4;
  const double points = std::min((cell_width - 4) / letters / 0.85, cell_height / 1.7);
  box.cell_points = points < 5.5 ? 0 : std::clamp(static_cast<int>(points), 6, 12);
  // What the margins hold at this font size (small fonts are hinted wide): the names below lie at
  // 35 degrees.
  const double character = 4.1 + 0.35 * box.name_points;
  const double fits = std::min((box.left - 14) / character, (box.bottom - 20) / (0.62 * character));
  box.name_length = std::clamp<std::size_t>(static_cast<std::size_t>(std::max(fits, 3.0)), 3, 30);
  return box;
}

}  // namespace weir::png_plotter
