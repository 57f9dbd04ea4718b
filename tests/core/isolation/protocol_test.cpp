// SPDX-License-Identifier: Apache-2.0
#include "core/isolation/protocol.hpp"

#include <gtest/gtest.h>

#include <functional>
#include <limits>

#include "core/isolation/model_protocol.hpp"
#include "core/isolation/packing.hpp"
#include "core/wire/batch_bytes.hpp"
#include "weir/error.hpp"
#include "weir/model_testing.hpp"

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
void expect_exact(View bytes, const std::function<void(View)>& decode) {
  decode(bytes);
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    try {
      decode(bytes.first(size));
      ADD_FAILURE() << size << " of " << bytes.size() << " bytes were taken";
    } catch (const Error& error) {
      EXPECT_EQ(std::string(error.what()).find('\n'), std::string::npos);
    }
  }
  Bytes longer(bytes.begin(), bytes.end());
  longer.push_back(std::byte{0});
  EXPECT_THROW(decode(longer), Error);
}

TEST(Protocol, ATrainingSetComesBackAsItWas) {
  weir::testing::ModelRows rows(
      {.rows = 20, .features = 2, .targets = {1}, .sequence_length = 3, .horizon = 2, .season = 7},
      [](std::size_t row, std::size_t feature) { return double(10 * row + feature); });
  const weir_training_set& set = rows.raw_training();
  View bytes;
  const Bytes message = encode(CallRequest{}, set);
  (void)decode_call(message, bytes);
  const TrainingSetInPlace place(bytes);
  const TrainingSet again(place.raw());
  EXPECT_EQ(again.rows().at(19, 1), 191);
  EXPECT_EQ(again.rows().time(19), TrainingSet(set).rows().time(19));
  EXPECT_EQ(again.feature_name(1), "feature1");
  EXPECT_EQ(again.targets()[0], 1U);
  EXPECT_EQ(again.scale()[1], 1);
  EXPECT_EQ(again.season(), 7U);
  EXPECT_EQ(again.horizon(), 2U);
  EXPECT_EQ(again.sequence_length(), 3U);
  EXPECT_EQ(again.train().size(), set.train_count);
  EXPECT_EQ(again.train().back(), set.train[set.train_count - 1]);
  EXPECT_EQ(again.validation().back(), set.validation[set.validation_count - 1]);
  EXPECT_EQ(again.series_begin(19), 0U);
  expect_exact(bytes, [](View view) { (void)TrainingSetInPlace(view); });
}

TEST(Protocol, ModelMessagesComeBackAsTheyWere) {
  weir::testing::ModelRows rows({.rows = 9, .sequence_length = 3, .horizon = 2},
                                [](std::size_t row, std::size_t) { return double(row); });
  View window;
  const Bytes message = encode(CallRequest{}, rows.window(8).raw());
  (void)decode_call(message, window);
  const weir_window place = decode_window(window);
  const Window again(place);
  EXPECT_EQ(again.rows().size(), 8U);
  EXPECT_EQ(again.rows().at(7, 0), 7);
  EXPECT_EQ(again.horizon(), 2U);
  EXPECT_EQ(again.target_count(), 1U);
  expect_exact(window, [](View view) { (void)decode_window(view); });

  const Bytes epoch = encode(weir_epoch{sizeof(weir_epoch), 0, 3, 9, 0.5, 0.25, 0.125});
  EXPECT_EQ(decode_epoch(epoch).epochs, 9U);
  EXPECT_EQ(decode_epoch(epoch).validation_loss, 0.25);
  expect_exact(epoch, [](View view) { (void)decode_epoch(view); });

  const Bytes find = encode(FindModelRequest{"ridge-model", "{}"});
  EXPECT_EQ(decode_find_model(find).plugin, "ridge-model");
  expect_exact(find, [](View view) { (void)decode_find_model(view); });

  EXPECT_EQ(decode_forecast(forecast_bytes({1, 2}), 2), (std::vector<double>{1, 2}));
  EXPECT_THROW((void)decode_forecast(forecast_bytes({1, 2}), 3), Error);
}

TEST(Protocol, ATableThatCannotBeIsRefused) {
  Writer out;
  out.put(std::uint64_t{1} << 62U);  // rows
  out.put(std::int64_t{1});
  for (const std::uint32_t number : {8U, 3U, 2U, 1U}) out.put(number);
  const Bytes bytes = out.take();
  EXPECT_THROW((void)decode_window(bytes), Error);
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
  returned.bytes = std::string("a\0b", 3);
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
  returned.bytes = std::string("a\0b", 3);
  const Returned again = decode_returned(encode(returned));
  EXPECT_TRUE(again.acknowledges);
  EXPECT_EQ(again.state_version, 7U);
  EXPECT_EQ(again.bytes, returned.bytes);
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
