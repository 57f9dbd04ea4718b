// SPDX-License-Identifier: Apache-2.0
#include "aligner.hpp"

#include <algorithm>
#include <limits>

#include <weir/plugin.hpp>

namespace weir::aligner {
namespace {

/// Rows are taken for the present if they are no older than this.
constexpr Duration present = std::chrono::minutes(1);

constexpr std::size_t rows_to_learn_from = 256;

}  // namespace

void Aligner::open(Context& context) {
  context_ = &context;
  sources_.assign(context.inputs().size(), Source{std::nullopt, context.now(), false});
  if (options.step) start(*options.step);
}

void Aligner::start(Duration step) {
  std::vector<std::string> names;
  for (const Edge& edge : context_->inputs()) {
    names.push_back(edge.port == "out" ? edge.node : edge.node + "." + edge.port);
  }
  grid_.emplace(Rules{step.count(), options.aggregate, options.fill, options.fill_limit.count(),
                      options.sentinels},
                std::move(names));
}

void Aligner::process(Input input, Output& output) {
  Source& source = sources_.at(input.index);
  source.heard = context_->now();
  for (const std::int64_t time : input.batch.times())
    source.newest = std::max(source.newest.value_or(time), time);
  if (grid_) return take(input.index, input.batch, output);
  held_rows_ += input.batch.rows();
  held_.emplace_back(input.index, std::move(input.batch));
  if (held_rows_ >= rows_to_learn_from) learn_step(output);
}

void Aligner::take(std::size_t input, const Batch& batch, Output& output) {
  const std::vector<std::size_t> late = grid_->add(input, batch);
  if (!late.empty()) {
    context_->count("late_rows", late.size());
    output.emit(batch.take(late), "late");
  }
  advance(output);
}

void Aligner::learn_step(Output& output) {
  std::vector<std::vector<std::int64_t>> times(sources_.size());
  for (const auto& [input, batch] : held_) {
    times[input].insert(times[input].end(), batch.times().begin(), batch.times().end());
  }
  const std::optional<std::int64_t> step = common_distance(std::move(times));
  if (!step)
    throw Fatal("the distance of the rows cannot be learned from one moment alone; give `step`");
  context_->log(Level::info, "rows come every " + to_text(Duration{*step}));
  start(Duration{*step});
  for (const auto& [input, batch] : std::exchange(held_, {})) take(input, batch, output);
}

void Aligner::end_input(std::size_t input, Output& output) {
  sources_.at(input).ended = true;
  if (grid_) advance(output);
}

void Aligner::on_time(Timestamp, Output& output) {
  if (grid_) advance(output);
}

void Aligner::finish(Reason, Output& output) {
  if (!grid_ && held_.empty()) return;
  if (!grid_) learn_step(output);
  output.emit(grid_->advance(std::nullopt));
}

/// A replay is never idle, however slow: silence counts only while rows tell of the present.
bool Aligner::happens_now() const {
  std::int64_t newest = std::numeric_limits<std::int64_t>::min();
  for (const Source& source : sources_) newest = std::max(newest, source.newest.value_or(newest));
  return newest > (context_->now() - present).time_since_epoch().count();
}

bool Aligner::holds(const Source& source) const {
  if (source.ended) return false;
  return context_->now() - source.heard < options.idle_timeout || !happens_now();
}

void Aligner::advance(Output& output) {
  std::optional<std::int64_t> watermark;
  std::optional<Timestamp> wake;
  for (const Source& source : sources_) {
    if (!holds(source)) continue;
    const std::int64_t own = source.newest ? *source.newest - options.lateness.count()
                                           : std::numeric_limits<std::int64_t>::min();
    watermark = std::min(watermark.value_or(own), own);
    wake = std::min(wake.value_or(source.heard + options.idle_timeout),
                    source.heard + options.idle_timeout);
  }
  if (!watermark) {  // none holds: what all the others have passed may go
    for (const Source& source : sources_) {
      if (source.newest && !source.ended)
        watermark = std::max(watermark.value_or(*source.newest), *source.newest);
    }
  }
  // Ended inputs are at infinity; with all of them ended, everything leaves.
  const bool all_ended = std::all_of(sources_.begin(), sources_.end(),
                                     [](const Source& source) { return source.ended; });
  if (watermark || all_ended) output.emit(grid_->advance(all_ended ? std::nullopt : watermark));
  if (wake && happens_now()) output.wake_at(*wake);
}

}  // namespace weir::aligner

WEIR_PLUGIN("1.0.0", weir::aligner::Aligner)
