// SPDX-License-Identifier: Apache-2.0
#include "gnuplot.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>

#include "picture_folder.hpp"
#include "scratch.hpp"
#include "script.hpp"
#include "table.hpp"

namespace weir::png_plotter {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using testing::HasSubstr;

const char* search_path() { return std::getenv("PATH"); }

std::string message_of(const std::function<void()>& work) {
  try {
    work();
  } catch (const GnuplotError& error) {
    return error.what();
  }
  return "no error";
}

TEST(FindGnuplot, NamesThePackageWhenItIsMissing) {
  const Scratch scratch;
  EXPECT_THAT(message_of([&] { (void)find_gnuplot(scratch.path().string()); }),
              HasSubstr("apt install gnuplot-nox"));
  EXPECT_THAT(message_of([] { (void)find_gnuplot(""); }), HasSubstr("gnuplot-nox"));
  EXPECT_THAT(message_of([] { (void)find_gnuplot("bin::."); }), HasSubstr("gnuplot-nox"));
}

TEST(Gnuplot, StaysOpenAndWorksAfterAnError) {
  const Scratch scratch;
  Gnuplot gnuplot(find_gnuplot(search_path()), scratch.path(), seconds(30));
  gnuplot.run("x = 41\n");
  gnuplot.run("set print 'kept.txt'\nprint x + 1\nunset print\n");
  EXPECT_EQ(read_file(scratch.path() / "kept.txt"), "42\n");
  EXPECT_THAT(message_of([&] { gnuplot.run("plot 'nowhere.csv'\n"); }), HasSubstr("nowhere.csv"));
  EXPECT_THAT(message_of([&] { gnuplot.run("no such command\n"); }), HasSubstr("gnuplot: "));
  EXPECT_THAT(message_of([&] { gnuplot.run("exit\n"); }), HasSubstr("ended early"));
  gnuplot.run("set print 'again.txt'\nprint 'new'\nunset print\n");
  EXPECT_EQ(read_file(scratch.path() / "again.txt"), "new\n");
}

TEST(Gnuplot, IsEndedWhenItTakesTooLong) {
  const Scratch scratch;
  Gnuplot gnuplot(find_gnuplot(search_path()), scratch.path(), milliseconds(200));
  const auto start = std::chrono::steady_clock::now();
  EXPECT_THAT(message_of([&] { gnuplot.run("pause 30\n"); }), HasSubstr("in time"));
  EXPECT_LT(std::chrono::steady_clock::now() - start, seconds(20));
}

TEST(Gnuplot, ALongScriptDoesNotBlock) {
  const Scratch scratch;
  Gnuplot gnuplot(find_gnuplot(search_path()), scratch.path(), seconds(60));
  std::string script;
  for (int i = 0; i < 40'000; ++i) script += "# " + std::string(50, 'x') + "\n";
  for (int i = 0; i < 2'000; ++i) script += "print 'a line of answer to fill what it says'\n";
  EXPECT_EQ(message_of([&] { gnuplot.run(script); }), "no error");
}

TEST(Gnuplot, SaysWhatCannotBeStarted) {
  const Scratch scratch;
  Gnuplot gnuplot("/nowhere/gnuplot", scratch.path(), seconds(5));
  EXPECT_THAT(message_of([&] { gnuplot.run("x = 1\n"); }), HasSubstr("/nowhere/gnuplot"));
}

Chart chart_with(const std::string& text) {
  Panel panel;
  panel.x = time_scale(0, 10, 5);
  panel.y = round_scale(0, 10);
  panel.x_label = panel.y_label = panel.note = text;
  panel.y.ticks[0].label = text;
  panel.x.ticks[0].label = text + "\n" + text;
  Line line;
  line.title = text;
  line.points = {{0, 1}, {5, 3}, {6, kMissing}, {10, 2}};
  panel.lines.push_back(line);
  panel.bands.push_back({text, {{0, 1, 2}, {5, 2, 5}}});
  panel.bars.push_back({text, {{1, 2, 3}}});
  panel.marks.push_back({5, text});
  Chart chart;
  chart.title = chart.subtitle = text;
  chart.panels.push_back(panel);
  return chart;
}

// The promise that matters most: names come from the network, and gnuplot can run programs.
TEST(PictureFolder, HostileNamesAreDrawnNotObeyed) {
  const Scratch scratch;
  PictureFolder folder(scratch.path(), {600, 400}, seconds(60));
  const std::string touch = "touch " + (scratch.path() / "pwned").string();
  const std::vector<std::string> names{"`" + touch + "`",
                                       "'.`" + touch + "`.'",
                                       "' ; system('" + touch + "') ; '",
                                       "'\nsystem(\"" + touch + "\")\n!" + touch + "\n'",
                                       "\\' ; system(\"" + touch + "\")",
                                       "\"; system(\"" + touch + "\"); \"",
                                       "END_OF_DATA\n!" + touch,
                                       "'''",
                                       "''`" + touch + "`''",
                                       "@x $x x_1^2 {/=50 big} %s %d %n %c 100 %",
                                       "\\n\\t\\033 \\U+263A",
                                       std::string("nul\0inside", 10),
                                       "\xff\xfe broken \xc3",
                                       "Grüße ✓ 漢字 \U0001F600",
                                       "-",
                                       "",
                                       std::string(5000, 'W')};
  for (const std::string& name : names) {
    EXPECT_EQ(png_size(folder.write({"panel.png", chart_with(name)})), (std::pair{600U, 400U}))
        << name;
    Chart map;
    map.title = name;
    map.heat_map = {{name, "b"}, {1, kMissing, -1, 1}};
    EXPECT_EQ(png_size(folder.write({"map.png", map})), (std::pair{600U, 400U})) << name;
  }
  EXPECT_FALSE(std::filesystem::exists(scratch.path() / "pwned"));
  std::size_t files = 0;
  for ([[maybe_unused]] const auto& entry : std::filesystem::directory_iterator(scratch.path()))
    ++files;
  EXPECT_EQ(files, 2U) << "something else than the two pictures was left behind";
}

// Shows that the test above can fail: the same name in double quotes does run.
TEST(PictureFolder, TheSameNameUnquotedWouldRun) {
  const Scratch scratch;
  Gnuplot gnuplot(find_gnuplot(search_path()), scratch.path(), seconds(30));
  gnuplot.run("x = \"`touch pwned; echo done`\"\n");
  EXPECT_TRUE(std::filesystem::exists(scratch.path() / "pwned"));
}

TEST(PictureFolder, AFailureLeavesTheOldPicture) {
  const Scratch scratch;
  PictureFolder folder(scratch.path(), {600, 400}, seconds(60));
  (void)folder.write({"a.png", chart_with("first")});
  const std::string before = read_file(scratch.path() / "a.png");
  Chart broken = chart_with("second");
  broken.panels[0].y.max = broken.panels[0].y.min;  // gnuplot refuses an empty range
  EXPECT_NE(message_of([&] { (void)folder.write({"a.png", broken}); }), "no error");
  EXPECT_EQ(read_file(scratch.path() / "a.png"), before);
  (void)folder.write({"a.png", chart_with("third")});
  EXPECT_NE(read_file(scratch.path() / "a.png"), before);
}

TEST(PictureFolder, OddFolderNamesWork) {
  const Scratch scratch;
  const auto odd = scratch.path() / "it's `a` \"folder\"\nwith $lines" / "deep";
  PictureFolder folder(odd, {600, 400}, seconds(60));
  EXPECT_EQ(png_size(folder.write({"a.png", chart_with("x")})), (std::pair{600U, 400U}));
}

TEST(PictureFolder, SaysWhenTheFolderCannotBeMade) {
  EXPECT_THAT(message_of([] {
                PictureFolder folder("/dev/null/plots", {600, 400}, seconds(5));
              }),
              HasSubstr("/dev/null/plots"));
}

}  // namespace
}  // namespace weir::png_plotter
