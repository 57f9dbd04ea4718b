// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>
#include <weir/model.hpp>

namespace weir::auto_model {

/// Another plugin's model in the contest.
struct Candidate {
  std::string plugin;
  std::string settings;  ///< text of a JSON object, or empty
  std::unique_ptr<OtherModel> model;
  std::vector<double> weights;  ///< per target
};

/// A new model that goes on from the bytes of one that was saved.
[[nodiscard]] std::unique_ptr<OtherModel> loaded(const Context& context, const std::string& plugin,
                                                 const std::string& settings,
                                                 std::string_view bytes);

/// Passes on how the models learn, one after the other, as one training; stops a model whose time
/// is over, and all of them when the engine says so.
class Relay {
 public:
  /// Durations of `context`'s monotonic clock; `models` in all.
  Relay(const Context& context, Progress& progress, Duration time_limit, std::size_t models);
  Relay(const Relay&) = delete;
  Relay& operator=(const Relay&) = delete;

  /// The next model begins.
  void next();
  /// To hand to it.
  [[nodiscard]] const weir_progress& progress() const { return raw_; }
  /// The engine asked to stop.
  [[nodiscard]] bool stopped() const { return stopped_; }
  /// The model at hand was stopped because its time was over.
  [[nodiscard]] bool out_of_time() const { return out_of_time_; }

 private:
  std::int32_t report(const weir_epoch& epoch);

  const Context* context_;
  Progress* progress_;
  Duration time_limit_;
  std::size_t models_left_;
  weir_progress raw_{};
  Duration begin_{};
  std::uint64_t before_ = 0;  // epochs of the models that are done
  std::uint64_t now_ = 0;     // of this one
  bool stopped_ = false;
  bool out_of_time_ = false;
};

}  // namespace weir::auto_model
