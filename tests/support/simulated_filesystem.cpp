// SPDX-License-Identifier: Apache-2.0
#include "tests/support/simulated_filesystem.hpp"

#include <algorithm>
#include <utility>

namespace weir::test {
namespace {

constexpr std::size_t sector = 512;

std::string folder_of(const std::string& path) { return path.substr(0, path.rfind('/')); }

// What a file is for: `.log` of numbered files, else the whole name.
std::string role_of(const std::string& path) {
  const std::string name = path.substr(path.rfind('/') + 1);
  const auto dot = name.rfind('.');
  const bool counted = !name.empty() && name.front() >= '0' && name.front() <= '9';
  return counted && dot != std::string::npos ? name.substr(dot) : name;
}

}  // namespace

std::string_view SimulatedFilesystem::name_of(Operation operation) {
  switch (operation) {
    case Operation::make_folders:
      return "make_folders";
    case Operation::open:
      return "open";
    case Operation::create:
      return "create";
    case Operation::list:
      return "list";
    case Operation::rename:
      return "rename";
    case Operation::remove:
      return "remove";
    case Operation::sync_folder:
      return "sync_folder";
    case Operation::lock:
      return "lock";
    case Operation::write:
      return "write";
    case Operation::read:
      return "read";
    case Operation::sync:
      return "sync";
    case Operation::truncate:
      return "truncate";
  }
  return "?";
}

class SimulatedFilesystem::SimulatedFile final : public File {
 public:
  SimulatedFile(SimulatedFilesystem& owner, NodePtr node, std::string path)
      : owner_(owner), node_(std::move(node)), path_(std::move(path)), epoch_(owner.epoch_) {}

  Status write_at(std::uint64_t offset, std::span<const std::byte> bytes) override {
    const std::lock_guard guard(owner_.mutex_);
    if (epoch_ != owner_.epoch_) return dead();
    return owner_.write(*node_, path_, offset, bytes);
  }

  Result<std::size_t> read_at(std::uint64_t offset, std::span<std::byte> into) override {
    const std::lock_guard guard(owner_.mutex_);
    if (epoch_ != owner_.epoch_) return {dead(), 0};
    const Verdict verdict = owner_.begin(Operation::read, path_);
    if (!verdict.refused.ok()) return {verdict.refused, 0};
    const std::uint64_t size = node_->now.size();
    const auto got = static_cast<std::size_t>(
        std::min<std::uint64_t>(into.size(), size - std::min(size, offset)));
    std::copy_n(node_->now.begin() + static_cast<std::ptrdiff_t>(std::min(size, offset)), got,
                into.begin());
    return {owner_.end(verdict), got};
  }

  Status sync_data() override {
    const std::lock_guard guard(owner_.mutex_);
    if (epoch_ != owner_.epoch_) return dead();
    return owner_.sync(*node_, path_);
  }

  Status truncate(std::uint64_t size) override {
    const std::lock_guard guard(owner_.mutex_);
    if (epoch_ != owner_.epoch_) return dead();
    const Verdict verdict = owner_.begin(Operation::truncate, path_);
    if (!verdict.refused.ok()) return verdict.refused;
    if (verdict.crash != Moment::before) {
      Change change{.offset = size, .bytes = {}, .truncates = true};
      apply(node_->now, change);
      node_->unsynced.push_back(std::move(change));
    }
    return owner_.end(verdict);
  }

  Result<std::uint64_t> size() override {
    const std::lock_guard guard(owner_.mutex_);
    if (epoch_ != owner_.epoch_ || owner_.crashed_) return {dead(), 0};
    return {{}, node_->now.size()};
  }

 private:
  [[nodiscard]] Status dead() const { return Status::failed(path_ + ": the machine was off"); }

  SimulatedFilesystem& owner_;
  NodePtr node_;
  std::string path_;
  std::uint64_t epoch_;
};

class SimulatedFilesystem::SimulatedLock final : public FileLock {
 public:
  SimulatedLock(SimulatedFilesystem& owner, std::string path)
      : owner_(owner), path_(std::move(path)), epoch_(owner.epoch_) {}
  ~SimulatedLock() override {
    const std::lock_guard guard(owner_.mutex_);
    if (epoch_ == owner_.epoch_) owner_.locks_.erase(path_);
  }

