// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <memory>
#include <utility>

#include "core/config/files.hpp"
#include "core/config/quotes.hpp"
#include "core/config/substitution.hpp"
#include "core/config/text.hpp"

namespace weir::core::config {
namespace {

bool is_name(std::string_view text) {
  const auto allowed =
      text.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_");
  return !text.empty() && allowed == std::string_view::npos && (text[0] < '0' || text[0] > '9');
}

// Up to a '#' that follows a blank.
std::string_view without_comment(std::string_view text) {
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (text[at] == '#' && (at == 0 || text[at - 1] == ' ' || text[at - 1] == '\t')) {
      return trim(text.substr(0, at));
    }
  }
  return trim(text);
}

std::optional<std::string> read_value(std::string_view text, const Place& place,
                                      Problems& problems) {
  if (text.empty() || !is_quote(text.front())) return std::string(without_comment(text));
  std::optional<Quoted> quoted = read_quoted(text);
  if (!quoted) {
    problems.error(place, "a quote is never closed", "a value ends in its own line");
    return std::nullopt;
  }
  if (!without_comment(text.substr(quoted->size)).empty()) {
    problems.error(place, "text follows the closing quote", "quote the whole value");
    return std::nullopt;
  }
  return std::move(quoted->text);
}

std::map<std::string, std::string> read_dotenv(const std::filesystem::path& path,
                                               Problems& problems) {
  const std::string file = path.string();
  const Place whole{file, 0, 0, 1};
  const FileRead read = read_file(path, kMaxFileBytes);
  if (read.trouble == FileTrouble::kMissing || read.trouble == FileTrouble::kFolder) return {};
  if (read.trouble != FileTrouble::kNone) {
    problems.error(whole,
                   "this file cannot be read" + (read.reason.empty() ? "" : ": " + read.reason),
                   "make it a readable file, or remove it");
    return {};
  }
  if (read.foreign_owner) {
    problems.error(whole, "this file is refused: it belongs to somebody else",
                   "chown it to yourself, or set the variables in the environment");
    return {};
  }
  if (read.writable_by_others) {
    problems.error(whole, "this file is refused: others can write it", "chmod go-w " + file);
    return {};
  }
  return parse_dotenv(file, read.bytes, problems);
}

}  // namespace

std::map<std::string, std::string> parse_dotenv(const std::string& file, std::string_view bytes,
                                                Problems& problems) {
  std::map<std::string, std::string> values;
  // The check gets a list of its own: what it keeps of the source must not be shown.
  Problems unshown;
  const std::optional<std::string> text = clean_text(file, bytes, unshown);
  for (const Problem& problem : unshown.all()) problems.add(problem);
  if (!text) return values;
  int number = 0;
  for (std::size_t start = 0; start < text->size();) {
    const auto end = std::min(text->find('\n', start), text->size());
    std::string_view line = trim(std::string_view(*text).substr(start, end - start));
    start = end + 1;
    const Place place{file, ++number, 1, 1};
    if (line.empty() || line.front() == '#') continue;
    if (line.starts_with("export ")) line = trim(line.substr(7));
    const auto equals = line.find('=');
    const std::string_view name = trim(line.substr(0, equals));
    if (equals == std::string_view::npos || !is_name(name)) {
      problems.error(place, "this line is not NAME=value", "start a comment with '#'");
      continue;
    }
    std::optional<std::string> value = read_value(trim(line.substr(equals + 1)), place, problems);
    if (value) values.insert_or_assign(std::string(name), std::move(*value));
  }
  return values;
}

Environment with_dotenv(Environment environment, const std::filesystem::path& folder,
                        Problems& problems) {
  using Values = std::map<std::string, std::string>;
  return [environment = std::move(environment), path = folder / ".env", &problems,
          values = std::make_shared<std::optional<Values>>()](
             const std::string& name) -> std::optional<std::string> {
    if (std::optional<std::string> value = environment(name)) return value;
    if (!*values) *values = read_dotenv(path, problems);
    const auto found = (*values)->find(name);
    if (found == (*values)->end()) return std::nullopt;
    return found->second;
  };
}

}  // namespace weir::core::config
