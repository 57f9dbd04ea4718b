// SPDX-License-Identifier: Apache-2.0
// Every form of node, through the C functions that the engine calls.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <new>
#include <weir/testing.hpp>

namespace weir {
namespace {

using namespace std::chrono_literals;
using testing::batch;
using testing::Bench;
using ::testing::ElementsAre;
using testing::run;

struct Countdown {
  static constexpr auto name = "countdown", summary = "Counts down.";
  static constexpr bool live = true;
  struct Options {
    int from = 2;
    static constexpr auto fields = std::tuple{field(&Options::from, "from", "First number")};
  } options;
  std::variant<Batch, Wait, End> produce(Context& context) {
    if (options.from == 0) return End{};
    if (context.now() < due) return Wait{due, 7};
    due = context.now() + 1s;
    return batch("n", {double(options.from--)});
  }
  Timestamp due{};
};

TEST(ShortSource, ProducesWaitsAndEnds) {
  Bench<Countdown> bench;
  EXPECT_TRUE(std::holds_alternative<Again>(bench.produce()));
  const Next next = bench.produce();
  ASSERT_TRUE(std::holds_alternative<Wait>(next));
  EXPECT_EQ(std::get<Wait>(next).until, Timestamp{1s});
  EXPECT_EQ(std::get<Wait>(next).fd, 7);
  bench.produce_until(Timestamp{1h});
  EXPECT_EQ(bench.now(), Timestamp{1s}) << "it ended there";
  EXPECT_TRUE(std::holds_alternative<End>(bench.produce()));
  EXPECT_THAT(bench.take(), ElementsAre(batch("n", {2}), batch("n", {1})));
  EXPECT_TRUE(bench.take().empty());
}

TEST(ShortSource, DescribesItself) {
  EXPECT_EQ(detail::describe<Countdown>(),
            R"({"name":"countdown","summary":"Counts down.","kind":"source","live":true,)"
            R"("inputs":{"min":0,"max":0,"order":"any"},)"
            R"("outputs":[{"name":"out","doc":"What the node produces"}],)"
            R"("options":[{"name":"from","doc":"First number","type":"integer","default":2}]})");
}

struct Twins {
  static constexpr auto name = "twins", summary = "Two ports.";
  static constexpr std::string_view details = "More.";
  static constexpr auto outputs = std::array{port("left", "L"), port("right", "R")};
  static constexpr auto presets = std::array{preset("p", "Some \"doc\"", R"({"a": 1})")};
  [[nodiscard]] static Next produce(Output& output) {
    output.emit(batch("v", {1}));
    output.emit(batch("v", {2}), "right");
    output.emit(batch("v", {}), "right");
    output.emit(Batch{});
    return Wait{Timestamp{5s}};
  }
};

TEST(FullSource, EmitsOnNamedPorts) {
  Bench<Twins> bench;
  const Next next = bench.produce();
  ASSERT_TRUE(std::holds_alternative<Wait>(next));
  EXPECT_EQ(std::get<Wait>(next).fd, -1);
  EXPECT_THAT(bench.take("left"), ElementsAre(batch("v", {1})));
  EXPECT_THAT(bench.take("right"), ElementsAre(batch("v", {2}))) << "empty batches stay";
}

TEST(FullSource, DescribesPortsPresetsAndDetails) {
  EXPECT_EQ(
      detail::describe<Twins>(),
      R"({"name":"twins","summary":"Two ports.","kind":"source","details":"More.","live":false,)"
      R"("inputs":{"min":0,"max":0,"order":"any"},)"
      R"("outputs":[{"name":"left","doc":"L"},{"name":"right","doc":"R"}],"options":[],)"
      R"("presets":[{"name":"p","doc":"Some \"doc\"","options":{"a": 1}}]})");
}

struct Pass {
  static constexpr auto name = "pass", summary = "Passes all but empty.";
  [[nodiscard]] static Batch process(Batch input) { return input.rows() > 1 ? input : Batch{}; }
};

