// SPDX-License-Identifier: Apache-2.0
#include "http_source.hpp"

#include <fstream>

namespace weir::http_source {
HttpConfig HttpSource::read_config() const {
  if (!options.ca_file.empty() && !std::ifstream(options.ca_file)) {
    throw Error("ca_file '" + options.ca_file +
                "' cannot be read; check the path and its rights, or leave it out for the "
                "system's authorities");
  }
  if (options.username.empty() && !options.password.empty())
    throw Error("password is set without username; set both or none");
  return {.patience = probing::patience(options.timeout),
          .method = options.method,
          .expected = ExpectedStatus(options.expect_status),
          .family = options.family,
          .ca_file = options.ca_file,
          .verify_tls = options.verify_tls,
          .username = options.username,
          .password = options.password.reveal(),
          .most_bytes = options.max_body.count};
}

void HttpSource::open(Context& context) {
  Targets read;
  HttpConfig config;
  try {
    read = read_urls(options.urls);
    config = read_config();
  } catch (const Error& wrong) {
    throw Fatal(wrong.what());
  }
  for (const std::string& label : read.repeated)
    context.log(Level::warning, "'" + label + "' is listed twice; it is requested once");
  targets_ = std::move(read.targets);
  if (targets_.empty()) {
    context.log(Level::error,
                "there is nothing to request: give 'urls', for example [https://example.net/]; the "
                "rest of the pipeline runs without this node");
    return;
  }
  run_.start(context, std::make_unique<HttpProber>(targets_, std::move(config)), targets_.size(),
             {.interval = options.interval, .count = options.count, .timeout = options.timeout},
             [this](Rows& rows, const probing::ServiceLedger<HttpResult>::Row& row) {
               rows.add(row, targets_[row.target]);
             });
}

}  // namespace weir::http_source
