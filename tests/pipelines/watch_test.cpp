// SPDX-License-Identifier: Apache-2.0
// A run as those meet it who watch it: metrics, health, top, tap, the service manager.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <array>
#include <nlohmann/json.hpp>
#include <regex>
#include <sstream>

#include "tests/support/http_reply.hpp"
#include "tests/support/watched_run.hpp"

namespace weir::test {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

constexpr const char* pipeline =
    "nodes:\n"
    "  up:    {plugin: netdev-source, interfaces: [lo], interval: 50ms}\n"
    "  store: {plugin: sqlite-sink, inputs: [up], path: p.db}\n";

/// The value of a sample; -1: there is none.
double sample(const std::string& text, const std::string& name) {
  const std::size_t at = text.find("\n" + name + " ");
  return at == std::string::npos ? -1 : std::strtod(text.c_str() + at + name.size() + 2, nullptr);
}

TEST(Watch, MetricsAndHealthAreServed) {
  WatchedRun run(pipeline, {"--listen", "127.0.0.1:0"});
  const std::string url = run.url();
  ASSERT_TRUE(eventually([&] { return get(url + "health").status == 200; })) << run.log();
  EXPECT_EQ(get(url + "health").body, "{\"status\":\"ready\",\"reasons\":[]}\n");
  const std::string rows = "weir_node_rows_in_total{pipeline=\"p\",node=\"store\"}";
  ASSERT_TRUE(eventually([&] { return sample(get(url + "metrics").body, rows) >= 3; }));
  const Reply metrics = get(url + "metrics");
  EXPECT_THAT(metrics.head, HasSubstr("text/plain; version=0.0.4"));
  EXPECT_GT(sample(metrics.body, "process_resident_memory_bytes"), 1e6);
  EXPECT_EQ(sample(metrics.body, "weir_run_status{pipeline=\"p\",status=\"ready\"}"), 1);
  const std::regex line(R"re(#.*|[a-z_]+(\{([a-z]+="[^"]*",?)+\})? [-+0-9.e]+)re");
  std::istringstream lines(metrics.body);
  for (std::string text; std::getline(lines, text);)
    EXPECT_TRUE(std::regex_match(text, line)) << text;
  EXPECT_EQ(get(url).status, 200);
  EXPECT_EQ(get(url + "nothing").status, 404);
  EXPECT_EQ(get(url + "metrics", "Host: evil.example").status, 400);
  EXPECT_EQ(run.stop().exit_code, 130);
}

TEST(Watch, OffLoopbackNeedsAToken) {
  const TemporaryFolder folder;
  write_text(folder / "p.yaml", pipeline);
  const ProgramResult refused =
      run_weir({.arguments = {"run", "p.yaml", "--listen", "0.0.0.0:0"}, .folder = folder.path()});
  EXPECT_EQ(refused.exit_code, 2);
  EXPECT_THAT(refused.err, HasSubstr("--listen-token-file"));
  write_text(folder / "token", "0123456789abcdef0123\n");
  // On loopback the token is asked for too, once it is given.
  WatchedRun run(pipeline, {"--listen", "127.0.0.1:0", "--listen-token-file", folder / "token"});
  const std::string url = run.url();
  EXPECT_EQ(get(url + "metrics").status, 401);
  EXPECT_EQ(get(url + "metrics", "Authorization: Bearer 0123456789abcdef0123").status, 200);
  EXPECT_THAT(run.log(), Not(HasSubstr("0123456789abcdef0123")));
}

TEST(Watch, TheControlSocketIsTheOwnersAlone) {
  WatchedRun run(pipeline, {});
  struct stat found {};
  ASSERT_EQ(::stat(run.socket().c_str(), &found), 0);
  EXPECT_TRUE(S_ISSOCK(found.st_mode));
  EXPECT_EQ(found.st_mode & 0777U, 0600U);
  ASSERT_EQ(::stat(run.socket().parent_path().c_str(), &found), 0);
  EXPECT_EQ(found.st_mode & 0777U, 0700U);
  const ProgramResult second = run.ask({"run", "p.yaml", "--for", "100ms", "--state", "other"});
  EXPECT_EQ(second.exit_code, 0) << second.err;  // measuring comes first
  EXPECT_THAT(second.err, ::testing::ContainsRegex("belongs to the run with pid [0-9]+"));
  EXPECT_TRUE(std::filesystem::exists(run.socket()));
  const ProgramResult third =
      run.ask({"run", "p.yaml", "--for", "100ms", "--control", run.socket().string()});
  EXPECT_EQ(third.exit_code, 1);
  EXPECT_EQ(run.stop().exit_code, 130);
  EXPECT_FALSE(std::filesystem::exists(run.socket()));
}

