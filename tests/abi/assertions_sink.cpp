// SPDX-License-Identifier: Apache-2.0
// Built with -D_GLIBCXX_ASSERTIONS and the old std::string, which no C++ interface between
// libraries would survive: writes `time word value` lines.
#include <fstream>
#include <weir/plugin.hpp>

namespace {

using namespace weir;

struct AssertionsSink {
  static constexpr auto name = "assertions-sink",
                        summary =
                            "Writes lines of text; built with other standard library settings.";
  struct Options {
    std::string path;
    static constexpr auto fields =
        std::tuple{field(&Options::path, "path", "File to write").required()};
  } options;

  void open() {
    file_.open(options.path);
    if (!file_) throw Fatal("cannot write " + options.path);
  }
  void consume(const Batch& batch) {
    const Column& word = batch.column("word");
    const Column& value = batch.column("value");
    for (std::size_t row = 0; row < batch.rows(); ++row) {
      file_ << batch.times()[row] << ' ' << word.text(row) << ' ' << value.number(row) << '\n';
    }
  }
  void flush() {
    if (!file_.flush()) throw Error("cannot write " + options.path);
  }

 private:
  std::ofstream file_;
};

}  // namespace

WEIR_PLUGIN("1.0.0", AssertionsSink)
