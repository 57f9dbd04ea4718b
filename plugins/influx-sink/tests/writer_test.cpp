// SPDX-License-Identifier: Apache-2.0
#include "writer.hpp"

#include <gtest/gtest.h>

#include <functional>
#include <weir/error.hpp>

namespace weir::influx_sink {
namespace {

/// A server in a function.
class FakeClient final : public HttpClient {
 public:
  using Serve = std::function<HttpAnswer(std::string_view)>;
  explicit FakeClient(Serve serve) : serve_(std::move(serve)) {}
  HttpAnswer post(std::string_view body, bool /*gzipped*/) override { return serve_(body); }

 private:
  Serve serve_;
};

HttpAnswer answer(int status, std::string body = {}) {
  HttpAnswer made;
  made.status = status;
  made.body = std::move(body);
  return made;
}

class WriterTest : public ::testing::Test {
 protected:
  Writer make(FakeClient::Serve serve, std::size_t max_body = 1000, Api api = Api::v2) {
    return {std::make_unique<FakeClient>([this, serve](std::string_view body) {
              ++requests_;
              HttpAnswer made = serve(body);
              if (made.status == 204) stored_ += body;
              return made;
            }),
            api, "http://server", false, max_body};
  }
  static void add(Writer& writer, const std::string& line) {
    writer.text().append(line + "\n");
    writer.ends().push_back(writer.text().size());
  }
  static bool has(std::string_view body, std::string_view part) {
    return body.find(part) != std::string_view::npos;
  }

  std::string stored_;
  int requests_ = 0;
};

TEST_F(WriterTest, SendsPiecesOfABoundedSize) {
  std::size_t largest = 0;
  Writer writer = make(
      [&](std::string_view body) {
        largest = std::max(largest, body.size());
        return answer(204);
      },
      100);
  std::string all;
  for (int i = 0; i < 100; ++i) {
    add(writer, "m v=" + std::to_string(i) + " 1");
    all += "m v=" + std::to_string(i) + " 1\n";
  }
  add(writer, "m s=\"" + std::string(500, 'x') + "\" 1");
  writer.send_all();
  EXPECT_EQ(stored_.substr(0, all.size()), all);
  EXPECT_EQ(stored_.size(), all.size() + 509);
  EXPECT_EQ(largest, 509U) << "a longer line goes alone";
  EXPECT_TRUE(writer.text().empty());
  writer.send_all();
  EXPECT_EQ(stored_.size(), all.size() + 509) << "nothing twice";
}

TEST_F(WriterTest, ABadLineIsFoundByHalvingAndTheOthersAreStored) {
  Writer writer = make([&](std::string_view body) {
    return has(body, "bad") ? answer(400, R"({"message":"unable to parse"})") : answer(204);
  });
  std::string good;
  for (int i = 0; i < 64; ++i) {
    const std::string line =
        i == 20 || i == 63 ? "bad " + std::to_string(i) : "m v=1 " + std::to_string(i);
    add(writer, line);
    if (i != 20 && i != 63) good += line + "\n";
  }
  writer.send_all();
  EXPECT_EQ(stored_, good);
  const auto refused = writer.take_refused();
  ASSERT_EQ(refused.size(), 2U);
  EXPECT_EQ(refused[0].line, "bad 20");
  EXPECT_EQ(refused[0].reason, "unable to parse");
  EXPECT_LT(requests_, 40);
}

TEST_F(WriterTest, WhereEveryLineIsRefusedItStopsAsking) {
  Writer writer =
      make([&](std::string_view) { return answer(400, "bucket name is wrong"); }, 1 << 20);
  for (int i = 0; i < 10'000; ++i) add(writer, "m v=1 " + std::to_string(i));
  writer.send_all();
  EXPECT_EQ(writer.take_refused().size(), 10'000U) << "none is lost";
  EXPECT_LT(requests_, 400);
}

TEST_F(WriterTest, TooLargeIsHalved) {
  Writer writer =
      make([&](std::string_view body) { return body.size() > 2000 ? answer(413) : answer(204); },
           10'000);
  for (int i = 0; i < 1000; ++i) add(writer, "m v=1 " + std::to_string(i));
  writer.send_all();
  EXPECT_EQ(std::count(stored_.begin(), stored_.end(), '\n'), 1000);
  EXPECT_TRUE(writer.take_refused().empty());
}

TEST_F(WriterTest, WhatIsStoredIsNotSentAgainAfterATrouble) {
  bool away = false;
  Writer writer = make(
      [&](std::string_view body) {
        if (has(body, " 50\n")) away = true;
        return away ? answer(503) : answer(204);
      },
      100);
  std::string all;
  for (int i = 0; i < 100; ++i) {
    add(writer, "m v=1 " + std::to_string(i));
    all += "m v=1 " + std::to_string(i) + "\n";
  }
  EXPECT_THROW(writer.send_all(), RetryLater);
  EXPECT_FALSE(stored_.empty());
  EXPECT_EQ(writer.text().size() + stored_.size(), all.size());
  EXPECT_EQ(writer.ends().back(), writer.text().size());
  Writer back = make([&](std::string_view) { return answer(204); });
  for (std::size_t i = 0; i < writer.ends().size(); ++i) {
    const std::size_t first = i == 0 ? 0 : writer.ends()[i - 1];
    back.text().append(writer.text().text().substr(first, writer.ends()[i] - first));
    back.ends().push_back(back.text().size());
  }
  back.send_all();
  EXPECT_EQ(stored_, all);
}

TEST_F(WriterTest, APartialWriteIsNeverSentAgain) {
  for (const auto& [status, api] : {std::pair{422, Api::v2}, std::pair{400, Api::v1}}) {
    requests_ = 0;
    Writer writer = make(
        [&, code = status](std::string_view) {
          return answer(
              code,
              R"({"error":"partial write: field type conflict: input field \"v\" on measurement \"m\" is type float dropped=1"})");
        },
        1000, api);
    add(writer, "m v=1 1");
    add(writer, "n v=1 1");
    writer.send_all();
    EXPECT_EQ(requests_, 1);
    const auto refused = writer.take_refused();
    ASSERT_EQ(refused.size(), 1U);
    EXPECT_EQ(refused[0].line, "m v=1 1");
    EXPECT_TRUE(has(refused[0].reason, "field type conflict"));
  }
}

TEST_F(WriterTest, AWrongTokenEndsIt) {
  Writer writer =
      make([&](std::string_view) { return answer(401, R"({"message":"unauthorized access"})"); });
  add(writer, "m v=1 1");
  EXPECT_THROW(writer.send_all(), Fatal);
}

}  // namespace
}  // namespace weir::influx_sink
