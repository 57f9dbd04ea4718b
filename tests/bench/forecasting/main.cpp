// SPDX-License-Identifier: Apache-2.0
//
// How well model plugins forecast real series, beside the naive forecasts and beside what other
// tools reached. Each (series, model) runs in a process of its own, so that its memory is its own.
//
//   forecasting [--series a,b] [--models lstm-model,lstm-model:PRESET,…] [--preset NAME]
//               [--set [MODEL.]KEY=VALUE]... [--first PERCENT] [FOLDER]
//   forecasting --figures [--large]
//
// FOLDER holds CSV files; default: WEIR_SERIES, else ../shared/data. The protocol: the first 80 %
// (train 64, validation 16) is all that a model sees, then 12 steps ahead from every origin of the
// rest, thinned evenly to about 700 (every k-th). --first 80 leaves the last 20 % of every series
// away before all else: for choosing a model's options without a look at the test part. --figures
// prints what learning and forecasting cost instead.
#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <vector>

#include "forecasting/figures.hpp"
#include "forecasting/goals.hpp"
#include "forecasting/judge.hpp"
#include "forecasting/models.hpp"
#include "forecasting/others.hpp"
#include "forecasting/protocol.hpp"
#include "forecasting/series.hpp"
#include "weir/error.hpp"

