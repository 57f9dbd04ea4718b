// SPDX-License-Identifier: Apache-2.0
#include "qos_scorer.hpp"

#include <utility>

#include "saved_bytes.hpp"

namespace weir::qos_scorer {
namespace {

constexpr std::string_view magic = "WEIRQOSS";

}  // namespace

Rows::Rows()
    : target_(builder_.tag("target")),
      score_(builder_.field<double>("score")),
      reason_(builder_.field<std::string>("reason")),
      r_factor_(builder_.field<double>("r_factor")),
      mos_(builder_.field<double>("mos")),
      rtt_(builder_.field<double>("rtt_ms", "ms")),
      loss_(builder_.field<double>("loss_percent", "percent")),
      jitter_(builder_.field<double>("jitter_ms", "ms")),
      utilization_(builder_.field<double>("utilization_percent", "percent")),
      under_load_(builder_.field<double>("latency_under_load_ms", "ms")),
      egress_queue_(builder_.field<double>("egress_queue_ms", "ms")),
      host_stall_(builder_.field<double>("host_stall_ms", "ms")) {}

void Rows::add(std::int64_t time, const std::string& target, const Measured& measured,
               const Verdict& verdict) {
  builder_.row(time)
      .set(target_, target)
      .set(score_, verdict.score)
      .set(reason_, to_text(verdict.reason))
      .set(r_factor_, verdict.r_factor)
      .set(mos_, verdict.mos)
      .set(rtt_, measured.rtt_ms)
      .set(loss_, measured.loss_percent)
      .set(jitter_, measured.jitter_ms)
      .set(utilization_, measured.utilization_percent)
      .set(under_load_, measured.latency_under_load_ms)
      .set(egress_queue_, measured.egress_queue_ms)
      .set(host_stall_, measured.host_stall_ms);
}

void QosScorer::open(Context& context) {
  context_ = &context;
  if (options.idle_below > options.busy_from) {
    throw Fatal("idle_below is above busy_from, so that a step would be idle and busy; " +
                std::string("lower idle_below or raise busy_from"));
  }
  marks_.emplace(context.inputs().size(),
                 watermarks::Patience{options.lateness, options.idle_timeout}, context.now());
  steps_.emplace(options.step.count(), options.uplinks);
  limits_ = {.loss_percent = options.loss_limit,
             .rtt_ms = options.rtt_limit,
             .jitter_ms = options.jitter_limit,
             .utilization_percent = options.utilization_limit,
             .latency_under_load_ms = options.load_latency_limit,
             .egress_queue_ms = options.egress_queue_limit,
             .host_stall_ms = options.host_stall_limit};
  load_rules_ = {.idle_below_percent = options.idle_below,
                 .busy_from_percent = options.busy_from,
                 .steps = static_cast<std::size_t>(options.load_steps)};
}

void QosScorer::process(Input input, Output& output) {
  marks_->heard(input.index, input.batch.times(), context_->now());
  if (Steps::knows(input.batch.measurement())) {
    const std::vector<std::size_t> late = steps_->add(input.batch);
    if (!late.empty()) {
      context_->count("late_rows", late.size());
      output.emit(input.batch.take(late), "late");
    }
  } else {
    context_->count("unknown_rows", input.batch.rows());
    if (!std::exchange(unknown_told_, true)) {
      const Edge& edge = context_->inputs()[input.index];
      context_->log(Level::warning,
                    "'" + watermarks::input_name(edge) + "' sends measurement '" +
                        input.batch.measurement() +
                        "', of which nothing is scored; give inputs of icmp-source and "
                        "netdev-source");
    }
  }
  advance(output);
}

void QosScorer::end_input(std::size_t input, Output& output) {
  marks_->ended(input);
  advance(output);
}

void QosScorer::on_time(Timestamp, Output& output) { advance(output); }

void QosScorer::finish(weir::Reason, Output& output) {
  while (const auto step = steps_->next(std::nullopt)) score(*step);
  output.emit(rows_.take());
}

std::string QosScorer::save_state() const {
  model_parts::BytesWriter writer(magic, 1);
  const auto newest = marks_->newest();
  writer.put_size(newest.size());
  for (const auto& time : newest) {
    writer.put(static_cast<std::uint8_t>(time.has_value()));
    writer.put(time.value_or(0));
  }
  writer.put(load_rules_.idle_below_percent);
  writer.put(load_rules_.busy_from_percent);
  writer.put_size(load_latencies_.size());
  for (const auto& [target, load] : load_latencies_) {
    writer.put_text(target);
    load.save(writer);
  }
  steps_->save(writer);
  return writer.seal();
}

void QosScorer::load_state(std::uint32_t, std::string_view bytes) {
  model_parts::BytesReader reader(bytes, magic, 1, "the qos-scorer", "");
  const std::size_t count = context_->inputs().size();
  if (reader.take_size(bytes.size()) != count) reader.refuse("are of another number of inputs");
  std::vector<std::optional<std::int64_t>> newest(count);
  for (auto& time : newest) {
    const bool there = reader.take<std::uint8_t>() != 0;
    const auto value = reader.take<std::int64_t>();
    if (there) time = value;
  }
  const auto idle = reader.take<double>();
  if (idle != load_rules_.idle_below_percent ||
      reader.take<double>() != load_rules_.busy_from_percent)
    reader.refuse("are of another idle_below or busy_from");
  std::map<std::string, LoadLatency> loads;
  for (std::size_t left = reader.take_size(bytes.size()); left > 0; --left)
    loads[std::string(reader.take_text())].load(reader, load_rules_);
  steps_->load(reader);
  reader.end();
  load_latencies_ = std::move(loads);
  marks_->restore(newest);
}

void QosScorer::advance(Output& output) {
  const watermarks::Passed passed = marks_->passed(context_->now());
  if (passed.until || passed.all) {
    while (const auto step = steps_->next(passed.all ? std::nullopt : passed.until)) score(*step);
    output.emit(rows_.take());
  }
  if (passed.wake) output.wake_at(*passed.wake);
}

void QosScorer::score(const Step& step) {
  for (const auto& [target, of_step] : step.targets) {
    Measured measured = of_step;
    LoadLatency& load = load_latencies_[target];
    const auto rtt = measured.network_ms();
    if (rtt && measured.utilization_percent)
      load.add(*rtt, *measured.utilization_percent, load_rules_);
    measured.latency_under_load_ms = load.milliseconds();
    rows_.add(step.time, target, measured, judge(measured, limits_));
  }
}

}  // namespace weir::qos_scorer
