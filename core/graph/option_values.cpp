// SPDX-License-Identifier: Apache-2.0
#include "core/graph/option_values.hpp"

namespace weir::core {

OptionView::OptionView(const OptionValues& values) {
  options_.reserve(values.size());
  for (const auto& [name, value] : values) options_.push_back({name.c_str(), view(value)});
}

weir_value OptionView::view(const OptionValue& from) {
  weir_value to{};
  if (const auto* boolean = std::get_if<bool>(&from.value)) {
    to.type = WEIR_BOOL;
    to.boolean = *boolean ? 1 : 0;
  } else if (const auto* integer = std::get_if<std::int64_t>(&from.value)) {
    to.type = WEIR_INTEGER;
    to.integer = *integer;
  } else if (const auto* number = std::get_if<double>(&from.value)) {
    to.type = WEIR_DOUBLE;
    to.number = *number;
  } else if (const auto* text = std::get_if<std::string>(&from.value)) {
    to.type = WEIR_STRING;
    to.text = text->c_str();
    to.count = text->size();
  } else if (const auto* list = std::get_if<OptionValue::List>(&from.value)) {
    to.type = WEIR_LIST;
    std::vector<weir_value> items;
    items.reserve(list->size());
    for (const OptionValue& item : *list) items.push_back(view(item));
    lists_.push_back(std::make_unique<std::vector<weir_value>>(std::move(items)));
    to.items = lists_.back()->data();
    to.count = lists_.back()->size();
  } else if (const auto* map = std::get_if<OptionValue::Map>(&from.value)) {
    to.type = WEIR_MAP;
    std::vector<weir_option> entries;
    entries.reserve(map->size());
    for (const auto& [name, value] : *map) entries.push_back({name.c_str(), view(value)});
    maps_.push_back(std::make_unique<std::vector<weir_option>>(std::move(entries)));
    to.entries = maps_.back()->data();
    to.count = maps_.back()->size();
  }
  return to;
}

}  // namespace weir::core
