// SPDX-License-Identifier: Apache-2.0
#include "core/config/load.hpp"

#include <system_error>
#include <utility>

#include "core/config/files.hpp"
#include "core/config/formats.hpp"
#include "core/config/overrides.hpp"
#include "core/config/text.hpp"

namespace weir::core::config {
namespace {

namespace fs = std::filesystem;

enum class Notation { kYaml, kIni, kUnknown };

Notation notation_of(const fs::path& path) {
  const std::string extension = path.extension().string();
  if (extension == ".yaml" || extension == ".yml") return Notation::kYaml;
  return extension == ".ini" ? Notation::kIni : Notation::kUnknown;
}

Document unusable(const std::string& file) {
  Document document{file, {}};
  document.root.place = {file, 0, 0, 1};
  document.root.reported = true;
  return document;
}

// A file of the same folder that may have been meant.
std::string suggest_neighbour(const fs::path& path) {
  constexpr std::size_t kMostNames = 1000;
  std::vector<std::string> names;
  std::error_code error;
  const fs::path folder = path.has_parent_path() ? path.parent_path() : fs::path(".");
  for (fs::directory_iterator entry(folder, error), end; !error && entry != end;
       entry.increment(error)) {
    if (notation_of(entry->path()) == Notation::kUnknown) continue;
    names.push_back(entry->path().filename().string());
    if (names.size() == kMostNames) break;
  }
  return did_you_mean(path.filename().string(), names, "check the path");
}

// Reports why the file cannot be used, if so.
bool is_readable(const fs::path& path, const FileRead& read, Problems& problems) {
  const Place whole{path.string(), 0, 0, 1};
  switch (read.trouble) {
    case FileTrouble::kNone:
      return true;
    case FileTrouble::kMissing:
      problems.error(whole, "there is no such file", suggest_neighbour(path));
      break;
    case FileTrouble::kFolder:
      problems.error(whole, "this is a folder, not a pipeline file", "name a file in it");
      break;
    case FileTrouble::kSpecial:
      problems.error(whole, "this is a pipe or device, not a pipeline file",
                     "write it to a file first");
      break;
    case FileTrouble::kUnreadable:
      problems.error(whole, "this file cannot be read: " + read.reason,
                     "check its owner and mode, and those of its folder");
      break;
  }
  return false;
}

Document parse(const std::string& file, std::string_view bytes, Problems& problems) {
  switch (notation_of(file)) {
    case Notation::kYaml:
      return parse_yaml(file, bytes, problems);
    case Notation::kIni:
      return parse_ini(file, bytes, problems);
    case Notation::kUnknown:
      break;
  }
  problems.error({file, 0, 0, 1}, "the name does not tell whether this is YAML or INI",
                 "name it .yaml, .yml or .ini");
  return unusable(file);
}

void require_map(Document& document, Problems& problems) {
  const bool empty_map = document.root.is_map() && document.root.entries.empty();
  if (document.root.reported || (document.root.is_map() && !empty_map)) return;
  const char* const hint = "a pipeline file holds 'nodes:' with at least one node";
  if (document.root.is_null() || empty_map) {
    problems.error({document.file, 0, 0, 1}, "this file is empty", hint);
  } else {
    problems.error(document.root.place,
                   "a pipeline file is a map, not " + std::string(kind_name(document.root.kind)),
                   hint);
  }
  document = unusable(document.file);
}

Loaded load(const std::string& file, std::string_view bytes, const Environment& environment,
            const std::vector<std::string>& overrides, const std::optional<fs::path>& folder) {
  Loaded loaded;
  loaded.document = parse(file, bytes, loaded.problems);
  require_map(loaded.document, loaded.problems);
  if (!loaded.document.usable()) return loaded;
  apply_overrides(loaded.document, overrides, loaded.problems);
  const Environment all = folder ? with_dotenv(environment, *folder, loaded.problems) : environment;
  substitute(loaded.document.root, all, loaded.problems);
  return loaded;
}

}  // namespace

Loaded load_pipeline_file(const fs::path& path, const Environment& environment,
                          const std::vector<std::string>& overrides) {
  const FileRead read = read_file(path, kMaxFileBytes);
  Loaded loaded;
  loaded.document = unusable(path.string());
  if (!is_readable(path, read, loaded.problems)) return loaded;
  return load(path.string(), read.bytes, environment, overrides, path.parent_path());
}

Loaded load_pipeline_text(const std::string& file, std::string_view bytes,
                          const Environment& environment,
                          const std::vector<std::string>& overrides) {
  return load(file, bytes, environment, overrides, std::nullopt);
}

}  // namespace weir::core::config
