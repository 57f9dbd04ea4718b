// SPDX-License-Identifier: Apache-2.0
// yaml-cpp is used by its event interface, because its loader keeps the last of two equal keys,
// knows no length and follows aliases into exponential trees. Everything is refused in the handler,
// before a tree grows.
#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/parser.h>

#include <algorithm>
#include <optional>
#include <sstream>
#include <string>
#include <unordered_map>
#include <utility>

#include "core/config/formats.hpp"
#include "core/config/text.hpp"
#include "core/config/yaml_source.hpp"

namespace weir::core::config {
namespace {

// Thrown by the handler to end a parse whose problem is reported already.
struct Stop {};

class TreeBuilder : public YAML::EventHandler {
 public:
  TreeBuilder(std::string file, std::string_view text, int first_line, Problems& problems)
      : text_(text), positions_(std::move(file), text, first_line), problems_(problems) {}

  [[nodiscard]] Node take_root() { return std::move(root_); }
  void report_syntax_error(const YAML::Exception& error);

  void OnDocumentStart(const YAML::Mark& mark) override;
  void OnDocumentEnd() override {}
  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override;
  void OnAlias(const YAML::Mark& mark, YAML::anchor_t anchor) override;
  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                const std::string& value) override;
  void OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                       YAML::EmitterStyle::value style) override;
  void OnSequenceEnd() override { close(); }
  void OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                  YAML::EmitterStyle::value style) override;
  void OnMapEnd() override { close(); }

 private:
  // A list or map that is still open.
  struct Frame {
    Node node;
    bool flow = false;
    bool has_key = false;     // map: the key is known, its value comes next
    bool drop_value = false;  // map: the key was refused
    std::string key;
    Place key_place;
    std::unordered_map<std::string, Place> keys;
  };

  static std::size_t offset_of(const YAML::Mark& mark) {
    return mark.pos < 0 ? 0 : static_cast<std::size_t>(mark.pos);
  }
  [[nodiscard]] bool expects_key() const {
    return !open_.empty() && open_.back().node.is_map() && !open_.back().has_key;
  }
  void open(Kind kind, const YAML::Mark& mark, YAML::anchor_t anchor,
            YAML::EmitterStyle::value style);
  void close();
  void add(Node node);
  void take_key(Node node);
  void count_value(std::size_t offset);
  // Reports a tag or an anchor of the value that starts at `offset`, which is where these stand.
  bool has_properties(std::size_t offset, YAML::anchor_t anchor);
  void refuse_property(std::size_t offset, std::string message, std::string hint);

  std::string_view text_;
  Positions positions_;
  Problems& problems_;
  std::vector<Frame> open_;
  Node root_;
  std::size_t values_ = 0;
  bool started_ = false;
  std::optional<std::pair<Place, Place>> long_quote_;  // first and last character of the last one
};

void TreeBuilder::OnDocumentStart(const YAML::Mark& mark) {
  if (std::exchange(started_, true)) {
    problems_.error(positions_.at(offset_of(mark)), "a second document starts here",
                    "a pipeline file holds one; remove it, or the '---' before it");
    throw Stop{};
  }
}

void TreeBuilder::count_value(std::size_t offset) {
  if (++values_ <= kMaxValues) return;
  problems_.error(positions_.at(offset), "this file has more than 100000 values",
                  "give long data its own file and name that");
  throw Stop{};
}

void TreeBuilder::refuse_property(std::size_t offset, std::string message, std::string hint) {
  const std::size_t end = text_.find_first_of(" \t\n,[]{}", offset);
  const std::string_view property = text_.substr(offset, end - offset);
  const Place place = positions_.at(offset, count_characters(property));
  const bool known = !problems_.empty() && problems_.all().back().place == place;
  if (!known) problems_.error(place, std::move(message), std::move(hint));
}

