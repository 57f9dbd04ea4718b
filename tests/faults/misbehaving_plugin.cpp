// SPDX-License-Identifier: Apache-2.0
// Nodes that do on purpose what plugins do by accident, at a row that an option names.
#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <string>
#include <thread>
#include <vector>
#include <weir/plugin.hpp>

namespace {

using namespace weir;

/// Rows 0, 1, 2, … in batches, then the end. Replayable: it waits for what it feeds.
class CountingSource {
 public:
  static constexpr auto name = "counting-source", summary = "Counts.";
  struct Options {
    std::int64_t rows = 100;
    std::int64_t batch = 10;
    Duration pause{0};
    static constexpr auto fields = std::tuple{field(&Options::rows, "rows", "How many"),
                                              field(&Options::batch, "batch", "Rows of a batch"),
                                              field(&Options::pause, "pause", "After each batch")};
  } options;

  Next produce(Output& output) {
    if (next_ >= options.rows) return End{};
    BatchBuilder rows("numbers");
    const auto value = rows.field<std::int64_t>("value");
    const auto where = rows.tag("process");
    for (std::int64_t i = 0; i < options.batch && next_ < options.rows; ++i, ++next_)
      rows.row(next_).set(value, next_).set(where, std::to_string(::getpid()));
    output.emit(rows.build());
    if (options.pause > Duration{0}) return Wait{context_->now() + options.pause};
    return Again{};
  }
  void open(Context& context) { context_ = &context; }

 private:
  Context* context_ = nullptr;
  std::int64_t next_ = 0;
};

/// A row each time its timer's descriptor is readable; the time that it names is an hour away.
class TimerSource {
 public:
  static constexpr auto name = "timer-source", summary = "Waits for a descriptor.";
  struct Options {
    std::int64_t rows = 3;
    static constexpr auto fields = std::tuple{field(&Options::rows, "rows", "How many")};
  } options;

  TimerSource() = default;
  TimerSource(const TimerSource&) = delete;
  TimerSource& operator=(const TimerSource&) = delete;
  ~TimerSource() {
    if (timer_ >= 0) ::close(timer_);
  }

  void open(Context& context) {
    context_ = &context;
    timer_ = ::timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC);
    const itimerspec soon{{0, 20'000'000}, {0, 20'000'000}};
    if (timer_ < 0 || ::timerfd_settime(timer_, 0, &soon, nullptr) != 0) throw Error("no timer");
  }

  Next produce(Output& output) {
    std::uint64_t times = 0;
    if (::read(timer_, &times, sizeof times) == sizeof times) {
      BatchBuilder rows("numbers");
      rows.row(sent_).set(rows.field<std::int64_t>("value"), sent_);
      output.emit(rows.build());
      if (++sent_ == options.rows) return End{};
    }
    return Wait{context_->now() + std::chrono::hours(1), timer_};
  }

 private:
  Context* context_ = nullptr;
  int timer_ = -1;
  std::int64_t sent_ = 0;
};

enum class Fault { none, throws, hangs, segfaults, aborts, exits, eats_memory, leaks_descriptors };

constexpr auto enum_names(Fault) {
  return std::array{std::pair{"none", Fault::none},
                    std::pair{"throws", Fault::throws},
                    std::pair{"hangs", Fault::hangs},
                    std::pair{"segfaults", Fault::segfaults},
                    std::pair{"aborts", Fault::aborts},
                    std::pair{"exits", Fault::exits},
                    std::pair{"eats_memory", Fault::eats_memory},
                    std::pair{"leaks_descriptors", Fault::leaks_descriptors}};
}

class Misbehaving {
 public:
  static constexpr auto name = "misbehaving", summary = "Passes rows on until it misbehaves.";
  struct Options {
    Fault fault = Fault::none;
    std::int64_t row = -1;
    std::int64_t times = 1;
    std::string log;
    Secret secret;
    bool tell = false;
    static constexpr auto fields =
        std::tuple{field(&Options::fault, "fault", "What it does"),
                   field(&Options::row, "row", "At the row with this value; -1: at each"),
                   field(&Options::times, "times", "How many times, over all processes"),
                   field(&Options::log, "log", "A file that remembers the times"),
                   field(&Options::secret, "secret", "Something to hide"),
                   field(&Options::tell, "tell", "Log what can be seen of this process")};
  } options;

  void open(Context& context) {
    context.log(Level::info, "opened by process " + std::to_string(::getpid()));
    if (options.tell) tell(context);
  }

  Batch process(Batch batch) {
    for (const std::int64_t value : batch.column("value").integers()) {
      if (options.row < 0 || value == options.row) misbehave();
    }
    return batch;
  }

 private:
  void tell(Context& context) const {
    for (char** variable = environ; *variable != nullptr; ++variable)
      context.log(Level::info, std::string("environment ") + *variable);
    std::string open;
    for (int number = 0; number < 1024; ++number) {
      if (::fcntl(number, F_GETFD) >= 0) open += " " + std::to_string(number);
    }
    context.log(Level::info, "descriptors" + open);
    std::ifstream file("/proc/self/cmdline", std::ios::binary);
    std::string words{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
    std::replace(words.begin(), words.end(), '\0', ' ');
    context.log(Level::info, "command " + words);
    context.log(Level::info,
                "dumpable " + std::to_string(::prctl(PR_GET_DUMPABLE)) + " no_new_privs " +
                    std::to_string(::prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0)) + " secret of " +
                    std::to_string(options.secret.reveal().size()) + " letters");
  }

  void misbehave() {
    struct stat found {};
    const std::int64_t before = ::stat(options.log.c_str(), &found) == 0 ? found.st_size : 0;
    if (options.fault == Fault::none || before >= options.times) return;
    std::ofstream(options.log, std::ios::app) << 'x' << std::flush;
    switch (options.fault) {
      case Fault::none:
        return;
      case Fault::throws:
        throw Error("thrown on purpose");
      case Fault::hangs:
        while (true) std::this_thread::sleep_for(std::chrono::hours(1));
      case Fault::segfaults: {
        auto* nowhere = reinterpret_cast<volatile std::uint64_t*>(8);
        *nowhere = 1;
        return;
      }
      case Fault::aborts:
        std::abort();
      case Fault::exits:
        std::_Exit(3);
      case Fault::eats_memory:
        while (true) held_.emplace_back(std::size_t{1} << 20U, 'x');
      case Fault::leaks_descriptors:
        while (::open("/dev/null", O_RDONLY | O_CLOEXEC) >= 0) {
        }
        throw Error("no descriptor is left");
    }
  }

  std::vector<std::string> held_;
};

}  // namespace

WEIR_PLUGIN("1.0.0", CountingSource, TimerSource, Misbehaving)
