// SPDX-License-Identifier: Apache-2.0
#include "core/config/load.hpp"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include "config_testing.hpp"

namespace weir::core::config {
namespace {

namespace fs = std::filesystem;

const char* const kYaml = "nodes:\n  ping: {plugin: icmp-source, targets: \"${TARGETS}\"}\n";
const char* const kIni = "[ping]\nplugin = icmp-source\ntargets = ${TARGETS}\n";

Loaded loaded(const fs::path& path, const std::vector<std::string>& overrides = {}) {
  return load_pipeline_file(path, environment_of({}), overrides);
}

TEST(Load, BothNotationsGiveOneTree) {
  const ScratchFolder folder;
  folder.write(".env", "TARGETS=127.0.0.1,127.0.0.2\n");
  const Loaded from_yaml = loaded(folder.write("p.yaml", kYaml));
  const Loaded from_yml = loaded(folder.write("p.yml", kYaml));
  const Loaded from_ini = loaded(folder.write("p.ini", kIni));
  EXPECT_TRUE(from_yaml.problems.empty()) << from_yaml.problems.render();
  EXPECT_TRUE(from_ini.problems.empty()) << from_ini.problems.render();
  EXPECT_TRUE(equal_content(from_yaml.document.root, from_yml.document.root));
  EXPECT_TRUE(equal_content(from_yaml.document.root, from_ini.document.root));
  const Node& targets = at(from_ini.document.root, {"nodes", "ping", "targets"});
  EXPECT_EQ(targets.text, "127.0.0.1,127.0.0.2");
  EXPECT_EQ(targets.shown(), "${TARGETS}");
}

TEST(Load, AnOverrideTakesTheNeedForAVariableAway) {
  const ScratchFolder folder;
  const fs::path path = folder.write("p.yaml", kYaml);
  EXPECT_TRUE(loaded(path).problems.has_errors());
  const Loaded result = loaded(path, {"ping.targets=${MORE:-10.0.0.1}"});
  EXPECT_TRUE(result.problems.empty()) << result.problems.render();
  EXPECT_EQ(at(result.document.root, {"nodes", "ping", "targets"}).text, "10.0.0.1");
}

TEST(Load, ProblemsOfAllSourcesComeTogether) {
  const ScratchFolder folder;
  const fs::path path = folder.write("p.yaml", std::string(kYaml) + "nodes: {}\n");
  const Loaded result = loaded(path, {"pong.a=b"});
  EXPECT_TRUE(result.document.usable());
  EXPECT_EQ(result.problems.render(),
            path.string() +
                ":2:41: error: the variable TARGETS is not set\n"
                "   2 |   ping: {plugin: icmp-source, targets: \"${TARGETS}\"}\n"
                "     |                                         ^^^^^^^^^^ set it, put TARGETS=... "
                "into .env beside this file, or write ${TARGETS:-default}\n" +
                path.string() +
                ":3:1: error: the key 'nodes' stands here a second time\n"
                "   3 | nodes: {}\n"
                "     | ^^^^^ the first is in line 1, column 1; remove one\n"
                "--set:1:1: error: there is no node 'pong'\n"
                "   1 | pong.a=b\n"
                "     | ^^^^ did you mean 'ping'?\n");
}

TEST(Load, ARefusedDotenvIsAProblem) {
  const ScratchFolder folder;
  folder.write(".env", "TARGETS=x\n", fs::perms{0666});
  const Loaded result = loaded(folder.write("p.yaml", kYaml));
  ASSERT_EQ(result.problems.all().size(), 2U);
  EXPECT_EQ(result.problems.all()[0].message, "this file is refused: others can write it");
}

std::string only_problem(const fs::path& path) {
  const Loaded result = loaded(path);
  EXPECT_FALSE(result.document.usable());
  EXPECT_TRUE(result.document.root.reported);
  EXPECT_EQ(result.problems.all().size(), 1U);
  const std::string out = result.problems.render();
  EXPECT_TRUE(out.starts_with(path.string() + ": error: ")) << out;
  return out.substr(std::min(out.size(), path.string().size() + 9));
}

TEST(Load, FilesThatAreNone) {
  const ScratchFolder folder;
  folder.write("monitor.yaml", kYaml);
  EXPECT_EQ(only_problem(folder.path() / "monitr.yaml"),
            "there is no such file; did you mean 'monitor.yaml'?\n");
  EXPECT_EQ(only_problem(folder.path() / "zzz.yaml"), "there is no such file; check the path\n");
  EXPECT_EQ(only_problem(folder.path() / "monitor.yaml" / "x.yaml"),
            "there is no such file; check the path\n");
  fs::create_directory(folder.path() / "d.yaml");
  EXPECT_EQ(only_problem(folder.path() / "d.yaml"),
            "this is a folder, not a pipeline file; name a file in it\n");
  ASSERT_EQ(::mkfifo((folder.path() / "f.yaml").c_str(), 0600), 0);
  EXPECT_EQ(only_problem(folder.path() / "f.yaml"),
            "this is a pipe or device, not a pipeline file; write it to a file first\n");
  EXPECT_EQ(only_problem(folder.write("p.json", "{}")),
            "the name does not tell whether this is YAML or INI; name it .yaml, .yml or .ini\n");
  EXPECT_EQ(only_problem(folder.write("yaml", kYaml)),
            "the name does not tell whether this is YAML or INI; name it .yaml, .yml or .ini\n");
  fs::create_symlink("l.yaml", folder.path() / "l.yaml");
  EXPECT_EQ(
      only_problem(folder.path() / "l.yaml"),
      "this file cannot be read: Too many levels of symbolic links; check its owner and mode, "
      "and those of its folder\n");
}

// Root reads everything, so as root the test looks with the eyes of somebody else.
class WithoutPrivileges {
 public:
  WithoutPrivileges() : before_(::geteuid()) {
    if (before_ == 0 && ::seteuid(65534) != 0) throw std::runtime_error("seteuid failed");
  }
  ~WithoutPrivileges() {
    if (::seteuid(before_) != 0) std::abort();
  }
  WithoutPrivileges(const WithoutPrivileges&) = delete;
  WithoutPrivileges& operator=(const WithoutPrivileges&) = delete;

