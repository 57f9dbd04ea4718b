// SPDX-License-Identifier: Apache-2.0
//
// What tests of whole models do with a bench.
#pragma once

#include <weir/model_testing.hpp>
#include <weir/testing.hpp>

#include "lstm_model.hpp"
#include "model_bytes.hpp"

namespace weir::lstm_model::test {

inline void fit(testing::Bench<LstmModel>& bench, testing::ModelRows& rows) {
  testing::EpochListener listener;
  Progress progress = listener.progress();
  bench.node().fit(rows.training(), progress);
}

inline TrainedModel model_of(testing::Bench<LstmModel>& bench) {
  return from_bytes(bench.node().save());
}

}  // namespace weir::lstm_model::test
