// SPDX-License-Identifier: Apache-2.0
#include "core/observe/top_text.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <nlohmann/json.hpp>
#include <set>
#include <utility>

#include "core/config/text.hpp"
#include "core/wire/json_number.hpp"
#include "weir/error.hpp"

namespace weir::core::observe {
namespace {

using Json = nlohmann::json;

template <class Whole>
Whole whole(const Json& object, const char* key) {
  return whole_member<Whole>(object, key, "the run's answer is not understood:");
}
std::uint64_t count(const Json& object, const char* key) {
  return whole<std::uint64_t>(object, key);
}

TopView::Node node_of(const Json& json) {
  TopView::Node node;
  node.name = json.at("name");
  node.plugin = json.value("plugin", "");
  node.state = json.at("state");
  for (const Json& input : json.value("inputs", Json::array())) {
    node.inputs.emplace_back(input.at("node"), input.at("port"));
  }
  node.rows_in = count(json, "rows_in");
  node.rows_out = count(json, "rows_out");
  node.busy_seconds = json.at("busy_seconds");
  node.retries = count(json, "retries");
  node.errors = count(json, "errors");
  node.lost_rows =
      count(json, "dropped_rows") + count(json, "rejected_rows") + count(json, "discarded_rows");
  node.queued_bytes = count(json, "queued_bytes");
  node.queue_capacity = count(json, "queue_capacity");
  node.call = json.at("call");
  node.call_seconds = json.at("call_seconds");
  node.hangs = json.value("hangs", false);
  return node;
}

/// Characters, not bytes; all that is shown here is one cell wide.
std::size_t cells(std::string_view text) {
  return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), [](char c) {
    return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U;
  }));
}

std::string cut(std::string_view text, std::size_t width) {
  if (width == 0 || cells(text) <= width) return std::string(text);
  std::size_t end = 0;
  for (std::size_t seen = 0; end < text.size(); ++end) {
    if ((static_cast<unsigned char>(text[end]) & 0xC0U) != 0x80U && seen++ == width) break;
  }
  return std::string(text.substr(0, end));
}

std::string fill(std::string text, std::size_t width, bool right) {
  const std::size_t have = cells(text);
  if (have >= width) return text;
  const std::string space(width - have, ' ');
  return right ? space + text : text + space;
}

/// The colour of a line, by what is worth seeing first.
const char* colour_of(const TopView::Node& node) {
  if (node.state == "failed" || node.state == "quarantined" || node.hangs) return "\x1b[31m";
  if (node.state == "retrying" || node.state == "restarting") return "\x1b[33m";
  return node.state == "finished" ? "\x1b[2m" : "";
}

class Table {
 public:
  Table(const TopView& before, const TopView& now, const TopStyle& style)
      : before_(before), now_(now), style_(style), passed_(now.monotonic - before.monotonic) {
    rows_.push_back(
        {nullptr,
         {"node", "state", "in/s", "out/s", "queue", "time", "retries", "errors", "lost", "call"}});
    for (const TopView::Node& node : now_.nodes) {
      if (node.inputs.empty()) add(node, "", "");
    }
    // Nodes that no source leads to; a checked graph has none, an unknown version may.
    for (const TopView::Node& node : now_.nodes) {
      if (drawn_.count(node.name) == 0) add(node, "", "");
    }
  }

  [[nodiscard]] std::string text() const {
    std::array<std::size_t, columns> widths{};
    for (const Row& row : rows_) {
      for (std::size_t i = 0; i < columns; ++i) {
        widths[i] = std::max(widths[i], cells(row.cells[i]));
      }
    }
    std::string out;
    for (const Row& row : rows_) {
      std::string line;
      for (std::size_t i = 0; i < columns; ++i) {
        const bool right = i >= 2 && i <= 8 && i != 4;
        line += fill(row.cells[i], widths[i], right) + (i + 1 < columns ? "  " : "");
      }
      line.erase(line.find_last_not_of(' ') + 1);
      line = cut(line, style_.width);
      const char* colour = row.node == nullptr ? "\x1b[1m" : colour_of(*row.node);
      out += style_.colour && *colour != '\0' ? colour + line + "\x1b[0m\n" : line + "\n";
    }
    return out;
  }

 private:
  static constexpr std::size_t columns = 10;
  struct Row {
    const TopView::Node* node;
    std::array<std::string, columns> cells;
  };

  void add(const TopView::Node& node, const std::string& margin, const std::string& branch) {
    const bool again = !drawn_.insert(node.name).second;
    Row row{&node, {}};
    row.cells[0] = margin + branch + config::printable(node.name) + (again ? " (see above)" : "");
    rows_.push_back(std::move(row));
    if (again) return;
    fill_in(node, rows_.back());
    add_children(node, branch.empty() ? "" : margin + (is_last(branch) ? "   " : pipe()));
  }

  // Recursion is as deep as the longest path of a graph that has run.
  void add_children(const TopView::Node& parent, const std::string& margin) {
    std::vector<std::pair<const TopView::Node*, std::string>> below;
    for (const TopView::Node& node : now_.nodes) {
      for (const auto& [from, port] : node.inputs) {
        if (from == parent.name) below.emplace_back(&node, port);
      }
    }
    for (std::size_t i = 0; i < below.size(); ++i) {
      const std::string port =
          below[i].second.empty() ? "" : config::printable(below[i].second) + ": ";
      add(*below[i].first, margin, (i + 1 == below.size() ? last() : middle()) + port);
    }
  }

