// SPDX-License-Identifier: Apache-2.0
// Against `openssl s_server` on loopback, with a certificate made for the test.
#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <spawn.h>
#include <stdlib.h>
#include <sys/wait.h>

#include <csignal>
#include <cstdio>
#include <filesystem>
#include <string>
#include <vector>

#include "http_source.hpp"
#include "testing/loopback.hpp"

namespace weir::http_source {
namespace {

namespace fs = std::filesystem;
using probing::testing::run_for_rows;
using probing::testing::text;
using ::testing::HasSubstr;
using weir::testing::Bench;
using weir::testing::OptionTexts;

class Child {
 public:
  /// Its standard output goes to `output`.
  Child(std::vector<std::string> arguments, const fs::path& output) {
    std::vector<char*> argv;
    for (std::string& argument : arguments) argv.push_back(argument.data());
    argv.push_back(nullptr);
    posix_spawn_file_actions_t actions;
    ::posix_spawn_file_actions_init(&actions);
    ::posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0);
    ::posix_spawn_file_actions_addopen(&actions, 1, output.c_str(), O_WRONLY | O_CREAT, 0600);
    ::posix_spawn_file_actions_addopen(&actions, 2, "/dev/null", O_WRONLY, 0);
    if (::posix_spawnp(&pid_, argv[0], &actions, nullptr, argv.data(), environ) != 0) pid_ = -1;
    ::posix_spawn_file_actions_destroy(&actions);
  }
  ~Child() {
    if (pid_ <= 0) return;
    ::kill(pid_, SIGKILL);
    ::waitpid(pid_, nullptr, 0);
  }
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;
  [[nodiscard]] bool running() const { return pid_ > 0 && ::waitpid(pid_, nullptr, WNOHANG) == 0; }
  /// True where it ended well.
  [[nodiscard]] bool wait() {
    int status = -1;
    const bool ended = pid_ > 0 && ::waitpid(std::exchange(pid_, -1), &status, 0) > 0;
    return ended && WIFEXITED(status) && WEXITSTATUS(status) == 0;
  }

 private:
  pid_t pid_ = -1;
};

std::string read_file(const fs::path& path) {
  std::string text(static_cast<std::size_t>(fs::exists(path) ? fs::file_size(path) : 0), '\0');
  if (std::FILE* file = std::fopen(path.c_str(), "r"); file != nullptr) {
    text.resize(std::fread(text.data(), 1, text.size(), file));
    std::fclose(file);
  }
  return text;
}

class HttpSourceTls : public ::testing::Test {
 protected:
  void SetUp() override {
    std::string name = (fs::temp_directory_path() / "weir-tls-XXXXXX").string();
    ASSERT_NE(::mkdtemp(name.data()), nullptr);
    folder_ = name;
    if (!Child({"openssl", "version"}, folder_ / "version").wait())
      GTEST_SKIP() << "the tool openssl is not installed: TLS is NOT tested";
    ASSERT_TRUE(
        Child({"openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256",
               "-nodes", "-days", "10", "-subj", "/CN=loopback", "-addext",
               "subjectAltName=IP:127.0.0.1", "-keyout", path("key.pem"), "-out", path("cert.pem")},
              folder_ / "made")
            .wait());
    server_ = std::make_unique<Child>(
        std::vector<std::string>{"openssl", "s_server", "-accept", "127.0.0.1:0", "-www", "-key",
                                 path("key.pem"), "-cert", path("cert.pem")},
        folder_ / "log");
    // It says "ACCEPT 127.0.0.1:PORT" once it listens.
    const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(30);
    while (url_.empty() && server_->running() && std::chrono::steady_clock::now() < end) {
      std::this_thread::sleep_for(std::chrono::milliseconds(10));
      const std::string log = read_file(folder_ / "log");
      const std::size_t at = log.find("ACCEPT 127.0.0.1:");
      const std::size_t line = log.find('\n', at);
      if (at != std::string::npos && line != std::string::npos)
        url_ = "https://" + log.substr(at + 7, line - at - 7) + "/";
    }
    ASSERT_FALSE(url_.empty()) << read_file(folder_ / "log");
  }
  void TearDown() override {
    server_.reset();
    if (!folder_.empty()) fs::remove_all(folder_);
  }
  [[nodiscard]] std::string path(const char* name) const { return (folder_ / name).string(); }

  Batch probe(OptionTexts more) {
    more.insert(more.end(), {{"urls", url_}, {"interval", "300ms"}, {"timeout", "20s"}});
    Bench<HttpSource> bench(more, {});
    return run_for_rows(bench, 1);
  }

  fs::path folder_;
  std::string url_;
  std::unique_ptr<Child> server_;
};

TEST_F(HttpSourceTls, TellsTheHandshakeAndTheDaysOfTheCertificate) {
  const Batch rows = probe({{"ca_file", path("cert.pem")}});
  ASSERT_GE(rows.rows(), 1U);
  EXPECT_EQ(text(rows, "outcome", 0), "received") << text(rows, "error", 0);
  EXPECT_EQ(text(rows, "status", 0), "200");
  EXPECT_GT(rows.column("tls_ms").number(0), 0);
  EXPECT_GT(rows.column("certificate_days").number(0), 9.9);
  EXPECT_LE(rows.column("certificate_days").number(0), 10.0);
}

TEST_F(HttpSourceTls, ACertificateOfAStrangerIsAnOutcome) {
  const Batch rows = probe({});
  ASSERT_GE(rows.rows(), 1U);
  EXPECT_EQ(text(rows, "outcome", 0), "tls");
  EXPECT_THAT(text(rows, "error", 0), HasSubstr("certificate"));
  EXPECT_EQ(text(rows, "received", 0), "0");
  EXPECT_EQ(text(rows, "status", 0), "null");
}

TEST_F(HttpSourceTls, AnyCertificateIsTakenWhereAsked) {
  const Batch rows = probe({{"verify_tls", "false"}});
  ASSERT_GE(rows.rows(), 1U);
  EXPECT_EQ(text(rows, "outcome", 0), "received") << text(rows, "error", 0);
  EXPECT_GT(rows.column("certificate_days").number(0), 9.9);
}

}  // namespace
}  // namespace weir::http_source
