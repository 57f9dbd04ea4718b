// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>
#include <weir/model.hpp>

#include "examples.hpp"
#include "network/trainer.hpp"
#include "options.hpp"
#include "rollout.hpp"
#include "trained_model.hpp"
#include "validation.hpp"

namespace weir::lstm_model {

/// From a training set to a model: which ways are tried, which are kept, from which seeds.
class Learning {
 public:
  using Log = std::function<void(const std::string&)>;

  Learning(const Options& options, const TrainingSet& set, Progress& progress, Log log);

  /// Tries the ways that the options leave open, keeps one or a mix of them, by their validation
  /// losses, and trains the other seeds of those.
  [[nodiscard]] TrainedModel fresh();

  /// Whether again() could go on with the model.
  [[nodiscard]] bool fits(const TrainedModel& model) const;

  /// Trains the members of a model further. Without a validation part for `refit_epochs`, with the
  /// learning rate falling; with one as long as that part's loss falls, from what it was.
  [[nodiscard]] TrainedModel again(const TrainedModel& model);

 private:
  struct Run {
    Member member;
    double loss = 0;         // over the validation windows
    std::size_t number = 0;  // of its seed
  };

  [[nodiscard]] std::vector<Residual> residuals() const;
  [[nodiscard]] std::vector<Way> ways() const;
  void say_what_is_dropped() const;
  [[nodiscard]] bool linear_fits() const;
  [[nodiscard]] Run train(const Way& way, std::size_t number);
  [[nodiscard]] Validation validate(Trainer<float>& trainer, const Examples& examples) const;
  /// Where a network is fed its own forecasts that is what it is judged by.
  [[nodiscard]] std::optional<Rollout> rollout_of_validation() const;
  [[nodiscard]] double rolled_loss(const Rollout& rollout, const Trainer<float>& trainer,
                                   const Member& member) const;
  /// `validation` is of the member's own weights.
  [[nodiscard]] static double validation_loss(const Member& member, const Validation& validation,
                                              const std::optional<Rollout>& rollout);
  [[nodiscard]] std::vector<double> trust_of(const Member& member, const Validation& validation,
                                             const std::optional<Rollout>& rollout) const;
  [[nodiscard]] FitResult run(Trainer<float>& trainer, const Examples& examples,
                              const FitOptions& options);
  [[nodiscard]] TrainerOptions trainer_options(std::uint64_t seed) const;
  [[nodiscard]] std::vector<unsigned> mix(const std::vector<Run>& runs) const;
  [[nodiscard]] std::uint64_t seed_of(std::size_t number) const;

  const Options& options_;
  const TrainingSet& set_;
  Progress& progress_;
  Log log_;
  InputPlan plan_;
  std::vector<double> loss_units_;
  // Of all runs together: what has been and what may come.
  std::uint64_t epochs_done_ = 0;
  std::size_t runs_left_ = 1;
  double best_loss_;
  bool stopped_ = false;
  std::size_t diverged_in_ = 0;  // epoch, of the last run that did
};

}  // namespace weir::lstm_model