 private:
  SimulatedFilesystem& owner_;
  std::string path_;
  std::uint64_t epoch_;
};

SimulatedFilesystem::Verdict SimulatedFilesystem::begin(Operation operation,
                                                        const std::string& path) {
  if (crashed_) return {Status::failed(path + ": the machine is off"), std::nullopt};
  if (keeps_history_) history_.push_back(std::string(name_of(operation)) + ' ' + role_of(path));
  ++counts_[operation];
  Verdict verdict;
  if (crash_number_ > 0 && --crash_number_ == 0) {
    verdict.crash = crash_moment_;
    return verdict;
  }
  for (Armed& armed : faults_) {
    if (armed.fault.operation != operation) continue;
    ++armed.seen;
    const bool hit =
        armed.fault.from_then_on ? armed.seen >= armed.fault.nth : armed.seen == armed.fault.nth;
    if (hit) {
      verdict.refused = Status::of_errno("cannot " + std::string(name_of(operation)) + ' ' + path,
                                         armed.fault.error);
    }
  }
  if (!verdict.refused.ok()) ++refused_;
  return verdict;
}

SimulatedFilesystem::Status SimulatedFilesystem::end(const Verdict& verdict) {
  if (!verdict.crash) return {};
  crashed_ = true;
  return Status::failed("the power went");
}

void SimulatedFilesystem::apply(std::vector<std::byte>& bytes, const Change& change) {
  if (change.truncates) {
    bytes.resize(static_cast<std::size_t>(change.offset));
    return;
  }
  const auto end = static_cast<std::size_t>(change.offset) + change.bytes.size();
  if (bytes.size() < end) bytes.resize(end);
  std::copy(change.bytes.begin(), change.bytes.end(),
            bytes.begin() + static_cast<std::ptrdiff_t>(change.offset));
}

SimulatedFilesystem::Status SimulatedFilesystem::write(Node& node, const std::string& path,
                                                       std::uint64_t offset,
                                                       std::span<const std::byte> bytes) {
  const Verdict verdict = begin(Operation::write, path);
  // A failed or interrupted write may have done a part.
  std::size_t done = bytes.size();
  if (verdict.crash == Moment::before) done = 0;
  if (!verdict.refused.ok() || verdict.crash == Moment::during) {
    done = crashed_ || bytes.empty() ? 0 : luck_() % bytes.size();
  }
  const std::uint64_t room = capacity_ - std::min(capacity_, used_now());
  const std::uint64_t inside = node.now.size() - std::min<std::uint64_t>(node.now.size(), offset);
  const bool is_full = done > inside && done - inside > room;
  if (is_full) done = static_cast<std::size_t>(inside + room);
  if (done > 0) {
    Change change{.offset = offset,
                  .bytes = {bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(done)}};
    apply(node.now, change);
    node.unsynced.push_back(std::move(change));
  }
  if (!verdict.refused.ok()) return verdict.refused;
  if (is_full && !verdict.crash) {
    ++refused_;
    return Status::of_errno("cannot write " + path, ENOSPC);
  }
  return end(verdict);
}

SimulatedFilesystem::Status SimulatedFilesystem::sync(Node& node, const std::string& path) {
  const Verdict verdict = begin(Operation::sync, path);
  if (!verdict.refused.ok() && !crashed_) {
    // As Linux does: what could not be written counts as clean from now on, and the next sync says
    // ok.
    settle(node);
    return verdict.refused;
  }
  if (!verdict.refused.ok()) return verdict.refused;
  if (verdict.crash == Moment::during) settle(node);
  if (!verdict.crash || verdict.crash == Moment::after) {
    node.durable = node.now;
    node.unsynced.clear();
  }
  return end(verdict);
}

// Each change that was not synced is lost, done, or done in some sectors.
void SimulatedFilesystem::settle(Node& node) {
  for (const Change& change : node.unsynced) {
    const auto fate = luck_() % 4;
    if (fate == 0) continue;
    if (fate == 1 || change.truncates) {
      apply(node.durable, change);
      continue;
    }
    for (std::size_t at = 0; at < change.bytes.size();) {
      const auto place = static_cast<std::size_t>(change.offset) + at;
      const std::size_t size = std::min(change.bytes.size() - at, sector - place % sector);
      const auto from = change.bytes.begin() + static_cast<std::ptrdiff_t>(at);
      if (chance()) {
        apply(node.durable,
              {.offset = place, .bytes = {from, from + static_cast<std::ptrdiff_t>(size)}});
      }
      at += size;
    }
  }
  node.unsynced.clear();
}

SimulatedFilesystem::Status SimulatedFilesystem::make_folders(const std::string& folder) {
  const std::lock_guard guard(mutex_);
  const Verdict verdict = begin(Operation::make_folders, folder);
  if (!verdict.refused.ok()) return verdict.refused;
  folders_.insert(folder);
  return end(verdict);
}

SimulatedFilesystem::Result<std::unique_ptr<core::delivery::File>> SimulatedFilesystem::open(
    const std::string& path, Open how) {
  const std::lock_guard guard(mutex_);
  const bool makes = how == Open::new_file;
  const Verdict verdict = begin(makes ? Operation::create : Operation::open, path);
  if (!verdict.refused.ok()) return {verdict.refused, nullptr};
  const auto found = now_.find(path);
  if (makes == (found != now_.end())) {
    return {Status::of_errno("cannot open " + path, makes ? EEXIST : ENOENT), nullptr};
  }
  NodePtr node = makes ? std::make_shared<Node>() : found->second;
  if (makes && verdict.crash != Moment::before) {
    if (used_now() >= capacity_) {
      ++refused_;
      return {Status::of_errno("cannot open " + path, ENOSPC), nullptr};
    }
    now_[path] = node;
    unsynced_names_.push_back({.from = {}, .to = path, .node = node});
  }
  Status status = end(verdict);
  if (!status.ok()) return {status, nullptr};
  return {{}, std::make_unique<SimulatedFile>(*this, std::move(node), path)};
}

SimulatedFilesystem::Result<std::vector<std::string>> SimulatedFilesystem::list(
    const std::string& folder) {
  const std::lock_guard guard(mutex_);
  const Verdict verdict = begin(Operation::list, folder);
  if (!verdict.refused.ok()) return {verdict.refused, {}};
  std::vector<std::string> names;
  for (const auto& [path, node] : now_) {
    if (folder_of(path) == folder) names.push_back(path.substr(folder.size() + 1));
  }
  return {end(verdict), std::move(names)};
}

SimulatedFilesystem::Status SimulatedFilesystem::rename(const std::string& from,
                                                        const std::string& to) {
  const std::lock_guard guard(mutex_);
  const Verdict verdict = begin(Operation::rename, from);
  if (!verdict.refused.ok()) return verdict.refused;
  const auto found = now_.find(from);
  if (found == now_.end()) return Status::of_errno("cannot rename " + from, ENOENT);
  if (verdict.crash != Moment::before) {
    const NodePtr node = found->second;
    now_.erase(found);
    now_[to] = node;
    unsynced_names_.push_back({.from = from, .to = to, .node = node});
  }
  return end(verdict);
}

SimulatedFilesystem::Status SimulatedFilesystem::remove(const std::string& path) {
  const std::lock_guard guard(mutex_);
  const Verdict verdict = begin(Operation::remove, path);
  if (!verdict.refused.ok()) return verdict.refused;
  const auto found = now_.find(path);
  if (found == now_.end()) {
    Status status = end(verdict);
    return status.ok() ? Status::of_errno("cannot remove " + path, ENOENT) : status;
  }
  if (verdict.crash != Moment::before) {
    unsynced_names_.push_back({.from = path, .to = {}, .node = found->second});
    now_.erase(found);
  }
  return end(verdict);
}

SimulatedFilesystem::Status SimulatedFilesystem::sync_folder(const std::string& folder) {
  const std::lock_guard guard(mutex_);
  const Verdict verdict = begin(Operation::sync_folder, folder);
  if (!verdict.refused.ok()) return verdict.refused;
  if (verdict.crash != Moment::before) {
    const auto is_inside = [&](const std::string& path) { return folder_of(path) == folder; };
    std::erase_if(durable_, [&](const auto& entry) { return is_inside(entry.first); });
    for (const auto& [path, node] : now_) {
      if (is_inside(path)) durable_[path] = node;
    }
    std::erase_if(unsynced_names_, [&](const NameChange& change) {
      return is_inside(change.to.empty() ? change.from : change.to);
    });
  }
  return end(verdict);
}

SimulatedFilesystem::Result<std::unique_ptr<core::delivery::FileLock>> SimulatedFilesystem::lock(
    const std::string& path) {
  const std::lock_guard guard(mutex_);
  const Verdict verdict = begin(Operation::lock, path);
  if (!verdict.refused.ok()) return {verdict.refused, nullptr};
  Status status = end(verdict);
  if (!status.ok()) return {status, nullptr};
  if (!locks_.insert(path).second) return {};
  return {{}, std::make_unique<SimulatedLock>(*this, path)};
}

std::uint64_t SimulatedFilesystem::used_now() const {
  std::uint64_t sum = 0;
  for (const auto& [path, node] : now_) sum += node->now.size();
  return sum;
}

}  // namespace weir::test
