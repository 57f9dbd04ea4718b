// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>
#include <vector>

#include "booster.hpp"
#include "per_target.hpp"
#include "tree_inputs.hpp"
#include "trees.hpp"

namespace weir::boosted_trees_model {

/// One target: trees that all steps ahead share, with the step among their inputs. Where they
/// start, and whether they see the logarithm, is what a short training does best with on the
/// validation part.
class BoostedTrees {
 public:
  static constexpr std::string_view magic = "WEIRTREE";
  static constexpr std::uint32_t version = 2;
  static constexpr bool reports = true;
  using Settings = BoosterSettings;

  void choose(const model_parts::TargetSet& set, const Settings& settings,
              const model_parts::Watch& watch);
  /// Anew, with as many rounds as were best before.
  void learn(const model_parts::TargetSet& set, const Settings& settings,
             const model_parts::Watch& watch);
  void forecast(const model_parts::History& history, std::size_t feature,
                std::span<double> values) const;
  void put(model_parts::BytesWriter& to) const;
  [[nodiscard]] static BoostedTrees take(model_parts::BytesReader& from,
                                         const model_parts::ModelShape& shape);

 private:
  struct Limits {
    std::size_t samples = 0;
    std::size_t judged = 0;
  };
  void grow(const model_parts::TargetSet& set, std::span<const std::uint64_t> train,
            std::span<const std::uint64_t> validation, std::size_t end, Settings settings,
            const Limits& limits, const model_parts::Watch& watch);
  [[nodiscard]] Table table_of(const model_parts::TargetSet& set,
                               std::span<const std::uint64_t> windows, std::size_t most) const;

  Start start_ = Start::last;  // a choice, as is the next
  bool logarithm_ = false;
  model_parts::Warp warp_;
  TreeInputs inputs_;
  double unit_ = 1;  // of what the trees learn, so that its size does not matter
  Trees trees_;
  std::uint32_t rounds_ = 0;  // that they were grown in
};

}  // namespace weir::boosted_trees_model
