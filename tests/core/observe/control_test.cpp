// SPDX-License-Identifier: Apache-2.0
#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <map>
#include <thread>

#include "core/observe/control_path.hpp"
#include "core/observe/control_request.hpp"
#include "core/observe/control_server.hpp"
#include "tests/support/watched_run.hpp"
#include "weir/error.hpp"

namespace weir::core::observe {
namespace {

namespace fs = std::filesystem;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

std::string said(const std::function<void()>& work) {
  try {
    work();
  } catch (const Error& error) {
    return error.what();
  }
  return "";
}

TEST(ControlFolders, AServiceComesFirstThenTheUserThenTheState) {
  std::map<std::string, const char*> set{{"RUNTIME_DIRECTORY", "/run/weir/a:/run/b"},
                                         {"XDG_RUNTIME_DIR", "/run/user/1"}};
  const Environment environment = [&](const char* name) {
    return set.count(name) > 0 ? set[name] : nullptr;
  };
  EXPECT_THAT(control_folders("/state", environment),
              ElementsAre("/run/weir/a", "/run/user/1/weir", "/state/run"));
  set.clear();
  EXPECT_THAT(control_folders("/state", environment), ElementsAre("/state/run"));
}

TEST(ControlFolders, AreForTheOwnerAlone) {
  const test::TemporaryFolder folder;
  prepare_control_folder(folder / "a/run");
  struct stat found {};
  ASSERT_EQ(::stat((folder / "a/run").c_str(), &found), 0);
  EXPECT_EQ(found.st_mode & 0777U, 0700U);
  prepare_control_folder(folder / "a/run");
  fs::permissions(folder / "a/run", fs::perms::group_exec, fs::perm_options::add);
  EXPECT_THAT(said([&] { prepare_control_folder(folder / "a/run"); }), HasSubstr("chmod 700"));
  fs::create_directory_symlink(folder / "a", folder / "link");
  EXPECT_THAT(said([&] { prepare_control_folder(folder / "link"); }),
              HasSubstr("must be a folder"));
}

TEST(ControlSocket, IsForTheOwnerAloneAndReplacesOnlyADeadOne) {
  const test::TemporaryFolder folder;
  // Longer than what a socket's address can hold.
  const fs::path deep = folder / (std::string(120, 'd'));
  fs::create_directory(deep);
  const fs::path path = deep / "p.sock";
  const int dead = listen_at(path);
  struct stat found {};
  ASSERT_EQ(::stat(path.c_str(), &found), 0);
  EXPECT_EQ(found.st_mode & 0777U, 0600U);
  EXPECT_THAT(said([&] { (void)listen_at(path); }),
              HasSubstr("belongs to the run with pid " + std::to_string(::getpid())));
  ::close(dead);
  EXPECT_EQ(connect_to(path), -1);
  EXPECT_TRUE(find_runs({deep}).empty());
  const int alive = listen_at(path);
  const auto runs = find_runs({folder / "none", deep});
  ASSERT_EQ(runs.size(), 1U);
  EXPECT_EQ(runs[0].pipeline, "p");
  ::close(alive);
}

TEST(ControlSocket, AFileThatIsNoSocketStays) {
  const test::TemporaryFolder folder;
  test::write_text(folder / "p.sock", "mine");
  EXPECT_THAT(said([&] { (void)listen_at(folder / "p.sock"); }), HasSubstr("is no socket"));
  EXPECT_EQ(test::read_text(folder / "p.sock"), "mine");
}

TEST(ControlPeer, IsTheOwnerOrRoot) {
  EXPECT_TRUE(may_control({1000, 1}, 1000));
  EXPECT_TRUE(may_control({0, 1}, 1000));
  EXPECT_FALSE(may_control({1001, 1}, 1000));
  EXPECT_FALSE(may_control({1000, 1}, 0));
}

TEST(ControlRequests, SurviveTheWayThere) {
  ControlRequest request{ControlRequest::Kind::tap, "grid", "late", {"a=\"b\"", "c>1"}, 7};
  const ControlRequest back = parse_request(to_json(request));
  EXPECT_EQ(back.kind, request.kind);
  EXPECT_EQ(back.node, "grid");
  EXPECT_EQ(back.port, "late");
  EXPECT_EQ(back.where, request.where);
  EXPECT_EQ(back.limit, 7U);
}

TEST(ControlRequests, AreRefusedWithAReason) {
  for (const char* wrong :
       {"", "{", "[]", "null", R"({})", R"({"request":"fly"})", R"({"request":3})",
        R"({"request":"tap"})", R"({"request":"tap","node":"a","limit":-1})",
        R"({"request":"tap","node":"a","where":"x"})",
        R"({"request":"tap","node":"a","where":[1]})"}) {
    EXPECT_THAT(said([&] { (void)parse_request(wrong); }), ::testing::Not("")) << wrong;
  }
  EXPECT_EQ(parse_request(R"({"request":"snapshot","later":1})").kind,
            ControlRequest::Kind::snapshot);
}

/// A server with a tap that the test fills, on a thread.
class ControlServerTest : public ::testing::Test {
 protected:
  void SetUp() override {
    ControlHandlers handlers;
    handlers.snapshot = [] { return std::string(R"({"pipeline":"p"})"); };
    handlers.tap = [this](const std::string& node, const std::string&) {
      if (node != "ping") throw Error("no node " + node);
      const auto tap =
          std::make_shared<runtime::Tap>(std::vector<runtime::Tap::Place>{{"ping", 0}});
      taps_.add(tap);
      last_ = tap;
      tapped_ = true;
      return tap;
    };
    handlers.stop = [this] { ++stops_; };
    server_ = std::make_unique<ControlServer>(io_, listen_at(path_), ::geteuid(), handlers);
    thread_ = std::thread([this] { io_.run(); });
  }
  void TearDown() override {
    finish();
    guard_.reset();
    thread_.join();
  }
  void finish() {
    boost::asio::post(io_, [this] { server_->finish(); });
  }
  int connect() {
    const int socket = connect_to(path_);
    // A test that waits for an answer that does not come fails instead of hanging.
    const timeval limit{60, 0};
    ::setsockopt(socket, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
    return socket;
  }
  static void send(int socket, const std::string& text) {
    ASSERT_EQ(::send(socket, text.data(), text.size(), MSG_NOSIGNAL),
              static_cast<ssize_t>(text.size()));
  }
  /// One line with its end; empty: the other side has closed.
  static std::string line(int socket) {
    std::string text;
    char c = 0;
    while (!text.ends_with('\n') && ::recv(socket, &c, 1, 0) == 1) text += c;
    return text;
  }
  void offer(std::int64_t number) {
    BatchBuilder rows("icmp");
    const auto value = rows.field<std::int64_t>("n");
    rows.row(0).set(value, number);
    taps_.offer("ping", 0, runtime::make_parcel(rows.build()));
  }
  void wait_for_tap() {
    while (!tapped_) std::this_thread::yield();
  }

  test::TemporaryFolder folder_;
  fs::path path_ = folder_ / "p.sock";
  boost::asio::io_context io_;
  boost::asio::executor_work_guard<boost::asio::io_context::executor_type> guard_{
      io_.get_executor()};
  runtime::Taps taps_;
  std::weak_ptr<runtime::Tap> last_;
  std::atomic<bool> tapped_{false};
  std::atomic<int> stops_{0};
  std::unique_ptr<ControlServer> server_;
  std::thread thread_;
};

TEST_F(ControlServerTest, AnswersLineByLine) {
  const int socket = connect();
  send(socket, "{\"request\":\"snapshot\"}\n{\"request\":\"stop\"}\nnonsense\n");
  EXPECT_EQ(line(socket), "{\"pipeline\":\"p\"}\n");
  EXPECT_THAT(line(socket), HasSubstr("\"ok\":true"));
  EXPECT_THAT(line(socket), HasSubstr("{\"error\":\"a request is one JSON object a line\"}"));
  send(socket, "{\"request\":\"reload\"}\n");
  EXPECT_THAT(line(socket), HasSubstr("cannot be reloaded"));
  send(socket, "{\"request\":\"tap\",\"node\":\"pong\"}\n");
  EXPECT_THAT(line(socket), HasSubstr("no node pong"));
  EXPECT_EQ(stops_, 1);
  ::close(socket);
}

TEST_F(ControlServerTest, TapsFilteredRowsUpToTheLimit) {
  const int socket = connect();
  send(socket, R"({"request":"tap","node":"ping","where":["n>2"],"limit":2})"
               "\n");
  wait_for_tap();
  for (int i = 0; i < 10; ++i) offer(i);
  EXPECT_THAT(line(socket), HasSubstr("\"n\":3,"));
  EXPECT_THAT(line(socket), HasSubstr("\"n\":4,"));
  EXPECT_EQ(line(socket), "{\"end\":\"limit\"}\n");
  EXPECT_EQ(line(socket), "");
  ::close(socket);
}

TEST_F(ControlServerTest, TellsHowManyRowsWereLeftOutAndWhenTheRunEnds) {
  const int socket = connect();
  send(socket, R"({"request":"tap","node":"ping","where":["n<0"]})"
               "\n");
  wait_for_tap();
  // In one go, so that the server's pauses cannot empty the queue often enough to keep up.
  std::uint64_t told = 0;
  while (told == 0) {
    for (int i = 0; i < 20000; ++i) offer(1);
    timeval now{0, 1000};
    fd_set ready;
    FD_ZERO(&ready);
    FD_SET(socket, &ready);
    if (::select(socket + 1, &ready, nullptr, nullptr, &now) == 1) told = line(socket).size();
  }
  EXPECT_GT(told, 0U);
  finish();
  std::string last;
  for (std::string next = line(socket); !next.empty(); next = line(socket)) last = next;
  EXPECT_EQ(last, "{\"end\":\"the run has ended\"}\n");
  ::close(socket);
}

TEST_F(ControlServerTest, ALineWithoutEndIsCutOff) {
  const int socket = connect();
  const std::string much(longest_request + 1, 'x');
  (void)::send(socket, much.data(), much.size(), MSG_NOSIGNAL);
  EXPECT_EQ(line(socket), "");
  ::close(socket);
}

TEST_F(ControlServerTest, AClientThatHasGoneTakesItsTapAlong) {
  const int socket = connect();
  send(socket, "{\"request\":\"tap\",\"node\":\"ping\"}\n");
  wait_for_tap();
  ::close(socket);
  EXPECT_TRUE(test::eventually([&] { return last_.expired(); }));
}

}  // namespace
}  // namespace weir::core::observe
