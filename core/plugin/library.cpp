// SPDX-License-Identifier: Apache-2.0
#define BOOST_DLL_USE_STD_FS
#include "core/plugin/library.hpp"

#include <dlfcn.h>
#include <elf.h>
#include <link.h>

#include <algorithm>
#include <array>
#include <boost/dll/shared_library.hpp>
#include <cstddef>
#include <cstring>
#include <exception>
#include <system_error>

#include "weir/error.hpp"

namespace weir::core {
namespace {

constexpr std::size_t max_name = 200;
constexpr std::size_t max_description = std::size_t{1} << 20;
constexpr std::uint32_t max_node_types = 256;
constexpr const char* rebuild = "; build it against this weir's SDK";

std::string needed_abi() {
  return std::to_string(WEIR_ABI_MAJOR) + "." + std::to_string(WEIR_ABI_MINOR);
}

/// dlerror begins with the path, which the message names anyway.
std::string loader_message(const std::filesystem::path& path) {
  const char* said = dlerror();
  std::string text = one_line(said == nullptr ? "the loader gives no reason" : said);
  const std::string prefix = path.string() + ": ";
  if (text.starts_with(prefix)) text.erase(0, prefix.size());
  return text;
}

/// The symbol table says what lies at the address: calling data would crash.
bool is_function(const void* address) {
  Dl_info info{};
  const ElfW(Sym)* symbol = nullptr;
  void* extra = nullptr;
  if (dladdr1(address, &info, &extra, RTLD_DL_SYMENT) == 0 || extra == nullptr) return false;
  symbol = static_cast<const ElfW(Sym)*>(extra);
  return info.dli_saddr == address && ELF64_ST_TYPE(symbol->st_info) == STT_FUNC;
}

/// NUL-terminated text of a plugin; it is not trusted to end.
std::string text_of(const char* text, std::size_t most, const std::string& what) {
  if (text == nullptr) throw Error(what + " is missing (a null pointer)" + rebuild);
  const std::size_t length = strnlen(text, most + 1);
  if (length > most) {
    throw Error(what + " is longer than " + std::to_string(most) + " bytes or does not end" +
                rebuild);
  }
  return {text, length};
}

void expect_aligned(const void* pointer, std::size_t alignment, const std::string& what) {
  if (reinterpret_cast<std::uintptr_t>(pointer) % alignment != 0) {
    throw Error(what + " is a pointer to no struct (it is not aligned)" + rebuild);
  }
}

void expect_size(std::uint32_t found, std::size_t needed, const std::string& what) {
  if (found >= needed) return;
  throw Error(what + " has " + std::to_string(found) + " bytes, ABI " + needed_abi() + " needs " +
              std::to_string(needed) + rebuild);
}

void expect_functions(const weir_node_type& type, const std::string& what) {
  const auto needs = [&what](bool there, const char* function) {
    if (there) return;
    throw Error(what + " has no function '" + function + "', which its kind needs" + rebuild);
  };
  needs(type.create != nullptr, "create");
  needs(type.destroy != nullptr, "destroy");
  if (type.kind != WEIR_MODEL) needs(type.open != nullptr, "open");
  if (type.kind == WEIR_SOURCE) needs(type.produce != nullptr, "produce");
  if (type.kind == WEIR_TRANSFORM || type.kind == WEIR_SINK)
    needs(type.process != nullptr, "process");
  if (type.kind != WEIR_MODEL) return;
  needs(type.query != nullptr, "query");
  const auto* model = static_cast<const weir_model*>(type.query(WEIR_MODEL_EXTENSION));
  if (model == nullptr) throw Error(what + " does not know '" WEIR_MODEL_EXTENSION "'" + rebuild);
  expect_aligned(model, alignof(weir_model), what + ": weir_model");
  expect_size(model->size, sizeof(weir_model), what + ": weir_model");
  needs(model->fit != nullptr, "fit");
  needs(model->predict != nullptr, "predict");
  needs(model->save != nullptr, "save");
  needs(model->load != nullptr, "load");
}

NodeType check_type(const weir_node_type* type, std::uint32_t index) {
  std::string what = "node type " + std::to_string(index);
  if (type == nullptr) throw Error(what + " is missing (a null pointer)" + rebuild);
  expect_aligned(type, alignof(weir_node_type), what);
  expect_size(type->size, sizeof(weir_node_type), what);
  if (type->kind < WEIR_SOURCE || type->kind > WEIR_SINK) {
    throw Error(what + " has kind " + std::to_string(type->kind) +
                "; known are 1 source, 2 transform, 3 model, 4 sink" + rebuild);
  }
  const std::string text = text_of(type->description, max_description, what + ": the description");
  NodeDescription description;
  try {
    description = parse_description(text);
  } catch (const Error& error) {
    throw Error(what + ": " + error.what());
  }
  what += " '" + description.name + "'";
  if (static_cast<std::int32_t>(description.kind) + WEIR_SOURCE != type->kind) {
    throw Error(what + " is of kind " + std::to_string(type->kind) +
                ", but describes itself as a " + std::string(to_string(description.kind)) +
                rebuild);
  }
  expect_functions(*type, what);
  return {type, std::make_shared<const NodeDescription>(std::move(description))};
}

const weir_plugin* call_entry(const std::filesystem::path& path) {
  std::error_code failed;
  dlerror();
  boost::dll::shared_library library(
      path, boost::dll::load_mode::rtld_now | boost::dll::load_mode::rtld_local, failed);
  if (failed) throw Error("it cannot be loaded: " + loader_message(path));
  // From here on the loader keeps it, whatever becomes of `library`.
  if (void* pinned = dlopen(path.c_str(), RTLD_NOW | RTLD_NOLOAD | RTLD_NODELETE)) dlclose(pinned);
  void* entry = dlsym(library.native(), WEIR_PLUGIN_ENTRY);
  if (entry == nullptr) {
    throw Error("it exports no '" WEIR_PLUGIN_ENTRY
                "', so it is no weir plugin; end it with WEIR_PLUGIN(…), or move it elsewhere");
  }
  if (!is_function(entry)) {
    throw Error("its '" WEIR_PLUGIN_ENTRY "' is data, not a function; end it with WEIR_PLUGIN(…)");
  }
  return reinterpret_cast<weir_plugin_entry_function>(entry)();
}

}  // namespace

std::string one_line(std::string_view text, std::size_t most) {
  std::string line(text.substr(0, most));
  for (char& c : line) {
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7F) c = ' ';
  }
  // A cut may have split a character.
  if (text.size() > most) {
    while (!line.empty() && (static_cast<unsigned char>(line.back()) & 0x80U) != 0) line.pop_back();
    line += "...";
  }
  while (!line.empty() && line.back() == ' ') line.pop_back();
  return line;
}

