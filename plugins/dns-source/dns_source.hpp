// SPDX-License-Identifier: Apache-2.0
// The node: options in, rows of measurement `dns` out. What it does stands in README.md.
#pragma once

#include <array>
#include <memory>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

#include <weir/plugin.hpp>

#include "dns_prober.hpp"
#include "questions.hpp"
#include "record.hpp"
#include "rows.hpp"
#include "service_run.hpp"

namespace weir::dns_source {

class DnsSource {
 public:
  static constexpr auto name = "dns-source";
  static constexpr auto summary =
      "Asks DNS servers: time to answer, response code, records and loss of each question.";
  static constexpr std::string_view details =
      "Each server is asked for each name and record `count` times an interval. A server that does "
      "not "
      "answer, refuses or says that there is no such name is a row whose `outcome` says so.";
  static constexpr bool live = true;
  static constexpr auto outputs =
      std::array{port("out", "One row a question and interval, measurement `dns`")};

  struct Options {
    std::vector<std::string> names;
    std::vector<std::string> servers;
    std::vector<Record> records = {Record::a};
    Duration interval = std::chrono::seconds(10);
    std::uint32_t count = 1;
    Duration timeout = std::chrono::seconds(3);
    static constexpr auto fields = std::tuple{
        field(&Options::names, "names", "Domain names to ask for"),
        field(&Options::servers, "servers",
              "Addresses of DNS servers, with a port where it is not 53; without any, those of "
              "/etc/resolv.conf at the start"),
        field(&Options::records, "records",
              "Types of records to ask for: A, AAAA, MX, TXT, NS, SOA, CNAME, SRV, PTR"),
        field(&Options::interval, "interval", "One row a question for each of these")
            .range(std::chrono::milliseconds(10), std::chrono::hours(1)),
        field(&Options::count, "count",
              "Times that each question is asked in an interval, spread evenly over it")
            .range(1, probing::most_probes_an_interval)
            .unit("probes"),
        field(&Options::timeout, "timeout", "A question without an answer for so long is lost")
            .range(std::chrono::milliseconds(1), std::chrono::minutes(1))};
  } options;

  void open(Context& context);
  [[nodiscard]] Next produce(Output& output) { return run_.produce(output); }
  void finish(Reason, Output& output) { run_.finish(output); }

 private:
  Plan plan_;
  probing::ServiceRun<DnsResult, Rows> run_;
};

}  // namespace weir::dns_source
