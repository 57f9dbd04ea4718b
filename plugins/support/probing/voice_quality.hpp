// SPDX-License-Identifier: Apache-2.0
// How a telephone call would sound: R and MOS of ITU-T G.107 (E-model) with its default values. An
// estimate, because the delay is half a round trip, not a measured one-way delay, and the codec is
// assumed (G.711 with loss concealment):
//   Ta     = rtt / 2 + 2 · jitter                  (the second term is the jitter buffer)
//   Idd    = 0                                     for Ta ≤ 100 ms, else
//            25 · ((1 + X⁶)^⅙ − 3 · (1 + (X/3)⁶)^⅙ + 2),     X = log2(Ta / 100 ms)    (§7.4)
//   Ie,eff = 95 · Ppl / (Ppl + 25.1)               (§7.5; G.113 appendix I: Ie = 0, Bpl = 25.1)
//   R      = 93.2 − Idd − Ie,eff                   (no echo, default noise and levels)
//   MOS    = 1 + 0.035 R + 7·10⁻⁶ R (R − 60)(100 − R), between 1 and 4.5              (annex B)
#pragma once

#include <optional>

namespace weir::probing {

/// R of a path without delay, jitter and loss: the most that there is.
inline constexpr double best_r = 93.2;

/// R of the E-model, at most best_r; below 0 when nothing can be understood.
[[nodiscard]] double r_factor(double one_way_ms, double loss_percent);
[[nodiscard]] double mos_of(double r_factor);

struct VoiceQuality {
  double r = 0;    ///< 0 to 93.2
  double mos = 1;  ///< 1 to 4.41
};
/// From round trips. Without a reply nothing is heard: R = 0, MOS = 1.
[[nodiscard]] VoiceQuality voice_quality(std::optional<double> rtt_ms,
                                         std::optional<double> jitter_ms, double loss_percent);

}  // namespace weir::probing
