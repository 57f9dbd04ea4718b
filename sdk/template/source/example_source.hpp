// SPDX-License-Identifier: Apache-2.0
#pragma once
/// The load of the machine, read again and again from /proc/loadavg.

#include <weir/plugin.hpp>

struct ExampleSource {
  static constexpr auto name = "example-source";
  static constexpr auto summary = "Reads the load of the machine at regular times.";
  static constexpr bool live = true;  // the machine does not wait for us

  struct Options {
    weir::Duration interval = std::chrono::seconds{1};
    std::string path = "/proc/loadavg";
    static constexpr auto fields =
        std::tuple{weir::field(&Options::interval, "interval", "Time from one reading to the next")
                       .min(std::chrono::milliseconds{10}),
                   weir::field(&Options::path, "path", "File that begins with three loads")};
  } options;

  /// One row now, then a wait until the next is due. A file that cannot be read is an error: the
  /// engine tells the operator and tries again.
  std::variant<weir::Batch, weir::Wait, weir::End> produce(weir::Context& context);

 private:
  weir::Timestamp due_{};
};
