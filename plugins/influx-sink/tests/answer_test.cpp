// SPDX-License-Identifier: Apache-2.0
#include "answer.hpp"

#include <gtest/gtest.h>

namespace weir::influx_sink {
namespace {

using Action = Verdict::Action;

Verdict of(int status, const std::string& body = "", Api api = Api::v2) {
  HttpAnswer answer;
  answer.status = status;
  answer.body = body;
  return judge(answer, api, "http://server/api/v2/write");
}

TEST(Answer, EachStatusHasItsMeaning) {
  EXPECT_EQ(of(204).action, Action::stored);
  EXPECT_EQ(of(200).action, Action::stored);
  EXPECT_EQ(of(200, "<html>welcome</html>").action, Action::fatal) << "a web page stores nothing";
  EXPECT_EQ(of(400, R"({"code":"invalid","message":"unable to parse 'x'"})").action,
            Action::refused);
  EXPECT_EQ(of(400, R"({"error":"partial write: field type conflict dropped=3"})", Api::v1).action,
            Action::partial);
  EXPECT_EQ(of(400, R"({"error":"unable to parse 'x': missing fields"})", Api::v1).action,
            Action::partial);
  EXPECT_EQ(of(422, "{}").action, Action::partial);
  for (const int status : {301, 401, 403, 404, 405, 415})
    EXPECT_EQ(of(status).action, Action::fatal) << status;
  EXPECT_EQ(of(413).action, Action::smaller);
  for (const int status : {408, 429, 500, 502, 503, 504})
    EXPECT_EQ(of(status).action, Action::later) << status;
}

TEST(Answer, CountsWhatWasDropped) {
  EXPECT_EQ(
      of(422, R"({"message":"partial write: points beyond retention policy dropped=12"})").dropped,
      12U);
  EXPECT_EQ(of(422, R"({"message":"something"})").dropped, 0U);
}

TEST(Answer, ObeysRetryAfterAndTellsTroubles) {
  HttpAnswer answer;
  answer.trouble = "Connection refused";
  const Verdict away = judge(answer, Api::v2, "http://server/write");
  EXPECT_EQ(away.action, Action::later);
  EXPECT_EQ(away.message, "http://server/write does not answer: Connection refused");
  EXPECT_NE(of(401).message.find("check token"), std::string::npos);
  answer.status = 429;
  answer.retry_after = std::chrono::seconds(7);
  EXPECT_EQ(judge(answer, Api::v2, "u").after, std::chrono::seconds(7));
}

}  // namespace
}  // namespace weir::influx_sink