TEST(ShortTransform, PassesNothingOnForAnEmptyBatch) {
  EXPECT_EQ(run<Pass>({}, batch("v", {1, 2})), batch("v", {1, 2}));
  EXPECT_TRUE(run<Pass>({}, batch("v", {1})).empty());
}

/// Holds rows until a minute has passed or an input has ended; says at the end how many there were.
struct Holder {
  static constexpr auto name = "holder", summary = "Holds rows.";
  static constexpr auto outputs =
      std::array{port("out", "Rows"), port("total", "Count"), port("rejected", "None")};
  static constexpr Inputs inputs{.min = 2, .max = 3, .order = Order::watermark};

  void open(Context& opened) {
    context = &opened;
    context->log(Level::info, opened.name() + " has " + std::to_string(opened.inputs().size()));
  }
  void process(Input input, Output& output) {
    if (input.batch.empty()) output.emit(batch("v", {1}), "nowhere");
    context->count("rows", input.batch.rows());
    origin =
        std::string(input.node) + "." + std::string(input.port) + "/" + std::to_string(input.index);
    held.push_back(std::move(input.batch));
    output.wake_at(context->now() + 1min);
  }
  void end_input(std::size_t input, Output& output) {
    if (input == 1) release(output);
  }
  void on_time(Timestamp now, Output& output) {
    times.push_back(now);
    release(output);
    if (times.size() < 2) output.wake_at(now + 1s);
  }
  void finish(Reason why, Output& output) {
    output.emit(batch("n", {double(times.size())}), why == Reason::ended ? "total" : "out");
  }
  void release(Output& output) {
    for (Batch& rows : held) output.emit(std::move(rows));
    held.clear();
  }

  Context* context = nullptr;
  std::string origin;
  std::vector<Batch> held;
  std::vector<Timestamp> times;
};

TEST(FullTransform, KnowsWhereABatchCameFrom) {
  Bench<Holder> bench({}, {"ping", "grid.late"});
  bench.process(batch("v", {1}), 1);
  EXPECT_EQ(bench.node().origin, "grid.late/1");
  EXPECT_THAT(bench.logs(), ElementsAre("holder has 2"));
  EXPECT_EQ(bench.count("rows"), 1U);
  EXPECT_EQ(bench.count("others"), 0U);
  EXPECT_THROW(bench.process(batch("v", {1}), 2), Error) << "an input that is not there";
}

TEST(FullTransform, WakesWhenItAskedTo) {
  Bench<Holder> bench({}, {"a", "b"}, Timestamp{10s});
  bench.process(batch("v", {1})).advance(59s);
  EXPECT_TRUE(bench.take().empty());
  EXPECT_EQ(bench.wake(), Timestamp{70s});
  bench.advance(10s);
  EXPECT_THAT(bench.node().times, ElementsAre(Timestamp{70s}, Timestamp{71s}));
  EXPECT_EQ(bench.take().size(), 1U);
  EXPECT_EQ(bench.wake(), std::nullopt);
  EXPECT_EQ(bench.now(), Timestamp{79s});
}

TEST(FullTransform, HearsOfTheEnd) {
  Bench<Holder> bench({}, {"a", "b"});
  bench.process(batch("v", {1})).end_input(0);
  EXPECT_TRUE(bench.take().empty());
  bench.end_input(1);
  EXPECT_THAT(bench.take(), ElementsAre(batch("v", {1})));
  bench.finish(Reason::ended);
  EXPECT_EQ(bench.take("total").size(), 1U);
  bench.finish(Reason::stopping);
  EXPECT_EQ(bench.take("out").size(), 1U);
}

TEST(FullTransform, CannotEmitOnAPortThatItDoesNotDeclare) {
  Bench<Holder> bench({}, {"a", "b"});
  try {
    bench.process(batch("v", {}));
    FAIL();
  } catch (const Error& error) {
    EXPECT_STREQ(error.what(), "this node declares no output 'nowhere'");
  }
}

TEST(FullTransform, DescribesItsInputs) {
  EXPECT_THAT(detail::describe<Holder>(),
              ::testing::HasSubstr(R"("inputs":{"min":2,"max":3,"order":"watermark"})"));
}

