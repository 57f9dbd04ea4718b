// SPDX-License-Identifier: Apache-2.0
#include "script.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstdio>

#include "layout.hpp"
#include "table.hpp"
#include "text.hpp"

namespace weir::png_plotter {

namespace {

constexpr std::string_view kFrameColor = "0xB8B8B8";
constexpr std::string_view kGridColor = "0xE4E4E4";

std::string number(double value) {
  if (!std::isfinite(value)) return "NaN";
  std::array<char, 32> buffer{};
  const auto end = std::to_chars(buffer.data(), buffer.data() + buffer.size(), value).ptr;
  return {buffer.data(), end};
}

std::string rgb(Color value) {
  std::array<char, 16> buffer{};
  std::snprintf(buffer.data(), buffer.size(), "0x%08X", value);
  return buffer.data();
}

Color translucent(Color value, double opacity) {
  const auto alpha = static_cast<Color>(255 * (1 - std::clamp(opacity, 0.0, 1.0)));
  return (value & 0x00FFFFFFU) | (alpha << 24U);
}

std::string_view dash_type(Dash dash) {
  switch (dash) {
    case Dash::kDashed:
      return "(10,6)";
    case Dash::kDotted:
      return "(2,5)";
    case Dash::kSolid:
      break;
  }
  return "solid";
}

class Writer {
 public:
  Writer(const Chart& chart, Size size) : chart_(chart), size_(size) {}

  std::string write(std::string_view output) {
    begin(output);
    if (!chart_.panels.empty()) {
      const std::vector<PanelBox> boxes = stack_panels(chart_.panels, size_);
      for (std::size_t i = 0; i < boxes.size(); ++i) draw_panel(chart_.panels[i], boxes[i]);
    } else {
      draw_heat_map();
    }
    script_ += "unset multiplot\nunset output\n";
    return std::move(script_);
  }

 private:
  template <typename... Parts>
  void line(const Parts&... parts) {
    ((script_ += parts), ...);
    script_ += '\n';
  }

  // Pixels from the left or the bottom edge, as a fraction of the picture.
  [[nodiscard]] std::string sx(double pixels) const {
    return "screen " + number(pixels / size_.width);
  }
  [[nodiscard]] std::string sy(double pixels) const {
    return "screen " + number(pixels / size_.height);
  }

  void text(std::string_view content, double x, double y, std::string_view align, int points,
            Color tint, std::string_view face = "sans") {
    line("set label ", quote(content), " at ", sx(x), ", ", sy(y), " ", align, " font '", face, ",",
         std::to_string(points), "' tc rgb ", rgb(tint), " front noenhanced");
  }

  void begin(std::string_view output) {
    line("reset");
    line("set encoding utf8");
    line("set terminal pngcairo noenhanced size ", std::to_string(size_.width), ",",
         std::to_string(size_.height), " font 'sans,10' background rgb 0xFFFFFF");
    line("set output ", quote(output));
    line("set multiplot");
    line("set datafile missing NaN");
    line("unset key");
    line("set border lw 1 lc rgb ", kFrameColor);
    const auto room = static_cast<std::size_t>((size_.width - kLeft - kRight) / 10);
    text(shorten(chart_.title, room), kLeft, size_.height - 24, "left", 15, color::kInk,
         "sans:Bold");
    text(shorten(chart_.subtitle, room * 3 / 2), kLeft, size_.height - 48, "left", 10,
         color::kGrey);
  }

  void margins(double left, double right, double bottom, double top) {
    line("set lmargin at ", sx(left));
    line("set rmargin at ", sx(right));
    line("set bmargin at ", sy(bottom));
    line("set tmargin at ", sy(top));
  }

  // Empties everything that would otherwise show up again in the next panel.
  void finish_panel() {
    line("unset label");
    line("unset arrow");
    line("unset object");
    line("unset logscale");
    for (std::size_t i = 0; i < blocks_; ++i) line("undefine $b", std::to_string(i));
    blocks_ = 0;
  }

  // Tick labels are drawn as format strings and may have a second line, for which only a
  // double-quoted string has a sign: so each line becomes a label of its own.
  void ticks(std::string_view axis, const Scale& scale, double offset) {
    script_ += "set ";
    script_ += axis;
    script_ += "tics nomirror scale 0 noenhanced font 'sans,10' textcolor rgb 0x555555 (";
    for (std::size_t i = 0; i < scale.ticks.size(); ++i) {
      const std::string& label = scale.ticks[i].label;
      if (i > 0) script_ += ", ";
      script_ += quote_tick(label.substr(0, label.find('\n')));
      script_ += ' ' + number(scale.ticks[i].position - offset);
    }
    script_ += ")\n";
  }

  void second_lines(const Scale& scale, const PanelBox& box) {
    for (const Tick& tick : scale.ticks) {
      const std::size_t end = tick.label.find('\n');
      if (end == std::string::npos) continue;
      const double share = (tick.position - scale.min) / (scale.max - scale.min);
      text(tick.label.substr(end + 1), box.left + share * (box.right - box.left), box.bottom - 31,
           "center", 9, color::kGrey);
    }
  }

