// SPDX-License-Identifier: Apache-2.0
#include "forecasting/judge.hpp"

#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <type_traits>

#include "core/forecast/forecaster.hpp"
#include "forecasting/models.hpp"
#include "weir/batch.hpp"
#include "weir/error.hpp"

namespace weir::bench {
namespace {

static_assert(std::is_trivially_copyable_v<Verdict>, "it goes through a pipe");

core::SeriesTable table_of(const Series& series) {
  BatchBuilder rows("series");
  const auto value = rows.field<double>(series.column);
  for (std::size_t i = 0; i < series.values.size(); ++i) {
    rows.row(series.begin + static_cast<std::int64_t>(i) * series.step)
        .set(value, series.values[i]);
  }
  core::SeriesTable table({"*"}, {series.column});
  table.add(rows.build());
  return table;
}

double seconds() {
  return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

Verdict judge_here(const Series& series, const std::string& plugin,
                   const std::vector<std::string>& settings) {
  Models models;
  const Models::Chosen chosen = models.choose(plugin, series.column, settings);
  const core::SeriesTable table = table_of(series);
  const core::Forecaster forecaster(
      table, chosen.options, chosen.make, [](const core::EpochRecord&) { return true; }, seconds);
  rusage use{};
  getrusage(RUSAGE_SELF, &use);
  return {score(series, forecaster.predictions()),
          forecaster.evaluations().front().training_seconds,
          static_cast<double>(use.ru_maxrss) / 1024};
}

[[noreturn]] void child(const Series& series, const std::string& plugin,
                        const std::vector<std::string>& settings, int out) {
  int result = 1;
  try {
    const Verdict verdict = judge_here(series, plugin, settings);
    if (::write(out, &verdict, sizeof verdict) == sizeof verdict) result = 0;
  } catch (const std::exception& wrong) {
    std::printf("  %-24s %s\n", plugin.c_str(), wrong.what());
  }
  std::fflush(nullptr);
  std::_Exit(result);
}

}  // namespace

std::optional<Verdict> judge(const Series& series, const std::string& plugin,
                             const std::vector<std::string>& settings) {
  int ends[2];
  std::fflush(nullptr);
  if (::pipe(ends) != 0) throw Error("no pipe");
  const pid_t process = ::fork();
  if (process < 0) throw Error("no process");
  if (process == 0) child(series, plugin, settings, ends[1]);
  ::close(ends[1]);
  Verdict verdict;
  const bool whole = ::read(ends[0], &verdict, sizeof verdict) == sizeof verdict;
  ::close(ends[0]);
  int status = 0;
  ::waitpid(process, &status, 0);
  if (WIFSIGNALED(status))
    std::printf("  %-24s ended by signal %d\n", plugin.c_str(), WTERMSIG(status));
  if (!whole) return std::nullopt;
  return verdict;
}

}  // namespace weir::bench
