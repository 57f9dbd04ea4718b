// SPDX-License-Identifier: Apache-2.0
#include "core/config/problem.hpp"

#include <algorithm>
#include <iterator>

#include "core/config/text.hpp"

namespace weir::core::config {
namespace {

constexpr std::size_t kShownColumns = 100;  // of a source line; a longer one is cut round the caret
constexpr std::size_t kShownBytes = 500;    // of a message or a hint, which may quote a name
constexpr std::string_view kCut = "...";

constexpr std::string_view kBold = "\x1b[1m";
constexpr std::string_view kRed = "\x1b[1;31m";
constexpr std::string_view kYellow = "\x1b[1;33m";
constexpr std::string_view kBlue = "\x1b[1;34m";
constexpr std::string_view kPlain = "\x1b[0m";

struct SeverityStyle {
  std::string_view name, colour;
};

SeverityStyle style_of(Severity severity) {
  switch (severity) {
    case Severity::kWarning:
      return {"warning", kYellow};
    case Severity::kNote:
      return {"note", kBlue};
    case Severity::kError:
      break;
  }
  return {"error", kRed};
}

std::string paint(std::string_view text, std::string_view colour, bool on) {
  return on ? std::string(colour).append(text).append(kPlain) : std::string(text);
}

std::string one_line(std::string_view text) {
  std::string out = printable(text.substr(0, kShownBytes));
  return text.size() > kShownBytes ? out.append(kCut) : out;
}

std::string header(const Problem& problem, bool colour) {
  std::string where = printable(problem.place.file);
  if (problem.place.line > 0) {
    where += ':' + std::to_string(problem.place.line) + ':' + std::to_string(problem.place.column);
  }
  const SeverityStyle style = style_of(problem.severity);
  std::string out = where.empty() ? where : paint(where + ':', kBold, colour) + ' ';
  out += paint(std::string(style.name) + ':', style.colour, colour) + ' ';
  return out + one_line(problem.message);
}

struct Cell {
  std::string text;
  std::size_t width;
};

// The line as the terminal will show it, one cell per character of the source.
std::vector<Cell> cells_of(std::string_view line) {
  std::vector<Cell> cells;
  for (std::size_t at = 0; at < line.size();) {
    const Character character = decode(line, at);
    std::string shown = printable(line.substr(at, character.size));
    const bool replaced = shown == "?" || shown == " ";
    const int width = replaced ? 1 : display_width(character.code);
    cells.push_back({std::move(shown), static_cast<std::size_t>(width)});
    at += character.size;
  }
  return cells;
}

struct Span {
  std::size_t first, last;  // [first, last) in characters
};

Span span_of(const Place& place, std::size_t characters) {
  const auto first = static_cast<std::size_t>(std::max(1, place.column)) - 1;
  const auto length = static_cast<std::size_t>(std::max(1, place.length));
  const std::size_t begin = std::min(first, characters);
  return {begin, std::max(begin + 1, std::min(begin + length, characters))};
}

// Which characters to show of a line too long for a terminal: the caret and as much round it as
// fits.
Span window_of(std::size_t characters, Span marked) {
  if (characters <= kShownColumns) return {0, characters};
  const std::size_t wanted = std::min(marked.last - marked.first, kShownColumns / 2);
  const std::size_t before = (kShownColumns - wanted) / 2;
  std::size_t first = marked.first > before ? marked.first - before : 0;
  first = std::min(first, characters - kShownColumns);
  return {first, first + kShownColumns};
}

std::string fold(std::string_view name) {
  std::string out(name);
  for (char& c : out) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    if (c == '-' || c == ' ') c = '_';
  }
  return out;
}

// Optimal string alignment: insertions, deletions, substitutions and swaps of neighbours, each 1.
std::size_t edit_distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> before(b.size() + 1), last(b.size() + 1), row(b.size() + 1);
  for (std::size_t j = 0; j <= b.size(); ++j) last[j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t change = a[i - 1] == b[j - 1] ? 0 : 1;
      row[j] = std::min({last[j] + 1, row[j - 1] + 1, last[j - 1] + change});
      const bool swapped = i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1];
      if (swapped) row[j] = std::min(row[j], before[j - 2] + 1);
    }
    before.swap(last);
    last.swap(row);
  }
  return last[b.size()];
}

}  // namespace

void Problems::add_source(const std::string& file, std::string text) {
  std::vector<std::size_t> starts = find_line_starts(text);
  const auto known = std::find_if(sources_.begin(), sources_.end(),
                                  [&](const Source& source) { return source.file == file; });
  if (known == sources_.end()) {
    sources_.push_back({file, std::move(text), std::move(starts)});
  } else {
    *known = {file, std::move(text), std::move(starts)};
  }
}

void Problems::error(Place place, std::string message, std::string hint) {
  add({Severity::kError, std::move(place), std::move(message), std::move(hint)});
}

void Problems::warning(Place place, std::string message, std::string hint) {
  add({Severity::kWarning, std::move(place), std::move(message), std::move(hint)});
}

void Problems::hide(Place place) { hidden_.push_back(std::move(place)); }

