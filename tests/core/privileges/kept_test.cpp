// SPDX-License-Identifier: Apache-2.0
#include "core/privileges/kept.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <variant>

#include "weir/plugin.hpp"

namespace weir::core {
namespace {

int open_null() { return ::open("/dev/null", O_RDONLY); }
bool is_open(int descriptor) { return ::fcntl(descriptor, F_GETFD) >= 0; }

/// Keeps /dev/null under each of its keys.
struct Opener {
  static constexpr auto name = "opener", summary = "Opens.";
  struct Options {
    std::vector<std::string> keys;
    static constexpr auto fields = std::tuple{field(&Options::keys, "keys", "Names")};
  } options;
  static void open_privileged(const Options& options, Keeper& keeper) {
    if (options.keys.empty()) throw Error("it has no keys");
    for (const std::string& key : options.keys)
      keeper.keep(key, key == "bad" ? 1 << 20 : open_null());
  }
  std::variant<Batch, Wait, End> produce(Context&) { return End{}; }
};

struct Plain {
  static constexpr auto name = "plain", summary = "Opens nothing.";
  std::variant<Batch, Wait, End> produce(Context&) { return End{}; }
};

GraphNode node(const std::string& name, const weir_node_type* type,
               const std::vector<std::string>& keys = {}) {
  GraphNode made;
  made.name = name;
  made.type = type;
  auto description = std::make_shared<NodeDescription>();
  description->kind = Kind::source;
  made.description = description;
  OptionValue::List list;
  for (const std::string& key : keys) list.push_back({key});
  made.options.push_back({"keys", {list}});
  return made;
}

const weir_node_type* opener() { return detail::Adapter<Opener>::type(); }

int asked(const KeptDescriptors& kept, const std::string& node, const char* key) {
  const auto* answer = static_cast<const weir_kept*>(kept.query(node, WEIR_PRIVILEGED_EXTENSION));
  return answer == nullptr ? -1 : answer->descriptor(answer->self, key);
}

TEST(Kept, EachNodeFindsItsOwn) {
  Graph graph;
  graph.nodes = {node("a", opener(), {"one", "two"}), node("b", opener(), {"one"}),
                 node("c", detail::Adapter<Plain>::type())};
  const KeptDescriptors kept = open_privileged(graph);
  EXPECT_TRUE(is_open(asked(kept, "a", "one")));
  EXPECT_TRUE(is_open(asked(kept, "a", "two")));
  EXPECT_NE(asked(kept, "a", "one"), asked(kept, "a", "two"));
  EXPECT_NE(asked(kept, "a", "one"), asked(kept, "b", "one"));
  EXPECT_EQ(asked(kept, "b", "two"), -1);
  EXPECT_EQ(asked(kept, "c", "one"), -1);
  EXPECT_EQ(asked(kept, "a", nullptr), -1);
  EXPECT_EQ(asked(kept, "a", "one"), asked(kept, "a", "one")) << "the same after a restart";
  EXPECT_EQ(kept.query("a", "weir.other/1"), nullptr);
}

TEST(Kept, ChildrenDoNotInheritThem) {
  Graph graph;
  graph.nodes = {node("a", opener(), {"one"})};
  const KeptDescriptors kept = open_privileged(graph);
  EXPECT_NE(::fcntl(asked(kept, "a", "one"), F_GETFD) & FD_CLOEXEC, 0);
}

TEST(Kept, AreClosedAtTheEnd) {
  int descriptor = -1;
  {
    KeptDescriptors kept;
    kept.keep("a", "one", open_null());
    descriptor = asked(kept, "a", "one");
    EXPECT_TRUE(is_open(descriptor));
  }
  EXPECT_FALSE(is_open(descriptor));
}

TEST(Kept, AKeyThatIsTakenClosesTheSecond) {
  KeptDescriptors kept;
  const int first = open_null();
  const int second = open_null();
  kept.keep("a", "one", first);
  EXPECT_THROW(kept.keep("a", "one", second), Error);
  EXPECT_TRUE(is_open(first));
  EXPECT_FALSE(is_open(second));
  EXPECT_EQ(asked(kept, "a", "one"), first);
}

std::string failure_of(const GraphNode& wrong) {
  Graph graph;
  graph.nodes = {wrong};
  try {
    (void)open_privileged(graph);
  } catch (const Error& problem) {
    return problem.what();
  }
  return "nothing was thrown";
}

TEST(Kept, AFailureNamesTheNode) {
  EXPECT_EQ(failure_of(node("up", opener())), "up: cannot start: it has no keys");
  EXPECT_NE(failure_of(node("up", opener(), {"bad"})).find("no open descriptor"),
            std::string::npos);
  EXPECT_NE(failure_of(node("up", opener(), {"x", "x"})).find("kept already"), std::string::npos);
}

TEST(Kept, AMalformedExtensionIsRefused) {
  weir_node_type type = *opener();
  type.query = [](const char*) -> const void* {
    static constexpr weir_privileged small{4, 0, nullptr};
    return &small;
  };
  EXPECT_NE(failure_of(node("up", &type)).find("malformed"), std::string::npos);
  type.query = nullptr;
  Graph graph;
  graph.nodes = {node("up", &type)};
  EXPECT_EQ(asked(open_privileged(graph), "up", "one"), -1);
}

}  // namespace
}  // namespace weir::core
