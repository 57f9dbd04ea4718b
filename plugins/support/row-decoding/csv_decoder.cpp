// SPDX-License-Identifier: Apache-2.0
#include <simdjson.h>

#include <algorithm>
#include <weir/error.hpp>

#include "csv_record.hpp"
#include "decoder.hpp"
#include "row_builder.hpp"

namespace weir::rows {
namespace {

std::string list_of(const std::vector<std::string>& names) {
  std::string list;
  for (const std::string& name : names) list += (list.empty() ? "" : ", ") + name;
  return list;
}

class CsvDecoder final : public Decoder {
 public:
  explicit CsvDecoder(RowFormat format)
      : splitter_(format.delimiter), header_(format.header), builder_(std::move(format)) {
    if (!header_.empty()) check_header();
  }

  std::size_t take(std::string_view text, bool last, std::size_t most) override {
    const std::string_view all = text;
    if (header_.empty() && !take_header(text, last)) return all.size() - text.size();
    if (!builder_.learned()) learn(text, last);
    while (builder_.rows() + rejections_.size() < most && splitter_.split(text, last, record_)) {
      if (!record_.blank() && !take_record()) {
        builder_.drop_row();
        rejections_.add(record_.text, std::move(reason_));
      }
      rejections_.advance(record_.lines);
      text.remove_prefix(record_.size);
    }
    return all.size() - text.size();
  }

  std::vector<Batch> build() override { return {builder_.build()}; }
  std::size_t ready() const override { return builder_.rows(); }

 private:
  bool take_header(std::string_view& text, bool last) {
    while (header_.empty() && splitter_.split(text, last, record_)) {
      if (record_.fault != nullptr)
        throw Fatal("line " + std::to_string(rejections_.line()) + ": " + record_.fault);
      if (!record_.blank()) header_.assign(record_.cells.begin(), record_.cells.end());
      rejections_.advance(record_.lines);
      text.remove_prefix(record_.size);
    }
    if (header_.empty()) return false;
    check_header();
    return true;
  }

  void check_header() {
    const auto has = [this](const std::string& name) {
      return std::find(header_.begin(), header_.end(), name) != header_.end();
    };
    const auto need = [&](const std::string& name, const char* option) {
      if (has(name)) return;
      throw Fatal("the header has no column '" + name + "'; it has " + list_of(header_) + "; set " +
                  option);
    };
    for (auto name = header_.begin(); name != header_.end(); ++name) {
      if (std::find(header_.begin(), name, *name) != name) {
        throw Fatal("the header has two columns '" + *name + "'; give each its own name");
      }
    }
    need(builder_.format().time_column, "time_column");
    for (const std::string& tag : builder_.format().tags) need(tag, "tags");
    for (const FieldWish& wish : builder_.format().fields) need(wish.name, "fields");
  }

  /// Where no row has as many cells as the header, there is nothing to learn yet.
  void learn(std::string_view text, bool last) {
    std::size_t rows = 0;
    while (rows < builder_.format().learn_rows && splitter_.split(text, last, record_)) {
      text.remove_prefix(record_.size);
      if (record_.cells.size() != header_.size()) continue;
      for (std::size_t i = 0; i < header_.size(); ++i) {
        const std::string_view cell = record_.cells[i];
        builder_.observe(header_[i], means_missing(cell) ? Look::nothing : look_at(cell).look);
      }
      ++rows;
    }
    if (rows == 0) return;
    builder_.learn();
    for (const std::string& name : header_) targets_.push_back(builder_.find(name));
  }

  bool take_record() {
    if (record_.fault != nullptr) return reject(record_.fault);
    if (!simdjson::validate_utf8(record_.text.data(), record_.text.size()))
      return reject("this is no UTF-8");
    if (record_.cells.size() != header_.size()) {
      return reject("the row has " + std::to_string(record_.cells.size()) + " cells, the header " +
                    std::to_string(header_.size()));
    }
    for (std::size_t i = 0; i < header_.size(); ++i) {
      const std::string_view text = record_.cells[i];
      if (targets_[i] == RowBuilder::ignored || text.empty()) continue;
      const Cell cell = targets_[i] == 0 ? Cell{.look = Look::text, .text = text} : look_at(text);
      if (targets_[i] == RowBuilder::unknown) {
        if (means_missing(text)) continue;
        targets_[i] = builder_.add(header_[i], cell.look);
        if (targets_[i] == RowBuilder::unknown) return reject(builder_.reason());
      }
      if (!builder_.put(targets_[i], cell)) return reject(builder_.reason());
    }
    return builder_.end_row() || reject(builder_.reason());
  }

  bool reject(std::string reason) {
    reason_ = std::move(reason);
    return false;
  }

  CsvSplitter splitter_;
  CsvRecord record_;
  std::vector<std::string> header_;
  std::vector<std::size_t> targets_;
  RowBuilder builder_;
  std::string reason_;
};

}  // namespace

std::unique_ptr<Decoder> make_csv_decoder(RowFormat format) {
  return std::make_unique<CsvDecoder>(std::move(format));
}

}  // namespace weir::rows