TEST(Watch, TopPrintsATableForScripts) {
  WatchedRun run(pipeline, {});
  const ProgramResult top = run.ask({"top", "p", "--once"});
  EXPECT_EQ(top.exit_code, 0) << top.err;
  EXPECT_THAT(top.out, HasSubstr("weir p "));
  EXPECT_THAT(top.out, ::testing::ContainsRegex("\nnode +state +in/s +out/s"));
  EXPECT_THAT(top.out, ::testing::ContainsRegex("\nup +(waiting|running)"));
  EXPECT_THAT(top.out, ::testing::ContainsRegex("\n[^ ]+ store "));
  EXPECT_THAT(top.out, Not(HasSubstr("\x1b")));
  EXPECT_THAT(run.ask({"top", "q"}).err, HasSubstr("there are: p"));
}

TEST(Watch, TopSaysWhereItLooked) {
  const TemporaryFolder folder;
  const ProgramResult top = run_weir({.arguments = {"top", "--state", "state"},
                                      .folder = folder.path(),
                                      .environment = {"XDG_RUNTIME_DIR=/nowhere"}});
  EXPECT_EQ(top.exit_code, 1);
  EXPECT_THAT(top.err, HasSubstr("looked in /nowhere/weir, state/run"));
  EXPECT_THAT(top.err, HasSubstr("start one with weir run PIPELINE"));
}

TEST(Watch, TapShowsRowsFilteredAndLimited) {
  WatchedRun run(pipeline, {});
  for (const char* place : {"up", "up.out", "store"}) {
    SCOPED_TRACE(place);
    const ProgramResult tap =
        run.ask({"tap", place, "--limit", "3", "--where", "interface=lo", "--where", "rx_mbps>=0"});
    EXPECT_EQ(tap.exit_code, 0) << tap.err;
    std::istringstream lines(tap.out);
    int rows = 0;
    for (std::string line; std::getline(lines, line); ++rows) {
      const auto row = nlohmann::json::parse(line);
      EXPECT_EQ(row.at("interface"), "lo");
      EXPECT_EQ(row.at("weir.measurement"), "netdev");
    }
    EXPECT_EQ(rows, 3) << tap.out << tap.err;
  }
  const ProgramResult wrong = run.ask({"tap", "upp"});
  EXPECT_EQ(wrong.exit_code, 1);
  EXPECT_THAT(wrong.err, HasSubstr("did you mean 'up'?"));
  EXPECT_EQ(run.ask({"tap", "up", "--where", "x"}).exit_code, 2);
}

TEST(Watch, ATapEndsWithTheRun) {
  WatchedRun run(pipeline, {});
  auto tap = std::async(std::launch::async, [&] {
    return run.ask({"tap", "up", "--limit", "0", "--where", "interface=none"});
  });
  std::this_thread::sleep_for(std::chrono::milliseconds(300));  // whichever of the two is first
  EXPECT_EQ(run.stop().exit_code, 130);
  const ProgramResult ended = tap.get();
  EXPECT_THAT(ended.err, ::testing::AnyOf(HasSubstr("the run has ended"), HasSubstr("no run")));
  EXPECT_EQ(ended.out, "");
}

/// The datagrams of a service manager's socket.
class Manager {
 public:
  explicit Manager(const std::filesystem::path& path)
      : socket_(::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0)) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    std::strncpy(address.sun_path, path.c_str(), sizeof address.sun_path - 1);
    if (::bind(socket_, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
      throw std::runtime_error("cannot bind " + path.string());
    }
  }
  Manager(const Manager&) = delete;
  Manager& operator=(const Manager&) = delete;
  ~Manager() { ::close(socket_); }
  /// Has it been told so?
  [[nodiscard]] bool hears(const std::string& word) {
    std::array<char, 4096> buffer{};
    for (ssize_t count;
         (count = ::recv(socket_, buffer.data(), buffer.size(), MSG_DONTWAIT)) > 0;) {
      heard_ += std::string(buffer.data(), static_cast<std::size_t>(count)) + "\n";
    }
    return heard_.find(word) != std::string::npos;
  }
  [[nodiscard]] const std::string& heard() const { return heard_; }

 private:
  int socket_;
  std::string heard_;
};

TEST(Watch, TheServiceManagerIsTold) {
  const TemporaryFolder folder;
  Manager manager(folder / "notify");
  WatchedRun run(pipeline, {},
                 {"NOTIFY_SOCKET=" + (folder / "notify").string(), "WATCHDOG_USEC=1000000"});
  EXPECT_TRUE(eventually([&] { return manager.hears("READY=1"); }));
  EXPECT_TRUE(eventually([&] { return manager.hears("STATUS=ready"); }));
  EXPECT_TRUE(eventually([&] { return manager.hears("WATCHDOG=1"); }));
  EXPECT_FALSE(manager.hears("STOPPING=1"));
  EXPECT_EQ(run.stop().exit_code, 130);
  EXPECT_TRUE(manager.hears("STOPPING=1")) << manager.heard();
}

}  // namespace
}  // namespace weir::test
