// SPDX-License-Identifier: Apache-2.0
#pragma once
/// Rows as lines for people: `2026-11-22T10:00:00Z icmp target=1.1.1.1 rtt_ms=12.5`.

#include <weir/plugin.hpp>

#include <fstream>
#include <sstream>

struct ExampleSink {
  static constexpr auto name = "example-sink";
  static constexpr auto summary = "Appends a line per row to a text file.";

  struct Options {
    std::string path;
    static constexpr auto fields =
        std::tuple{weir::field(&Options::path, "path", "File to append to").required()};
  } options;

  /// Throws Fatal if the file cannot be opened: no second try would help.
  void open();
  void consume(const weir::Batch& batch);
  /// Writes all lines since the last flush. Throws RetryLater if the system does not take them (a
  /// full disk); the engine then calls flush again.
  void flush();

 private:
  std::ofstream file_;
  std::ostringstream lines_;
};
