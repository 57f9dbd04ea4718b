// SPDX-License-Identifier: Apache-2.0
#include "concatenator.hpp"

#include <utility>
#include <vector>

namespace weir::concatenator {

void Concatenator::open(Context& context) {
  context_ = &context;
  newest_.emplace(context.inputs().size());
}

void Concatenator::process(Input input, Output& output) {
  const std::size_t rows = input.batch.rows();
  const std::vector<std::size_t> fresh = newest_->fresh_rows(input.index, input.batch);
  if (fresh.size() == rows) return output.emit(std::move(input.batch));
  context_->count("older_rows", rows - fresh.size());
  output.emit(input.batch.take(fresh));
}

}  // namespace weir::concatenator
