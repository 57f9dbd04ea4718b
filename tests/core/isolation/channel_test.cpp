// SPDX-License-Identifier: Apache-2.0
#include "core/isolation/channel.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <array>
#include <csignal>

#include "core/isolation/child_process.hpp"

namespace weir::core::isolation {
namespace {

using std::chrono::seconds;
using std::chrono::steady_clock;

Bytes bytes_of(std::size_t size) {
  Bytes bytes(size);
  for (std::size_t i = 0; i < size; ++i) bytes[i] = static_cast<std::byte>(i * 7);
  return bytes;
}

class ChannelPair : public ::testing::Test {
 protected:
  ChannelPair() {
    std::array<int, 2> ends{};
    if (::socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends.data()) != 0) std::abort();
    left = std::make_unique<Channel>(Descriptor(ends[0]));
    right = std::make_unique<Channel>(Descriptor(ends[1]));
  }
  [[nodiscard]] Message received() const {
    auto message = right->receive(steady_clock::now() + seconds(30));
    if (!message) throw Error("nothing came");
    return std::move(*message);
  }
  void send_raw(const void* data, std::size_t size) const {
    ASSERT_EQ(::send(left->descriptor(), data, size, 0), static_cast<ssize_t>(size));
  }
  std::unique_ptr<Channel> left;
  std::unique_ptr<Channel> right;
};

TEST_F(ChannelPair, MessagesOfEverySizeComeWhole) {
  for (const std::size_t size :
       {std::size_t{0}, std::size_t{1}, std::size_t{8}, Channel::inline_size,
        Channel::inline_size + 1, std::size_t{5} << 20U}) {
    const Bytes bytes = bytes_of(size);
    left->send(MessageType::process, bytes);
    const Message message = received();
    EXPECT_EQ(message.type, MessageType::process);
    EXPECT_EQ(Bytes(message.payload.begin(), message.payload.end()), bytes) << size;
    EXPECT_EQ(reinterpret_cast<std::uintptr_t>(message.payload.data()) % 8, 0U);
    EXPECT_TRUE(message.descriptors.empty());
  }
}

TEST_F(ChannelPair, APayloadOutlivesLaterMessages) {
  left->send(MessageType::process, bytes_of(100));
  const Message first = received();
  left->send(MessageType::process, Bytes(100));
  (void)received();
  EXPECT_EQ(Bytes(first.payload.begin(), first.payload.end()), bytes_of(100));
}

TEST_F(ChannelPair, DescriptorsComeBesideSmallAndLargePayloads) {
  struct stat given {};
  const Descriptor file(::open("/dev/null", O_RDONLY | O_CLOEXEC));
  ASSERT_EQ(::fstat(file.get(), &given), 0);
  for (const std::size_t size : {std::size_t{3}, Channel::inline_size * 2}) {
    const std::array numbers{file.get(), file.get()};
    left->send(MessageType::create, bytes_of(size), numbers);
    const Message message = received();
    ASSERT_EQ(message.descriptors.size(), 2U);
    EXPECT_NE(message.descriptors[0].get(), file.get());
    struct stat found {};
    ASSERT_EQ(::fstat(message.descriptors[1].get(), &found), 0);
    EXPECT_EQ(found.st_rdev, given.st_rdev);
    EXPECT_EQ(::fcntl(message.descriptors[0].get(), F_GETFD), FD_CLOEXEC);
  }
}

TEST_F(ChannelPair, NothingInTimeIsNothing) {
  EXPECT_FALSE(right->receive(steady_clock::now()).has_value());
}

TEST_F(ChannelPair, AClosedEndIsTold) {
  left->send(MessageType::log, bytes_of(3));
  left.reset();
  EXPECT_EQ(received().type, MessageType::log) << "what was sent before is still there";
  EXPECT_THROW((void)received(), ChannelClosed);
  EXPECT_THROW(right->send(MessageType::open, {}), ChannelClosed);
}

TEST_F(ChannelPair, AnEndThatReadsNothingHoldsNobodyForEver) {
  const Bytes bytes = bytes_of(Channel::inline_size);
  const auto fill = [&] {
    for (int i = 0; i < 10'000; ++i) left->send(MessageType::log, bytes, {}, steady_clock::now());
  };
  EXPECT_THROW(fill(), ChannelStuck);
}

TEST_F(ChannelPair, WhatIsNoMessageIsRefused) {
  struct {
    std::uint32_t magic = 0x4E495357;
    std::uint16_t type = 4;
    std::uint16_t in_memory = 0;
    std::uint64_t size = 0;
  } head;
  send_raw(&head, sizeof head - 1);
  EXPECT_THROW((void)received(), Error);
  head.size = 1;
  send_raw(&head, sizeof head);
  EXPECT_THROW((void)received(), Error) << "a byte is missing";
  head.in_memory = 1;
  send_raw(&head, sizeof head);
  EXPECT_THROW((void)received(), Error) << "no memory came";
  head = {};
  head.magic = 1;
  send_raw(&head, sizeof head);
  EXPECT_THROW((void)received(), Error);
}

TEST(ChildProcess, EndingsAreNamed) {
  EXPECT_EQ(ending_text(SIGSEGV), "by SIGSEGV");
  EXPECT_EQ(ending_text(3 << 8), "with exit code 3");
}

TEST(ChildProcess, AProgramThatIsNotThereIsAnError) {
  EXPECT_THROW(ChildProcess("/no/such/program", "x"), Error);
}

TEST(ChildProcess, ItsEndIsLearned) {
  ChildProcess child("/bin/false", "x");
  EXPECT_EQ(child.wait(steady_clock::now() + seconds(30)), "with exit code 1");
}

}  // namespace
}  // namespace weir::core::isolation
