// SPDX-License-Identifier: Apache-2.0
#include "netlink.hpp"

#include <linux/if_arp.h>
#include <linux/if_link.h>
#include <linux/rtnetlink.h>
#include <sys/socket.h>

#include <algorithm>
#include <cstring>
#include <limits>
#include <string_view>

namespace weir::netdev_source::netlink {
namespace {

// A structure from the front of the bytes. They may lie unaligned, so it is copied.
template <class T>
std::optional<T> front(ByteView bytes) {
  if (bytes.size() < sizeof(T)) return std::nullopt;
  T value;
  std::memcpy(&value, bytes.data(), sizeof value);
  return value;
}

constexpr std::size_t aligned(std::size_t size) { return (size + 3) & ~std::size_t{3}; }

ByteView behind(ByteView bytes, std::size_t size) {
  return bytes.subspan(std::min(aligned(size), bytes.size()));
}

struct Attribute {
  std::uint16_t type;
  ByteView value;
};

// Takes the next attribute from the front; nothing at the end or where one does not fit.
std::optional<Attribute> take_attribute(ByteView& bytes) {
  const auto header = front<rtattr>(bytes);
  if (!header || header->rta_len < sizeof(rtattr) || header->rta_len > bytes.size())
    return std::nullopt;
  const Attribute attribute{
      static_cast<std::uint16_t>(header->rta_type & NLA_TYPE_MASK),
      bytes.subspan(sizeof(rtattr), std::size_t{header->rta_len} - sizeof(rtattr))};
  bytes = behind(bytes, header->rta_len);
  return attribute;
}

// Text up to its NUL, which must be there.
std::optional<std::string> text(ByteView value) {
  const auto* const begin = reinterpret_cast<const char*>(value.data());
  const auto* const end = std::find(begin, begin + value.size(), '\0');
  if (end == begin + value.size()) return std::nullopt;
  return std::string(begin, end);
}

std::optional<Counters> counters_of(ByteView value) {
  // Kernels add fields at the end; what is needed is there since the first with this attribute.
  constexpr std::size_t needed = offsetof(rtnl_link_stats64, rx_fifo_errors);
  rtnl_link_stats64 all{};
  if (value.size() < needed) return std::nullopt;
  std::memcpy(&all, value.data(), std::min(value.size(), sizeof all));
  return Counters{.rx_bytes = all.rx_bytes,
                  .rx_packets = all.rx_packets,
                  .rx_errors = all.rx_errors,
                  .rx_drops = all.rx_dropped + all.rx_missed_errors,
                  .tx_bytes = all.tx_bytes,
                  .tx_packets = all.tx_packets,
                  .tx_errors = all.tx_errors,
                  .tx_drops = all.tx_dropped};
}

int number(ByteView value) { return front<std::int32_t>(value).value_or(0); }

std::string kind_of(ByteView value) {
  while (const auto attribute = take_attribute(value)) {
    if (attribute->type == IFLA_INFO_KIND) return text(attribute->value).value_or("");
  }
  return {};
}

template <class Body>
std::vector<std::byte> dump_request(std::uint16_t type, std::uint32_t sequence, const Body& body,
                                    ByteView attribute = {}) {
  nlmsghdr header{};
  const std::size_t size = aligned(sizeof header) + aligned(sizeof body) + attribute.size();
  header.nlmsg_len = static_cast<std::uint32_t>(size);
  header.nlmsg_type = type;
  header.nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP;
  header.nlmsg_seq = sequence;
  std::vector<std::byte> bytes(size);
  std::memcpy(bytes.data(), &header, sizeof header);
  std::memcpy(bytes.data() + aligned(sizeof header), &body, sizeof body);
  std::copy(attribute.begin(), attribute.end(),
            bytes.end() - static_cast<std::ptrdiff_t>(attribute.size()));
  return bytes;
}

}  // namespace

std::optional<Message> Messages::next() {
  if (rest_.empty()) return std::nullopt;
  const auto header = front<nlmsghdr>(rest_);
  if (!header || header->nlmsg_len < sizeof(nlmsghdr) || header->nlmsg_len > rest_.size()) {
    malformed_ = true;
    rest_ = {};
    return std::nullopt;
  }
  const Message message{
      header->nlmsg_type, header->nlmsg_flags, header->nlmsg_seq, header->nlmsg_pid,
      rest_.subspan(sizeof(nlmsghdr), std::size_t{header->nlmsg_len} - sizeof(nlmsghdr))};
  rest_ = behind(rest_, header->nlmsg_len);
  return message;
}

std::optional<Statistics> parse_statistics(ByteView payload) {
  const auto head = front<if_stats_msg>(payload);
  constexpr auto most = static_cast<std::uint32_t>(std::numeric_limits<int>::max());
  if (!head || head->ifindex == 0 || head->ifindex > most) return std::nullopt;
  ByteView attributes = behind(payload, sizeof *head);
  while (const auto attribute = take_attribute(attributes)) {
    if (attribute->type != IFLA_STATS_LINK_64) continue;
    const auto counters = counters_of(attribute->value);
    if (!counters) return std::nullopt;
    return Statistics{static_cast<int>(head->ifindex), *counters};
  }
  return std::nullopt;
}

std::optional<LinkMessage> parse_link(ByteView payload) {
  const auto head = front<ifinfomsg>(payload);
  if (!head || head->ifi_family != AF_UNSPEC || head->ifi_index <= 0) return std::nullopt;
  LinkMessage link{.index = head->ifi_index, .loopback = head->ifi_type == ARPHRD_LOOPBACK};
  bool lower_is_elsewhere = false;
  ByteView attributes = behind(payload, sizeof *head);
  while (const auto attribute = take_attribute(attributes)) {
    switch (attribute->type) {
      case IFLA_IFNAME:
        link.name = text(attribute->value).value_or("");
        break;
      case IFLA_LINK:
        link.lower = number(attribute->value);
        break;
      case IFLA_LINK_NETNSID:
        lower_is_elsewhere = true;
        break;
      case IFLA_MASTER:
        link.master = number(attribute->value);
        break;
      case IFLA_LINKINFO:
        link.kind = kind_of(attribute->value);
        break;
      case IFLA_PARENT_DEV_NAME:
        link.has_device = true;
        break;
      default:
        break;
    }
  }
  if (lower_is_elsewhere) link.lower = 0;
  if (link.name.empty() || link.name.size() >= IFNAMSIZ) return std::nullopt;
  return link;
}

std::optional<int> parse_error(ByteView payload) {
  const auto code = front<std::int32_t>(payload);
  if (!code || *code == std::numeric_limits<std::int32_t>::min()) return std::nullopt;
  return std::max(-*code, 0);
}

bool is_default_route(ByteView payload) {
  const auto head = front<rtmsg>(payload);
  return head && head->rtm_dst_len == 0 &&
         (head->rtm_family == AF_INET || head->rtm_family == AF_INET6);
}

std::vector<std::byte> statistics_request(std::uint32_t sequence) {
  if_stats_msg body{};
  body.filter_mask = IFLA_STATS_FILTER_BIT(IFLA_STATS_LINK_64);
  return dump_request(RTM_GETSTATS, sequence, body);
}

std::vector<std::byte> links_request(std::uint32_t sequence) {
  struct {
    rtattr header;
    std::uint32_t mask;
  } attribute{{sizeof attribute, IFLA_EXT_MASK}, RTEXT_FILTER_SKIP_STATS};
  return dump_request(RTM_GETLINK, sequence, ifinfomsg{}, std::as_bytes(std::span(&attribute, 1)));
}

}  // namespace weir::netdev_source::netlink
