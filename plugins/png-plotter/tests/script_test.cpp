// SPDX-License-Identifier: Apache-2.0
#include "script.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <sstream>

#include "layout.hpp"
#include "table.hpp"

namespace weir::png_plotter {
namespace {

using testing::HasSubstr;
using testing::Not;

Chart simple() {
  Panel panel;
  panel.x = whole_scale(0, 4, 4);
  panel.y = round_scale(0, 10);
  panel.y_label = "round-trip time, ms";
  Line line;
  line.title = "8.8.8.8";
  line.points = {{0, 1}, {1, 2}, {2, kMissing}, {3, 3}, {4, kMissing}};
  line.color = color::kBlue;
  panel.lines.push_back(line);
  Chart chart;
  chart.title = "A title";
  chart.panels.push_back(panel);
  return chart;
}

// Text outside of single quotes, where gnuplot would obey it.
std::string outside_of_quotes(const std::string& script) {
  std::string result;
  std::istringstream lines(script);
  for (std::string line; std::getline(lines, line);) {
    bool quoted = false;
    for (const char c : line) {
      if (c == '\'')
        quoted = !quoted;
      else if (!quoted)
        result += c;
    }
    EXPECT_FALSE(quoted) << "an open quote in: " << line;
    result += '\n';
  }
  return result;
}

TEST(Script, WritesSizeOutputAndData) {
  const std::string script = gnuplot_script(simple(), {1200, 700}, "x.png");
  EXPECT_THAT(script, HasSubstr("set terminal pngcairo noenhanced size 1200,700"));
  EXPECT_THAT(script, HasSubstr("set output 'x.png'"));
  EXPECT_THAT(script, HasSubstr("set label 'A title' at screen"));
  EXPECT_THAT(script, HasSubstr("set ylabel 'round-trip time, ms' noenhanced"));
  EXPECT_THAT(script, HasSubstr("set xrange [0:4] noextend\nset yrange [0:10] noextend\n"));
  EXPECT_THAT(script, HasSubstr("'0' 0, '1' 1, '2' 2, '3' 3, '4' 4)"));
}

TEST(Script, ANullIsAGapAndALonelyValueADot) {
  const std::string script = gnuplot_script(simple(), {1200, 700}, "x.png");
  EXPECT_THAT(script, HasSubstr("<< END_OF_DATA\n0 1\n1 2\n\n3 3\n\nEND_OF_DATA\n"));
  EXPECT_THAT(script, HasSubstr("<< END_OF_DATA\n3 3\nEND_OF_DATA\n"));
  EXPECT_THAT(script, HasSubstr("with points pt 7"));
}

TEST(Script, TimesKeepTheirDigits) {
  Chart chart = simple();
  Panel& panel = chart.panels[0];
  panel.x = time_scale(1'795'391'700.2, 1'795'391'710.2, 5);
  panel.lines[0].points = {{1'795'391'700.4, 1}, {1'795'391'700.6, 2}};
  const std::string script = gnuplot_script(chart, {}, "x.png");
  const std::size_t at = script.find("<< END_OF_DATA\n") + 15;
  double first = 0;
  double y = 0;
  double second = 0;
  std::istringstream(script.substr(at)) >> first >> y >> second;
  EXPECT_NEAR(first, 0.2, 1e-6);
  EXPECT_NEAR(second, 0.4, 1e-6);
}

TEST(Script, NoTextEverStandsOutsideOfQuotes) {
  const std::string hostile =
      "x' ; system(\"touch pwned\") # `touch pwned`\nsystem('touch pwned')\n%s @a $b";
  Chart chart = simple();
  chart.title = chart.subtitle = hostile;
  Panel& panel = chart.panels[0];
  panel.x_label = panel.y_label = panel.note = panel.lines[0].title = hostile;
  panel.x.ticks[0].label = panel.y.ticks[0].label = hostile;
  panel.marks.push_back({1, hostile});
  panel.bands.push_back({hostile, {{0, 1, 2}}});
  panel.bars.push_back({hostile, {{0, 1, 2}}});
  Chart map;
  map.title = hostile;
  map.heat_map = {{hostile, "b"}, {1, 0.5, 0.5, 1}};
  for (const Chart& each : {chart, map}) {
    const std::string code = outside_of_quotes(gnuplot_script(each, {}, "x.png"));
    for (const char* word : {"touch", "system", "pwned", "`", "@", "%", "\""}) {
      EXPECT_THAT(code, Not(HasSubstr(word)));
    }
  }
}

TEST(Script, HeatMapShowsNumbersAndUnknownCells) {
  Chart chart;
  chart.heat_map = {{"a", "b"}, {1, -0.5, -0.5, kMissing}};
  const std::string script = gnuplot_script(chart, {}, "x.png");
  EXPECT_THAT(script, HasSubstr("0 0 1.00 0xFFFFFF\n1 0 \u22120.50 0x333333\n"));
  EXPECT_THAT(script, HasSubstr("1 1 \u2013 0x999999\n"));
}

TEST(Layout, PanelsAndLegendsDoNotOverlap) {
  std::vector<Panel> panels(2);
  for (int i = 0; i < 14; ++i) {
    Line line;
    line.title = "a target of some length, number " + std::to_string(i);
    panels[0].lines.push_back(line);
  }
  panels[1].lines.push_back({"one", {}});
  const std::vector<PanelBox> boxes = stack_panels(panels, {1200, 700});
  EXPECT_GT(boxes[0].bottom, boxes[1].top + kAxisRoom);
  EXPECT_GE(boxes[1].bottom, kAxisRoom - 0.5);
  for (const PanelBox& box : boxes) {
    EXPECT_GT(box.top, box.bottom);
    for (const LegendEntry& entry : box.legend) {
      EXPECT_GT(entry.y, box.top);
      EXPECT_GE(entry.x, box.left);
      EXPECT_LT(entry.x, box.right);
    }
  }
  for (std::size_t i = 1; i < boxes[0].legend.size(); ++i) {
    const LegendEntry& a = boxes[0].legend[i - 1];
    const LegendEntry& b = boxes[0].legend[i];
    EXPECT_TRUE(b.y < a.y - 10 || b.x > a.x + 7 * static_cast<double>(a.title.size()));
  }
}

}  // namespace
}  // namespace weir::png_plotter
