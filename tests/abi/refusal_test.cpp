// SPDX-License-Identifier: Apache-2.0
// Hostile libraries: each is looked at in a child process and refused in one line that says what
// was found, what is needed and what to do. This process lives on.
#include <gtest/gtest.h>

#include <chrono>

#include "support.hpp"
#include "weir/error.hpp"

namespace weir::core::testing {
namespace {

constexpr const char* rebuild = "; build it against this weir's SDK";

const std::string spoken = std::to_string(WEIR_ABI_MAJOR) + "." + std::to_string(WEIR_ABI_MINOR);

TEST(Refusal, WrongMagic) {
  EXPECT_EQ(probe(hostile("wrong-magic")).problem,
            std::string("its magic is wrong: found 0x1122334455667788, needed 0x47554c5052494557 "
                        "(\"WEIRPLUG\")") +
                rebuild);
}

TEST(Refusal, OtherMajorVersion) {
  EXPECT_EQ(probe(hostile("other-major")).problem,
            "it was built for ABI 2.7, this weir speaks ABI " + spoken +
                "; use a newer weir, or build it against this weir's SDK");
}

TEST(Refusal, TruncatedStructs) {
  EXPECT_EQ(probe(hostile("truncated")).problem, "its struct weir_plugin has 8 bytes, ABI " +
                                                     spoken + " needs " +
                                                     std::to_string(sizeof(weir_plugin)) + rebuild);
  EXPECT_EQ(probe(hostile("truncated-type")).problem,
            "node type 0 has 24 bytes, ABI " + spoken + " needs " +
                std::to_string(sizeof(weir_node_type)) + rebuild);
}

TEST(Refusal, SymbolThatIsData) {
  EXPECT_EQ(probe(hostile("data-symbol")).problem,
            "its 'weir_plugin_entry' is data, not a function; end it with WEIR_PLUGIN(…)");
}

TEST(Refusal, LibraryWithoutTheSymbol) {
  EXPECT_EQ(probe(hostile("no-symbol")).problem,
            "it exports no 'weir_plugin_entry', so it is no weir plugin; end it with "
            "WEIR_PLUGIN(…), or move "
            "it elsewhere");
}

TEST(Refusal, MissingParts) {
  EXPECT_EQ(probe(hostile("no-process")).problem,
            std::string("node type 0 'spoilt' has no function 'process', which its kind needs") +
                rebuild);
  EXPECT_EQ(probe(hostile("no-name")).problem,
            std::string("its name is missing (a null pointer)") + rebuild);
  EXPECT_EQ(probe(hostile("no-types")).problem,
            std::string("it offers 1 node types; 1 to 256 are needed") + rebuild);
  EXPECT_EQ(probe(hostile("null")).problem,
            std::string("its 'weir_plugin_entry' returned nothing") + rebuild);
}

TEST(Refusal, DescriptionsThatLie) {
  EXPECT_EQ(
      probe(hostile("other-kind")).problem,
      std::string("node type 0 'other-kind' is of kind 4, but describes itself as a transform") +
          rebuild);
  EXPECT_EQ(probe(hostile("escapes")).problem,
            "node type 0: its description is malformed: it.summary holds control characters");
  EXPECT_NE(probe(hostile("malformed-json")).problem.find("its description is no JSON"),
            std::string::npos);
}

TEST(Refusal, ConstructorThatThrows) {
  const std::string problem = probe(hostile("throws-on-load")).problem;
  EXPECT_NE(problem.find("while it was loaded: no licence found; ask its author"),
            std::string::npos)
      << problem;
}

TEST(Refusal, CrashWhileLoading) {
  EXPECT_EQ(probe(hostile("segfaults-on-load")).problem,
            "it crashed with signal 11 (Segmentation fault) while it was loaded; ask its author");
}

TEST(Refusal, TerminateWhileLoading) {
  EXPECT_EQ(probe(hostile("terminates-on-load")).problem,
            "it threw an exception that nobody caught while it was loaded: out of cheese; ask its "
            "author");
}

TEST(Refusal, ExitWhileLoadingAndAForgedAnswer) {
  EXPECT_EQ(probe(hostile("exits-on-load")).problem,
            "it ended the process with status 0 while it was loaded; ask its author");
}

TEST(Refusal, HangWhileLoading) {
  ProbeSettings settings = probe_settings();
  settings.timeout = std::chrono::milliseconds(300);
  const std::vector<fs::path> libraries{hostile("hangs-on-load")};
  EXPECT_EQ(probe_libraries(libraries, settings).at(0).problem,
            "it did not finish within 300ms when it was loaded; ask its author");
}

TEST(Refusal, EntryThatThrows) {
  EXPECT_EQ(probe(hostile("entry-throws")).problem,
            "it threw an exception while it was loaded: the entry throws; ask its author");
}

TEST(Refusal, TextFileAndFolderNamedSo) {
  const TemporaryFolder folder;
  EXPECT_EQ(probe(folder.write("text.so", "I am a plugin, believe me.\n")).problem,
            "it cannot be loaded: file too short");
  EXPECT_EQ(probe(folder.write("long.so", std::string(10000, 'x'))).problem,
            "it cannot be loaded: invalid ELF header");
  EXPECT_EQ(probe(folder.write("empty.so", "")).problem, "it cannot be loaded: file too short");
  fs::create_directory(folder.path() / "x.so");
  EXPECT_EQ(probe(folder.path() / "x.so").problem,
            "it is a folder, not a library; move or rename it");
  EXPECT_EQ(probe(folder.path() / "none.so").problem, "it does not exist");
}

TEST(Refusal, TruncatedLibrary) {
  const TemporaryFolder folder;
  const fs::path half = folder.add(hostile("plain-c"), "half.so");
  fs::resize_file(half, fs::file_size(half) / 2);
  EXPECT_FALSE(probe(half).ok());
}

// One child looks at all; the bad ones neither hide nor spoil the good ones between them.
TEST(Refusal, ManyAtOnce) {
  const std::vector<fs::path> libraries{hostile("plain-c"),         hostile("segfaults-on-load"),
                                        hostile("wrong-magic"),     hostile("throws-on-load"),
                                        hostile("assertions-sink"), hostile("exits-on-load"),
                                        hostile("malformed")};
  const std::vector<ProbeResult> results = probe_libraries(libraries, probe_settings());
  ASSERT_EQ(results.size(), libraries.size());
  for (std::size_t i = 0; i < results.size(); ++i) {
    EXPECT_EQ(results[i].ok(), i == 0 || i == 4 || i == 6)
        << libraries[i] << ": " << results[i].problem;
  }
  EXPECT_EQ(results[4].name, "assertions-sink");
  EXPECT_NE(results[1].problem.find("signal 11"), std::string::npos);
}

TEST(Refusal, NoProbeProgram) {
  ProbeSettings settings;
  settings.command = {"/does/not/exist"};
  const std::vector<fs::path> libraries{hostile("plain-c")};
  EXPECT_THROW((void)probe_libraries(libraries, settings), Error);
}

// Those that do no harm while they are loaded are refused in this process, too.
TEST(Refusal, LoadedHere) {
  for (const char* name :
       {"wrong-magic", "other-major", "truncated", "truncated-type", "data-symbol", "no-symbol",
        "no-process", "no-name", "no-types", "null", "malformed-json", "other-kind"}) {
    EXPECT_THROW((void)load_library(hostile(name)), Error) << name;
  }
  EXPECT_EQ(load_library(hostile("plain-c")).name, "plain-c");
}

}  // namespace
}  // namespace weir::core::testing
