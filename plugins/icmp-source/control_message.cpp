// SPDX-License-Identifier: Apache-2.0
#include "control_message.hpp"

#include <linux/errqueue.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <cstring>
#include <ctime>

namespace weir::icmp_source {
namespace {

using Bytes = std::span<const std::uint8_t>;

constexpr std::size_t alignment = sizeof(std::size_t);
constexpr std::size_t header_size = CMSG_LEN(0);

// cmsghdr without its flexible array, which no optional can hold.
struct PartHeader {
  std::size_t length;
  int level;
  int type;
};
static_assert(sizeof(PartHeader) == sizeof(cmsghdr) && header_size == sizeof(cmsghdr));

constexpr std::size_t aligned(std::size_t size) {
  return (size + alignment - 1) / alignment * alignment;
}

// The front of `bytes` as a struct; absent where they are too few.
template <typename Struct>
std::optional<Struct> read(Bytes bytes) {
  if (bytes.size() < sizeof(Struct)) return std::nullopt;
  Struct value;
  std::memcpy(&value, bytes.data(), sizeof value);
  return value;
}

// A time of zero means that the kernel had none.
std::optional<Nanos> read_time(Bytes data) {
  const auto time = read<timespec>(data);
  if (!time || (time->tv_sec == 0 && time->tv_nsec == 0)) return std::nullopt;
  // Beyond the year 2262 the sum would overflow; no kernel says so.
  constexpr std::int64_t last_second = 9'000'000'000;
  if (time->tv_sec < 0 || time->tv_sec > last_second || time->tv_nsec < 0 ||
      time->tv_nsec >= 1'000'000'000) {
    return std::nullopt;
  }
  return std::chrono::seconds(time->tv_sec) + Nanos{time->tv_nsec};
}

std::optional<SendReport> send_report_of(const sock_extended_err& error) {
  if (error.ee_info == SCM_TSTAMP_SCHED) return SendReport{Stage::queued, error.ee_data};
  if (error.ee_info == SCM_TSTAMP_SND) return SendReport{Stage::sent, error.ee_data};
  return std::nullopt;
}

// One message of the error queue: a stamp, or an ICMP error, by its origin.
void read_report(Bytes data, ReceivedControl& into) {
  const auto error = read<sock_extended_err>(data);
  if (!error) return;
  if (error->ee_origin == SO_EE_ORIGIN_TIMESTAMPING) into.report = send_report_of(*error);
  if (error->ee_origin == SO_EE_ORIGIN_ICMP || error->ee_origin == SO_EE_ORIGIN_ICMP6)
    into.error = ErrorReport{error->ee_type, error->ee_code};
}

void read_part(const PartHeader& part, Bytes data, ReceivedControl& into) {
  const auto is = [&](int level, int type) { return part.level == level && part.type == type; };
  if (is(SOL_SOCKET, SCM_TIMESTAMPING) || is(SOL_SOCKET, SCM_TIMESTAMPNS)) {
    into.stamp = read_time(data);  // of the three of SCM_TIMESTAMPING, the first is the kernel's
  } else if (is(SOL_SOCKET, SO_RXQ_OVFL)) {
    into.dropped = read<std::uint32_t>(data);
  } else if (is(IPPROTO_IP, IP_RECVERR) || is(IPPROTO_IPV6, IPV6_RECVERR)) {
    read_report(data, into);
  }
}

class Writer {
 public:
  explicit Writer(SendControl& into) : bytes_(into.bytes) {}

  template <typename Value>
  void add(int level, int type, const Value& value) {
    const PartHeader header{header_size + sizeof value, level, type};
    std::memcpy(&bytes_[size_], &header, sizeof header);
    std::memcpy(&bytes_[size_ + header_size], &value, sizeof value);
    size_ += header_size + aligned(sizeof value);
  }
  [[nodiscard]] std::size_t size() const { return size_; }

 private:
  std::span<std::uint8_t> bytes_;
  std::size_t size_ = 0;
};

void write_v4(const PacketOptions& options, Writer& writer) {
  if (options.traffic_class) writer.add(IPPROTO_IP, IP_TOS, int{*options.traffic_class});
  if (options.hop_limit) writer.add(IPPROTO_IP, IP_TTL, int{*options.hop_limit});
  const bool from = options.source && options.source->family == Family::ipv4;
  if (!from && options.interface == 0) return;
  in_pktinfo info{};
  info.ipi_ifindex = static_cast<int>(options.interface);
  if (from) std::memcpy(&info.ipi_spec_dst, options.source->bytes.data(), 4);
  writer.add(IPPROTO_IP, IP_PKTINFO, info);
}

void write_v6(const PacketOptions& options, Writer& writer) {
  if (options.traffic_class) writer.add(IPPROTO_IPV6, IPV6_TCLASS, int{*options.traffic_class});
  if (options.hop_limit) writer.add(IPPROTO_IPV6, IPV6_HOPLIMIT, int{*options.hop_limit});
  if (options.dont_fragment)
    writer.add(IPPROTO_IPV6, IPV6_DONTFRAG, int{*options.dont_fragment ? 1 : 0});
  const bool from = options.source && options.source->family == Family::ipv6;
  if (!from && options.interface == 0) return;
  in6_pktinfo info{};
  info.ipi6_ifindex = options.interface;
  if (from) std::memcpy(&info.ipi6_addr, options.source->bytes.data(), 16);
  writer.add(IPPROTO_IPV6, IPV6_PKTINFO, info);
}

}  // namespace

ReceivedControl parse_control(Bytes control) {
  ReceivedControl found;
  while (const auto part = read<PartHeader>(control)) {
    if (part->length < header_size || part->length > control.size()) break;
    read_part(*part, control.first(part->length).subspan(header_size), found);
    const std::size_t whole = aligned(part->length);
    if (whole >= control.size()) break;
    control = control.subspan(whole);
  }
  return found;
}

std::size_t write_control(Family family, const PacketOptions* options, bool stamped,
                          SendControl& into) {
  Writer writer(into);
  if (!stamped) writer.add(SOL_SOCKET, SO_TIMESTAMPING, std::uint32_t{0});
  if (options == nullptr) return writer.size();
  if (family == Family::ipv4) {
    write_v4(*options, writer);
  } else {
    write_v6(*options, writer);
  }
  return writer.size();
}

}  // namespace weir::icmp_source
