// SPDX-License-Identifier: Apache-2.0
#include "example_model.hpp"

#include <iomanip>
#include <sstream>

void ExampleModel::fit(const weir::TrainingSet& set, weir::Progress& progress) {
  targets_.clear();
  for (const std::uint32_t feature : set.targets()) {
    double sum = 0;
    for (const std::uint64_t window : set.train()) {
      const std::size_t last = window + set.sequence_length() - 1;  // of the window's inputs
      const std::size_t end = last + set.horizon();                 // of what comes after them
      sum += (set.rows().at(end, feature) - set.rows().at(last, feature)) / double(set.horizon());
    }
    targets_.push_back({feature, set.train().empty() ? 0 : sum / double(set.train().size())});
  }
  (void)progress.report(1, 1, 0, 0);  // one epoch: there is nothing to stop early
}

weir::Forecast ExampleModel::predict(const weir::Window& window) const {
  const std::size_t last = window.rows().size() - 1;
  weir::Forecast forecast;
  for (std::size_t step = 1; step <= window.horizon(); ++step) {
    for (const Target& target : targets_) {
      forecast.push_back(window.rows().at(last, target.feature) + double(step) * target.change);
    }
  }
  return forecast;
}

std::string ExampleModel::save() const {
  std::ostringstream text;
  text << std::setprecision(17);
  for (const Target& target : targets_) text << target.feature << ' ' << target.change << '\n';
  return text.str();
}

void ExampleModel::load(std::string_view bytes) {
  std::istringstream text{std::string(bytes)};
  std::vector<Target> loaded;
  for (Target target; text >> target.feature >> target.change;) loaded.push_back(target);
  if (loaded.empty() || !text.eof()) throw weir::Error("these are not the bytes of example-model");
  targets_ = std::move(loaded);
}

WEIR_PLUGIN("0.1.0", ExampleModel)
