// SPDX-License-Identifier: Apache-2.0
// Problems: what is wrong with a pipeline, where, and what to try.
//
// Everything that reads a pipeline adds to one `Problems` and goes on, so that a person sees all
// that is wrong at once. A problem renders as
//
//   pipelines/monitor.yaml:7:27: error: scaler has no option 'methd'
//      7 |   scale: {plugin: scaler, methd: minmax}
//        |                           ^^^^^ did you mean 'method'?
//
// or, where there is no line to show, as `<file>: error: <message>; <hint>`.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace weir::core::config {

// A piece of one line. Lines and columns count from 1, columns and length in characters (code
// points), not bytes. line 0 = the file as a whole; an empty file = nowhere (a message without a
// place).
struct Place {
  std::string file;
  int line = 0;
  int column = 0;
  int length = 1;

  friend bool operator==(const Place&, const Place&) = default;
};

enum class Severity { kError, kWarning, kNote };

struct Problem {
  Severity severity = Severity::kError;
  Place place;
  std::string message;  // one line, no full stop; never a substituted value (see Node::shown)
  std::string hint;     // what to try; may be empty

  friend bool operator==(const Problem&, const Problem&) = default;
};

class Problems {
 public:
  // Keeps `text` so that lines of `file` can be shown. A file that is not known renders without its
  // line.
  void add_source(const std::string& file, std::string text);

  void add(Problem problem) { all_.push_back(std::move(problem)); }
  void error(Place place, std::string message, std::string hint = {});
  void warning(Place place, std::string message, std::string hint = {});

  // Shows `***` instead of these characters whenever their line is shown: for the value of a secret
  // that stands literally in the file. Order does not matter: it holds for problems added before,
  // too.
  void hide(Place place);

  // Takes over problems, sources and hidden places of `other`.
  void merge(Problems other);

  [[nodiscard]] const std::vector<Problem>& all() const { return all_; }
  [[nodiscard]] bool empty() const { return all_.empty(); }
  [[nodiscard]] bool has_errors() const;

  // All problems, one per paragraph, each ending in a newline; ordered by file (as the sources
  // came), line and column. At most `limit` are shown; a last line counts the rest. Control
  // characters of the texts are shown as '?', so that a hostile file cannot drive the terminal.
  [[nodiscard]] std::string render(bool colour = false, std::size_t limit = 50) const;
  [[nodiscard]] std::string render(const Problem& problem, bool colour = false) const;

 private:
  struct Source {
    std::string file;
    std::string text;
    std::vector<std::size_t> line_starts;
  };

  [[nodiscard]] const Source* find_source(std::string_view file) const;
  [[nodiscard]] std::optional<std::string_view> line_of(const Place& place) const;
  [[nodiscard]] std::vector<const Problem*> sorted() const;
  void render_line(std::string& out, const Problem& problem, std::string_view line,
                   bool colour) const;

  std::vector<Problem> all_;
  std::vector<Source> sources_;
  std::vector<Place> hidden_;
};

// Which of `candidates` the writer of `name` probably meant: the least Damerau-Levenshtein distance
// (optimal string alignment; case and '-' against '_' cost nothing), nothing when that is more than
// a third of the name.
[[nodiscard]] std::optional<std::string> closest(std::string_view name,
                                                 std::span<const std::string> candidates);

// "did you mean 'method'?" or, when nothing is close, the given `otherwise`.
[[nodiscard]] std::string did_you_mean(std::string_view name,
                                       std::span<const std::string> candidates,
                                       std::string otherwise = {});

}  // namespace weir::core::config
