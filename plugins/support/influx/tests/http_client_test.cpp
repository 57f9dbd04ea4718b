// SPDX-License-Identifier: Apache-2.0
#include "http_client.hpp"

#include <gtest/gtest.h>

#include "testing/tiny_server.hpp"

namespace weir::influx {
namespace {

Endpoint endpoint_at(const std::string& url) {
  ServerOptions options;
  options.url.text = url;
  options.database = "d";
  return endpoint_of(options);
}

std::string ok(const std::string& body) {
  return "HTTP/1.1 200 OK\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
}

TEST(HttpClient, AnAnswerThatIsTooLongIsCutAndSaysSo) {
  TinyServer server([](const TinyServer::Request& request) {
    return ok(request.body == "long" ? std::string(1 << 20, 'x') : std::string(10, 'y'));
  });
  const Endpoint endpoint = endpoint_at(server.url());
  const auto client =
      make_http_client(endpoint, {.url = server.url(), .content_type = "a/b", .most_answer = 10});
  const HttpAnswer cut = client->post("long", false);
  EXPECT_EQ(cut.status, 200);
  EXPECT_EQ(cut.body, "xxxxxxxxxx");
  EXPECT_TRUE(cut.cut);
  const HttpAnswer whole = client->post("short", false);
  EXPECT_EQ(whole.body, "yyyyyyyyyy");
  EXPECT_FALSE(whole.cut);
}

TEST(HttpClient, AsksForGzipOnlyWhereItIsWanted) {
  TinyServer server([](const auto&) { return ok(""); });
  const Endpoint endpoint = endpoint_at(server.url());
  for (const bool gzip : {false, true}) {
    HttpUse use{.url = server.url() + "/q", .content_type = "text/plain"};
    use.accept_gzip = gzip;
    (void)make_http_client(endpoint, use)->post("x", false);
    const std::string head = server.requests().back().head;
    EXPECT_EQ(head.find("Accept-Encoding: gzip") != std::string::npos, gzip) << head;
    EXPECT_NE(head.find("Content-Type: text/plain\r\n"), std::string::npos) << head;
  }
}

TEST(HttpClient, ARequestIsGivenUpWhenTheRunIsToEnd) {
  std::atomic<bool> go = false;
  TinyServer server([&](const auto&) {
    while (!go) std::this_thread::sleep_for(std::chrono::milliseconds(5));
    return std::string();
  });
  Endpoint endpoint = endpoint_at(server.url());
  endpoint.timeout = std::chrono::minutes(10);
  HttpUse use{.url = server.url(), .content_type = "text/plain"};
  use.stopping = [] { return true; };
  const HttpAnswer answer = make_http_client(endpoint, use)->post("x", false);
  EXPECT_EQ(answer.status, 0);
  EXPECT_FALSE(answer.trouble.empty());
  go = true;
}

}  // namespace
}  // namespace weir::influx
