// SPDX-License-Identifier: Apache-2.0
#pragma once
/// A filesystem in memory that knows what would survive a power cut, and fails when it is told to.
/// What was not synced is lost, kept or torn by luck; the same seed has the same luck.

#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <random>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "core/delivery/filesystem.hpp"

namespace weir::test {

/// Any thread.
class SimulatedFilesystem final : public core::delivery::Filesystem {
 public:
  using Status = core::delivery::Status;
  template <class T>
  using Result = core::delivery::Result<T>;
  using File = core::delivery::File;
  using FileLock = core::delivery::FileLock;

  enum class Operation : std::uint8_t {
    make_folders,
    open,
    create,
    list,
    rename,
    remove,
    sync_folder,
    lock,
    write,
    read,
    sync,
    truncate,
  };
  [[nodiscard]] static std::string_view name_of(Operation operation);

  struct Fault {
    Operation operation;
    /// 1 is the next of its kind.
    std::uint64_t nth = 1;
    bool from_then_on = false;
    /// ENOSPC and EDQUOT make it `no_room`.
    int error = EIO;
  };
  enum class Moment : std::uint8_t { before, during, after };

  explicit SimulatedFilesystem(std::uint64_t seed = 1) : luck_(seed) {}

  Status make_folders(const std::string& folder) override;
  Result<std::unique_ptr<File>> open(const std::string& path, Open how) override;
  Result<std::vector<std::string>> list(const std::string& folder) override;
  Status rename(const std::string& from, const std::string& to) override;
  Status remove(const std::string& path) override;
  Status sync_folder(const std::string& folder) override;
  Result<std::unique_ptr<FileLock>> lock(const std::string& path) override;

  // What goes wrong.
  void fail(const Fault& fault);
  /// No more faults to come, and room without end.
  void mend();
  /// That, and no power cuts.
  void heal();
  /// Bytes of all files together; a write beyond it is cut short.
  void set_capacity(std::uint64_t bytes);
  /// The power goes at the operation of that number (the first after now is 1; 0: it does not).
  void crash_at(std::uint64_t number, Moment moment);
  /// The power goes now. Until power_on() everything fails.
  void crash();
  [[nodiscard]] bool crashed() const;
  /// Only what survived is there; files and locks of before are dead.
  void power_on();

  // What is there.
  void keep_history();
  /// Names of all operations since keep_history(), such as `sync .log` or `rename position.new`:
  /// the points where a crash can be.
  [[nodiscard]] std::vector<std::string> history() const;
  [[nodiscard]] std::uint64_t count(Operation operation) const;
  /// All of them together.
  [[nodiscard]] std::uint64_t operations() const;
  /// Operations that failed by a fault or for want of room; none of a machine that is off.
  [[nodiscard]] std::uint64_t refused() const;
  [[nodiscard]] std::vector<std::string> paths() const;
  [[nodiscard]] std::vector<std::byte> contents(const std::string& path) const;
  /// Durable at once, name and bytes.
  void set_contents(const std::string& path, std::vector<std::byte> bytes);
  [[nodiscard]] std::uint64_t used() const;

 private:
  struct Change {
    std::uint64_t offset = 0;
    std::vector<std::byte> bytes;
    bool truncates = false;
  };
  struct Node {
    std::vector<std::byte> now, durable;
    std::vector<Change> unsynced;
  };
  using NodePtr = std::shared_ptr<Node>;
  struct NameChange {
    std::string from, to;  // from empty: made; to empty: removed
    NodePtr node;
  };
  class SimulatedFile;
  class SimulatedLock;

  /// What is to happen to an operation: `refused` is its answer; else it is carried out, as far as
  /// `moment` says where the power goes in it.
  struct Verdict {
    Status refused;
    std::optional<Moment> crash;
  };
  Verdict begin(Operation operation, const std::string& path);
  Status end(const Verdict& verdict);
  static void apply(std::vector<std::byte>& bytes, const Change& change);
  void settle(Node& node);
  bool chance() { return (luck_() & 1U) != 0; }
  [[nodiscard]] std::uint64_t used_now() const;

  Status write(Node& node, const std::string& path, std::uint64_t offset,
               std::span<const std::byte> bytes);
  Status sync(Node& node, const std::string& path);

  mutable std::mutex mutex_;
  std::mt19937_64 luck_;
  std::map<std::string, NodePtr> now_, durable_;
  std::vector<NameChange> unsynced_names_;
  std::set<std::string> folders_, locks_;
  struct Armed {
    Fault fault;
    std::uint64_t seen = 0;
  };
  std::vector<Armed> faults_;
  std::uint64_t capacity_ = std::numeric_limits<std::uint64_t>::max();
  std::uint64_t crash_number_ = 0;
  Moment crash_moment_ = Moment::before;
  bool crashed_ = false;
  std::uint64_t epoch_ = 0;
  bool keeps_history_ = false;
  std::vector<std::string> history_;
  std::map<Operation, std::uint64_t> counts_;
  std::uint64_t refused_ = 0;
};

}  // namespace weir::test