  void draw_legend(const PanelBox& box) {
    for (const LegendEntry& entry : box.legend) {
      const double end = entry.x + kLegendKey;
      if (entry.filled) {
        line("set object rectangle from ", sx(entry.x), ", ", sy(entry.y - 5), " to ", sx(end),
             ", ", sy(entry.y + 5), " fc rgb ", rgb(translucent(entry.color, entry.opacity)),
             " fs solid noborder front");
      } else {
        line("set arrow from ", sx(entry.x), ", ", sy(entry.y), " to ", sx(end), ", ", sy(entry.y),
             " nohead lw 2.5 lc rgb ", rgb(entry.color), " dt ", dash_type(entry.dash), " front");
      }
      text(entry.title, end + 6, entry.y, "left", 10, color::kInk);
    }
  }

  void draw_marks(const Panel& panel, const PanelBox& box) {
    for (const Mark& mark : panel.marks) {
      if (mark.x < panel.x.min || mark.x > panel.x.max) continue;
      const double share = (mark.x - panel.x.min) / (panel.x.max - panel.x.min);
      const double x = box.left + share * (box.right - box.left);
      line("set arrow from ", sx(x), ", ", sy(box.bottom), " to ", sx(x), ", ", sy(box.top),
           " nohead lw 1.5 lc rgb ", rgb(mark.color), " dt ", dash_type(mark.dash), " front");
      text(mark.label, x + (mark.to_left ? -6 : 6), box.top - 11 - 16 * mark.row,
           mark.to_left ? "right" : "left", 10, mark.color);
    }
  }

  std::string block_of(std::string_view rows) {
    const std::string name = "$b" + std::to_string(blocks_++);
    line(name, " << END_OF_DATA");
    script_ += rows;
    line("END_OF_DATA");
    return name;
  }

  // A gap is an empty line; a value that stands alone gets a dot, as no line would show it.
  void add_line(const Line& data, double origin) {
    std::string rows;
    std::string dots;
    const std::vector<Point>& points = data.points;
    auto missing = [&](std::size_t i) { return i >= points.size() || std::isnan(points[i].y); };
    for (std::size_t i = 0; i < points.size(); ++i) {
      if (missing(i)) {
        if (!rows.empty() && !rows.ends_with("\n\n")) rows += '\n';
        continue;
      }
      const std::string row = number(points[i].x - origin) + ' ' + number(points[i].y) + '\n';
      rows += row;
      const bool alone = (i == 0 || missing(i - 1)) && missing(i + 1);
      if (data.dots || alone) dots += row;
    }
    if (rows.empty()) return;
    plots_.push_back(block_of(rows) + " using 1:2 with lines lw " + number(data.width) +
                     " lc rgb " + rgb(data.color) + " dt " + std::string(dash_type(data.dash)));
    if (dots.empty()) return;
    plots_.push_back(block_of(dots) + " using 1:2 with points pt 7 ps 0.6 lc rgb " +
                     rgb(data.color));
  }

  void add_band(const Band& data, double origin) {
    std::string rows;
    for (const BandPoint& point : data.points) {
      if (std::isnan(point.low) || std::isnan(point.high)) {
        if (!rows.empty() && !rows.ends_with("\n\n")) rows += '\n';
      } else {
        rows +=
            number(point.x - origin) + ' ' + number(point.low) + ' ' + number(point.high) + '\n';
      }
    }
    if (rows.empty()) return;
    plots_.push_back(block_of(rows) + " using 1:2:3 with filledcurves fc rgb " +
                     rgb(translucent(data.color, data.opacity)));
  }

  void add_bars(const Bars& data, double origin) {
    std::string rows;
    for (const Bar& bar : data.bars) {
      rows += number((bar.left + bar.right) / 2 - origin) + ' ' + number(bar.height) + ' ' +
              number((bar.right - bar.left) * 0.94) + '\n';
    }
    if (rows.empty()) return;
    plots_.push_back(block_of(rows) + " using 1:2:3 with boxes fs solid 0.85 noborder lc rgb " +
                     rgb(data.color));
  }

  void draw_panel(const Panel& panel, const PanelBox& box) {
    const double origin = panel.x.min;  // keeps the digits of a 200 ms grid in a 10-digit time
    margins(box.left, box.right, box.bottom, box.top);
    line("set xrange [0:", number(panel.x.max - origin), "] noextend");
    line("set yrange [", number(panel.y.min), ":", number(panel.y.max), "] noextend");
    if (panel.log_y) line("set logscale y");
    ticks("x", panel.x, origin);
    ticks("y", panel.y, 0);
    second_lines(panel.x, box);
    line("set grid xtics ytics back lt 1 lw 0.7 lc rgb ", kGridColor);
    line("set border 3");
    if (!panel.x_label.empty()) {
      text(panel.x_label, box.right, box.bottom - 31, "right", 9, color::kGrey);
    }
    line("set ylabel ", quote(panel.y_label),
         " noenhanced font 'sans,10' tc rgb 0x555555 offset 0,0");
    if (!panel.note.empty()) {
      text(panel.note, (box.left + box.right) / 2, (box.top + box.bottom) / 2, "center", 14,
           color::kGrey);
    }
    draw_legend(box);
    draw_marks(panel, box);
    for (const Band& data : panel.bands) add_band(data, origin);
    for (const Bars& data : panel.bars) add_bars(data, origin);
    for (const Line& data : panel.lines) add_line(data, origin);
    plot();
    finish_panel();
  }

