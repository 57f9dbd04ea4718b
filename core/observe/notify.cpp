// SPDX-License-Identifier: Apache-2.0
#include "core/observe/notify.hpp"

#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <charconv>
#include <cstddef>
#include <cstring>
#include <string_view>

namespace weir::core::observe {
namespace {

std::optional<std::int64_t> whole(const char* text) {
  if (text == nullptr) return std::nullopt;
  const std::string_view view(text);
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(view.data(), view.data() + view.size(), value);
  if (error != std::errc{} || end != view.data() + view.size()) return std::nullopt;
  return value;
}

}  // namespace

void Notifier::tell(const std::string& message) const noexcept {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (socket_.size() < 2 || socket_.size() >= sizeof address.sun_path) return;
  std::memcpy(address.sun_path, socket_.data(), socket_.size());
  if (address.sun_path[0] == '@') address.sun_path[0] = '\0';
  const int fd = ::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  if (fd < 0) return;
  const auto length = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + socket_.size());
  (void)::sendto(fd, message.data(), message.size(), MSG_NOSIGNAL | MSG_DONTWAIT,
                 reinterpret_cast<const sockaddr*>(&address), length);
  ::close(fd);
}

std::optional<Duration> watchdog_interval(const char* usec, const char* pid, int self) {
  const auto wanted = whole(usec);
  if (!wanted || *wanted <= 0) return std::nullopt;
  if (pid != nullptr && whole(pid) != self) return std::nullopt;
  return std::chrono::microseconds{*wanted} / 2;
}

}  // namespace weir::core::observe
