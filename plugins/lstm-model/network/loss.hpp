// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cmath>

namespace weir::lstm_model {

/// What a training makes small: the mean over all samples and outputs of l(e), e = output − target.
///   mse l = e²    mae l = |e|    huber l = ½e² for |e| ≤ 1, else |e| − ½ (Huber 1964)
///   pinball l = (1 − q)e for e > 0, else −qe: its least value is the q-quantile (Koenker and
///   Bassett 1978)
enum class Loss : unsigned char { mse = 0, mae = 1, huber = 2, pinball = 3 };

template <typename T>
struct LossValue {
  T value;
  T slope;  // dl/de; for mae and pinball 0 at e = 0
};

template <typename T>
[[nodiscard]] LossValue<T> loss_of(Loss loss, T error, T quantile = T(0.5)) {
  const T size = std::abs(error);
  const T sign = static_cast<T>((error > 0) - (error < 0));
  switch (loss) {
    case Loss::mae:
      // NaN has no sign: it must not pass for a slope of 0.
      return {size, std::isnan(error) ? error : sign};
    case Loss::huber:
      return size <= 1 ? LossValue<T>{error * error / 2, error}
                       : LossValue<T>{size - T(0.5), std::isnan(error) ? error : sign};
    case Loss::pinball: {
      const T slope = error > 0 ? 1 - quantile : (error < 0 ? -quantile : T{0});
      return {std::isnan(error) ? error : slope * error, std::isnan(error) ? error : slope};
    }
    case Loss::mse:
      break;
  }
  return {error * error, 2 * error};
}

}  // namespace weir::lstm_model