 private:
  uid_t before_;
};

TEST(Load, AFileWithoutPermissionIsNamed) {
  const ScratchFolder folder;
  const fs::path path = folder.write("p.yaml", kYaml, fs::perms{0});
  const WithoutPrivileges guard;
  EXPECT_EQ(only_problem(path),
            "this file cannot be read: Permission denied; check its owner and mode, and those of "
            "its folder\n");
}

TEST(Load, ContentThatIsNone) {
  const ScratchFolder folder;
  const std::string hint = "; a pipeline file holds 'nodes:' with at least one node\n";
  for (const char* text : {"", "\n\n", "# only a comment\n", "---\n", "~\n", "{}\n"}) {
    EXPECT_EQ(only_problem(folder.write("e.yaml", text)), "this file is empty" + hint) << text;
  }
  EXPECT_EQ(only_problem(folder.write("e.ini", "; nothing\n")), "this file is empty" + hint);
  EXPECT_EQ(
      only_problem(folder.write("b.yaml", std::string(1'100'000, 'a'))),
      "this file is larger than 1 MiB, the most that a pipeline file may have; give long data "
      "its own file and name that\n");
}

TEST(Load, TheRootMustBeAMap) {
  const Loaded result = load_pipeline_text("p.yaml", "- a\n- b\n", environment_of({}));
  EXPECT_FALSE(result.document.usable());
  EXPECT_EQ(result.problems.render(),
            "p.yaml:1:1: error: a pipeline file is a map, not a list\n   1 | - a\n     | ^ a "
            "pipeline file holds 'nodes:' with at least one node\n");
}

TEST(Load, ABrokenFileIsNotCheckedFurther) {
  const Loaded result =
      load_pipeline_text("p.yaml", "nodes: {a: \"${X}\"\n", environment_of({}), {"zz.a=b"});
  EXPECT_FALSE(result.document.usable());
  EXPECT_EQ(result.problems.all().size(), 1U);
}

}  // namespace
}  // namespace weir::core::config
