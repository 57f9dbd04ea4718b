// SPDX-License-Identifier: Apache-2.0
// A source that has tokens and state, for the tests of isolated nodes.
#include <algorithm>
#include <cstdlib>

#include <weir/plugin.hpp>

namespace {

using namespace weir;

struct Pages {
  static constexpr auto name = "pages", summary = "Gives numbered pages.";
  static constexpr std::uint32_t state_version = 3;

  Next produce(Output& output) {
    ++page_;
    BatchBuilder rows("pages");
    rows.row(0).set(rows.field<double>("page"), static_cast<double>(page_));
    output.emit(rows.build(), {}, page_);
    return Again{};
  }
  void acknowledge(std::span<const std::uint64_t> tokens) {
    for (const std::uint64_t token : tokens) {
      if (token == 0) throw Error("page 0 was never given");
      if (token == 13) std::abort();
      stored_ = std::max(stored_, token);
    }
  }
  /// As large as its number says, in hundreds of bytes.
  [[nodiscard]] std::string save_state() const {
    return std::to_string(stored_) + std::string(stored_ * 100, '\0');
  }
  void load_state(std::uint32_t version, std::string_view bytes) {
    if (version != state_version) throw Error("version " + std::to_string(version) + " is unknown");
    page_ = stored_ = std::stoull(std::string(bytes));
  }

 private:
  std::uint64_t page_ = 0;
  std::uint64_t stored_ = 0;
};

struct Plain {
  static constexpr auto name = "plain", summary = "Has neither tokens nor state.";
  static Batch process(Batch rows) { return rows; }
};

}  // namespace

WEIR_PLUGIN("1.0.0", Pages, Plain)
