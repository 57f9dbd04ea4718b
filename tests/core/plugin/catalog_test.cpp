// SPDX-License-Identifier: Apache-2.0
#include "core/plugin/catalog.hpp"

#include <gtest/gtest.h>

namespace weir::core {
namespace {

NodeDescription scaler() {
  return parse_description(R"json({
    "name": "scaler", "summary": "Scales columns.", "kind": "transform", "details": "More *words*.",
    "inputs": {"min": 1, "max": 1, "order": "any"},
    "outputs": [{"name": "out", "doc": "Scaled rows"}],
    "options": [
      {"name": "method", "doc": "How | why", "type": "enum", "choices": ["minmax", "standard"], "default": "minmax"},
      {"name": "columns", "doc": "Which", "type": "list", "items": {"type": "string"}, "required": true, "minimum": 1},
      {"name": "fit_rows", "doc": "Rows to learn from", "type": "integer", "default": 100, "minimum": 1,
       "maximum": 5000, "unit": "rows"},
      {"name": "wait", "doc": "How long", "type": "duration", "minimum": 1000000, "maximum": 3600000000000,
       "deprecated": "fit_rows"}],
    "presets": [{"name": "seed", "doc": "As it was", "options": {"method": "minmax", "columns": ["a", "b"]}}]})json");
}

NodeDescription model(const std::string& name, const std::string& options) {
  return parse_description(R"({"name":")" + name + R"(","summary":"M.","kind":"model","options":)" +
                           options + R"(,"outputs":[]})");
}

TEST(Catalog, HelpText) {
  EXPECT_EQ(help_text(scaler()), R"(scaler (transform)
  Scales columns.

inputs: 1
outputs:
  out Scaled rows

options:
  method (one of minmax, standard) default minmax
      How | why
  columns (list of string) required, at least 1 entry
      Which
  fit_rows (integer) default 100, from 1 to 5000, in rows
      Rows to learn from
  wait (duration) from 1ms to 1h, deprecated: use fit_rows
      How long

presets:
  seed As it was
      columns: ["a","b"]
      method: minmax

details:
  More *words*.

example:
  my_node:
    plugin: scaler
    inputs: [other_node]
    columns: …   # list of string
)");
}

TEST(Catalog, Markdown) {
  EXPECT_EQ(markdown(scaler()), R"(# scaler

Scales columns.

| kind | inputs | live |
|---|---|---|
| transform | 1 | no |

More *words*.

## Outputs

| port | what it carries |
|---|---|
| `out` | Scaled rows |

## Options

| option | type | default | limits | meaning |
|---|---|---|---|---|
| `method` | one of minmax, standard | `minmax` |  | How \| why |
| `columns` | list of string | **required** | at least 1 entry | Which |
| `fit_rows` | integer | `100` | from 1 to 5000 | Rows to learn from (rows) |
| `wait` | duration |  | from 1ms to 1h | How long Deprecated: use fit_rows. |

## Presets

`preset: seed`: As it was

```yaml
columns: ["a","b"]
method: minmax
```

## Example

```yaml
nodes:
  my_node:
    plugin: scaler
    inputs: [other_node]
    columns: …   # list of string
```
)");
}

TEST(Catalog, ModelTakesPortsAndOptionsOfTheHarness) {
  NodeDescription harness =
      model("model", R"([{"name":"horizon","doc":"of the harness","type":"integer"},
                                              {"name":"seed","doc":"of the harness","type":"integer"}])");
  harness.outputs = {{"forecast", ""}, {"training", ""}};
  const NodeDescription merged = merge_model(
      model("lstm-model", R"([{"name":"seed","doc":"its own","type":"integer"}])"), harness);
  EXPECT_EQ(merged.name, "lstm-model");
  EXPECT_EQ(merged.output("training"), 1U);
  EXPECT_EQ(merged.option("seed")->doc, "its own");
  EXPECT_EQ(merged.option("horizon")->doc, "of the harness");
  EXPECT_EQ(merged.options.size(), 2U);
}

TEST(Catalog, SchemaHasEachPluginAsACase) {
  const std::vector<NodeDescription> nodes{scaler()};
  const nlohmann::json schema = json_schema(nodes);
  EXPECT_EQ(schema.at("$schema"), "https://json-schema.org/draft/2020-12/schema");
  const auto& node = schema.at("$defs").at("node");
  EXPECT_EQ(node.at("allOf").at(0).at("if").at("properties").at("plugin").at("const"), "scaler");
  EXPECT_EQ(node.at("allOf").at(0).at("then").at("$ref"), "#/$defs/scaler");
  const auto& own = schema.at("$defs").at("scaler");
  EXPECT_EQ(own.at("additionalProperties"), false);
  // `columns` is required, but a preset may give it.
  EXPECT_EQ(own.at("required"), (nlohmann::json{"plugin", "inputs"}));
  const auto& properties = own.at("properties");
  EXPECT_EQ(properties.at("method").at("anyOf").at(0).at("enum"),
            (nlohmann::json{"minmax", "standard"}));
  EXPECT_EQ(properties.at("method").at("default"), "minmax");
  EXPECT_EQ(properties.at("fit_rows").at("anyOf").at(0).at("maximum"), 5000);
  EXPECT_EQ(properties.at("columns").at("anyOf").at(0).at("minItems"), 1);
  EXPECT_EQ(properties.at("wait").at("deprecated"), true);
  EXPECT_TRUE(properties.contains("when_full"));
}

TEST(Catalog, SchemaWithoutPlugins) {
  EXPECT_FALSE(json_schema({}).at("$defs").at("node").contains("allOf"));
}

}  // namespace
}  // namespace weir::core
