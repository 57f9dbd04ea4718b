// SPDX-License-Identifier: Apache-2.0
#pragma once
/// How an operation on a disk ended. Troubles of a disk are expected and pass, so they are values.

#include <cstdint>
#include <string>
#include <utility>

namespace weir::core::delivery {

class [[nodiscard]] Status {
 public:
  enum class Kind : std::uint8_t {
    ok,
    /// The disk or a quota is full: the same call works once there is room.
    no_room,
    /// There is no such file.
    missing,
    /// Anything else; the message has the path and the system's reason.
    failed
  };

  Status() = default;
  [[nodiscard]] static Status no_room(std::string message) {
    return {Kind::no_room, std::move(message)};
  }
  [[nodiscard]] static Status failed(std::string message) {
    return {Kind::failed, std::move(message)};
  }
  /// `what` and the system's reason for `error`, an errno; ENOSPC and EDQUOT are `no_room`,
  /// ENOENT is `missing`.
  [[nodiscard]] static Status of_errno(const std::string& what, int error);

  [[nodiscard]] bool ok() const { return kind_ == Kind::ok; }
  [[nodiscard]] Kind kind() const { return kind_; }
  /// For a person; empty when ok.
  [[nodiscard]] const std::string& message() const { return message_; }

 private:
  Status(Kind kind, std::string message) : kind_(kind), message_(std::move(message)) {}

  Kind kind_ = Kind::ok;
  std::string message_;
};

/// `value` means something only where `status` is ok.
template <class T>
struct [[nodiscard]] Result {
  Status status;
  T value{};
};

}  // namespace weir::core::delivery
