// SPDX-License-Identifier: Apache-2.0
// Any bytes as what a netlink socket gave: the parsers by themselves, an answer to a question, and
// events. What is accepted must be such as a kernel has.
#include <linux/rtnetlink.h>

#include <cerrno>
#include <cstdlib>

#include "../dump.hpp"
#include "../link_table.hpp"
#include "../netlink.hpp"

namespace {

using namespace weir::netdev_source;

class Once final : public Channel {
 public:
  explicit Once(netlink::ByteView bytes) : bytes_(bytes) {}
  int send(netlink::ByteView) override { return 0; }
  Received receive(Patience) override {
    if (given_) return {.error = EAGAIN};
    given_ = true;
    return {.bytes = bytes_};
  }
  std::uint32_t port() const override { return 77; }

 private:
  netlink::ByteView bytes_;
  bool given_ = false;
};

void check(const netlink::Message& message, LinkTable& table) {
  static_cast<void>(netlink::parse_error(message.payload));
  static_cast<void>(netlink::is_default_route(message.payload));
  const auto statistics = netlink::parse_statistics(message.payload);
  if (statistics && statistics->index <= 0) std::abort();
  auto link = netlink::parse_link(message.payload);
  if (!link) return;
  if (link->index <= 0 || link->name.empty() || link->name.size() > 15) std::abort();
  const int index = link->index;
  if (message.type == RTM_DELLINK) {
    table.remove(index);
  } else {
    table.see(std::move(*link));
  }
  static_cast<void>(table.has_wire(index));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const netlink::ByteView bytes = std::as_bytes(std::span(data, size));
  LinkTable table;
  netlink::Messages messages(bytes);
  while (const auto message = messages.next()) check(*message, table);
  int last = 0;
  for (const Present& present : table.present()) {
    if (present.index <= last) std::abort();
    last = present.index;
  }
  Once channel(bytes);
  const DumpHandler handler{
      .begin = [] {},
      .take = [&](const netlink::Message& message, Nanos) { check(message, table); }};
  static_cast<void>(
      Dumper(channel).run(netlink::statistics_request, handler, [] { return Nanos{}; }));
  return 0;
}