struct Store {
  static constexpr auto name = "store", summary = "Stores.";
  void open() { opened = true; }
  void consume(const Batch& rows) { taken += rows.rows(); }
  void flush() { flushed = taken; }
  void finish(Reason) { finished = true; }
  bool opened = false;
  bool finished = false;
  std::size_t taken = 0;
  std::size_t flushed = 0;
};

TEST(ShortSink, TakesFlushesAndFinishes) {
  Bench<Store> bench;
  bench.process(batch("v", {1, 2}));
  EXPECT_TRUE(bench.node().opened);
  EXPECT_EQ(bench.node().flushed, 0U);
  bench.flush();
  EXPECT_EQ(bench.node().flushed, 2U);
  bench.end_input().advance(1h).finish();
  EXPECT_TRUE(bench.node().finished);
  EXPECT_THAT(
      detail::describe<Store>(),
      ::testing::HasSubstr(R"("kind":"sink","inputs":{"min":1,"order":"any"},"outputs":[])"));
}

struct Picky {
  static constexpr auto name = "picky", summary = "Rejects rows.";
  static constexpr auto outputs = std::array{port(rejected_port, "What it does not like")};
  static void consume(const Batch& rows, Output& output) { output.emit(rows, "rejected"); }
};

TEST(FullSink, MayEmitWhatItRejects) {
  Bench<Picky> bench;
  bench.process(batch("v", {1})).flush().finish();
  EXPECT_EQ(bench.take("rejected").size(), 1U);
}

TEST(Adapter, LeavesOutWhatANodeDoesNotHave) {
  const weir_node_type* pass = detail::Adapter<Pass>::type();
  EXPECT_EQ(pass->size, sizeof(weir_node_type));
  EXPECT_EQ(pass->kind, WEIR_TRANSFORM);
  EXPECT_EQ(pass->produce, nullptr);
  EXPECT_NE(pass->process, nullptr);
  EXPECT_EQ(pass->flush, nullptr);
  EXPECT_EQ(pass->on_time, nullptr);
  EXPECT_EQ(pass->end_input, nullptr);
  EXPECT_EQ(pass->finish, nullptr);
  EXPECT_EQ(pass->query("weir.model/1"), nullptr);
  EXPECT_EQ(pass->query("weir.privileged/1"), nullptr);
  EXPECT_EQ(detail::Adapter<Countdown>::type()->process, nullptr);
  EXPECT_EQ(detail::Adapter<Pass>::type(), pass) << "the same each time";
}

/// Throws what it is told to, where it is told to; emits first, to see that nothing gets out.
struct Thrower {
  static constexpr auto name = "thrower", summary = "Throws.";
  struct Options {
    std::string what, where;
    static constexpr auto fields = std::tuple{field(&Options::what, "what", "An exception"),
                                              field(&Options::where, "where", "A call")};
  } options;

  void may_throw(std::string_view here) const {
    if (here != options.where) return;
    if (options.what == "error") throw Error("wrong");
    if (options.what == "retry") throw RetryLater("later", 3s);
    if (options.what == "rejected") throw Rejected("never");
    if (options.what == "fatal") throw Fatal("dead");
    if (options.what == "memory") throw std::bad_alloc();
    if (options.what == "standard") throw std::out_of_range("beyond");
    if (options.what == "long") throw Error(std::string(5000, 'x'));
    throw 42;
  }
  void open(Context&) const { may_throw("open"); }
  void process(const Input&, Output& output) const {
    output.emit(batch("v", {1}));
    may_throw("process");
  }
  void on_time(Timestamp, Output&) const { may_throw("on_time"); }
  void end_input(std::size_t, Output&) const { may_throw("end_input"); }
  void flush() const { may_throw("flush"); }
  void finish(Reason) const { may_throw("finish"); }
};

