// SPDX-License-Identifier: Apache-2.0
#include "aligner.hpp"

#include <weir/plugin.hpp>

#include "saved_bytes.hpp"

namespace weir::aligner {
namespace {

constexpr std::string_view magic = "WEIRALGN";
constexpr std::size_t rows_to_learn_from = 256;

}  // namespace

void Aligner::open(Context& context) {
  context_ = &context;
  marks_.emplace(context.inputs().size(),
                 watermarks::Patience{options.lateness, options.idle_timeout}, context.now());
  if (options.step) start(*options.step);
}

void Aligner::start(Duration step) {
  std::vector<std::string> names;
  for (const Edge& edge : context_->inputs()) names.push_back(watermarks::input_name(edge));
  grid_.emplace(Rules{step.count(), options.aggregate, options.fill, options.fill_limit.count(),
                      options.sentinels},
                std::move(names));
}

void Aligner::process(Input input, Output& output) {
  marks_->heard(input.index, input.batch.times(), context_->now());
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
  std::vector<std::vector<std::int64_t>> times(context_->inputs().size());
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
  marks_->ended(input);
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

std::string Aligner::save_state() const {
  if (!grid_) throw RetryLater("the step is not known yet");
  model_parts::BytesWriter writer(magic, 1);
  writer.put(grid_->step());
  const auto newest = marks_->newest();
  writer.put_size(newest.size());
  for (const auto& time : newest) {
    writer.put(static_cast<std::uint8_t>(time.has_value()));
    writer.put(time.value_or(0));
  }
  writer.put_text(grid_->save());
  return writer.seal();
}

void Aligner::load_state(std::uint32_t, std::string_view bytes) {
  model_parts::BytesReader reader(bytes, magic, 1, "the aligner", "");
  const auto step = reader.take<std::int64_t>();
  if (step <= 0) reader.refuse("hold a step that cannot be");
  if (options.step && options.step->count() != step) reader.refuse("are of another step");
  const std::size_t count = context_->inputs().size();
  if (reader.take_size(bytes.size()) != count) reader.refuse("are of another number of inputs");
  std::vector<std::optional<std::int64_t>> newest(count);
  for (auto& time : newest) {
    const bool there = reader.take<std::uint8_t>() != 0;
    const auto value = reader.take<std::int64_t>();
    if (there) time = value;
  }
  const std::string_view grid = reader.take_text();
  reader.end();
  start(Duration{step});
  grid_->load(grid);
  marks_->restore(newest);
}

void Aligner::advance(Output& output) {
  const watermarks::Passed passed = marks_->passed(context_->now());
  if (passed.until || passed.all)
    output.emit(grid_->advance(passed.all ? std::nullopt : passed.until));
  if (passed.wake) output.wake_at(*passed.wake);
}

}  // namespace weir::aligner

WEIR_PLUGIN("1.0.0", weir::aligner::Aligner)
