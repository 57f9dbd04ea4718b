// SPDX-License-Identifier: Apache-2.0
// Built with clang, whatever builds the engine: counts from 1 and names each number.
#include <weir/plugin.hpp>

namespace {

using namespace weir;

struct ClangSource {
  static constexpr auto name = "clang-source", summary = "Counts from 1; built with clang.";
  struct Options {
    std::int64_t rows = 100;
    static constexpr auto fields =
        std::tuple{field(&Options::rows, "rows", "How far it counts").range(1, 1'000'000)};
  } options;

  std::variant<Batch, Wait, End> produce(Context&) {
    if (next_ > options.rows) return End{};
    const auto word = rows_.tag("word");
    const auto value = rows_.field<double>("value");
    BatchBuilder::Row row = rows_.row(next_ * 1'000'000'000);
    row.set(word, "number-" + std::to_string(next_)).set(value, static_cast<double>(next_));
    ++next_;
    return std::exchange(rows_, BatchBuilder("numbers")).build();
  }

 private:
  std::int64_t next_ = 1;
  BatchBuilder rows_{"numbers"};
};

}  // namespace

WEIR_PLUGIN("1.0.0", ClangSource)