/// The status and message of `process`, called as the engine does it.
std::pair<weir_status, std::string> outcome(const char* what) {
  Bench<Thrower> bench({{"what", what}, {"where", "process"}});
  std::pair<weir_status, std::string> result{WEIR_OK, ""};
  try {
    bench.process(batch("v", {1}));
  } catch (const RetryLater& later) {
    result = {WEIR_RETRY, later.what() + std::to_string(later.after().count())};
  } catch (const Rejected& rejected) {
    result = {WEIR_REJECTED, rejected.what()};
  } catch (const Fatal& fatal) {
    result = {WEIR_FATAL, fatal.what()};
  } catch (const Error& error) {
    result = {WEIR_FAILED, error.what()};
  }
  EXPECT_TRUE(bench.take().empty()) << "what a failing call emits goes nowhere";
  return result;
}

TEST(Exceptions, BecomeStatuses) {
  using Outcome = std::pair<weir_status, std::string>;
  EXPECT_EQ(outcome("error"), Outcome(WEIR_FAILED, "wrong"));
  EXPECT_EQ(outcome("retry"), Outcome(WEIR_RETRY, "later3000000000"));
  EXPECT_EQ(outcome("rejected"), Outcome(WEIR_REJECTED, "never"));
  EXPECT_EQ(outcome("fatal"), Outcome(WEIR_FATAL, "dead"));
  EXPECT_EQ(outcome("memory"), Outcome(WEIR_FAILED, "out of memory"));
  EXPECT_EQ(outcome("standard"), Outcome(WEIR_FAILED, "beyond"));
  EXPECT_EQ(outcome("int"), Outcome(WEIR_FAILED, "an exception that is no std::exception"));
  EXPECT_EQ(outcome("long"), Outcome(WEIR_FAILED, std::string(999, 'x')));
}

TEST(Exceptions, AreStoppedInEveryCall) {
  const auto bench = [](const char* where) {
    return std::make_unique<Bench<Thrower>>(
        testing::OptionTexts{{"what", "int"}, {"where", where}});
  };
  EXPECT_THROW((void)bench("open"), Error);
  EXPECT_THROW(bench("end_input")->end_input(), Error);
  EXPECT_THROW(bench("flush")->flush(), Error);
  EXPECT_THROW(bench("finish")->finish(), Error);
}

TEST(Exceptions, NeedNoPlaceForTheirMessage) {
  const weir_node_type* type = detail::Adapter<Thrower>::type();
  weir_host host{};
  weir_option options[] = {{"where", {}}};
  options[0].value.type = WEIR_STRING;
  options[0].value.text = "on_time";
  options[0].value.count = 7;
  weir_node_config config{};
  config.name = "t";
  config.options = options;
  config.option_count = 1;
  void* node = nullptr;
  ASSERT_EQ(type->create(&host, &config, &node, nullptr), WEIR_OK);
  const weir_output output{};
  EXPECT_EQ(type->on_time(node, 0, &output, nullptr), WEIR_FAILED);
  type->destroy(node);
}

/// Counts its living objects.
struct Fragile {
  static constexpr auto name = "fragile", summary = "Cannot be opened.";
  static inline int alive = 0;
  Fragile() { ++alive; }
  Fragile(const Fragile&) = delete;
  Fragile& operator=(const Fragile&) = delete;
  ~Fragile() { --alive; }
  static void open() { throw RetryLater("not yet"); }
  static void consume(const Batch&) {}
};

TEST(Bench, DestroysANodeThatCannotBeOpened) {
  EXPECT_THROW(Bench<Fragile>(), RetryLater);
  EXPECT_EQ(Fragile::alive, 0);
}

/// Uses the engine until its last moment.
struct Talkative {
  static constexpr auto name = "talkative", summary = "Logs when it goes.";
  Context* context = nullptr;
  void open(Context& opened) { context = &opened; }
  static void consume(const Batch&) {}
  Talkative() = default;
  Talkative(const Talkative&) = delete;
  Talkative& operator=(const Talkative&) = delete;
  ~Talkative() { context->log(Level::info, "going"); }
};

TEST(Bench, OutlivesItsNode) { Bench<Talkative> bench; }

