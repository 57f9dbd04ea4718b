// SPDX-License-Identifier: Apache-2.0
#include "tcp_source.hpp"

namespace weir::tcp_source {
void TcpSource::open(Context& context) {
  Targets read;
  try {
    read = read_targets(options.targets, options.targets_file);
  } catch (const Error& wrong) {
    throw Fatal(wrong.what());
  }
  for (const std::string& label : read.repeated)
    context.log(Level::warning, "target '" + label + "' is listed twice; it is asked once");
  targets_ = std::move(read.targets);
  if (targets_.empty()) {
    context.log(Level::error,
                "there is nobody to connect to: name services in 'targets', for example "
                "[127.0.0.1:443], or in 'targets_file'; the rest of the pipeline runs without "
                "this node");
    return;
  }
  const TcpConfig config{.patience = probing::patience(options.timeout),
                         .names = {.family = options.family, .refresh = options.refresh}};
  run_.start(context, std::make_unique<TcpProber>(targets_, config, lookups_()), targets_.size(),
             {.interval = options.interval, .count = options.count, .timeout = options.timeout},
             [this](Rows& rows, const probing::ServiceLedger<TcpResult>::Row& row) {
               rows.add(row, targets_[row.target]);
             });
}

}  // namespace weir::tcp_source
