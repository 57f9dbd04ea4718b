// SPDX-License-Identifier: Apache-2.0
#pragma once
/// A model plugin whose targets are forecast each by itself: what all such plugins have in common.
///
///   struct Drift {                          // of one target
///     static constexpr std::string_view magic = "WEIRDRFT";
///     static constexpr std::uint32_t version = 1;
///     static constexpr bool reports = false;  // true: it calls Watch itself
///     struct Settings {…};                    // from the node's options, and perhaps a log
///
///     // choices, then learn(train)
///     void choose(const TargetSet&, const Settings&, const Watch&);
///
///     // from all(), with the choices that it holds
///     void learn(const TargetSet&, const Settings&, const Watch&);
///
///     void forecast(const History&, std::size_t feature, std::span<double>) const;
///
///     void put(BytesWriter&) const;
///
///     // throws Error
///     static Drift take(BytesReader&, const ModelShape&);
///   };
///   struct DriftModel : PerTarget<Drift> { name, summary, options };

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>
#include <weir/model.hpp>

#include "history.hpp"
#include "model_shape.hpp"
#include "saved_bytes.hpp"
#include "target_set.hpp"

namespace weir::model_parts {

/// Tells how learning goes on; false: stop and keep the best so far. `round` from 1 to `rounds`.
using Watch = std::function<bool(std::uint64_t round, std::uint64_t rounds, double loss,
                                 double best, std::optional<double> validation_loss)>;

template <class Part>
class PerTarget {
 public:
  void open(Context& context) { context_ = &context; }

 protected:
  using Settings = typename Part::Settings;

  void fit_parts(const TrainingSet& set, Progress& progress, const Settings& settings) {
    const ModelShape shape(set);
    const bool warm = shape == shape_ && parts_.size() == shape.targets.size();
    std::vector<Part> parts = warm ? parts_ : std::vector<Part>(shape.targets.size());
    for (std::size_t i = 0; i < parts.size(); ++i) {
      const TargetSet target(set, shape.targets[i]);
      const Watch watch = [&](std::uint64_t round, std::uint64_t rounds, double loss, double best,
                              std::optional<double> validation_loss) {
        return progress.report(i * rounds + round, parts.size() * rounds, loss, best,
                               validation_loss);
      };
      if (!warm) parts[i].choose(target, settings, watch);
      // Choices that were made on a part of the training windows: now from all of them.
      if (warm || set.validation().empty()) parts[i].learn(target, settings, watch);
      if constexpr (!Part::reports) report_error(parts[i], target, watch);
    }
    shape_ = shape;
    parts_ = std::move(parts);
  }

 public:
  [[nodiscard]] Forecast predict(const Window& window) {
    shape_.check(window);
    const History history(window);
    Forecast forecast(shape_.horizon * parts_.size());
    std::vector<double>& values = values_;
    values.resize(shape_.horizon);
    for (std::size_t i = 0; i < parts_.size(); ++i) {
      parts_[i].forecast(history, shape_.targets[i], values);
      for (std::size_t step = 0; step < values.size(); ++step)
        forecast[step * parts_.size() + i] = values[step];
    }
    return forecast;
  }
  [[nodiscard]] std::string save() const {
    if (parts_.empty()) throw Error("this model was neither trained nor loaded");
    BytesWriter to(Part::magic, Part::version);
    shape_.put(to);
    for (const Part& part : parts_) part.put(to);
    return to.seal();
  }

 protected:
  void load_parts(std::string_view bytes, std::string owner) {
    BytesReader from(bytes, Part::magic, Part::version, std::move(owner));
    ModelShape shape = ModelShape::take(from);
    std::vector<Part> parts;
    for (std::size_t i = 0; i < shape.targets.size(); ++i) parts.push_back(Part::take(from, shape));
    from.end();
    shape_ = std::move(shape);
    parts_ = std::move(parts);
  }
  [[nodiscard]] const std::vector<Part>& parts() const { return parts_; }
  void log(Level level, const std::string& line) const {
    if (context_ != nullptr) context_->log(level, line);
  }

 private:
  static constexpr std::size_t most_judged = 300;

  // One round, so that a history has its line.
  static void report_error(const Part& part, const TargetSet& target, const Watch& watch) {
    const bool validated = !target.set().validation().empty();
    const double error =
        target.error(thinned(validated ? target.validation() : target.all(), most_judged),
                     [&](const History& history, std::span<double> values) {
                       part.forecast(history, target.feature(), values);
                     });
    (void)watch(1, 1, error, error, validated ? std::optional(error) : std::nullopt);
  }

  Context* context_ = nullptr;
  ModelShape shape_;
  std::vector<Part> parts_;
  std::vector<double> values_;  // of the target at hand
};

}  // namespace weir::model_parts