void Problems::merge(Problems other) {
  std::move(other.all_.begin(), other.all_.end(), std::back_inserter(all_));
  std::move(other.hidden_.begin(), other.hidden_.end(), std::back_inserter(hidden_));
  for (Source& source : other.sources_) add_source(source.file, std::move(source.text));
}

bool Problems::has_errors() const {
  return std::any_of(all_.begin(), all_.end(),
                     [](const Problem& problem) { return problem.severity == Severity::kError; });
}

const Problems::Source* Problems::find_source(std::string_view file) const {
  const auto found = std::find_if(sources_.begin(), sources_.end(),
                                  [&](const Source& source) { return source.file == file; });
  return found == sources_.end() ? nullptr : &*found;
}

std::optional<std::string_view> Problems::line_of(const Place& place) const {
  const Source* source = find_source(place.file);
  const auto number = static_cast<std::size_t>(std::max(0, place.line));
  if (source == nullptr || number == 0 || number > source->line_starts.size()) return std::nullopt;
  const std::string_view text = source->text;
  const std::size_t start = source->line_starts[number - 1];
  return text.substr(start, text.find('\n', start) - start);
}

std::vector<const Problem*> Problems::sorted() const {
  std::vector<const Problem*> order;
  for (const Problem& problem : all_) order.push_back(&problem);
  const auto rank = [this](const Problem* problem) {
    const Source* source = find_source(problem->place.file);
    return source == nullptr ? sources_.size() : static_cast<std::size_t>(source - sources_.data());
  };
  std::stable_sort(order.begin(), order.end(), [&](const Problem* a, const Problem* b) {
    const auto rank_a = rank(a), rank_b = rank(b);
    if (rank_a != rank_b) return rank_a < rank_b;
    if (a->place.line != b->place.line) return a->place.line < b->place.line;
    return a->place.column < b->place.column;
  });
  return order;
}

std::string Problems::render(bool colour, std::size_t limit) const {
  std::string out;
  const std::vector<const Problem*> order = sorted();
  for (std::size_t i = 0; i < order.size() && i < limit; ++i) out += render(*order[i], colour);
  if (order.size() > limit) {
    out += "... and " + std::to_string(order.size() - limit) + " more problems\n";
  }
  return out;
}

std::string Problems::render(const Problem& problem, bool colour) const {
  std::string out = header(problem, colour);
  const std::optional<std::string_view> line = line_of(problem.place);
  if (!line) {
    if (!problem.hint.empty()) out += "; " + one_line(problem.hint);
    return out + '\n';
  }
  out += '\n';
  render_line(out, problem, *line, colour);
  return out;
}

void Problems::render_line(std::string& out, const Problem& problem, std::string_view line,
                           bool colour) const {
  std::vector<Cell> cells = cells_of(line);
  for (const Place& place : hidden_) {
    if (place.file != problem.place.file || place.line != problem.place.line) continue;
    const Span span = span_of(place, cells.size());
    for (std::size_t i = span.first; i < span.last && i < cells.size(); ++i) cells[i] = {"*", 1};
  }
  const Span marked = span_of(problem.place, cells.size());
  const Span window = window_of(cells.size(), marked);

  std::string number = std::to_string(problem.place.line);
  number.insert(0, number.size() < 4 ? 4 - number.size() : 0, ' ');
  out += number + " | ";
  const std::string margin(number.size(), ' ');
  std::string pointer;
  if (window.first > 0) {
    out += kCut;
    pointer.append(kCut.size(), ' ');
  }
  std::string carets;
  for (std::size_t i = window.first; i < window.last; ++i) {
    out += cells[i].text;
    if (i < marked.first) pointer.append(cells[i].width, ' ');
    if (i >= marked.first && i < marked.last) carets.append(cells[i].width, '^');
  }
  if (window.last < cells.size()) out += kCut;
  if (carets.empty()) carets = "^";  // past the end of the line, or under a combining character
  out += '\n' + margin + " | " + pointer + paint(carets, style_of(problem.severity).colour, colour);
  if (!problem.hint.empty()) out += ' ' + one_line(problem.hint);
  out += '\n';
}

std::optional<std::string> closest(std::string_view name, std::span<const std::string> candidates) {
  constexpr std::size_t kLongest = 64;
  if (name.empty() || name.size() > kLongest) return std::nullopt;
  const std::string wanted = fold(name);
  std::optional<std::string> best;
  std::size_t best_distance = 0;
  for (const std::string& candidate : candidates) {
    if (candidate.empty() || candidate.size() > kLongest) continue;
    const std::size_t longer = std::max(name.size(), candidate.size());
    const std::size_t distance = edit_distance(wanted, fold(candidate));
    const std::size_t allowed = std::max<std::size_t>(1, longer / 3);
    const bool near = distance == 0 || (distance <= allowed && distance < longer);
    if (near && (!best || distance < best_distance)) {
      best = candidate;
      best_distance = distance;
    }
  }
  return best;
}

std::string did_you_mean(std::string_view name, std::span<const std::string> candidates,
                         std::string otherwise) {
  const std::optional<std::string> best = closest(name, candidates);
  return best ? "did you mean '" + *best + "'?" : std::move(otherwise);
}

}  // namespace weir::core::config
