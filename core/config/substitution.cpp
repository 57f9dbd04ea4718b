// SPDX-License-Identifier: Apache-2.0
#include "core/config/substitution.hpp"

#include <algorithm>
#include <cstdlib>
#include <utility>

#include "core/config/text.hpp"

namespace weir::core::config {
namespace {

// All values put into one file together: a few megabytes of variables are a mistake or an attack.
constexpr std::size_t kMaxSubstituted = 4 * 1024 * 1024;
constexpr int kMaxNesting = 4;

bool is_name_character(char c) {
  return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
}

// The brace that closes the `${` before text[from], or npos.
std::size_t find_close(std::string_view text, std::size_t from) {
  int level = 1;
  for (std::size_t at = from; at < text.size(); ++at) {
    const char next = at + 1 < text.size() ? text[at + 1] : '\0';
    if (text[at] == '$' && (next == '$' || next == '{')) {
      level += next == '{' ? 1 : 0;
      ++at;
    } else if (text[at] == '}' && --level == 0) {
      return at;
    }
  }
  return std::string_view::npos;
}

class Substituter {
 public:
  Substituter(const Environment& environment, Problems& problems)
      : environment_(environment), problems_(problems) {}

  void walk(Node& node) {
    if (node.is_scalar() && !node.reported) replace_in(node);
    for (Node& item : node.items) walk(item);
    for (Entry& entry : node.entries) walk(entry.value);
  }

 private:
  void replace_in(Node& scalar) {
    if (exhausted_ || scalar.text.find('$') == std::string::npos) return;
    scalar_ = &scalar;
    touched_ = false;
    std::string out;
    if (!expand(scalar.text, 0, out)) {
      scalar.reported = true;
    } else if (touched_) {
      scalar.original = std::exchange(scalar.text, std::move(out));
      scalar.verbatim = false;
    }
  }

  // Appends `text`, a piece of the scalar, expanded. False when a problem was reported.
  bool expand(std::string_view text, int nesting, std::string& out) {
    for (std::size_t at = 0; at < text.size();) {
      const auto dollar = std::min(text.find('$', at), text.size());
      out += text.substr(at, dollar - at);
      at = dollar;
      if (at == text.size()) break;
      const char next = at + 1 < text.size() ? text[at + 1] : '\0';
      if (next == '{') {
        const auto close = find_close(text, at + 2);
        if (close == std::string_view::npos) {
          return fail(text.substr(at, 2), "this '${' is never closed",
                      "write ${NAME}, or $${ for the characters themselves");
        }
        if (!replace(text.substr(at, close + 1 - at), nesting, out)) return false;
        at = close + 1;
      } else {
        out += '$';
        touched_ = touched_ || next == '$';
        at += next == '$' ? 2 : 1;
      }
    }
    return true;
  }

  // `whole` is `${...}` with its braces.
  bool replace(std::string_view whole, int nesting, std::string& out) {
    const std::string_view body = whole.substr(2, whole.size() - 3);
    std::size_t size = 0;
    while (size < body.size() && is_name_character(body[size])) ++size;
    const std::string name(body.substr(0, size));
    const std::string_view rest = body.substr(size);
    const bool has_default = rest.starts_with(":-");
    const bool starts_badly = name.empty() || (name.front() >= '0' && name.front() <= '9');
    if (starts_badly || (!rest.empty() && !has_default)) {
      return fail(whole, "this is no variable", "write ${NAME} or ${NAME:-default}");
    }
    touched_ = true;
    const std::optional<std::string> value = environment_(name);
    if (value && !(value->empty() && has_default)) return append(whole, name, *value, out);
    if (!has_default) {
      return fail(whole, "the variable " + name + " is not set",
                  "set it, put " + name + "=... into .env beside this file, or write ${" + name +
                      ":-default}");
    }
    if (nesting >= kMaxNesting) {
      return fail(whole, "defaults are nested more than four deep", "set one of the variables");
    }
    return expand(rest.substr(2), nesting + 1, out);
  }

  bool append(std::string_view whole, const std::string& name, const std::string& value,
              std::string& out) {
    if (!is_valid_utf8(value) || value.find('\0') != std::string::npos) {
      return fail(whole, "the value of " + name + " is not UTF-8 text", "set it to plain text");
    }
    substituted_ += value.size();
    if (substituted_ > kMaxSubstituted) {
      exhausted_ = true;
      return fail(whole, "variables put more than 4 MiB into this file", "use shorter values");
    }
    out += value;
    return true;
  }

  // `piece` is a part of the scalar's text: its place is exact where the text stands in the source.
  bool fail(std::string_view piece, std::string message, std::string hint) {
    Place place = scalar_->place;
    if (scalar_->verbatim) {
      const auto offset = static_cast<std::size_t>(piece.data() - scalar_->text.data());
      const std::string_view before = std::string_view(scalar_->text).substr(0, offset);
      place.column += static_cast<int>(count_characters(before)) + (scalar_->quoted ? 1 : 0);
      place.length = static_cast<int>(count_characters(piece));
    }
    problems_.error(std::move(place), std::move(message), std::move(hint));
    return false;
  }

  const Environment& environment_;
  Problems& problems_;
  Node* scalar_ = nullptr;
  bool touched_ = false;
  bool exhausted_ = false;
  std::size_t substituted_ = 0;
};

}  // namespace

Environment process_environment() {
  return [](const std::string& name) -> std::optional<std::string> {
    const char* value = std::getenv(name.c_str());
    if (value == nullptr) return std::nullopt;
    return value;
  };
}

void substitute(Node& root, const Environment& environment, Problems& problems) {
  Substituter(environment, problems).walk(root);
}

}  // namespace weir::core::config
