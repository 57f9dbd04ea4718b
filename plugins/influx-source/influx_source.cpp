// SPDX-License-Identifier: Apache-2.0
#include "influx_source.hpp"

#include <algorithm>
#include <chrono>
#include <utility>

#include "flux_history.hpp"
#include "influxql_history.hpp"

namespace weir::influx_source {
namespace {

constexpr Duration pause = std::chrono::seconds(1);

Wish wish_of(const Options& options, bool v2, Timestamp now) {
  if (options.since && options.last) throw Fatal("since and last are both set; keep one of them");
  Wish wish{.store = v2 ? options.bucket : options.database,
            .retention_policy = options.retention_policy,
            .measurements = options.measurements,
            .fields = options.wanted_fields,
            .tags = options.tags,
            .since = {},
            .batch_rows = static_cast<std::size_t>(options.batch_rows)};
  if (options.since) wish.since = options.since->time_since_epoch().count();
  if (options.last) wish.since = (now - *options.last).time_since_epoch().count();
  return wish;
}

}  // namespace

void InfluxSource::open(Context& context) {
  context_ = &context;
  client_ = std::make_unique<QueryClient>(options, [&context] { return context.stopping(); });
  (void)wish_of(options, false, context.now());
}

std::unique_ptr<History> InfluxSource::make_history() {
  const bool v2 = client_->api() == influx::Api::v2;
  Wish wish = wish_of(options, v2, context_->now());
  const Ask ask = [this](const std::string& query) { return client_->ask(query); };
  const Log log = [this](Level level, const std::string& line) { context_->log(level, line); };
  if (!v2) return std::make_unique<InfluxqlHistory>(std::move(wish), ask, log);
  const auto now = [this] { return context_->now().time_since_epoch().count(); };
  return std::make_unique<FluxHistory>(std::move(wish), ask, log, now);
}

Next InfluxSource::produce(Output& output) {
  if (ended_) return End{};
  if (history_ == nullptr) history_ = make_history();
  Found found;
  bool more = false;
  try {
    more = history_->step(found);
  } catch (const RetryLater& trouble) {
    return ask_again(trouble);
  } catch (const NotThere& missing) {
    context_->log(Level::info, std::string(missing.what()) + ": this run begins without a history");
  }
  troubled_since_.reset();
  for (Batch& batch : found.rows) output.emit(std::move(batch));
  if (found.too_large > 0) context_->count("values_too_large", found.too_large);
  if (found.rejected) {
    context_->count("rejected_rows", found.rejected->rows());
    output.emit(std::move(*found.rejected), rejected_port);
  }
  ended_ = !more;
  if (more) return Again{};
  return End{};
}

/// A live pipeline must start although its store is down: measuring comes first.
Next InfluxSource::ask_again(const RetryLater& trouble) {
  const Duration now = context_->monotonic();
  if (!troubled_since_) {
    troubled_since_ = now;
    context_->log(Level::warning, std::string(trouble.what()) + "; asked again for " +
                                      to_text(options.start_timeout));
  }
  const Duration left = *troubled_since_ + options.start_timeout - now;
  if (left > Duration{0})
    return Wait{context_->now() + std::min(left, std::max(pause, Duration{trouble.after()}))};
  context_->log(Level::warning, std::string(trouble.what()) + "; given up after " +
                                    to_text(options.start_timeout) +
                                    ": this run goes on without the rest of its history");
  ended_ = true;
  return End{};
}

}  // namespace weir::influx_source