  void plot() {
    if (plots_.empty()) plots_.push_back(block_of("NaN NaN\n") + " using 1:2 with lines");
    script_ += "plot ";
    for (std::size_t i = 0; i < plots_.size(); ++i) {
      if (i > 0) script_ += ", ";
      script_ += plots_[i] + " notitle";
    }
    script_ += '\n';
    plots_.clear();
  }

  void draw_heat_map() {
    const HeatMap& map = chart_.heat_map;
    const HeatMapBox box = place_heat_map(map, size_);
    const std::size_t count = map.names.size();
    const double edge = static_cast<double>(count) - 0.5;
    margins(box.left, box.right, box.bottom, box.top);
    line("set xrange [-0.5:", number(edge), "] noextend");
    line("set yrange [", number(edge), ":-0.5] noextend");
    line("set cbrange [-1:1]");
    line(
        "set palette defined (-1 '#0072B2', -0.5 '#7FB8D8', 0 '#F4F4F4', 0.5 '#EAAE7F', "
        "1 '#D55E00')");
    line("set colorbox user origin ", sx(box.right + 18), ", ", sy(box.bottom), " size ", sx(14),
         ", ", sy(box.top - box.bottom), " noborder");
    line(
        "set cbtics scale 0 font 'sans,9' textcolor rgb 0x555555 ('\u22121' -1, '\u22120.5' -0.5,"
        " '0' 0, '0.5' 0.5, '1' 1)");
    line("unset border");
    Scale names;
    for (std::size_t i = 0; i < count; ++i) {
      names.ticks.push_back({static_cast<double>(i), shorten(map.names[i], box.name_length)});
    }
    ticks("x", names, 0);
    line("set xtics rotate by 35 right offset 0,-0.2 font 'sans,", std::to_string(box.name_points),
         "'");
    ticks("y", names, 0);
    line("set ytics font 'sans,", std::to_string(box.name_points), "'");
    add_cells(map, box);
    plot();
    finish_panel();
  }

  void add_cells(const HeatMap& map, const HeatMapBox& box) {
    std::string known;
    std::string unknown;
    std::string labels;
    const std::size_t count = map.names.size();
    for (std::size_t i = 0; i < map.cells.size(); ++i) {
      const std::string place = std::to_string(i % count) + ' ' + std::to_string(i / count) + ' ';
      const double value = map.cells[i];
      if (std::isnan(value)) {
        unknown += place + '\n';
        labels += place + "\u2013 0x999999\n";
        continue;
      }
      known += place + number(value) + '\n';
      labels += place + cell_text(value, box.whole_numbers) +
                (std::abs(value) > 0.75 ? " 0xFFFFFF\n" : " 0x333333\n");
    }
    constexpr std::string_view kCell = ":(0.5):(0.5)";
    if (!unknown.empty()) {
      plots_.push_back(block_of(unknown) + " using 1:2" + std::string(kCell) +
                       " with boxxyerror fs solid border lc rgb 0xFFFFFF fc rgb 0xE8E8E8");
    }
    if (!known.empty()) {
      plots_.push_back(block_of(known) + " using 1:2" + std::string(kCell) +
                       ":3 with boxxyerror fs solid border rgb 0xFFFFFF fc palette");
    }
    if (!labels.empty() && box.cell_points > 0) {
      plots_.push_back(block_of(labels) + " using 1:2:3:4 with labels noenhanced font 'sans," +
                       std::to_string(box.cell_points) + "' tc rgb variable");
    }
  }

  static std::string cell_text(double value, bool whole) {
    std::array<char, 16> buffer{};
    std::snprintf(buffer.data(), buffer.size(), "%.2f", std::abs(value));
    std::string result = buffer.data();
    if (result == "0.00") return "0";
    if (!whole) result = result == "1.00" ? "1" : result.substr(1);
    return value < 0 ? "\u2212" + result : result;
  }

  const Chart& chart_;
  Size size_;
  std::string script_;
  std::vector<std::string> plots_;
  std::size_t blocks_ = 0;
};

}  // namespace

std::string gnuplot_script(const Chart& chart, Size size, std::string_view output) {
  return Writer(chart, size).write(output);
}

std::size_t plot_columns(Size size) {
  return static_cast<std::size_t>(std::max(size.width - kLeft - kRight, 100));
}

int time_tick_count(Size size) { return static_cast<int>(plot_columns(size) / 95); }

}  // namespace weir::png_plotter
