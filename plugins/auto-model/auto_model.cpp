// SPDX-License-Identifier: Apache-2.0
#include "auto_model.hpp"

#include <algorithm>
#include <cmath>
#include <exception>
#include <weir/error.hpp>

#include "mixing.hpp"
#include "report.hpp"
#include "saved_bytes.hpp"
#include "target_set.hpp"

namespace weir::auto_model {
namespace {

using model_parts::BytesReader;
using model_parts::BytesWriter;
using model_parts::ModelShape;
using model_parts::TargetSet;

constexpr std::string_view magic = "WEIRAUTO";
constexpr std::uint32_t version = 1;
constexpr std::size_t most_judged = 600;
constexpr std::size_t most_checked = 300;
constexpr std::string_view naive = "naive-model";
constexpr std::string_view seasonal_naive = "seasonal-naive-model";

/// The set with other windows.
weir_training_set with_windows(const TrainingSet& set, std::span<const std::uint64_t> train,
                               std::span<const std::uint64_t> validation) {
  weir_training_set changed = set.raw();
  changed.size = sizeof changed;
  changed.train = train.data();
  changed.train_count = train.size();
  changed.validation = validation.data();
  changed.validation_count = validation.size();
  return changed;
}

/// What was known at the origin of a training window, in its own series.
weir_window window_at(const TrainingSet& set, std::uint64_t first) {
  const std::size_t begin = set.series_begin(first);
  weir_window window{};
  window.size = sizeof window;
  window.features = static_cast<std::uint32_t>(set.features());
  window.rows = first + set.sequence_length() - begin;
  window.values = set.raw().values + begin * set.features();
  window.times = set.raw().times + begin;
  window.sequence_length = set.raw().sequence_length;
  window.horizon = set.raw().horizon;
  window.target_count = set.raw().target_count;
  window.step = set.raw().step;
  return window;
}

/// Forecasts of all candidates; one that fails or is not finite leaves the contest.
std::vector<Contest> contests_of(const TrainingSet& set, std::span<const std::uint64_t> windows,
                                 std::vector<Candidate>& candidates, const Context& context) {
  const std::size_t targets = set.targets().size();
  std::vector<Contest> contests(targets);
  for (const std::uint64_t window : windows) {
    for (std::size_t i = 0; i < set.horizon() * targets; ++i) {
      contests[i % targets].truths.push_back(
          set.rows().at(window + set.sequence_length() + i / targets, set.targets()[i % targets]));
    }
  }
  for (auto at = candidates.begin(); at != candidates.end();) {
    std::vector<std::vector<double>> forecasts(targets);
    try {
      for (const std::uint64_t window : windows) {
        const Forecast values = at->model->predict(window_at(set, window));
        for (std::size_t i = 0; i < values.size(); ++i) {
          if (!std::isfinite(values[i])) throw Error("it forecasts values that are not finite");
          forecasts[i % targets].push_back(values[i]);
        }
      }
    } catch (const std::exception& failure) {
      context.log(Level::warning, left_out(at->plugin, failure.what()));
      at = candidates.erase(at);
      continue;
    }
    for (std::size_t target = 0; target < targets; ++target)
      contests[target].forecasts.push_back(std::move(forecasts[target]));
    ++at;
  }
  return contests;
}

void drop_first(Contest& contest, std::size_t samples) {
  const auto count = static_cast<std::ptrdiff_t>(samples);
  contest.truths.erase(contest.truths.begin(), contest.truths.begin() + count);
  for (std::vector<double>& values : contest.forecasts)
    values.erase(values.begin(), values.begin() + count);
}

}  // namespace

const Context& AutoModel::context() const {
  if (context_ == nullptr) throw Error("auto-model was not opened by an engine");
  return *context_;
}

std::string AutoModel::settings_of(const std::string& plugin) const {
  const auto found = options.settings.find(plugin);
  return found != options.settings.end() ? found->second : std::string{};
}

std::vector<Candidate> AutoModel::fit_all(const TrainingSet& set, Relay& relay) const {
  std::vector<std::string> plugins{std::string(naive)};
  for (const std::string& plugin : options.models) {
    if (plugin == name) throw Fatal("auto-model: models cannot name auto-model itself");
    if (std::find(plugins.begin(), plugins.end(), plugin) == plugins.end())
      plugins.push_back(plugin);
  }
  for (const auto& [plugin, settings] : options.settings) {
    if (std::find(plugins.begin(), plugins.end(), plugin) == plugins.end())
      throw Fatal("auto-model: settings name '" + plugin + "', which is not among its models");
  }
  std::vector<Candidate> candidates;
  for (const std::string& plugin : plugins) {
    if (relay.stopped() && !candidates.empty()) {
      context().log(Level::warning, left_out(plugin, "training was stopped before its turn"));
      continue;
    }
    Candidate candidate{plugin, settings_of(plugin), nullptr, {}};
    relay.next();
    try {
      candidate.model = std::make_unique<OtherModel>(context(), plugin, candidate.settings);
      candidate.model->fit(set.raw(), relay.progress());
    } catch (const std::exception& failure) {
      context().log(Level::warning, left_out(plugin, failure.what()));
      continue;
    }
    if (relay.out_of_time()) context().log(Level::warning, out_of_time(plugin, options.time_limit));
    candidates.push_back(std::move(candidate));
  }
  if (candidates.empty())
    throw Error("auto-model: none of its models could be fitted; the reasons are logged above");
  return candidates;
}

std::vector<bool> AutoModel::trust(const Contest& contest, std::size_t learned,
                                   const std::vector<std::string>& plugins,
                                   std::string_view target) const {
  std::vector<bool> trusted(plugins.size(), true);
  double least = 0;
  for (std::size_t i = 0; i < plugins.size(); ++i) {
    std::vector<double> alone(plugins.size());
    alone[i] = 1;
    const double error = error_of(contest, alone, 0, learned);
    if (i == 0) least = error;
    trusted[i] = error <= least;
    if (!trusted[i]) context().log(Level::info, not_trusted(target, plugins[i]));
  }
  return trusted;
}

void AutoModel::choose_models(const TrainingSet& set, Relay& relay) {
  const auto judged = model_parts::thinned(set.validation(), most_judged);
  std::vector<Candidate> candidates = fit_all(set, relay);
  std::vector<std::uint64_t> windows = model_parts::thinned(set.train(), most_checked);
  const std::size_t checked = windows.size() * set.horizon();  // samples of a target
  windows.insert(windows.end(), judged.begin(), judged.end());
  std::vector<Contest> contests = contests_of(set, windows, candidates, context());
  if (candidates.empty())
    throw Error("auto-model: none of its models could forecast; the reasons are logged above");
  std::vector<std::string> plugins;
  for (const Candidate& candidate : candidates) plugins.push_back(candidate.plugin);
  const auto seasonal = std::find(plugins.begin(), plugins.end(), seasonal_naive);
  const auto second = seasonal == plugins.end()
                          ? std::size_t{0}
                          : static_cast<std::size_t>(seasonal - plugins.begin());
  // Samples of windows that do not overlap: neighbours in time share most of their truths.
  const std::size_t span =
      judged.size() < 2 ? 1 : (judged.back() - judged.front()) / (judged.size() - 1);
  const std::size_t judged_block =
      set.horizon() * std::max<std::size_t>(1, set.horizon() / std::max<std::size_t>(1, span));
  for (std::size_t target = 0; target < contests.size(); ++target) {
    Verdict verdict;
    verdict.weights.assign(candidates.size(), 0);
    verdict.weights.front() = 1;
    const std::uint32_t feature = set.targets()[target];
    if (judged.empty()) {
      context().log(Level::warning, nothing_to_judge(set.feature_name(feature), plugins.front()));
    } else {
      const std::vector<bool> trusted =
          trust(contests[target], checked, plugins, set.feature_name(feature));
      drop_first(contests[target], checked);
      verdict =
          judge(contests[target], trusted, second, judged_block, options.choose == Choose::weights);
      for (const std::string& line :
           report_lines(set.feature_name(feature), std::abs(set.scale()[feature]), judged.size(),
                        plugins, contests[target], verdict)) {
        context().log(Level::info, line);
      }
    }
    for (std::size_t i = 0; i < candidates.size(); ++i)
      candidates[i].weights.push_back(verdict.weights[i]);
  }
  // What no target uses need not be saved, nor learn on.
  std::erase_if(candidates, [](const Candidate& candidate) {
    return std::all_of(candidate.weights.begin(), candidate.weights.end(),
                       [](double weight) { return weight == 0; });
  });
  candidates_ = std::move(candidates);
}

void AutoModel::learn_on(const TrainingSet& set, Relay& relay) {
  std::vector<Candidate> learned;
  for (const Candidate& candidate : candidates_) {
    relay.next();
    Candidate& next = learned.emplace_back(
        Candidate{candidate.plugin, candidate.settings, nullptr, candidate.weights});
    next.model = loaded(context(), candidate.plugin, candidate.settings, candidate.model->save());
    next.model->fit(set.raw(), relay.progress());
  }
  candidates_ = std::move(learned);
}

void AutoModel::fit(const TrainingSet& set, Progress& progress) {
  const ModelShape shape(set);
  complained_ = false;
  if (shape == shape_ && !candidates_.empty()) {
    Relay relay(context(), progress, options.time_limit, candidates_.size());
    learn_on(set, relay);
    return;
  }
  Relay relay(context(), progress, options.time_limit, 1 + options.models.size());
  const TargetSet split(set, set.targets().front());
  const weir_training_set chosen_by = with_windows(set, split.train(), split.validation());
  choose_models(TrainingSet(chosen_by), relay);
  // The choice was made on a part of the training windows: now learn from all of them.
  if (set.validation().empty()) {
    Relay again(context(), progress, options.time_limit, candidates_.size());
    learn_on(set, again);
  }
  shape_ = shape;
}

Forecast AutoModel::predict(const Window& window) {
  shape_.check(window);
  const std::size_t targets = shape_.targets.size();
  std::vector<std::vector<model_parts::WeightedValue>> values(shape_.horizon * targets);
  for (Candidate& candidate : candidates_) {
    try {
      const Forecast own = candidate.model->predict(window.raw());
      for (std::size_t i = 0; i < values.size(); ++i) {
        const double weight = candidate.weights[i % targets];
        if (weight != 0 && std::isfinite(own[i])) values[i].push_back({own[i], weight});
      }
    } catch (const std::exception& failure) {
      if (!complained_) context().log(Level::warning, left_out(candidate.plugin, failure.what()));
      complained_ = true;
    }
  }
  const Rows& rows = window.rows();
  Forecast forecast(values.size());
  for (std::size_t i = 0; i < forecast.size(); ++i) {
    // Those that forecast share the weights of those that could not; at last there is the last
    // value.
    forecast[i] = values[i].empty()
                      ? rows.at(rows.size() - 1, shape_.targets[i % targets])
                      : model_parts::trimmed_mean(values[i], model_parts::outer_quarter);
  }
  return forecast;
}

std::string AutoModel::save() const {
  if (candidates_.empty()) throw Error("this model was neither trained nor loaded");
  BytesWriter to(magic, version);
  shape_.put(to);
  to.put_size(candidates_.size());
  for (const Candidate& candidate : candidates_) {
    to.put_text(candidate.plugin);
    to.put_text(candidate.settings);
    to.put_list(candidate.weights);
    to.put_text(candidate.model->save());
  }
  return to.seal();
}

void AutoModel::load(std::string_view bytes) {
  BytesReader from(bytes, magic, version, name);
  ModelShape shape = ModelShape::take(from);
  const std::size_t count = from.take_size(64);
  if (count == 0) from.refuse("hold no model");
  std::vector<Candidate> candidates;
  for (std::size_t i = 0; i < count; ++i) {
    Candidate candidate;
    candidate.plugin = from.take_text();
    candidate.settings = from.take_text();
    candidate.weights = from.take_list<double>(shape.targets.size());
    for (const double weight : candidate.weights) {
      if (weight < 0 || weight > 1) from.refuse("hold a weight outside 0 to 1");
    }
    // A file that holds itself again and again would take all memory.
    if (candidate.plugin == name) from.refuse("hold an auto-model inside");
    candidate.model = loaded(context(), candidate.plugin, candidate.settings, from.take_text());
    candidates.push_back(std::move(candidate));
  }
  from.end();
  shape_ = std::move(shape);
  candidates_ = std::move(candidates);
  complained_ = false;
}

}  // namespace weir::auto_model
