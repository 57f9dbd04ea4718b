// SPDX-License-Identifier: Apache-2.0
#include "core/plugin/description.hpp"

#include <gtest/gtest.h>

#include "weir/plugin.hpp"

namespace weir::core {
namespace {

enum class Method { minmax, robust };
constexpr auto enum_names(Method) {
  return std::array{std::pair{"minmax", Method::minmax}, std::pair{"robust", Method::robust}};
}

struct Everything {
  static constexpr auto name = "everything", summary = "Has one of each.";
  static constexpr bool live = true;
  static constexpr auto outputs = std::array{port("out", "Rows"), port("late", "Late rows")};
  static constexpr auto presets = std::array{preset("small", "Little of all", R"({"count": 1})")};
  struct Inner {
    std::string path = "x";
    static constexpr auto fields = std::tuple{field(&Inner::path, "path", "A path")};
  };
  struct Options {
    std::vector<std::string> targets;
    Method method = Method::robust;
    unsigned count = 5;
    Duration interval = std::chrono::seconds(1);
    Bytes most{1024};
    Inner inner;
    std::map<std::string, double> weights;
    static constexpr auto fields =
        std::tuple{field(&Options::targets, "targets", "Whom to ask").required().min(1),
                   field(&Options::method, "method", "How"),
                   field(&Options::count, "count", "How many").max(9).unit("rows"),
                   field(&Options::interval, "interval", "How often")
                       .range(std::chrono::milliseconds(10), std::chrono::hours(1)),
                   field(&Options::most, "most", "Limit").deprecated("count"),
                   field(&Options::inner, "inner", "More"),
                   field(&Options::weights, "weights", "Each one's share")};
  } options;
  std::variant<Batch, Wait, End> produce(Context&) { return End{}; }
};

// What the SDK renders is what the engine reads.
TEST(Description, OfTheSdk) {
  const NodeDescription node = parse_description(detail::describe<Everything>());
  EXPECT_EQ(node.name, "everything");
  EXPECT_EQ(node.kind, Kind::source);
  EXPECT_TRUE(node.live);
  EXPECT_EQ(node.max_inputs, 0U);
  EXPECT_EQ(node.output("late"), 1U);
  EXPECT_EQ(node.output("out.late"), std::nullopt);
  ASSERT_EQ(node.options.size(), 7U);
  EXPECT_TRUE(node.option("targets")->required);
  EXPECT_EQ(node.option("targets")->items.at(0).type, OptionType::string);
  EXPECT_EQ(node.option("method")->choices, (std::vector<std::string>{"minmax", "robust"}));
  EXPECT_EQ(*node.option("method")->standard, "robust");
  EXPECT_EQ(node.option("count")->minimum, 0);
  EXPECT_EQ(node.option("count")->maximum, 9);
  EXPECT_EQ(*node.option("interval")->standard, "1s");
  EXPECT_EQ(node.option("interval")->minimum, 1e7);
  EXPECT_EQ(node.option("most")->deprecated, "count");
  EXPECT_EQ(node.option("inner")->members.at(0).name, "path");
  EXPECT_EQ(node.option("weights")->items.at(0).type, OptionType::number);
  EXPECT_EQ(node.presets.at(0).options.at("count"), 1);
}

std::string refusal(std::string_view json) {
  try {
    (void)parse_description(json);
  } catch (const Error& error) {
    return error.what();
  }
  return "taken";
}

std::string with(const std::string& more) { return R"({"name":"n","kind":"sink",)" + more + "}"; }

TEST(Description, HostileTexts) {
  const std::string start = "its description is malformed: ";
  EXPECT_EQ(refusal(with(R"("summary":"fine")")), "taken");
  EXPECT_EQ(refusal("[]"), start + "it is no object");
  EXPECT_EQ(refusal("{}"), start + "it has no \"name\"");
  EXPECT_EQ(refusal(R"({"name":"../x","kind":"sink"})"),
            start + "it.name '../x' is no name (1 to 64 of letters, digits, '-' and '_')");
  EXPECT_EQ(refusal(R"({"name":"n","kind":"drain"})"),
            start + "kind 'drain' is none of source, transform, model, sink");
  EXPECT_EQ(refusal(with(R"("inputs":{"min":-1})")), start + "inputs.min is no count");
  EXPECT_EQ(refusal(with(R"("inputs":{"min":3,"max":2})")),
            start + "inputs has a min above its max");
  EXPECT_EQ(refusal(with(R"("outputs":{"a":1})")), start + "it.outputs is no list");
  EXPECT_EQ(refusal(with(R"("outputs":[{"name":"a"},{"name":"a"}])")),
            start + "output 'a' is there twice");
  EXPECT_EQ(refusal(with(R"("options":[{"name":"a","type":"string"},{"name":"a","type":"bool"}])")),
            start + "option 'a' is there twice");
  EXPECT_EQ(refusal(with(R"("options":[{"name":"a"}])")), start + "option 'a' has no \"type\"");
  EXPECT_EQ(
      refusal(with(R"("options":[{"name":"a","type":"tensor"}])")),
      start + "option 'a'.type 'tensor' is unknown; a plugin of a newer SDK needs a newer weir");
  EXPECT_EQ(refusal(with(R"("options":[{"name":"a","type":"enum"}])")),
            start + "option 'a' is an enum without \"choices\"");
  EXPECT_EQ(refusal(with(R"("options":[{"name":"a","type":"integer","minimum":2,"maximum":1}])")),
            start + "option 'a' has a minimum above its maximum");
  EXPECT_EQ(refusal(with(R"("options":[{"name":"inputs","type":"string"}])")),
            start + "option 'inputs' has a name that the engine keeps for itself");
  EXPECT_EQ(refusal(with(R"("presets":[{"name":"p","options":[]}])")),
            start + "preset 'p'.options is no object");
  EXPECT_EQ(refusal(std::string(100000, '[')), start + "it is nested more than 32 levels deep");
  EXPECT_TRUE(refusal("{\"name\":\"\xFF\"}").starts_with("its description is no JSON: "));
}

TEST(Description, DeepOptions) {
  std::string type = R"("type":"string")";
  for (int i = 0; i < 12; ++i) type = R"("type":"list","items":{)" + type + "}";
  EXPECT_EQ(refusal(with(R"("options":[{"name":"a",)" + type + "}]"))
                .find("its description is malformed: option 'a'"),
            0U);
}

}  // namespace
}  // namespace weir::core