  void fill_in(const TopView::Node& node, Row& row) const {
    const auto old = std::find_if(before_.nodes.begin(), before_.nodes.end(),
                                  [&](const auto& other) { return other.name == node.name; });
    const bool known = old != before_.nodes.end() && passed_ > 0;
    row.cells[1] = node.hangs ? "HANGS" : config::printable(node.state);
    row.cells[2] = rate(known ? old->rows_in : node.rows_in, node.rows_in);
    row.cells[3] = rate(known ? old->rows_out : node.rows_out, node.rows_out);
    if (node.queue_capacity > 0) row.cells[4] = bar(node);
    row.cells[5] = share(known ? old->busy_seconds : node.busy_seconds, node);
    row.cells[6] = std::to_string(node.retries);
    row.cells[7] = std::to_string(node.errors);
    row.cells[8] = short_number(static_cast<double>(node.lost_rows));
    if (!node.call.empty())
      row.cells[9] = config::printable(node.call) + " " + seconds(node.call_seconds);
  }

  [[nodiscard]] std::string rate(std::uint64_t from, std::uint64_t to) const {
    if (passed_ <= 0 || to < from) return "0";
    return short_number(static_cast<double>(to - from) / passed_);
  }

  /// Of the time between the views; a call that has not returned yet counts too.
  [[nodiscard]] std::string share(double from, const TopView::Node& node) const {
    if (passed_ <= 0) return "0%";
    double busy = node.busy_seconds - from;
    if (!node.call.empty()) busy += std::min(node.call_seconds, passed_);
    return std::to_string(std::lround(100 * std::clamp(busy / passed_, 0.0, 1.0))) + "%";
  }

  [[nodiscard]] std::string bar(const TopView::Node& node) const {
    constexpr std::size_t width = 8;
    const double full = std::min(
        1.0, static_cast<double>(node.queued_bytes) / static_cast<double>(node.queue_capacity));
    // Something that waits shows, however little it is.
    auto filled = static_cast<std::size_t>(std::lround(full * width));
    if (node.queued_bytes > 0 && filled == 0) filled = 1;
    std::string text;
    for (std::size_t i = 0; i < width; ++i) {
      text += i < filled ? (style_.unicode ? "█" : "#") : (style_.unicode ? "░" : ".");
    }
    return text + fill(std::to_string(std::lround(100 * full)) + "%", 5, true);
  }

  [[nodiscard]] static std::string seconds(double value) {
    std::array<char, 32> text{};
    std::snprintf(text.data(), text.size(), value < 10 ? "%.1f s" : "%.0f s", value);
    return text.data();
  }

  [[nodiscard]] std::string last() const { return style_.unicode ? "└─ " : "`- "; }
  [[nodiscard]] std::string middle() const { return style_.unicode ? "├─ " : "|- "; }
  [[nodiscard]] std::string pipe() const { return style_.unicode ? "│  " : "|  "; }
  [[nodiscard]] bool is_last(const std::string& branch) const { return branch.starts_with(last()); }

  const TopView& before_;
  const TopView& now_;
  const TopStyle& style_;
  double passed_;
  std::set<std::string> drawn_;
  std::vector<Row> rows_;
};

}  // namespace

TopView parse_view(std::string_view line) {
  const Json json = Json::parse(line.begin(), line.end(), nullptr, false);
  if (!json.is_object()) throw Error("the run's answer is no JSON object");
  if (const auto error = json.find("error"); error != json.end()) {
    throw Error(error->is_string() ? error->get<std::string>() : error->dump());
  }
  try {
    TopView view;
    view.pipeline = json.at("pipeline");
    view.pid = whole<int>(json, "pid");
    view.monotonic = json.at("monotonic");
    view.status = json.at("status");
    view.reasons = json.at("reasons").get<std::vector<std::string>>();
    view.resident_bytes = count(json.at("process"), "resident_bytes");
    view.cpu_seconds = json.at("process").at("cpu_seconds");
    for (const Json& node : json.at("nodes")) view.nodes.push_back(node_of(node));
    return view;
  } catch (const Json::exception& trouble) {
    throw Error(std::string("the run's answer is not understood, is it of another version? ") +
                trouble.what());
  }
}

std::string short_number(double value) {
  constexpr std::array<std::pair<double, const char*>, 4> units{
      {{1e9, "G"}, {1e6, "M"}, {1e3, "k"}, {1, ""}}};
  std::array<char, 320> text{};  // the largest double has 309 digits
  for (const auto& [factor, name] : units) {
    // 999.6k would be printed as 1000k.
    if (value < factor * 0.9995 && factor > 1) continue;
    const double shown = value / factor;
    const bool digit = shown < 9.95 && shown != std::trunc(shown);
    std::snprintf(text.data(), text.size(), digit ? "%.1f%s" : "%.0f%s", shown, name);
    break;
  }
  return text.data();
}

std::string top_text(const TopView& before, const TopView& now, const TopStyle& style) {
  const double passed = now.monotonic - before.monotonic;
  const double cpu = passed > 0 ? 100 * (now.cpu_seconds - before.cpu_seconds) / passed : 0;
  std::array<char, 128> process{};
  std::snprintf(process.data(), process.size(), "   pid %d   %.0f MB   cpu %.0f%%", now.pid,
                static_cast<double>(now.resident_bytes) / 1e6, std::max(cpu, 0.0));
  std::string text = cut("weir " + config::printable(now.pipeline) + "   " +
                             config::printable(now.status) + process.data(),
                         style.width) +
                     "\n";
  for (const std::string& reason : now.reasons)
    text += cut("! " + config::printable(reason), style.width) + "\n";
  return text + "\n" + Table(before, now, style).text();
}

}  // namespace weir::core::observe
