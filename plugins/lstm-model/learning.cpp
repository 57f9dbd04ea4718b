// SPDX-License-Identifier: Apache-2.0
#include "learning.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <stdexcept>
#include <thread>
#include <utility>
#include <weir/error.hpp>

#include "mixing.hpp"
#include "network/initialise.hpp"

namespace weir::lstm_model {
namespace {

constexpr unsigned max_units = 4'096;
constexpr double max_training_bytes = 4.0 * 1024 * 1024 * 1024;
constexpr double infinity = std::numeric_limits<double>::infinity();

std::string number(std::size_t value) { return std::to_string(value); }

InputPlan plan_for(const Options& options, const TrainingSet& set) {
  if (set.train().empty()) {
    throw Error(
        "no training window: the training part needs at least sequence_length + horizon = " +
        number(set.sequence_length() + set.horizon()) + " rows without a missing value");
  }
  InputPlan plan;
  plan.steps = set.sequence_length();
  plan.features = set.features();
  plan.horizon = set.horizon();
  plan.targets.assign(set.targets().begin(), set.targets().end());
  plan.recursive = options.strategy == Strategy::recursive;
  if (options.calendar) {
    const std::size_t end = set.train().back() + set.sequence_length();
    choose_calendar(plan, set.rows(), end, set.step());
  }
  if (options.seasonal_inputs.value_or(true) || options.residual == ResidualChoice::seasonal)
    choose_lags(plan, set);
  // Outside of what it has learned such a network knows nothing, and what it makes of that is fed
  // to it again. Where there is a base, levels may go on.
  if (plan.recursive && options.residual == ResidualChoice::none)
    plan.fed_back = learned_ranges(plan, set);
  return plan;
}

Shape shape_for(const Options& options, const InputPlan& plan, const Way& way) {
  for (const unsigned units : options.layers) {
    if (units >= 1 && units <= max_units) continue;
    throw Error("layers: " + std::to_string(units) + " units, but a layer has 1 to " +
                std::to_string(max_units));
  }
  Shape shape =
      network_shape(plan, way, {options.layers.begin(), options.layers.end()}, options.activation);
  try {
    check(shape);
  } catch (const std::invalid_argument& impossible) {
    throw Error(impossible.what());
  }
  const double bytes = training_bytes<float>(shape, options.batch_size);
  if (bytes > max_training_bytes) {
    throw Error("training would take " + std::to_string(static_cast<long>(bytes / 1e6)) +
                " MB of memory; use fewer layers or units, a smaller batch_size or a shorter "
                "sequence_length");
  }
  return shape;
}

std::string text(const Way& way) {
  const char* const names[] = {"residual none", "residual last", "residual seasonal"};
  std::string result = names[static_cast<std::size_t>(way.residual)];
  if (way.instance_norm) result += ", instance_norm";
  if (way.lagged) result += ", seasonal inputs";
  if (way.relative) result += ", relative";
  return result;
}

}  // namespace

Learning::Learning(const Options& options, const TrainingSet& set, Progress& progress, Log log)
    : options_(options),
      set_(set),
      progress_(progress),
      log_(std::move(log)),
      plan_(plan_for(options, set)),
      loss_units_(options.residual == ResidualChoice::none
                      ? std::vector<double>(plan_.targets.size(), 1)
                      : naive_units(plan_, set)),
      best_loss_(infinity) {}

std::uint64_t Learning::seed_of(std::size_t number) const {
  return set_.seed() + number * 0x9E3779B97F4A7C15;
}

TrainerOptions Learning::trainer_options(std::uint64_t seed) const {
  TrainerOptions training;
  training.loss = options_.loss;
  training.quantile = options_.quantile;
  training.batch_size = options_.batch_size;
  training.learning_rate = options_.learning_rate;
  training.weight_decay = options_.weight_decay;
  training.clip_norm = options_.clip_norm;
  training.dropout = options_.dropout;
  training.averaging = options_.averaging;
  training.seed = seed;
  // More threads than processors would take turns.
  training.threads =
      std::min<std::size_t>(options_.threads, std::max(1U, std::thread::hardware_concurrency()));
  return training;
}

// Options that others leave without a use.
void Learning::say_what_is_dropped() const {
  if (options_.linear && !linear_fits()) {
    log_("linear is left out: a window has more than " + number(max_known) +
         " values of the targets; a shorter sequence_length would have it");
  }
  if (options_.instance_norm && options_.standardise)
    log_("instance_norm measures each window by itself: standardise is left out");
  if (options_.relative.value_or(false) && (options_.instance_norm || !options_.standardise))
    log_("relative is left out: it needs standardise, without instance_norm");
}

bool Learning::linear_fits() const { return (plan_.steps - 1) * plan_.targets.size() <= max_known; }

std::vector<Residual> Learning::residuals() const {
  const bool has_season = !plan_.lags.empty() && plan_.lags.front() == set_.season();
  if (options_.residual == ResidualChoice::seasonal && !has_season) {
    log_(set_.season() == 0
             ? "no season is known: residual last instead of seasonal"
             : "too few training windows look back a season of " + number(set_.season()) +
                   " rows: residual last instead of seasonal");
  }
  if (options_.residual == ResidualChoice::none) return {Residual::none};
  if (options_.residual == ResidualChoice::last || !has_season) return {Residual::last};
  if (options_.residual == ResidualChoice::seasonal) return {Residual::seasonal};
  return {Residual::last, Residual::seasonal};
}

std::vector<Way> Learning::ways() const {
  say_what_is_dropped();
  const bool open = options_.residual == ResidualChoice::automatic;
  const bool norm = options_.instance_norm;
  const bool standard = options_.standardise && !norm;
  const bool linear = options_.linear && linear_fits();
  std::vector<Way> all;
  for (const Residual residual : residuals()) {
    for (const bool lagged : {false, true}) {
      if (lagged != (options_.seasonal_inputs.value_or(lagged) && !plan_.lags.empty())) continue;
      // Who starts from the season's values may see them.
      if (open && residual == Residual::seasonal && !lagged && !options_.seasonal_inputs) continue;
      for (const bool relative : {false, true}) {
        // Without a base nobody would give the level back.
        const bool tried = relative && residual != Residual::none;
        if (relative != (standard && options_.relative.value_or(tried))) continue;
        all.push_back({residual, norm, lagged, standard, linear, relative});
      }
    }
  }
  // Nothing tells which is better.
  if (set_.validation().empty()) all.resize(1);
  return all;
}

FitResult Learning::run(Trainer<float>& trainer, const Examples& examples,
                        const FitOptions& options) {
  const bool validated = !examples.validation().empty();
  const double best_before = best_loss_;
  const FitResult result = fit<float>(
      trainer, examples.train(), examples.validation(), options, [&](const EpochReport& now) {
        best_loss_ = std::min(best_before, now.best_loss);
        ++epochs_done_;
        const std::uint64_t left = options.epochs - now.epoch + (runs_left_ - 1) * options.epochs;
        stopped_ = !progress_.report(epochs_done_, epochs_done_ + left, now.loss, best_loss_,
                                     validated ? std::optional(now.validation_loss) : std::nullopt);
        return !stopped_;
      });
  runs_left_ -= runs_left_ > 1 ? 1 : 0;
  return result;
}

Learning::Run Learning::train(const Way& way, std::size_t number) {
  Run result;
  result.number = number;
  result.member.way = way;
  result.member.shape = shape_for(options_, plan_, way);
  learn_units(plan_, set_, result.member);
  const Examples examples(plan_, set_, result.member, loss_units_);
  const std::uint64_t seed = seed_of(number);
  Trainer<float> trainer(result.member.shape, initial_weights<float>(result.member.shape, seed),
                         trainer_options(seed));
  FitOptions fitting{options_.epochs, options_.patience, true, seed};
  fitting.schedule = options_.schedule;
  fitting.warm_up = std::min(options_.warm_up, options_.epochs - 1);
  fitting.epoch_samples = options_.epoch_windows;
  const std::optional<Rollout> rollout = rollout_of_validation();
  if (rollout) fitting.validate = [&] { return rolled_loss(*rollout, trainer, result.member); };
  const FitResult end = run(trainer, examples, fitting);
  if (end.last.best_epoch == 0) {
    diverged_in_ = end.last.epoch;
    result.loss = infinity;
    return result;
  }
  result.loss = end.last.best_loss;
  result.member.epochs = static_cast<std::uint32_t>(end.last.best_epoch);
  result.member.weights.assign(trainer.weights().begin(), trainer.weights().end());
  const Validation validation = validate(trainer, examples);
  result.member.trust = trust_of(result.member, validation, rollout);
  if (set_.validation().empty()) return result;
  result.loss = validation_loss(result.member, validation, rollout);
  return result;
}

double Learning::validation_loss(const Member& member, const Validation& validation,
                                 const std::optional<Rollout>& rollout) {
  return rollout ? rollout->loss(member) : validation.loss(member.trust);
}

std::optional<Rollout> Learning::rollout_of_validation() const {
  // Each epoch pays for them, a run of the network per step ahead.
  const std::size_t most = std::clamp<std::size_t>(1'280 / plan_.horizon, 8, 64);
  if (!plan_.recursive || plan_.horizon < 2 || set_.validation().empty()) return std::nullopt;
  return std::optional<Rollout>(std::in_place, plan_, set_, loss_units_, options_.loss,
                                options_.quantile, most);
}

double Learning::rolled_loss(const Rollout& rollout, const Trainer<float>& trainer,
                             const Member& member) const {
  Member now = member;
  now.weights.assign(trainer.averaged().begin(), trainer.averaged().end());
  if (now.trust.empty()) now.trust.assign(plan_.network_steps() * plan_.targets.size(), 1);
  return rollout.loss(now);
}

Validation Learning::validate(Trainer<float>& trainer, const Examples& examples) const {
  return {trainer, examples.validation(), plan_.network_steps() * plan_.targets.size(),
          options_.loss, options_.quantile};
}

// Without a base there is nothing to come back to.
std::vector<double> Learning::trust_of(const Member& member, const Validation& validation,
                                       const std::optional<Rollout>& rollout) const {
  if (member.way.residual == Residual::none || set_.validation().empty())
    return std::vector<double>(plan_.network_steps() * plan_.targets.size(), 1);
  return rollout ? rollout->best_trust(member) : validation.best_trust();
}

// How often each run counts: the best one 100 times.
std::vector<unsigned> Learning::mix(const std::vector<Run>& runs) const {
  constexpr double parts = 100;
  // A squared error is a size squared; Huber's loss is one for most errors.
  const bool squared = options_.loss == Loss::mse || options_.loss == Loss::huber;
  std::vector<double> losses;
  for (const Run& run : runs) losses.push_back(run.loss);
  std::vector<unsigned> counts(runs.size(), 0);
  if (*std::min_element(losses.begin(), losses.end()) == infinity) return counts;
  const std::vector<double> shares = model_parts::shares_by_error(losses, squared ? 3 : 6);
  for (std::size_t r = 0; r < runs.size(); ++r)
    counts[r] = static_cast<unsigned>(std::lround(parts * shares[r]));
  return counts;
}

TrainedModel Learning::fresh() {
  const std::vector<Way> all = ways();
  runs_left_ = all.size() * options_.ensemble;
  std::vector<Run> runs;
  for (const Way& way : all) {
    if (stopped_) break;
    runs.push_back(train(way, 0));
  }
  const std::vector<unsigned> kept = mix(runs);
  const auto ways_kept = std::count_if(kept.begin(), kept.end(), [](auto n) { return n > 0; });
  runs_left_ =
      std::max<std::size_t>(1, static_cast<std::size_t>(ways_kept) * (options_.ensemble - 1));
  for (std::size_t r = 0; r < kept.size(); ++r) {
    for (std::size_t seed = 1; seed < options_.ensemble && kept[r] > 0 && !stopped_; ++seed) {
      Run other = train(all[r], seed);
      // One that was stopped at its beginning is no help to those that were not.
      if (!stopped_) runs.push_back(std::move(other));
    }
  }
  const std::vector<unsigned> counts = mix(runs);
  TrainedModel model{plan_, options_.combine, {}};
  for (std::size_t r = 0; r < runs.size(); ++r) {
    if (runs.size() > 1) {
      const std::string again = runs[r].number == 0 ? "" : ", once more";
      log_(text(runs[r].member.way) + again + ": validation loss " + std::to_string(runs[r].loss) +
           (counts[r] > 0 ? ", kept with weight " + std::to_string(counts[r]) : ""));
    }
    if (counts[r] == 0 || runs[r].loss == infinity) continue;
    runs[r].member.weight = counts[r];
    model.members.push_back(std::move(runs[r].member));
  }
  if (model.members.empty()) {
    throw Error("training diverged in epoch " + number(diverged_in_) +
                " (no finite loss); lower learning_rate (now " +
                std::to_string(options_.learning_rate) + "), set clip_norm or use activation tanh");
  }
  return model;
}

bool Learning::fits(const TrainedModel& model) const {
  const InputPlan& loaded = model.plan;
  if (loaded.steps != plan_.steps || loaded.features != plan_.features ||
      loaded.horizon != plan_.horizon || loaded.targets != plan_.targets ||
      loaded.recursive != plan_.recursive || loaded.fed_back.size() != plan_.fed_back.size() ||
      (!options_.calendar && loaded.calendar() > 0)) {
    return false;
  }
  const std::vector<std::size_t> layers(options_.layers.begin(), options_.layers.end());
  return std::all_of(model.members.begin(), model.members.end(), [&](const Member& member) {
    return member.shape.units == layers && member.shape.activation == options_.activation;
  });
}

TrainedModel Learning::again(const TrainedModel& before) {
  TrainedModel model = before;
  std::vector<InputPlan::Range> ranges = model.plan.fed_back;
  for (std::size_t target = 0; target < ranges.size(); ++target)
    ranges[target].widen(plan_.fed_back[target]);
  plan_ = model.plan;
  const bool validated = !set_.validation().empty();
  if (!validated && options_.refit_epochs == 0) return model;
  plan_.fed_back = ranges;
  runs_left_ = model.members.size();
  for (std::size_t m = 0; m < model.members.size() && !stopped_; ++m) {
    Member& member = model.members[m];
    const Examples examples(plan_, set_, member, loss_units_);
    const std::uint64_t seed = seed_of(m + 1'000);
    Trainer<float> trainer(member.shape, member.weights, trainer_options(seed));
    const std::optional<Rollout> rollout = rollout_of_validation();
    const double before_loss =
        validated ? validation_loss(member, validate(trainer, examples), rollout) : infinity;
    // Who validated best after few epochs would soon learn the noise.
    FitOptions fitting{validated ? options_.epochs : std::min(options_.refit_epochs, member.epochs),
                       validated ? options_.patience : 0, true, seed};
    fitting.schedule = validated ? options_.schedule : Schedule::cosine;
    fitting.epoch_samples = options_.epoch_windows;
    fitting.keep_last = !validated;
    fitting.start_counts = validated;
    if (rollout) fitting.validate = [&] { return rolled_loss(*rollout, trainer, member); };
    (void)run(trainer, examples, fitting);
    Member next = member;
    // A pass that had no finite loss has left the weights as they were.
    next.weights.assign(trainer.weights().begin(), trainer.weights().end());
    if (validated) {
      const Validation validation = validate(trainer, examples);
      next.trust = trust_of(next, validation, rollout);
      if (!(validation_loss(next, validation, rollout) < before_loss)) continue;
    }
    member = std::move(next);
    model.plan.fed_back = ranges;
  }
  return model;
}

}  // namespace weir::lstm_model
