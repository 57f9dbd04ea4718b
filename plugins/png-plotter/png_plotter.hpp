// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <weir/node.hpp>
#include <weir/options.hpp>

#include <memory>
#include <string>
#include <tuple>

#include "album.hpp"
#include "picture_folder.hpp"

namespace weir::png_plotter {

// A sink that draws what it was given when the run ends, and every `interval` before.
class PngPlotter {
 public:
  static constexpr auto name = "png-plotter";
  static constexpr auto summary =
      "Draws forecasts, training, errors, correlations and comparisons as PNG pictures.";
  static constexpr std::string_view details =
      "Pictures are chosen by the measurements that come in: `predictions` and `forecast` give "
      "`forecast.png` and `errors.png`, `training_history` gives `training.png`, `icmp` gives "
      "`targets.png`, `netdev` gives `bandwidth.png`, and any other with two numeric columns or "
      "more gives `correlation.png`. Needs gnuplot (Debian: gnuplot-nox).";

  struct Options {
    std::string directory = "out/plots";
    int width = 1200;
    int height = 700;
    Duration interval{0};
    std::int64_t max_points = 20'000;
    std::int64_t max_columns = 24;
    Duration timeout = std::chrono::seconds(60);
    static constexpr auto fields = std::tuple{
        field(&Options::directory, "directory", "Folder for the pictures, made if missing").min(1),
        field(&Options::width, "width", "Width of a picture").range(400, 8000).unit("pixels"),
        field(&Options::height, "height", "Height of a picture").range(300, 8000).unit("pixels"),
        field(&Options::interval, "interval",
              "Draw this often during a run too; 0s: only at its end")
            .min(0),
        field(&Options::max_points, "max_points",
              "Points kept of one curve; a longer one keeps its extremes")
            .range(1000, 1'000'000),
        field(&Options::max_columns, "max_columns", "Columns shown in the correlation matrix")
            .range(2, 40),
        field(&Options::timeout, "timeout", "Longest time gnuplot may take for one picture")
            .range(std::chrono::seconds(1), std::chrono::hours(1))};
  } options;

  // Fails where gnuplot is missing or the folder cannot be made.
  void open(Context& context);
  void consume(const Batch& batch, Output& output);
  void on_time(Timestamp now, Output& output);
  // Throws Error if a picture could not be drawn, after all others were.
  void finish(Reason reason);

 private:
  // How many pictures failed; each is one line in the log.
  std::size_t draw();

  Context* context_ = nullptr;
  std::unique_ptr<Album> album_;
  std::unique_ptr<PictureFolder> folder_;
  bool changed_ = false;
  bool waking_ = false;
};

}  // namespace weir::png_plotter