namespace {

namespace fs = std::filesystem;
using namespace weir;
using namespace weir::bench;

struct Arguments {
  std::vector<std::string> series;
  std::vector<std::string> models{"naive-model",         "seasonal-naive-model",
                                  "drift-model",         "ets-model",
                                  "ridge-model",         "decomposition-model",
                                  "boosted-trees-model", "lstm-model",
                                  "lstm-model:seed",     "auto-model"};
  std::vector<std::string> settings;
  unsigned first = 100;
  bool figures = false;
  bool large = false;
  fs::path folder;
};

std::vector<std::string> split(const std::string& text) {
  std::vector<std::string> parts;
  for (std::size_t at = 0; at <= text.size();) {
    const std::size_t comma = std::min(text.find(',', at), text.size());
    if (comma > at) parts.push_back(text.substr(at, comma - at));
    at = comma + 1;
  }
  return parts;
}

[[noreturn]] void usage() {
  std::fprintf(stderr,
               "usage: forecasting [--series a,b] [--models a-model,b-model] [--preset NAME]\n"
               "                   [--set [MODEL.]KEY=VALUE]... [--first PERCENT] [FOLDER]\n"
               "       forecasting --figures [--large]\n");
  std::exit(2);
}

Arguments parse(int count, char** words) {
  Arguments arguments;
  if (const char* folder = std::getenv("WEIR_SERIES")) arguments.folder = folder;
  if (arguments.folder.empty()) arguments.folder = "../shared/data";
  for (int i = 1; i < count; ++i) {
    const std::string word = words[i];
    if (!word.starts_with("--")) {
      arguments.folder = word;
      continue;
    }
    if (word == "--figures" || word == "--large") {
      (word == "--large" ? arguments.large : arguments.figures) = true;
      continue;
    }
    if (++i >= count) usage();
    const std::string value = words[i];
    if (word == "--series") {
      arguments.series = split(value);
    } else if (word == "--models") {
      arguments.models = split(value);
    } else if (word == "--preset") {
      arguments.settings.push_back("preset=" + value);
    } else if (word == "--set") {
      arguments.settings.push_back(value);
    } else if (word == "--first") {
      arguments.first = static_cast<unsigned>(std::strtoul(value.c_str(), nullptr, 10));
    } else {
      usage();
    }
  }
  if (arguments.first < 1 || arguments.first > 100) usage();
  return arguments;
}

/// "lstm-model:seed" is lstm-model with its preset `seed`.
std::string plugin_of(const std::string& model) { return model.substr(0, model.find(':')); }

/// The preset, then those of `--set` that are for all models or for this one.
std::vector<std::string> settings_for(const std::string& model, const Arguments& arguments) {
  std::vector<std::string> own;
  const std::size_t colon = model.find(':');
  if (colon != std::string::npos) own.push_back("preset=" + model.substr(colon + 1));
  for (const std::string& setting : arguments.settings) {
    const std::size_t dot = std::min(setting.find('.'), setting.find('='));
    const std::string prefix =
        dot < setting.size() && setting[dot] == '.' ? setting.substr(0, dot) : std::string{};
    if (!prefix.ends_with("-model")) {
      own.push_back(setting);
    } else if (prefix == plugin_of(model)) {
      own.push_back(setting.substr(dot + 1));
    }
  }
  return own;
}

std::vector<Series> read_all(const Arguments& arguments) {
  std::vector<fs::path> files;
  for (const fs::directory_entry& entry : fs::directory_iterator(arguments.folder)) {
    const std::string name = entry.path().stem().string();
    const bool wanted =
        arguments.series.empty() ||
        std::find(arguments.series.begin(), arguments.series.end(), name) != arguments.series.end();
    if (entry.path().extension() == ".csv" && wanted) files.push_back(entry.path());
  }
  std::sort(files.begin(), files.end());
  std::vector<Series> all;
  for (const fs::path& file : files) {
    try {
      all.push_back(read_series(file));
      keep_first(all.back(), arguments.first);
    } catch (const Error& wrong) {
      std::fprintf(stderr, "left out: %s\n", wrong.what());
    }
  }
  return all;
}

std::string cell(double value, const char* format = "%.4g") {
  char text[64];
  std::snprintf(text, sizeof text, format, value);
  return std::isnan(value) ? "-" : text;
}

void print_header(const Series& series, bool whole) {
  std::printf("\n%s: %zu rows every %s, %zu filled, season %zu rows\n", series.name.c_str(),
              series.values.size(), to_text(Duration{series.step}).c_str(), series.filled,
              season_of(series));
  const Others* row = whole ? others_on(series.name) : nullptr;
  if (row != nullptr) {
    std::printf(
        "  others: naive %s, seasonal naive %s, Holt-Winters %s, ridge %s, boosting %s, seed's "
        "LSTM %s, better LSTM %s, best %s\n",
        cell(row->naive).c_str(), cell(row->seasonal_naive).c_str(),
        cell(row->holt_winters).c_str(), cell(row->ridge).c_str(), cell(row->boosting).c_str(),
        cell(row->seeds_lstm).c_str(), cell(row->better_lstm).c_str(), cell(row->best).c_str());
  }
  std::printf("  %-24s %10s %10s %10s %8s %8s %6s %10s %8s %8s\n", "model", "MAE", "naive",
              "seasonal", "/naives", "/best", "cover", "width", "fit s", "RSS MB");
}

void print_verdict(const Series& series, const std::string& model, const Verdict& verdict,
                   bool whole) {
  const Scores& scores = verdict.scores;
  const Others* row = whole ? others_on(series.name) : nullptr;
  std::printf("  %-24s %10s %10s %10s %8.3f %8s %5.1f%% %10s %8.2f %8.1f\n", model.c_str(),
              cell(scores.mae).c_str(), cell(scores.naive_mae).c_str(),
              cell(scores.seasonal_mae).c_str(), scores.mae / scores.better_naive(),
              row == nullptr ? "-" : cell(scores.mae / row->best, "%.3f").c_str(),
              100 * scores.coverage, cell(scores.width).c_str(), verdict.training_seconds,
              verdict.peak_megabytes);
  std::fflush(stdout);
}

int run(const Arguments& arguments) {
  if (arguments.figures) {
    print_figures(arguments.large);
    return 0;
  }
  const std::vector<Series> all = read_all(arguments);
  if (all.empty()) {
    std::fprintf(stderr, "no series in %s\n", arguments.folder.c_str());
    return 2;
  }
  const bool whole = arguments.first == 100;
  bool good = true;
  Results results;
  for (const Series& series : all) {
    print_header(series, whole);
    for (const std::string& model : arguments.models) {
      const auto verdict = judge(series, plugin_of(model), settings_for(model, arguments));
      good = good && verdict;
      if (!verdict) continue;
      print_verdict(series, model, *verdict, whole);
      results[model].emplace(series.name, *verdict);
    }
  }
  if (whole) print_goals(results);
  return good ? 0 : 1;
}

}  // namespace

int main(int count, char** words) {
  if (count > 1 && std::string(words[1]) == "probe-library")
    probe_libraries(std::vector<std::string>(words + 2, words + count));
  try {
    return run(parse(count, words));
  } catch (const std::exception& wrong) {
    std::fprintf(stderr, "forecasting: %s\n", wrong.what());
    return 2;
  }
}
