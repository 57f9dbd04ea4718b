// SPDX-License-Identifier: Apache-2.0
#include "png_plotter.hpp"

#include <algorithm>
#include <exception>

#include "table_reader.hpp"

namespace weir::png_plotter {

void PngPlotter::open(Context& context) {
  context_ = &context;
  album_ = std::make_unique<Album>(AlbumLimits{static_cast<std::size_t>(options.max_points),
                                               static_cast<std::size_t>(options.max_columns)});
  try {
    folder_ = std::make_unique<PictureFolder>(
        options.directory, Size{options.width, options.height},
        std::chrono::duration_cast<std::chrono::milliseconds>(options.timeout));
  } catch (const GnuplotError& error) {
    throw Fatal(error.what());
  }
}

void PngPlotter::consume(const Batch& batch, Output& output) {
  if (batch.empty()) return;
  if (options.interval > Duration{0} && !waking_) {
    output.wake_at(context_->now() + options.interval);
    waking_ = true;
  }
  if (album_->add(read_table(batch))) {
    changed_ = true;
  } else {
    context_->count("rows_without_picture", batch.rows());
  }
}

void PngPlotter::on_time(Timestamp now, Output& output) {
  if (options.interval <= Duration{0}) return;
  draw();
  output.wake_at(now + options.interval);
}

void PngPlotter::finish(Reason) {
  const std::size_t failed = draw();
  if (failed > 0) {
    throw Error(std::to_string(failed) + " of the pictures could not be drawn; see the log above");
  }
}

std::size_t PngPlotter::draw() {
  if (!changed_) return 0;
  const std::vector<Picture> pictures = album_->pictures(folder_->size());
  if (pictures.empty()) {
    context_->log(Level::warning, "no picture: nothing that can be drawn has come yet");
  }
  std::size_t failed = 0;
  for (const Picture& picture : pictures) {
    try {
      context_->log(Level::info, "wrote " + folder_->write(picture).string());
      context_->count("pictures");
    } catch (const std::exception& error) {
      ++failed;
      context_->log(Level::error, picture.file_name + " was not drawn: " + error.what());
    }
  }
  changed_ = failed > 0;
  return failed;
}

}  // namespace weir::png_plotter