bool TreeBuilder::has_properties(std::size_t offset, YAML::anchor_t anchor) {
  const bool has_tag = offset < text_.size() && text_[offset] == '!';
  if (anchor != 0) {
    refuse_property(offset, "anchors (&name) are not allowed",
                    "remove it, or quote text that starts with '&'");
  } else if (has_tag) {
    refuse_property(offset, "tags (!name) are not allowed",
                    "remove it, or quote text that starts with '!'");
  }
  return anchor != 0 || has_tag;
}

void TreeBuilder::OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) {
  const std::size_t offset = offset_of(mark);
  count_value(offset);
  Node node;
  node.reported = has_properties(offset, anchor);
  if (is_written_null(text_, offset) || open_.empty()) {
    node.place = positions_.at(offset, offset < text_.size() && text_[offset] != '~' ? 4 : 1);
  } else {
    // The mark of a value that is left out is that of whatever comes next.
    node.place = open_.back().has_key ? open_.back().key_place : open_.back().node.place;
  }
  add(std::move(node));
}

void TreeBuilder::OnAlias(const YAML::Mark& mark, YAML::anchor_t /*anchor*/) {
  const std::size_t offset = offset_of(mark);
  count_value(offset);
  Node node;
  node.place = positions_.at(offset);
  node.reported = true;
  refuse_property(offset, "aliases (*name) are not allowed", "write the value out");
  add(std::move(node));
}

void TreeBuilder::OnScalar(const YAML::Mark& mark, const std::string& /*tag*/,
                           YAML::anchor_t anchor, const std::string& value) {
  const std::size_t offset = offset_of(mark);
  count_value(offset);
  Node node;
  node.kind = Kind::kScalar;
  node.text = value;
  node.reported = has_properties(offset, anchor);
  const Writing writing = inspect_scalar(text_, offset, value);
  node.place = positions_.at(offset, writing.length);
  node.quoted = writing.quoted;
  node.verbatim = writing.verbatim;
  if (!writing.closed) {
    problems_.error(node.place, "this quote is never closed", "close it where the text ends");
    throw Stop{};
  }
  long_quote_.reset();
  if (writing.several_lines && writing.end > 0) {
    long_quote_.emplace(node.place, positions_.at(writing.end - 1));
  }
  if (value.find('\0') != std::string::npos) {
    problems_.error(node.place, "a text cannot hold a NUL character", "remove the escape");
    node.text.clear();
    node.reported = true;
  }
  add(std::move(node));
}

void TreeBuilder::OnSequenceStart(const YAML::Mark& mark, const std::string& /*tag*/,
                                  YAML::anchor_t anchor, YAML::EmitterStyle::value style) {
  open(Kind::kList, mark, anchor, style);
}

void TreeBuilder::OnMapStart(const YAML::Mark& mark, const std::string& /*tag*/,
                             YAML::anchor_t anchor, YAML::EmitterStyle::value style) {
  open(Kind::kMap, mark, anchor, style);
}

void TreeBuilder::open(Kind kind, const YAML::Mark& mark, YAML::anchor_t anchor,
                       YAML::EmitterStyle::value style) {
  const std::size_t offset = offset_of(mark);
  count_value(offset);
  Frame frame;
  frame.node.kind = kind;
  frame.node.reported = has_properties(offset, anchor);
  frame.node.place = positions_.at(offset);
  frame.flow = style == YAML::EmitterStyle::Flow;
  if (open_.size() >= static_cast<std::size_t>(kMaxDepth)) {
    problems_.error(frame.node.place, "this is nested deeper than 32 levels",
                    "a pipeline needs about five");
    throw Stop{};
  }
  open_.push_back(std::move(frame));
}

void TreeBuilder::close() {
  Node node = std::move(open_.back().node);
  open_.pop_back();
  add(std::move(node));
}

void TreeBuilder::add(Node node) {
  if (open_.empty()) {
    root_ = std::move(node);
  } else if (expects_key()) {
    take_key(std::move(node));
  } else if (Frame& frame = open_.back(); frame.node.is_list()) {
    frame.node.items.push_back(std::move(node));
  } else {
    frame.has_key = false;
    if (frame.drop_value) return;
    frame.node.entries.push_back(
        {std::move(frame.key), std::move(frame.key_place), std::move(node)});
  }
}