const NodeType* Library::find(std::string_view plugin) const {
  const auto at = std::find_if(types.begin(), types.end(), [&](const NodeType& type) {
    return type.description->name == plugin;
  });
  return at == types.end() ? nullptr : &*at;
}

Library check_plugin(const std::filesystem::path& path, const weir_plugin* plugin) {
  if (plugin == nullptr)
    throw Error("its '" WEIR_PLUGIN_ENTRY "' returned nothing" + std::string(rebuild));
  expect_aligned(plugin, alignof(weir_plugin), "what its '" WEIR_PLUGIN_ENTRY "' returned");
  if (plugin->magic != WEIR_ABI_MAGIC) {
    throw Error("its magic is wrong: found " +
                [&] {
                  std::array<char, 24> digits{};
                  std::snprintf(digits.data(), digits.size(), "0x%016llx",
                                static_cast<unsigned long long>(plugin->magic));
                  return std::string(digits.data());
                }() +
                ", needed 0x47554c5052494557 (\"WEIRPLUG\")" + rebuild);
  }
  // Only what `size` covers may be read; magic and size stand in every version.
  constexpr std::size_t version_end = offsetof(weir_plugin, abi_minor) + sizeof(plugin->abi_minor);
  if (plugin->size < version_end)
    expect_size(plugin->size, sizeof(weir_plugin), "its struct weir_plugin");
  if (plugin->abi_major != WEIR_ABI_MAJOR) {
    throw Error("it was built for ABI " + std::to_string(plugin->abi_major) + "." +
                std::to_string(plugin->abi_minor) + ", this weir speaks ABI " + needed_abi() +
                (plugin->abi_major < WEIR_ABI_MAJOR
                     ? "; build it against this weir's SDK"
                     : "; use a newer weir, or build it against this weir's SDK"));
  }
  expect_size(plugin->size, sizeof(weir_plugin), "its struct weir_plugin");
  Library library;
  library.path = path;
  library.name = one_line(text_of(plugin->name, max_name, "its name"));
  library.version = one_line(text_of(plugin->version, max_name, "its version"));
  if (library.name.empty() || library.version.empty()) {
    throw Error("its name or version is empty" + std::string(rebuild));
  }
  if (plugin->sdk != nullptr)
    library.sdk = one_line(text_of(plugin->sdk, max_name, "its SDK's name"));
  library.abi_major = plugin->abi_major;
  library.abi_minor = plugin->abi_minor;
  if (plugin->node_type_count == 0 || plugin->node_type_count > max_node_types ||
      plugin->node_types == nullptr) {
    throw Error("it offers " + std::to_string(plugin->node_type_count) +
                " node types; 1 to 256 are needed" + rebuild);
  }
  expect_aligned(plugin->node_types, alignof(void*), "its table of node types");
  for (std::uint32_t i = 0; i < plugin->node_type_count; ++i) {
    NodeType type = check_type(plugin->node_types[i], i);
    if (library.find(type.description->name) != nullptr) {
      throw Error("it offers '" + type.description->name + "' twice; rename one");
    }
    library.types.push_back(std::move(type));
  }
  return library;
}

Library load_library(const std::filesystem::path& path) {
  std::error_code failed;
  const auto status = std::filesystem::status(path, failed);
  if (failed || !std::filesystem::is_regular_file(status)) {
    throw Error(std::filesystem::is_directory(status)
                    ? "it is a folder, not a library; move or rename it"
                : std::filesystem::exists(status) ? "it is no regular file; move it elsewhere"
                                                  : "it does not exist");
  }
  if (!path.is_absolute()) throw Error("its path is not absolute");
  try {
    return check_plugin(path, call_entry(path));
  } catch (const Error&) {
    throw;
  } catch (const std::exception& thrown) {
    throw Error("it threw an exception while it was loaded: " + one_line(thrown.what()) +
                "; ask its author");
  } catch (...) {
    throw Error("it threw something that is no std::exception while it was loaded; ask its author");
  }
}

}  // namespace weir::core
