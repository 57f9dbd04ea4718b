// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <sstream>
#include <weir/testing.hpp>

namespace weir {
namespace {

using namespace std::chrono_literals;

enum class Mode { slow, fast };
[[nodiscard]] constexpr auto enum_names(Mode) {
  return std::array{std::pair{"slow", Mode::slow}, std::pair{"fast", Mode::fast}};
}

struct Buffer {
  Bytes size{1 << 20};
  bool disk = false;
  static constexpr auto fields =
      std::tuple{field(&Buffer::size, "size", "How much").min(Bytes{4096}),
                 field(&Buffer::disk, "disk", "Where")};
};

struct Options {
  bool flag = true;
  int number = -3;
  std::uint8_t small = 7;
  double ratio = 0.5;
  std::string text = "say \"hi\"";
  Duration wait = 250ms;
  Bytes size{64 << 20};
  Timestamp since{};
  Url url{"http://localhost"};
  Secret token{"hunter2"};
  Mode mode = Mode::fast;
  std::vector<std::string> names;
  std::vector<bool> flags;
  std::map<std::string, double> weights{{"a", 1}};
  std::optional<int> limit;
  std::optional<Duration> pause;
  Buffer buffer;
  std::vector<Buffer> buffers;

  static constexpr auto fields = std::tuple{
      field(&Options::flag, "flag", "A flag"),
      field(&Options::number, "number", "A number").range(-5, 5).unit("rows"),
      field(&Options::small, "small", "Small"),
      field(&Options::ratio, "ratio", "A ratio").max(0.75),
      field(&Options::text, "text", "Text").one_of("say \"hi\"", "x").deprecated("number"),
      field(&Options::wait, "wait", "A time").min(10ms),
      field(&Options::size, "size", "A size"),
      field(&Options::since, "since", "A moment"),
      field(&Options::url, "url", "Where").required(),
      field(&Options::token, "token", "Secret"),
      field(&Options::mode, "mode", "How"),
      field(&Options::names, "names", "Names").min(1),
      field(&Options::flags, "flags", "Flags"),
      field(&Options::weights, "weights", "Weights"),
      field(&Options::limit, "limit", "Perhaps"),
      field(&Options::pause, "pause", "Perhaps a time"),
      field(&Options::buffer, "buffer", "Nested"),
      field(&Options::buffers, "buffers", "Many")};
};

TEST(Options, DescribeThemselves) {
  JsonText json;
  detail::describe_options<Options>(json);
  EXPECT_EQ(
      json.take(),
      R"([{"name":"flag","doc":"A flag","type":"bool","default":true},)"
      R"({"name":"number","doc":"A number","type":"integer","default":-3,"minimum":-5,"maximum":5,"unit":"rows"},)"
      R"({"name":"small","doc":"Small","type":"integer","default":7,"minimum":0},)"
      R"({"name":"ratio","doc":"A ratio","type":"double","default":0.5,"maximum":0.75},)"
      R"({"name":"text","doc":"Text","type":"string","default":"say \"hi\"","choices":["say \"hi\"","x"],)"
      R"("deprecated":"number"},)"
      R"({"name":"wait","doc":"A time","type":"duration","default":"250ms","minimum":1e+07},)"
      R"({"name":"size","doc":"A size","type":"bytes","default":"64MiB"},)"
      R"({"name":"since","doc":"A moment","type":"timestamp"},)"
      R"({"name":"url","doc":"Where","type":"url","required":true},)"
      R"({"name":"token","doc":"Secret","type":"secret","default":"***"},)"
      R"({"name":"mode","doc":"How","type":"enum","choices":["slow","fast"],"default":"fast"},)"
      R"({"name":"names","doc":"Names","type":"list","items":{"type":"string"},"minimum":1},)"
      R"({"name":"flags","doc":"Flags","type":"list","items":{"type":"bool"}},)"
      R"({"name":"weights","doc":"Weights","type":"map","items":{"type":"double"},"default":{"a":1}},)"
      R"({"name":"limit","doc":"Perhaps","type":"integer"},)"
      R"({"name":"pause","doc":"Perhaps a time","type":"duration"},)"
      R"({"name":"buffer","doc":"Nested","type":"object","options":[)"
      R"({"name":"size","doc":"How much","type":"bytes","default":"1MiB","minimum":4096},)"
      R"({"name":"disk","doc":"Where","type":"bool","default":false}]},)"
      R"({"name":"buffers","doc":"Many","type":"list","items":{"type":"object","options":[)"
      R"({"name":"size","doc":"How much","type":"bytes","default":"1MiB","minimum":4096},)"
      R"({"name":"disk","doc":"Where","type":"bool","default":false}]}}])");
}

weir_value integer(std::int64_t value) {
  weir_value made{};
  made.type = WEIR_INTEGER;
  made.integer = value;
  return made;
}
weir_value number(double value) {
  weir_value made{};
  made.type = WEIR_DOUBLE;
  made.number = value;
  return made;
}
weir_value boolean(bool value) {
  weir_value made{};
  made.type = WEIR_BOOL;
  made.boolean = value ? 1 : 0;
  return made;
}
weir_value text(std::string_view value) {
  weir_value made{};
  made.type = WEIR_STRING;
  made.text = value.data();
  made.count = value.size();
  return made;
}
weir_value list(const std::vector<weir_value>& items) {
  weir_value made{};
  made.type = WEIR_LIST;
  made.items = items.data();
  made.count = items.size();
  return made;
}
weir_value map(const std::vector<weir_option>& entries) {
  weir_value made{};
  made.type = WEIR_MAP;
  made.entries = entries.data();
  made.count = entries.size();
  return made;
}

Options read(const std::vector<weir_option>& given) {
  Options options;
  detail::read_options(options, given.data(), given.size());
  return options;
}

TEST(Options, TakeEveryType) {
  const std::vector<weir_value> names{text("a"), text("b,c"), text("")};
  const std::vector<weir_value> flags{boolean(true), boolean(false)};
  const std::vector<weir_option> weights{{"x", number(2)}, {"y", integer(3)}};
  const std::vector<weir_option> buffer{{"size", integer(4096)}, {"disk", boolean(true)}};
  const std::vector<weir_value> buffers{map(buffer), map({})};
  const Options given = read({{"flag", boolean(false)},
                              {"number", integer(5)},
                              {"small", integer(255)},
                              {"ratio", integer(1)},
                              {"text", text("x")},
                              {"wait", integer(7)},
                              {"size", integer(8)},
                              {"since", integer(9)},
                              {"url", text("https://x")},
                              {"token", text("t")},
                              {"mode", text("slow")},
                              {"names", list(names)},
                              {"flags", list(flags)},
                              {"weights", map(weights)},
                              {"limit", integer(-1)},
                              {"pause", integer(10)},
                              {"buffer", map(buffer)},
                              {"buffers", list(buffers)},
                              {"unknown", integer(1)}});
  EXPECT_FALSE(given.flag);
  EXPECT_EQ(given.number, 5);
  EXPECT_EQ(given.small, 255);
  EXPECT_EQ(given.ratio, 1);
  EXPECT_EQ(given.text, "x");
  EXPECT_EQ(given.wait, 7ns);
  EXPECT_EQ(given.size.count, 8);
  EXPECT_EQ(given.since, Timestamp{9ns});
  EXPECT_EQ(given.url.text, "https://x");
  EXPECT_EQ(given.token.reveal(), "t");
  EXPECT_EQ(given.mode, Mode::slow);
  EXPECT_EQ(given.names, (std::vector<std::string>{"a", "b,c", ""}));
  EXPECT_EQ(given.flags, (std::vector<bool>{true, false}));
  EXPECT_EQ(given.weights, (std::map<std::string, double>{{"x", 2}, {"y", 3}}))
      << "the default is gone";
  EXPECT_EQ(given.limit, -1);
  EXPECT_EQ(given.pause, 10ns);
  EXPECT_EQ(given.buffer.size.count, 4096);
  ASSERT_EQ(given.buffers.size(), 2U);
  EXPECT_TRUE(given.buffers[0].disk);
  EXPECT_EQ(given.buffers[1].size.count, 1 << 20);
}

TEST(Options, TakeNullWhereTheyMayBeAbsent) {
  EXPECT_EQ(read({{"limit", integer(1)}, {"limit", weir_value{}}}).limit, std::nullopt);
  EXPECT_THROW(read({{"number", weir_value{}}}), Error);
}

TEST(Options, RefuseAnotherType) {
  const auto problem = [](const char* name, const weir_value& value) -> std::string {
    try {
      (void)read({{name, value}});
    } catch (const Error& error) {
      return error.what();
    }
    return "taken";
  };
  const std::string other = ": the engine sent an option value of another type";
  for (const char* name : {"flag", "number", "ratio", "wait", "size", "since", "names", "weights",
                           "buffer", "limit"}) {
    EXPECT_EQ(problem(name, text("1")), "option '" + std::string(name) + "'" + other);
  }
  for (const char* name : {"text", "url", "token", "mode"}) {
    EXPECT_EQ(problem(name, integer(1)), "option '" + std::string(name) + "'" + other);
  }
  EXPECT_EQ(problem("small", integer(256)), "option 'small': 256 is out of range");
  EXPECT_EQ(problem("small", integer(-1)), "option 'small': -1 is out of range");
  EXPECT_EQ(problem("mode", text("medium")), "option 'mode': 'medium' is none of the choices");
  const std::vector<weir_option> nested{{"disk", integer(1)}};
  EXPECT_EQ(problem("buffer", map(nested)), "option 'buffer': option 'disk'" + other);
}

TEST(Secrets, AreNeverPrinted) {
  std::ostringstream out;
  out << Secret("hunter2") << '|' << Secret();
  EXPECT_EQ(out.str(), "***|");
}

/// A node that only keeps its options.
struct Keeper {
  static constexpr auto name = "keeper", summary = "Keeps.";
  using Options = weir::Options;
  Options options;
  [[nodiscard]] static Batch process(Batch batch) { return batch; }
};

TEST(Bench, ReadsOptionsAsAPipelineWritesThem) {
  testing::Bench<Keeper> bench({{"flag", "false"},
                                {"number", "-2"},
                                {"ratio", "0.25"},
                                {"wait", "5s"},
                                {"size", "1KiB"},
                                {"since", "1970-01-01T00:00:01Z"},
                                {"mode", "slow"},
                                {"names", "a, b ,c"},
                                {"limit", "4"}});
  const Options& options = bench.node().options;
  EXPECT_FALSE(options.flag);
  EXPECT_EQ(options.number, -2);
  EXPECT_EQ(options.ratio, 0.25);
  EXPECT_EQ(options.wait, 5s);
  EXPECT_EQ(options.size.count, 1024);
  EXPECT_EQ(options.since, Timestamp{1s});
  EXPECT_EQ(options.mode, Mode::slow);
  EXPECT_EQ(options.names, (std::vector<std::string>{"a", "b", "c"}));
  EXPECT_EQ(options.limit, 4);
  EXPECT_EQ(options.token.reveal(), "hunter2");
}

TEST(Bench, RefusesOptionsThatDoNotFit) {
  const auto made = [](const char* name, const char* value) {
    testing::Bench<Keeper> bench({{name, value}});
  };
  EXPECT_THROW(made("nubmer", "1"), Error);
  EXPECT_THROW(made("number", "1.5"), Error);
  EXPECT_THROW(made("number", ""), Error);
  EXPECT_THROW(made("number", "99999999999"), Error);
  EXPECT_THROW(made("small", "300"), Error);
  EXPECT_THROW(made("flag", "yes"), Error);
  EXPECT_THROW(made("wait", "5"), Error);
  EXPECT_THROW(made("size", "-1"), Error);
  EXPECT_THROW(made("since", "today"), Error);
  EXPECT_THROW(made("mode", "medium"), Error);
  EXPECT_THROW(made("weights", "a=1"), Error);
}

}  // namespace
}  // namespace weir
