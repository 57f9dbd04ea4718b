// SPDX-License-Identifier: Apache-2.0
#pragma once
/// A batch with every type, a null in each, and a scaled column.

#include <string>
#include <weir/batch.hpp>

namespace weir::rows {

inline Batch sample() {
  BatchBuilder rows("net work,x");
  const auto host = rows.tag("ho st");
  const auto real = rows.field<double>("real", "ms");
  const auto whole = rows.field<std::int64_t>("whole");
  const auto flag = rows.field<bool>("flag");
  const auto text = rows.field<std::string>("text");
  const auto scaled = rows.add({.name = "scaled",
                                .type = Type::float64,
                                .role = Role::field,
                                .unit = "",
                                .scale = 10,
                                .offset = 1,
                                .metadata = {}});
  rows.row(1'795'348'800'000'000'000)
      .set(host, "a=b, c")
      .set(real, 1.25)
      .set(whole, -7)
      .set(flag, true)
      .set(text, "say \"hi\"\\\nyou, é")
      .set(scaled, 0.5);
  rows.row(1'795'348'800'000'000'001).set(host, "plain").set(real, 1e300).set(text, "");
  rows.row(1'795'348'801'000'000'000).set(whole, 9'007'199'254'740'993).set(scaled, -0.25);
  return rows.build();
}

}  // namespace weir::rows
