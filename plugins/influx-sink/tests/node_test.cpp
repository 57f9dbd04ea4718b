// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>
#include <libdeflate.h>

#include <weir/testing.hpp>

#include "influx_sink.hpp"
#include "testing/tiny_server.hpp"

namespace weir::influx_sink {
namespace {

using influx::TinyServer;

using testing::batch;
using testing::Bench;
using testing::OptionTexts;

constexpr const char* stored = "HTTP/1.1 204 No Content\r\n\r\n";

std::string refusal(const std::string& status, const std::string& body,
                    const std::string& header = "") {
  return "HTTP/1.1 " + status + "\r\n" + header + "Content-Length: " + std::to_string(body.size()) +
         "\r\n\r\n" + body;
}

OptionTexts to(const TinyServer& server, const OptionTexts& more = {}) {
  OptionTexts options = {
      {"url", server.url()}, {"org", "o"}, {"bucket", "b"}, {"token", "s3cret"}, {"gzip", "false"}};
  options.insert(options.end(), more.begin(), more.end());
  return options;
}

TEST(InfluxSink, SendsLinesWithTheTokenWhenFlushed) {
  TinyServer server([](const auto&) { return stored; });
  Bench<InfluxSink> bench(to(server));
  bench.process(batch("v", {1, 2}));
  EXPECT_TRUE(server.requests().empty());
  bench.flush();
  const auto requests = server.requests();
  ASSERT_EQ(requests.size(), 1U);
  EXPECT_EQ(requests[0].body, "test v=1 0\ntest v=2 1000000000\n");
  EXPECT_EQ(requests[0].head.substr(0, requests[0].head.find('\r')),
            "POST /api/v2/write?org=o&bucket=b&precision=ns HTTP/1.1");
  EXPECT_NE(requests[0].head.find("Authorization: Token s3cret\r\n"), std::string::npos);
  EXPECT_EQ(requests[0].head.find("Expect"), std::string::npos);
  bench.flush().finish();
  EXPECT_EQ(server.requests().size(), 1U);
}

TEST(InfluxSink, CompressesWithGzip) {
  TinyServer server([](const auto&) { return stored; });
  Bench<InfluxSink> bench(
      {{"url", server.url()}, {"database", "d"}, {"username", "u"}, {"password", "p"}});
  bench.process(batch("v", {1})).flush();
  const auto request = server.requests().at(0);
  EXPECT_NE(request.head.find("Content-Encoding: gzip"), std::string::npos);
  EXPECT_NE(request.head.find("Authorization: Basic dTpw"), std::string::npos);
  std::string text(100, '\0');
  std::size_t size = 0;
  libdeflate_decompressor* decompressor = libdeflate_alloc_decompressor();
  const auto result = libdeflate_gzip_decompress(
      decompressor, request.body.data(), request.body.size(), text.data(), text.size(), &size);
  libdeflate_free_decompressor(decompressor);
  ASSERT_EQ(result, LIBDEFLATE_SUCCESS);
  EXPECT_EQ(text.substr(0, size), "test v=1 0\n");
}

TEST(InfluxSink, WaitsAsLongAsTheServerAsksAndLosesNothing) {
  int calls = 0;
  TinyServer server([&](const auto&) {
    return ++calls < 3 ? refusal("429 Too Many Requests", "slow down", "Retry-After: 7\r\n")
                       : stored;
  });
  Bench<InfluxSink> bench(to(server));
  bench.process(batch("v", {1}));
  for (int i = 0; i < 2; ++i) {
    try {
      bench.flush();
      FAIL();
    } catch (const RetryLater& later) {
      EXPECT_EQ(later.after(), std::chrono::seconds(7));
      EXPECT_EQ(std::string(later.what()).find("s3cret"), std::string::npos);
    }
  }
  bench.process(batch("v", {2})).flush();
  EXPECT_EQ(server.requests().back().body, "test v=1 0\ntest v=2 0\n");
}

TEST(InfluxSink, AServerThatIsAwayOrHangsUpIsAPassingTrouble) {
  std::string gone;
  {
    TinyServer server([](const auto&) { return std::string(); });
    gone = server.url();
    Bench<InfluxSink> bench(to(server));
    bench.process(batch("v", {1}));
    EXPECT_THROW(bench.flush(), RetryLater) << "hung up in the middle";
  }
  Bench<InfluxSink> bench({{"url", gone}, {"database", "d"}, {"timeout", "500ms"}});
  bench.process(batch("v", {1}));
  EXPECT_THROW(bench.flush(), RetryLater);
  EXPECT_THROW(bench.finish(), RetryLater);
}

TEST(InfluxSink, ASilentServerTimesOut) {
  std::atomic<bool> go = false;
  TinyServer server([&](const auto&) {
    while (!go) std::this_thread::sleep_for(std::chrono::milliseconds(5));
    return std::string();
  });
  Bench<InfluxSink> bench(to(server, {{"timeout", "100ms"}}));
  bench.process(batch("v", {1}));
  EXPECT_THROW(bench.flush(), RetryLater);
  go = true;
}

TEST(InfluxSink, RefusedRowsComeOutWithTheReason) {
  TinyServer server([](const TinyServer::Request& request) {
    return request.body.find("bad") == std::string::npos
               ? stored
               : refusal("400 Bad Request", R"({"message":"no bad rows"})");
  });
  Bench<InfluxSink> bench(to(server));
  bench.process(batch("v", {1, 2}, "good")).process(batch("v", {3}, "bad")).flush().finish();
  const Batch rejected = concatenate(bench.take("rejected"));
  ASSERT_EQ(rejected.rows(), 1U);
  EXPECT_EQ(rejected.column("line").text(0), "bad v=3 0");
  EXPECT_EQ(rejected.column("reason").text(0), "no bad rows");
  EXPECT_EQ(bench.count("rejected_rows"), 1U);
}

TEST(InfluxSink, RedirectsAreNotFollowed) {
  TinyServer other([](const auto&) { return stored; });
  TinyServer server([&](const auto&) {
    return refusal("307 Temporary Redirect", "", "Location: " + other.url() + "/\r\n");
  });
  Bench<InfluxSink> bench(to(server));
  bench.process(batch("v", {1}));
  EXPECT_THROW(bench.flush(), Fatal);
  EXPECT_TRUE(other.requests().empty()) << "the token stays here";
}

TEST(InfluxSink, AHugeAnswerIsNotKept) {
  TinyServer server(
      [](const auto&) { return refusal("400 Bad Request", std::string(8 << 20, 'x')); });
  Bench<InfluxSink> bench(to(server));
  bench.process(batch("v", {1})).flush().finish();
  EXPECT_LT(concatenate(bench.take("rejected")).column("reason").text(0).size(), 1000U);
}

TEST(InfluxSink, RowsWithoutValuesAreCounted) {
  TinyServer server([](const auto&) { return stored; });
  Bench<InfluxSink> bench(to(server));
  bench.process(batch("v", {std::nullopt, std::nullopt})).flush().finish();
  EXPECT_EQ(bench.count("rows_without_fields"), 2U);
  EXPECT_TRUE(server.requests().empty());
}

}  // namespace
}  // namespace weir::influx_sink
