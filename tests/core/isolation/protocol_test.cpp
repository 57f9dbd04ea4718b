// SPDX-License-Identifier: Apache-2.0
#include "core/isolation/protocol.hpp"

#include <gtest/gtest.h>

#include <functional>
#include <limits>

#include "core/wire/batch_bytes.hpp"
#include "weir/error.hpp"

namespace weir::core::isolation {
namespace {

CreateRequest full_request() {
  CreateRequest request;
  request.library = "/usr/lib/weir/plugins/icmp-source.so";
  request.plugin = "icmp-source";
  request.description = R"({"name":"icmp-source"})";
  request.node = "ping";
  request.inputs = {{"a", "out"}, {"b", "late"}};
  request.options = {{"none", {}},
                     {"yes", {true}},
                     {"whole", {std::numeric_limits<std::int64_t>::min()}},
                     {"part", {0.1}},
                     {"text", {std::string("a\0b", 3)}},
                     {"list", {OptionValue::List{{std::string("x")}, {OptionValue::List{}}}}},
                     {"map", {OptionValue::Map{{"k", {false}}}}}};
  request.kept = {"ipv4", "ipv6"};
  request.limits = {1U << 30U, 64};
  request.system_clock = false;
  return request;
}

Batch one_row() {
  BatchBuilder rows("numbers");
  rows.row(7).set(rows.field<double>("value"), 2.5);
  return rows.build();
}

/// Every prefix is refused in one line; so is one byte too many.
void expect_exact(const Bytes& bytes, const std::function<void(View)>& decode) {
  decode(bytes);
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    try {
      decode(View(bytes).first(size));
      ADD_FAILURE() << size << " of " << bytes.size() << " bytes were taken";
    } catch (const Error& error) {
      EXPECT_EQ(std::string(error.what()).find('\n'), std::string::npos);
    }
  }
  Bytes longer = bytes;
  longer.push_back(std::byte{0});
  EXPECT_THROW(decode(longer), Error);
}

TEST(Protocol, ACreateRequestComesBackAsItWas) {
  const CreateRequest request = full_request();
  const CreateRequest again = decode_create(encode(request));
  EXPECT_EQ(again.library, request.library);
  EXPECT_EQ(again.plugin, request.plugin);
  EXPECT_EQ(again.description, request.description);
  EXPECT_EQ(again.node, request.node);
  ASSERT_EQ(again.inputs.size(), 2U);
  EXPECT_EQ(again.inputs[1].node, "b");
  EXPECT_EQ(again.inputs[1].port, "late");
  EXPECT_EQ(again.options, request.options);
  EXPECT_EQ(again.kept, request.kept);
  EXPECT_EQ(again.limits, request.limits);
  EXPECT_FALSE(again.system_clock);
}

TEST(Protocol, EveryTruncationIsRefused) {
  Returned returned;
  returned.status = Status::retry;
  returned.message = "later";
  returned.retry_after = 5;
  returned.next = 1;
  returned.until = 9;
  returned.counters = {{"late_rows", 3}};
  returned.acknowledges = true;
  returned.state_version = 2;
  returned.state = std::string("a\0b", 3);
  expect_exact(encode(full_request()), [](View bytes) { (void)decode_create(bytes); });
  expect_exact(encode(returned), [](View bytes) { (void)decode_returned(bytes); });
  expect_exact(encode(WaitAnswer{true, 1, 2}), [](View bytes) { (void)decode_wait_answer(bytes); });
  expect_exact(encode(LogLine{2, "a line"}), [](View bytes) { (void)decode_log(bytes); });
  expect_exact(encode_time(-1), [](View bytes) { (void)decode_time(bytes); });
  expect_exact(encode_emitted({3, 9}, one_row()), [](View bytes) {
    View batch;
    (void)decode_emitted(bytes, batch);
    (void)decode(batch);
  });
  const Batch batch = one_row();
  expect_exact(encode(CallRequest{}, &batch), [](View bytes) {
    View rest;
    (void)decode_call(bytes, rest);
    (void)decode(rest);
  });
}

TEST(Protocol, EveryFlippedBitIsRefusedOrGivesARequest) {
  const Bytes whole = encode(full_request());
  for (std::size_t bit = 0; bit < whole.size() * 8; ++bit) {
    Bytes bytes = whole;
    bytes[bit / 8] ^= static_cast<std::byte>(1U << (bit % 8));
    try {
      (void)decode_create(bytes);
    } catch (const Error&) {
      continue;
    }
  }
}

TEST(Protocol, ACallAndItsBatchComeBack) {
  CallRequest request;
  request.now = 1;
  request.monotonic = 2;
  request.time = 3;
  request.input = 4;
  request.reason = 1;
  const Batch batch = one_row();
  View rest;
  const Bytes bytes = encode(request, &batch);
  const CallRequest again = decode_call(bytes, rest);
  EXPECT_EQ(again.now, 1);
  EXPECT_EQ(again.monotonic, 2);
  EXPECT_EQ(again.time, 3);
  EXPECT_EQ(again.input, 4U);
  EXPECT_EQ(again.reason, 1);
  EXPECT_EQ(decode(rest), batch);
}

TEST(Protocol, ATokenAndWhatANodeKeepsComeBack) {
  View batch;
  const Bytes emitted = encode_emitted({3, 1ULL << 63U}, one_row());
  const EmittedHead head = decode_emitted(emitted, batch);
  EXPECT_EQ(head.port, 3U);
  EXPECT_EQ(head.token, 1ULL << 63U);
  EXPECT_EQ(decode(batch), one_row());

  Returned returned;
  returned.acknowledges = true;
  returned.state_version = 7;
  returned.state = std::string("a\0b", 3);
  const Returned again = decode_returned(encode(returned));
  EXPECT_TRUE(again.acknowledges);
  EXPECT_EQ(again.state_version, 7U);
  EXPECT_EQ(again.state, returned.state);
}

TEST(Protocol, TokensComeBackAndHalfATokenIsRefused) {
  const std::vector<std::uint64_t> tokens{1, 0, ~0ULL};
  CallRequest request;
  request.version = 5;
  const Bytes bytes = encode_with_bytes(request, std::as_bytes(std::span(tokens)));
  View rest;
  EXPECT_EQ(decode_call(bytes, rest).version, 5U);
  EXPECT_EQ(decode_tokens(rest), tokens);
  EXPECT_THROW((void)decode_tokens(rest.first(9)), Error);
}

TEST(Protocol, AStatusThatIsNoneAndOptionsWithoutEndAreRefused) {
  Bytes bytes = encode(Returned{});
  bytes[0] = std::byte{9};
  EXPECT_THROW((void)decode_returned(bytes), Error);
  OptionValue deep;
  for (int i = 0; i < 100; ++i) deep = {OptionValue::List{deep}};
  CreateRequest request;
  request.options = {{"deep", deep}};
  EXPECT_THROW((void)decode_create(encode(request)), Error);
}

}  // namespace
}  // namespace weir::core::isolation
