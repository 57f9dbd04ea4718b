// SPDX-License-Identifier: Apache-2.0
// A sink that only counts: what is left is the cost of the way to it.
#include <weir/node.hpp>
#include <weir/options.hpp>
#include <weir/plugin.hpp>

#include <cstdint>
#include <string>

namespace {

class CountingSink {
 public:
  static constexpr auto name = "counting-sink", summary = "Counts rows and throws them away.";
  struct Options {
    static constexpr auto fields = std::tuple{};
  } options;

  void open(weir::Context& context) { context_ = &context; }
  void consume(const weir::Batch& batch) { rows_ += batch.rows(); }
  void flush() {}
  void finish(weir::Reason /*reason*/) {
    context_->log(weir::Level::info, "took " + std::to_string(rows_) + " rows");
  }

 private:
  weir::Context* context_ = nullptr;
  std::uint64_t rows_ = 0;
};

}  // namespace

WEIR_PLUGIN("1.0.0", CountingSink)
