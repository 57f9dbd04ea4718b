// SPDX-License-Identifier: Apache-2.0
// help_text and markdown: a description for people.
#include <algorithm>
#include <string_view>

#include "core/plugin/catalog.hpp"

namespace weir::core {
namespace {

constexpr std::size_t columns = 100;

/// Words of `text` in lines of at most `columns`, each after `indent` blanks.
std::string wrapped(std::string_view text, std::size_t indent) {
  std::string out;
  std::size_t used = columns;
  while (!text.empty()) {
    const std::size_t start = text.find_first_not_of(" \n\t");
    if (start == std::string_view::npos) break;
    text.remove_prefix(start);
    const std::string_view word = text.substr(0, text.find_first_of(" \n\t"));
    text.remove_prefix(word.size());
    if (used + 1 + word.size() > columns) {
      if (!out.empty()) out += '\n';
      out += std::string(indent, ' ');
      used = indent;
    } else {
      out += ' ';
      ++used;
    }
    out += word;
    used += word.size();
  }
  return out.empty() ? out : out + '\n';
}

/// Blank lines part paragraphs; the other line ends are only for the author.
std::string paragraphs(std::string_view text, std::size_t indent) {
  std::string out;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find("\n\n"), text.size());
    out += (out.empty() ? "" : "\n") + wrapped(text.substr(0, end), indent);
    text.remove_prefix(std::min(end + 2, text.size()));
  }
  return out;
}

std::string count_text(std::size_t least, std::size_t most) {
  if (most == 0) return "none";
  if (least == most) return std::to_string(least);
  if (most == NodeDescription{}.max_inputs) return std::to_string(least) + " or more";
  return std::to_string(least) + " to " + std::to_string(most);
}

/// "required" or the default, then limits and unit: "default 1s, from 10ms to 1h, ms".
std::string facts(const OptionDescription& option) {
  std::string text;
  const auto add = [&text](const std::string& fact) {
    if (!fact.empty()) text += (text.empty() ? "" : ", ") + fact;
  };
  if (option.required) add("required");
  if (option.standard) add("default " + default_text(option));
  add(range_text(option));
  if (!option.unit.empty()) add("in " + option.unit);
  if (!option.deprecated.empty()) add("deprecated: use " + option.deprecated);
  return text;
}

/// The struct behind an option: its own, or that of its items.
const std::vector<OptionDescription>& members_of(const OptionDescription& option) {
  const OptionDescription* inner = &option;
  while (inner->members.empty() && !inner->items.empty()) inner = &inner->items.front();
  return inner->members;
}

std::string help_options(const std::vector<OptionDescription>& options, std::size_t indent) {
  std::string out;
  for (const OptionDescription& option : options) {
    const std::string more = facts(option);
    out += wrapped(
        option.name + "  (" + type_text(option) + ")" + (more.empty() ? "" : "  " + more), indent);
    out += wrapped(option.doc, indent + 4);
    out += help_options(members_of(option), indent + 4);
  }
  return out;
}

std::string example(const NodeDescription& node) {
  std::string out = "  my_node:\n    plugin: " + node.name + "\n";
  if (node.max_inputs > 0) out += "    inputs: [other_node]\n";
  for (const OptionDescription& option : node.options) {
    if (option.required) out += "    " + option.name + ": …   # " + type_text(option) + "\n";
  }
  return out;
}

/// A cell of a table: one line, pipes escaped, no HTML.
std::string cell(std::string_view text) {
  std::string out;
  for (const char c : text) {
    switch (c) {
      case '|':
        out += "\\|";
        break;
      case '\n':
        out += ' ';
        break;
      case '<':
        out += "&lt;";
        break;
      default:
        out += c;
    }
  }
  return out;
}

std::string code(const std::string& text) {
  if (text.empty()) return {};
  return text.find('`') == std::string::npos ? '`' + cell(text) + '`' : cell(text);
}

void markdown_rows(std::string& out, const std::vector<OptionDescription>& options,
                   const std::string& prefix) {
  for (const OptionDescription& option : options) {
    std::string doc = option.doc;
    if (!option.unit.empty()) doc += " (" + option.unit + ")";
    if (!option.deprecated.empty()) doc += " Deprecated: use " + option.deprecated + ".";
    out += "| " + code(prefix + option.name) + " | " + cell(type_text(option)) + " | " +
           (option.required ? "**required**" : code(default_text(option))) + " | " +
           cell(range_text(option)) + " | " + cell(doc) + " |\n";
    markdown_rows(out, members_of(option), prefix + option.name + ".");
  }
}

}  // namespace

std::string help_text(const NodeDescription& node) {
  std::string out =
      node.name + " (" + std::string(to_string(node.kind)) + (node.live ? ", live" : "") + ")\n";
  out += wrapped(node.summary, 2);
  out += "\ninputs: " + count_text(node.min_inputs, node.max_inputs) + "\n";
  if (!node.outputs.empty()) out += "outputs:\n";
  for (const PortDescription& port : node.outputs) out += wrapped(port.name + "  " + port.doc, 2);
  if (!node.options.empty()) out += "\noptions:\n" + help_options(node.options, 2);
  if (!node.presets.empty()) out += "\npresets:\n";
  for (const PresetDescription& preset : node.presets) {
    out += wrapped(preset.name + "  " + preset.doc, 2);
    for (const auto& [key, value] : preset.options.items()) {
      out += wrapped(key + ": " + (value.is_string() ? value.get<std::string>() : value.dump()), 6);
    }
  }
  if (!node.details.empty()) out += "\ndetails:\n" + paragraphs(node.details, 2);
  return out + "\nexample:\n" + example(node);
}

std::string markdown(const NodeDescription& node) {
  std::string out = "# " + node.name + "\n\n" + node.summary + "\n\n";
  out += "| kind | inputs | live |\n|---|---|---|\n| " + std::string(to_string(node.kind)) + " | " +
         count_text(node.min_inputs, node.max_inputs) + " | " + (node.live ? "yes" : "no") + " |\n";
  if (!node.details.empty()) out += "\n" + node.details + "\n";
  if (!node.outputs.empty()) out += "\n## Outputs\n\n| port | what it carries |\n|---|---|\n";
  for (const PortDescription& port : node.outputs)
    out += "| " + code(port.name) + " | " + cell(port.doc) + " |\n";
  if (!node.options.empty()) {
    out +=
        "\n## Options\n\n| option | type | default | limits | meaning |\n|---|---|---|---|---|\n";
    markdown_rows(out, node.options, "");
  }
  if (!node.presets.empty()) out += "\n## Presets\n";
  for (const PresetDescription& preset : node.presets) {
    out += "\n`preset: " + preset.name + "`: " + preset.doc + "\n\n```yaml\n";
    for (const auto& [key, value] : preset.options.items()) {
      out += key + ": " + (value.is_string() ? value.get<std::string>() : value.dump()) + "\n";
    }
    out += "```\n";
  }
  return out + "\n## Example\n\n```yaml\nnodes:\n" + example(node) + "```\n";
}

}  // namespace weir::core
