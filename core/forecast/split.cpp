// SPDX-License-Identifier: Apache-2.0
#include "core/forecast/split.hpp"

namespace weir::core {

Windows cut_windows(const Split& split, std::size_t sequence_length, std::size_t horizon,
                    const std::function<bool(std::size_t)>& complete) {
  Windows windows;
  const std::size_t length = sequence_length + horizon;
  std::size_t run = 0;  // complete rows up to and including `last`
  for (std::size_t last = 0; last < split.rows; ++last) {
    run = complete(last) ? run + 1 : 0;
    if (run < length) continue;
    const std::size_t end = last + 1;
    const std::size_t first = end - length;
    const std::size_t origin = first + sequence_length;
    if (end <= split.train_end) {
      windows.train.push_back(first);
    } else if (origin >= split.train_end && end <= split.validation_end) {
      windows.validation.push_back(first);
    } else if (origin >= split.validation_end) {
      windows.test.push_back(first);
    }
  }
  return windows;
}

}  // namespace weir::core
