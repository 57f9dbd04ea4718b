// SPDX-License-Identifier: Apache-2.0
#include "core/config/substitution.hpp"

#include <gtest/gtest.h>

#include "config_testing.hpp"

namespace weir::core::config {
namespace {

const std::map<std::string, std::string> kVariables = {{"HOST", "db"},
                                                       {"PORT", "8086"},
                                                       {"EMPTY", ""},
                                                       {"_x1", "under"},
                                                       {"ODD", "${HOST} $$ \"'[{:"}};

Parsed substituted(std::string_view text,
                   const std::map<std::string, std::string>& variables = kVariables) {
  Parsed parsed = yaml(text);
  EXPECT_TRUE(parsed.problems.empty()) << parsed.problems.render();
  substitute(parsed.document.root, environment_of(variables), parsed.problems);
  return parsed;
}

std::string value_of(const std::string& written) {
  const Parsed parsed = substituted("k: '" + written + "'\n");
  EXPECT_TRUE(parsed.problems.empty()) << parsed.problems.render();
  return at(parsed.document.root, {"k"}).text;
}

TEST(Substitution, PutsInVariablesAndDefaults) {
  EXPECT_EQ(value_of("${HOST}"), "db");
  EXPECT_EQ(value_of("http://${HOST}:${PORT}/x"), "http://db:8086/x");
  EXPECT_EQ(value_of("${NONE:-a,b:-c}"), "a,b:-c");
  EXPECT_EQ(value_of("${HOST:-other}"), "db");
  EXPECT_EQ(value_of("${NONE:-}"), "");
  EXPECT_EQ(value_of("<${EMPTY}>"), "<>");
  EXPECT_EQ(value_of("${EMPTY:-used}"), "used");
  EXPECT_EQ(value_of("${_x1}"), "under");
  EXPECT_EQ(value_of("${NONE:-${NIX:-${HOST}}}!"), "db!");
}

TEST(Substitution, ADollarAloneIsItself) {
  EXPECT_EQ(value_of("$$"), "$");
  EXPECT_EQ(value_of("$${HOST}"), "${HOST}");
  EXPECT_EQ(value_of("$$$${HOST}"), "$${HOST}");
  EXPECT_EQ(value_of("$$${HOST}"), "$db");
  EXPECT_EQ(value_of("$HOST 5$ $ x}"), "$HOST 5$ $ x}");
  EXPECT_EQ(value_of("${NONE:-a$$b}"), "a$b");
}

TEST(Substitution, DoesNotLookAtWhatItPutIn) { EXPECT_EQ(value_of("${ODD}"), "${HOST} $$ \"'[{:"); }

TEST(Substitution, LeavesKeysAlone) {
  const Parsed parsed = substituted("${HOST}: [\"${PORT}\"]\n");
  ASSERT_EQ(parsed.document.root.entries.size(), 1U);
  EXPECT_EQ(parsed.document.root.entries[0].key, "${HOST}");
  EXPECT_EQ(parsed.document.root.entries[0].value.items[0].text, "8086");
}

TEST(Substitution, KeepsTheOriginalForMessages) {
  const Parsed parsed = substituted("a: \"${HOST}\"\nb: plain\n");
  const Node& changed = at(parsed.document.root, {"a"});
  EXPECT_EQ(changed.shown(), "${HOST}");
  EXPECT_FALSE(changed.verbatim);
  const Node& same = at(parsed.document.root, {"b"});
  EXPECT_TRUE(same.original.empty());
  EXPECT_EQ(same.shown(), "plain");
}

TEST(Substitution, UnsetIsAProblemAtItsPlace) {
  const Parsed parsed =
      substituted("nodes:\n  s: {url: \"http://${HOST}/${INFLUX_URL}\", t: \"${X}\"}\n");
  EXPECT_EQ(
      parsed.problems.render(),
      "p.yaml:2:28: error: the variable INFLUX_URL is not set\n"
      "   2 |   s: {url: \"http://${HOST}/${INFLUX_URL}\", t: \"${X}\"}\n"
      "     |                            ^^^^^^^^^^^^^ set it, put INFLUX_URL=... into .env "
      "beside this file, or write ${INFLUX_URL:-default}\n"
      "p.yaml:2:48: error: the variable X is not set\n"
      "   2 |   s: {url: \"http://${HOST}/${INFLUX_URL}\", t: \"${X}\"}\n"
      "     |                                                ^^^^ set it, put X=... into .env "
      "beside this file, or write ${X:-default}\n");
}

TEST(Substitution, UnsetInATextThatIsNotVerbatimPointsAtTheText) {
  const Parsed parsed = substituted("a: \"\\t${X}\"\nb: |\n  ${Y}\n");
  ASSERT_EQ(parsed.problems.all().size(), 2U);
  EXPECT_EQ(parsed.problems.all()[0].place, (Place{"p.yaml", 1, 4, 8}));
  EXPECT_EQ(parsed.problems.all()[1].place, (Place{"p.yaml", 2, 4, 1}));
  EXPECT_TRUE(at(parsed.document.root, {"a"}).reported);
}

TEST(Substitution, BadFormsAreNamed) {
  for (const char* written :
       {"${}", "${1A}", "${A B}", "${A-b}", "${A:?b}", "${A:b}", "${ A}", "${Ä}"}) {
    const Parsed parsed = substituted("k: \"x" + std::string(written) + "\"\n");
    ASSERT_EQ(parsed.problems.all().size(), 1U) << written;
    EXPECT_EQ(parsed.problems.all()[0].message, "this is no variable") << written;
    EXPECT_EQ(parsed.problems.all()[0].place.column, 6) << written;
  }
  for (const char* written : {"${", "${A", "${A:-${B}", "x${A:-$$"}) {
    const Parsed parsed = substituted("k: \"" + std::string(written) + "\"\n");
    ASSERT_EQ(parsed.problems.all().size(), 1U) << written;
    EXPECT_EQ(parsed.problems.all()[0].message, "this '${' is never closed") << written;
  }
}

TEST(Substitution, NestingIsBounded) {
  const Parsed parsed = substituted("k: \"" + repeat("${A:-", 6) + repeat("}", 6) + "\"\n");
  ASSERT_EQ(parsed.problems.all().size(), 1U);
  EXPECT_EQ(parsed.problems.all()[0].message, "defaults are nested more than four deep");
  const Parsed deep =
      substituted("k: \"" + repeat("${A:-", 150'000) + repeat("}", 150'000) + "\"\n");
  EXPECT_EQ(deep.problems.all().size(), 1U);
}

TEST(Substitution, TheSizeIsBounded) {
  const Parsed parsed = substituted("k: \"" + repeat("${B}", 10'000) + "\"\nl: \"${B}\"\n",
                                    {{"B", std::string(100'000, 'b')}});
  ASSERT_EQ(parsed.problems.all().size(), 1U);
  EXPECT_EQ(parsed.problems.all()[0].message, "variables put more than 4 MiB into this file");
}

TEST(Substitution, ValuesMustBeText) {
  const Parsed parsed = substituted("k: \"${B}\"\n", {{"B", "\xff"}});
  ASSERT_EQ(parsed.problems.all().size(), 1U);
  EXPECT_EQ(parsed.problems.all()[0].message, "the value of B is not UTF-8 text");
}

TEST(Substitution, NeverPrintsAValue) {
  Parsed parsed = yaml("k: \"${SECRET}${MISSING}\"\n");
  substitute(parsed.document.root, environment_of({{"SECRET", "hunter2"}}), parsed.problems);
  EXPECT_FALSE(parsed.problems.empty());
  EXPECT_EQ(parsed.problems.render().find("hunter2"), std::string::npos);
}

TEST(ProcessEnvironment, IsThatOfTheProcess) {
  ASSERT_EQ(::setenv("WEIR_CONFIG_TEST", "yes", 1), 0);
  EXPECT_EQ(process_environment()("WEIR_CONFIG_TEST"), "yes");
  ASSERT_EQ(::unsetenv("WEIR_CONFIG_TEST"), 0);
  EXPECT_EQ(process_environment()("WEIR_CONFIG_TEST"), std::nullopt);
}

}  // namespace
}  // namespace weir::core::config