void TreeBuilder::take_key(Node node) {
  Frame& frame = open_.back();
  frame.has_key = true;
  frame.drop_value = true;
  frame.key_place = node.place;
  if (!node.is_scalar() || node.text.empty()) {
    if (!node.reported) {
      problems_.error(node.place, "a key must be text, not " + std::string(kind_name(node.kind)),
                      "write name: value");
    }
    return;
  }
  const auto [known, is_new] = frame.keys.try_emplace(node.text, node.place);
  if (!is_new) {
    const Place& first = known->second;
    problems_.error(node.place, "the key '" + node.text + "' stands here a second time",
                    "the first is in line " + std::to_string(first.line) + ", column " +
                        std::to_string(first.column) + "; remove one");
    return;
  }
  frame.drop_value = false;
  frame.key = std::move(node.text);
}

void TreeBuilder::report_syntax_error(const YAML::Exception& error) {
  const std::size_t offset = std::min(offset_of(error.mark), text_.size());
  const Place place = positions_.at(offset);
  const bool missing_end =
      error.msg == YAML::ErrorMsg::END_OF_MAP_FLOW || error.msg == YAML::ErrorMsg::END_OF_SEQ_FLOW;
  if (missing_end && !open_.empty() && open_.back().flow) {
    if (offset > 0 && text_.substr(offset - 1).starts_with("${")) {
      problems_.error(positions_.at(offset - 1, 2), "'${' needs quotes inside [ ] and { }",
                      "write \"${NAME}\"");
      return;
    }
    const bool is_list = open_.back().node.is_list();
    problems_.error(open_.back().node.place,
                    is_list ? "this '[' is not closed" : "this '{' is not closed",
                    "a ',' or '" + std::string(is_list ? "]" : "}") + "' is missing before line " +
                        std::to_string(place.line) + ", column " + std::to_string(place.column));
    return;
  }
  Explanation why = explain_syntax_error(error.msg, text_, offset);
  if (long_quote_ && long_quote_->second.line == place.line) {
    why.hint = "the quote that opens in line " + std::to_string(long_quote_->first.line) +
               " closes just before; is one missing there?";
  }
  problems_.error(place, std::move(why.message), std::move(why.hint));
}

// The tree of the only document in `text`; nullopt when the syntax is broken.
std::optional<Node> parse(const std::string& file, const std::string& text, int first_line,
                          Problems& problems) {
  TreeBuilder builder(file, text, first_line, problems);
  try {
    // With a line end at the end yaml-cpp lets a quote stay open, and we can say where it opened.
    std::istringstream stream(text.ends_with('\n') ? text : text + '\n');
    YAML::Parser parser(stream);
    while (parser.HandleNextDocument(builder)) {
    }
  } catch (const Stop&) {
    return std::nullopt;
  } catch (const YAML::Exception& error) {
    builder.report_syntax_error(error);
    return std::nullopt;
  }
  return builder.take_root();
}

}  // namespace

Document parse_yaml(const std::string& file, std::string_view bytes, Problems& problems) {
  Document document{file, {}};
  document.root.place = {file, 0, 0, 1};
  document.root.reported = true;
  const std::optional<std::string> text = clean_text(file, bytes, problems);
  if (!text) return document;
  problems.add_source(file, *text);
  if (std::optional<Node> root = parse(file, *text, 1, problems)) document.root = std::move(*root);
  return document;
}

std::optional<Node> parse_yaml_value(const std::string& file, int line, int column,
                                     std::string_view value, Problems& problems) {
  // Blanks in front put the first character at its column.
  const std::string padded = std::string(static_cast<std::size_t>(column) - 1, ' ').append(value);
  return parse(file, padded, line, problems);
}

}  // namespace weir::core::config
