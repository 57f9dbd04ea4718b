// SPDX-License-Identifier: Apache-2.0
// A pipeline file that changes under a run.
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/types.h>
#include <unistd.h>

#include <thread>

#include "tests/support/database.hpp"
#include "tests/support/program.hpp"
#include "tests/support/watched_run.hpp"

namespace weir::test {
namespace {

using std::chrono::milliseconds;

std::string pipeline(const std::string& interval, const std::string& more = {}) {
  return "nodes:\n"
         "  up:    {plugin: netdev-source, interfaces: [lo], interval: " +
         interval +
         "}\n"
         "  store: {plugin: sqlite-sink, inputs: [up], path: p.db}\n" +
         more;
}

/// A run in the background, whose log can be waited for.
class ReloadTest : public ::testing::Test {
 protected:
  void start(std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), {"run", "p.yaml", "--state", "state"});
    run_ = std::thread([this, arguments] {
      result_ = run_weir(
          {.arguments = arguments,
           .folder = folder_.path(),
           .error_file = folder_ / "log",
           .in_child = [this] { write_text(folder_ / "pid", std::to_string(::getpid())); }});
    });
    wait_for("runs p");
  }
  void wait_for(const std::string& text) {
    for (int i = 0; i < 600; ++i) {
      if (log().find(text) != std::string::npos) return;
      std::this_thread::sleep_for(milliseconds(100));
    }
    FAIL() << "the log never said '" << text << "':\n" << log();
  }
  /// In the store so far; it may be just being made, or written to.
  double rows() {
    try {
      return number(folder_ / "p.db", "SELECT count(*) FROM netdev");
    } catch (const std::exception&) {
      return 0;
    }
  }
  void wait_for_rows(double least) {
    for (int i = 0; i < 600 && rows() < least; ++i) std::this_thread::sleep_for(milliseconds(100));
    EXPECT_GE(rows(), least) << log();
  }
  std::string log() {
    return std::filesystem::exists(folder_ / "log") ? read_text(folder_ / "log") : "";
  }
  void send(int signal) { ::kill(std::stoi(read_text(folder_ / "pid")), signal); }
  const ProgramResult& end() {
    send(SIGTERM);
    run_.join();
    return result_;
  }
  void TearDown() override {
    if (run_.joinable()) (void)end();
  }

  TemporaryFolder folder_;
  std::thread run_;
  ProgramResult result_;
};

TEST_F(ReloadTest, BySighupOnlyWhatChangedIsMadeAnew) {
  write_text(folder_ / "p.yaml", pipeline("100ms"));
  start({});
  wait_for_rows(3);
  write_text(folder_ / "p.yaml",
             pipeline("100ms", "  file:  {plugin: file-sink, inputs: [up], path: p.jsonl}\n"));
  send(SIGHUP);
  wait_for("new: file");
  wait_for_rows(rows() + 5);
  EXPECT_EQ(log().find("made anew"), std::string::npos) << log();
  const ProgramResult& result = end();
  EXPECT_EQ(result.exit_code, 130) << log();
  EXPECT_NE(read_text(folder_ / "p.jsonl").find("netdev"), std::string::npos);
}

TEST_F(ReloadTest, TheFirstNodeWithStateIsKeptToo) {
  write_text(folder_ / "p.yaml", pipeline("100ms"));
  start({});
  wait_for_rows(3);
  write_text(folder_ / "p.yaml",
             pipeline("100ms",
                      "  grid:  {plugin: aligner, inputs: [up], step: 200ms}\n"
                      "  file:  {plugin: file-sink, inputs: [grid], path: p.jsonl}\n"));
  send(SIGHUP);
  const auto file = folder_ / "p.jsonl";
  ASSERT_TRUE(eventually([&] { return std::filesystem::exists(file) && !read_text(file).empty(); }))
      << log();
  EXPECT_EQ(end().exit_code, 130) << log();
  EXPECT_TRUE(std::filesystem::exists(folder_ / "state/nodes/p/grid.state")) << log();
}

TEST_F(ReloadTest, AnInvalidFileChangesNothingAndSaysWhy) {
  write_text(folder_ / "p.yaml", pipeline("100ms"));
  start({});
  wait_for_rows(1);
  write_text(folder_ / "p.yaml", pipeline("100ms", "  more: {plugin: no-such}\n"));
  send(SIGHUP);
  wait_for("not reloaded");
  EXPECT_NE(log().find("there is no plugin 'no-such'"), std::string::npos) << log();
  wait_for_rows(rows() + 5);
  EXPECT_EQ(end().exit_code, 130) << log();
}

TEST_F(ReloadTest, WatchSeesTheFileChange) {
  write_text(folder_ / "p.yaml", pipeline("100ms"));
  start({"--watch"});
  write_text(folder_ / "p.yaml", pipeline("50ms"));
  wait_for("made anew: up");
  wait_for_rows(5);
  EXPECT_EQ(end().exit_code, 130) << log();
}

}  // namespace
}  // namespace weir::test
