// SPDX-License-Identifier: Apache-2.0
// Where plugins are found, who may have put them there, and what is remembered of them.
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>

#include "support.hpp"

namespace weir::core::testing {
namespace {

FoundPlugin find_in(const fs::path& folder, const std::string& plugin,
                    Registry::Use use = Registry::Use::load) {
  return Registry(registry_settings({folder}), use).find(plugin);
}

TEST(Registry, LoadsByFileName) {
  const FoundPlugin found = find_in(ABI_PLUGINS, "plain-c");
  ASSERT_TRUE(found.ok()) << found.problem;
  EXPECT_EQ(found.description->name, "plain-c");
  ASSERT_NE(found.type, nullptr);
  EXPECT_EQ(found.type->kind, WEIR_TRANSFORM);
}

TEST(Registry, DescribesWithoutLoading) {
  const FoundPlugin found = find_in(ABI_PLUGINS, "assertions-sink", Registry::Use::describe);
  ASSERT_TRUE(found.ok()) << found.problem;
  EXPECT_EQ(found.type, nullptr);
  EXPECT_EQ(found.description->options.at(0).name, "path");
}

TEST(Registry, FindsANodeTypeInALibraryOfAnotherName) {
  const TemporaryFolder folder;
  folder.add(hostile("plain-c"), "many-things.so");
  const FoundPlugin found = find_in(folder.path(), "plain-c");
  ASSERT_TRUE(found.ok()) << found.problem;
  EXPECT_EQ(found.library, folder.path() / "many-things.so");
}

TEST(Registry, FirstFolderWins) {
  const TemporaryFolder first;
  const TemporaryFolder second;
  first.add(hostile("plain-c"), "plain-c.so");
  second.add(hostile("plain-c"), "plain-c.so");
  Registry registry(registry_settings({first.path(), second.path()}), Registry::Use::describe);
  EXPECT_EQ(registry.find("plain-c").library, first.path() / "plain-c.so");
  const auto all = registry.list();
  ASSERT_EQ(all.size(), 2U);
  EXPECT_TRUE(all[0].shadowed_by.empty());
  EXPECT_EQ(all[1].shadowed_by, first.path() / "plain-c.so");
}

TEST(Registry, UnknownPluginNamesFoldersAndWhatWasMeant) {
  const TemporaryFolder folder;
  folder.add(hostile("plain-c"), "plain-c.so");
  const FoundPlugin found = find_in(folder.path(), "plane-c");
  EXPECT_FALSE(found.ok());
  EXPECT_EQ(found.problem, "there is no plugin 'plane-c'");
  EXPECT_EQ(found.hint, "did you mean 'plain-c'? searched " + folder.path().string());
}

TEST(Registry, NamesLeadNowhereElse) {
  const TemporaryFolder folder;
  folder.add(hostile("plain-c"), "plain-c.so");
  fs::create_directory(folder.path() / "searched");
  ASSERT_FALSE(find_in(folder.path() / "searched", "plain-c").ok());
  for (const char* name : {"../plain-c", "/etc/passwd", "", "a b", "plain-c.so", ".."}) {
    EXPECT_EQ(find_in(folder.path() / "searched", name).problem,
              "there is no plugin '" + std::string(name) + "'");
  }
}

TEST(Registry, RefusedPluginSaysWhy) {
  EXPECT_EQ(
      find_in(ABI_PLUGINS, "segfaults-on-load").problem,
      "plugin 'segfaults-on-load' is refused: " + hostile("segfaults-on-load").string() +
          ": it crashed with signal 11 (Segmentation fault) while it was loaded; ask its author");
}

TEST(Registry, ListsGoodAndBad) {
  const TemporaryFolder folder;
  folder.add(hostile("plain-c"), "plain-c.so");
  folder.add(hostile("wrong-magic"), "wrong-magic.so");
  folder.add(hostile("plain-c"), "libhelper.so");
  folder.write("notes.txt", "no library");
  folder.write("text.so", "no library either, but it says so");
  fs::create_directory(folder.path() / "x.so");
  const auto all =
      Registry(registry_settings({folder.path(), "/does/not/exist"}), Registry::Use::describe)
          .list();
  ASSERT_EQ(all.size(), 4U);
  EXPECT_EQ(all[0].plugins.at(0)->name, "plain-c");
  EXPECT_NE(all[1].result.problem.find("cannot be loaded"), std::string::npos)
      << all[1].result.problem;
  EXPECT_NE(all[2].result.problem.find("magic"), std::string::npos);
  EXPECT_EQ(all[3].result.problem, "it is a folder, not a library; move or rename it");
}

TEST(Registry, PreparesMany) {
  Registry registry(registry_settings({fs::path(ABI_PLUGINS)}), Registry::Use::describe);
  const std::vector<std::string> names{"plain-c", "throws-on-load", "malformed"};
  registry.prepare(names);
  EXPECT_TRUE(registry.find("plain-c").ok());
  EXPECT_FALSE(registry.find("throws-on-load").ok());
  EXPECT_TRUE(registry.find("malformed").ok());
}

TEST(Trust, WorldWritableFolder) {
  const TemporaryFolder folder;
  const fs::path open_folder = folder.path() / "open";
  fs::create_directory(open_folder);
  fs::copy_file(hostile("plain-c"), open_folder / "plain-c.so");
  ASSERT_EQ(chmod(open_folder.c_str(), 0777), 0);
  const FoundPlugin found = find_in(open_folder, "plain-c");
  EXPECT_EQ(found.problem,
            "plugin 'plain-c' is refused: " + (open_folder / "plain-c.so").string() +
                ": the folder " + open_folder.string() +
                " can be written by everyone, who could change the plugin; run: chmod go-w " +
                open_folder.string());
  ASSERT_EQ(chmod(open_folder.c_str(), 0755), 0);
  EXPECT_TRUE(find_in(open_folder, "plain-c").ok());
}

TEST(Trust, SymlinkIntoAWorldWritableFolder) {
  const TemporaryFolder folder;
  const fs::path open_folder = folder.path() / "open";
  const fs::path good = folder.path() / "good";
  fs::create_directory(open_folder);
  fs::create_directory(good);
  fs::copy_file(hostile("plain-c"), open_folder / "plain-c.so");
  ASSERT_EQ(chmod(open_folder.c_str(), 0777), 0);
  fs::create_symlink("../open/plain-c.so", good / "plain-c.so");
  const FoundPlugin found = find_in(good, "plain-c");
  EXPECT_NE(
      found.problem.find("the folder " + open_folder.string() + " can be written by everyone"),
      std::string::npos)
      << found.problem;
}

TEST(Trust, SymlinkThatLiesInAWorldWritableFolder) {
  const TemporaryFolder folder;
  const fs::path open_folder = folder.path() / "open";
  fs::create_directory(open_folder);
  fs::create_symlink(hostile("plain-c"), open_folder / "plain-c.so");
  ASSERT_EQ(chmod(open_folder.c_str(), 0777), 0);
  EXPECT_TRUE(distrust(open_folder / "plain-c.so", trust_of(ABI_PROBE)).has_value());
  ASSERT_EQ(chmod(open_folder.c_str(), 0755), 0);
  EXPECT_EQ(distrust(open_folder / "plain-c.so", trust_of(ABI_PROBE)), std::nullopt);
}

TEST(Trust, FileThatItsGroupCanWrite) {
  const TemporaryFolder folder;
  const fs::path file = folder.add(hostile("plain-c"), "it's mine.so");
  ASSERT_EQ(chmod(file.c_str(), 0775), 0);
  EXPECT_EQ(distrust(file, trust_of(ABI_PROBE)),
            "the file " + file.string() +
                " can be written by its group, who could change the plugin; run: chmod g-w '" +
                folder.path().string() + "/it'\\''s mine.so'");
}

TEST(Trust, FileOfSomebodyElse) {
  const TemporaryFolder folder;
  const fs::path file = folder.add(hostile("plain-c"), "plain-c.so");
  Trust trust = trust_of(ABI_PROBE);
  if (geteuid() == 0) {
    ASSERT_EQ(chown(file.c_str(), 12345, 12345), 0);
  } else {
    trust.owners = {12345};  // somebody else looks at what is ours
  }
  const auto problem = distrust(file, trust);
  ASSERT_TRUE(problem.has_value());
  EXPECT_NE(problem->find(" belongs to user "), std::string::npos) << *problem;
  EXPECT_NE(problem->find("chown "), std::string::npos) << *problem;
}

TEST(Trust, Override) {
  const TemporaryFolder folder;
  const fs::path open_folder = folder.path() / "open";
  fs::create_directory(open_folder);
  fs::copy_file(hostile("plain-c"), open_folder / "plain-c.so");
  ASSERT_EQ(chmod(open_folder.c_str(), 0777), 0);
  RegistrySettings settings = registry_settings({open_folder});
  std::vector<std::string> logged;
  settings.log = [&logged](const std::string& line) { logged.push_back(line); };
  settings.trust.folders = {open_folder};
  EXPECT_TRUE(Registry(settings, Registry::Use::load).find("plain-c").ok());
  ASSERT_EQ(logged.size(), 1U);
  EXPECT_EQ(logged[0], "plugin " + (open_folder / "plain-c.so").string() +
                           " is trusted because of --trust-plugins");
  // A folder whose name merely begins alike is not meant.
  settings.trust.folders = {folder.path() / "ope"};
  EXPECT_FALSE(Registry(settings, Registry::Use::load).find("plain-c").ok());
}

TEST(Trust, LinkThatLeadsRoundInACircle) {
  const TemporaryFolder folder;
  fs::create_symlink("b.so", folder.path() / "a.so");
  fs::create_symlink("a.so", folder.path() / "b.so");
  const auto problem = distrust(folder.path() / "a.so", trust_of(ABI_PROBE));
  ASSERT_TRUE(problem.has_value());
  EXPECT_NE(problem->find("leads nowhere"), std::string::npos);
}

TEST(Folders, InOrderAndOnce) {
  const auto variable = [](const char* name) -> const char* {
    if (std::string(name) == "WEIR_PLUGIN_PATH") return "/one::/two/:/one";
    return std::string(name) == "HOME" ? "/home/me" : nullptr;
  };
  const std::vector<fs::path> given{"/given/x/.."};
  const std::vector<fs::path> expected{"/given",
                                       "/one",
                                       "/two",
                                       "/opt/weir/lib/weir/plugins",
                                       "/home/me/.local/lib/weir/plugins",
                                       "/usr/local/lib/weir/plugins",
                                       "/usr/lib/weir/plugins"};
  EXPECT_EQ(plugin_folders(given, "/opt/weir/bin/weir", variable), expected);
}

/// The number of child processes that a find needs, seen by a probe command that leaves a trace.
class CacheTest : public ::testing::Test {
 protected:
  CacheTest() {
    folder_.add(hostile("plain-c"), "plain-c.so");
    script_ = folder_.write(
        "probe", "#!/bin/sh\necho x >> '" + trace().string() + "'\nexec '" ABI_PROBE "' \"$@\"\n");
    fs::permissions(script_, fs::perms::owner_all);
  }
  [[nodiscard]] fs::path trace() const { return folder_.path() / "trace"; }
  [[nodiscard]] fs::path cache() const { return folder_.path() / "cache/weir/plugins.json"; }
  std::size_t children() const { return fs::exists(trace()) ? fs::file_size(trace()) / 2 : 0; }
  bool find(const std::string& plugin = "plain-c") {
    RegistrySettings settings = registry_settings({folder_.path()});
    settings.probe.command = {script_.string()};
    settings.cache = cache();
    return Registry(settings, Registry::Use::load).find(plugin).ok();
  }
  TemporaryFolder folder_;
  fs::path script_;
};

TEST_F(CacheTest, LooksOnce) {
  EXPECT_TRUE(find());
  EXPECT_EQ(children(), 1U);
  EXPECT_TRUE(find());
  EXPECT_EQ(children(), 1U);
}

TEST_F(CacheTest, LooksAgainWhenTheFileChanged) {
  EXPECT_TRUE(find());
  fs::remove(folder_.path() / "plain-c.so");
  folder_.add(hostile("wrong-magic"), "plain-c.so");
  EXPECT_FALSE(find());
  EXPECT_GE(children(), 2U);
}

TEST_F(CacheTest, DamageIsIgnored) {
  for (const char* damage : {"", "{", "[]", "{\"weir\":1}",
                             "{\"weir\":\"0.1.0\",\"libraries\":{\"x\":7}}", "\xFF\xFF"}) {
    fs::create_directories(cache().parent_path());
    std::ofstream(cache()) << damage;
    fs::permissions(cache(), fs::perms::owner_read | fs::perms::owner_write);
    EXPECT_TRUE(find()) << damage;
  }
}

TEST_F(CacheTest, WhatOthersCanWriteIsIgnored) {
  EXPECT_TRUE(find());
  ASSERT_EQ(chmod(cache().c_str(), 0666), 0);
  EXPECT_TRUE(find());
  EXPECT_EQ(children(), 2U);
}

TEST_F(CacheTest, RefusalsAreNotKept) {
  folder_.add(hostile("exits-on-load"), "exits-on-load.so");
  EXPECT_FALSE(find("exits-on-load"));
  const std::size_t before = children();
  EXPECT_FALSE(find("exits-on-load"));
  EXPECT_GT(children(), before);
}

TEST_F(CacheTest, AFolderThatCannotBeWrittenIsNoError) {
  std::ofstream(folder_.path() / "cache") << "a file in the way";
  EXPECT_TRUE(find());
  EXPECT_TRUE(find());
  EXPECT_EQ(children(), 2U);
}

}  // namespace
}  // namespace weir::core::testing
