// SPDX-License-Identifier: Apache-2.0
#include "file_source.hpp"

#include <algorithm>
#include <chrono>
#include <utility>

namespace weir::file_source {

void FileSource::open(Context& context) {
  context_ = &context;
  files_ = files_of(options.path);
  next_file_ = 0;
  for (const std::string& file : files_) {
    if (options.format == Format::automatic) (void)rows::format_of(file);
  }
  (void)row_format(options, files_.front());
  open_next();
}

void FileSource::open_next() {
  decoder_.reset();
  skipping_ = false;
  learned_ = 0;
  file_.reset();
  file_ = std::make_unique<TextFile>(files_[next_file_++],
                                     static_cast<std::size_t>(options.max_line.count),
                                     rows::Decoder::padding);
  if (options.resume && !file_->regular()) {
    throw Fatal("'" + file_->path() +
                "' is no regular file, so that nothing can go on in it; leave out resume");
  }
}

void FileSource::begin_file() {
  if (decoder_ != nullptr || (!file_->ended() && file_->text().empty())) return;
  if (options.resume && is_annotated(file_->text())) {
    throw Fatal("'" + file_->path() +
                "' is annotated CSV, whose rows are complete only at its end; leave out resume");
  }
  decoder_ = make_decoder(options, file_->path(), file_->text());
  learned_ = file_->offset() + file_->text().size();
}

Next FileSource::produce(Output& output) {
  for (;;) {
    if (decoder_ != nullptr && take()) {
      emit(output);
      return Again{};
    }
    if (file_->ended()) {
      if (decoder_ != nullptr) emit(output);
      if (next_file_ == files_.size()) return End{};
      open_next();
      continue;
    }
    if (file_->full()) skip_long_row();
    const TextFile::Fill state = file_->fill();
    begin_file();
    if (state == TextFile::Fill::would_block && (decoder_ == nullptr || !take())) {
      // Whoever writes into the pipe pauses: what is there goes on.
      if (decoder_ != nullptr) emit(output);
      return Wait{context_->now() + std::chrono::hours(1), file_->fd()};
    }
  }
}

bool FileSource::take() {
  const auto most = static_cast<std::size_t>(options.batch_rows);
  const auto enough = [&] { return decoder_->ready() + decoder_->rejections().size() >= most; };
  while (!enough()) {
    const std::string_view text = file_->text();
    if (skipping_) {
      const std::size_t newline = text.find('\n');
      const bool found = newline != std::string_view::npos;
      file_->use(found ? newline + 1 : text.size());
      if (!found) return false;
      decoder_->rejections().advance();
      skipping_ = false;
      continue;
    }
    std::size_t used = 0;
    try {
      used = decoder_->take(text, file_->ended(), most);
    } catch (const Fatal& error) {
      throw Fatal(file_->path() + ": " + error.what());
    }
    if (used == 0) return enough();
    file_->use(used);
  }
  return true;
}

void FileSource::skip_long_row() {
  const std::string_view text = file_->text();
  const std::string reason = "the row is longer than max_line (" + to_text(options.max_line) +
                             "), or a quote in it is never closed";
  // A quote that is never closed hides good lines: only the first one is given up.
  const std::size_t newline = text.find('\n');
  const bool found = newline != std::string_view::npos;
  decoder_->skip(text.substr(0, newline), found ? 1 : 0, reason);
  file_->use(found ? newline + 1 : text.size());
  skipping_ = !found;
}

void FileSource::emit(Output& output) {
  std::vector<Batch> batches;
  if (decoder_->ready() > 0) {
    for (const Batch& batch : decoder_->build()) {
      const auto most = static_cast<std::size_t>(options.batch_rows);
      for (std::size_t row = 0; row < batch.rows(); row += most)
        batches.push_back(batch.slice(row, most));
    }
  }
  rows::Rejections& rejections = decoder_->rejections();
  const bool rejected = rejections.size() > 0;
  std::uint64_t token = 0;
  if (options.resume && (rejected || !batches.empty())) {
    token = progress_.begin({file_->path(), file_->offset(), rejections.line(), learned_},
                            batches.size() + (rejected ? 1 : 0));
  }
  for (Batch& batch : batches) output.emit(std::move(batch), "out", token);
  if (!rejected) return;
  context_->count("rejected_rows", rejections.size());
  output.emit(rejections.take(file_->path(), context_->now().time_since_epoch().count()),
              rejected_port, token);
}

std::string FileSource::save_state() const {
  if (!options.resume || !progress_.stored()) throw RetryLater("nothing is to be kept yet");
  return save(*progress_.stored());
}

void FileSource::load_state(std::uint32_t, std::string_view bytes) {
  if (!options.resume) throw Error("resume is not asked for");
  Position position = load_position(bytes);
  const auto file = std::find(files_.begin(), files_.end(), position.file);
  if (file == files_.end()) throw Error("'" + position.file + "' is not among the files of path");
  next_file_ = static_cast<std::size_t>(file - files_.begin());
  open_next();
  learn_again(position.learned);
  file_->seek(position.offset);
  if (decoder_ != nullptr && position.line > decoder_->rejections().line())
    decoder_->rejections().advance(position.line - decoder_->rejections().line());
  learned_ = position.learned;
  context_->log(Level::info,
                "goes on at line " + std::to_string(position.line) + " of " + position.file);
  progress_.restore(std::move(position));
}

/// Looks at the same beginning as at the first time, for the header and the types, and lets its
/// rows go.
void FileSource::learn_again(std::uint64_t until) {
  file_->end_at(until);
  while (decoder_ == nullptr || !take()) {
    if (file_->ended()) break;
    if (file_->full()) skip_long_row();
    (void)file_->fill();
    begin_file();
  }
  skipping_ = false;
  if (decoder_->ready() > 0) (void)decoder_->build();
  if (decoder_->rejections().size() > 0) (void)decoder_->rejections().take(file_->path(), 0);
}

}  // namespace weir::file_source