/// Needs a right, which a bench does not give.
struct Entitled {
  static constexpr auto name = "entitled", summary = "Opens while it may.";
  struct Options {
    std::string key = "a";
    static constexpr auto fields = std::tuple{field(&Options::key, "key", "What is kept")};
  } options;
  int found = 0;
  static void open_privileged(const Options& options, Keeper& keeper) {
    keeper.keep(options.key, 7);
    throw Fatal("told");
  }
  void open(Context& context) { found = context.kept("a"); }
  static void consume(const Batch&) {}
};

TEST(Bench, KeepsNothing) {
  Bench<Entitled> bench;
  EXPECT_EQ(bench.node().found, -1);
}

TEST(Privileged, HandsOverByKeyAndStopsExceptions) {
  const auto* extension = static_cast<const weir_privileged*>(
      detail::Adapter<Entitled>::type()->query(WEIR_PRIVILEGED_EXTENSION));
  ASSERT_NE(extension, nullptr);
  EXPECT_EQ(extension->size, sizeof *extension);
  std::string kept;
  weir_keeper keeper{};
  keeper.size = sizeof keeper;
  keeper.self = &kept;
  keeper.keep = [](void* self, const char* key, std::int32_t descriptor, weir_error*) {
    *static_cast<std::string*>(self) = key + std::to_string(descriptor);
    return weir_status{WEIR_OK};
  };
  weir_option key{"key", {}};
  key.value.type = WEIR_STRING;
  key.value.text = "socket";
  key.value.count = 6;
  weir_node_config config{};
  config.size = sizeof config;
  config.options = &key;
  config.option_count = 1;
  weir_error error{};
  error.size = sizeof error;
  EXPECT_EQ(extension->open(&config, &keeper, &error), WEIR_FATAL);
  EXPECT_STREQ(error.message, "told");
  EXPECT_EQ(kept, "socket7");
  keeper.keep = [](void*, const char*, std::int32_t, weir_error* refusal) {
    detail::write_error(refusal, "taken");
    return weir_status{WEIR_FAILED};
  };
  EXPECT_EQ(extension->open(&config, &keeper, &error), WEIR_FAILED);
  EXPECT_STREQ(error.message, "taken");
}

struct Waiter {
  static constexpr auto name = "waiter", summary = "Waits.";
  Context* context = nullptr;
  void open(Context& opened) { context = &opened; }
  [[nodiscard]] Batch process(const Batch&) const {
    const bool reached = context->wait_until(context->now() + 5s);
    return batch("v", {reached && !context->stopping() ? 1.0 : 0.0});
  }
};

TEST(Bench, TurnsItsClockForANodeThatWaits) {
  Bench<Waiter> bench;
  bench.process(batch("v", {0}));
  EXPECT_EQ(bench.now(), Timestamp{5s});
  bench.set_stopping(true);
  bench.process(batch("v", {0}));
  EXPECT_THAT(bench.take(), ElementsAre(batch("v", {1}), batch("v", {0})));
}

TEST(Plugin, IsWhatTheEngineLooksFor) {
  const weir_plugin* plugin = detail::plugin<Pass, Store>("", "1.2.3");
  EXPECT_EQ(plugin->magic, WEIR_ABI_MAGIC);
  EXPECT_EQ(plugin->size, sizeof(weir_plugin));
  EXPECT_EQ(plugin->abi_major, WEIR_ABI_MAJOR);
  EXPECT_STREQ(plugin->name, "pass");
  EXPECT_STREQ(plugin->version, "1.2.3");
  ASSERT_EQ(plugin->node_type_count, 2U);
  EXPECT_EQ(plugin->node_types[1], detail::Adapter<Store>::type());
  EXPECT_EQ(std::memcmp(&plugin->magic, "WEIRPLUG", 8), 0);
}

TEST(ToText, ShowsATable) {
  EXPECT_EQ(testing::to_text(batch("v", {1.5, std::nullopt})),
            "test: time v\n  1970-01-01T00:00:00Z 1.5\n  1970-01-01T00:00:01Z null\n");
}

}  // namespace
}  // namespace weir
