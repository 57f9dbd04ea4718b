// SPDX-License-Identifier: Apache-2.0
#include "target_list.hpp"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include <weir/error.hpp>

namespace weir::probing {
namespace {

TEST(ParseTarget, HostAndSettings) {
  const TargetText target = parse_target("\t dns.example  interval=10s\tsource=192.0.2.1 ");
  EXPECT_EQ(target.host, "dns.example");
  ASSERT_EQ(target.settings.size(), 2U);
  EXPECT_EQ(target.settings[1], (std::pair<std::string, std::string>{"source", "192.0.2.1"}));
  EXPECT_EQ(parse_target("  ").host, "");
  EXPECT_EQ(parse_target("fe80::1%eth0").host, "fe80::1%eth0");
}

TEST(ParseTarget, WhatIsNoSettingIsAnError) {
  for (const char* text : {"host word", "host =5", "host key=", "host a=1 b"})
    EXPECT_THROW(static_cast<void>(parse_target(text)), Error) << text;
}

TEST(ReadTargetFile, NamesTheLine) {
  const auto path = std::filesystem::path(::testing::TempDir()) / "probing-targets.txt";
  std::ofstream(path) << "a count=1\n# b\n\nc # d\nbad word\n";
  std::vector<TargetText> targets;
  try {
    read_target_file(path.string(), [&](TargetText&& target) { targets.push_back(target); });
    FAIL() << "the last line is wrong";
  } catch (const Error& wrong) {
    EXPECT_NE(std::string(wrong.what()).find(path.string() + ":5: "), std::string::npos)
        << wrong.what();
  }
  ASSERT_EQ(targets.size(), 2U);
  EXPECT_EQ(targets[1].host, "c");
  EXPECT_EQ(targets[1].place, path.string() + ":4");
  EXPECT_THROW(read_target_file("/nowhere", [](TargetText&&) {}), Error);
}

}  // namespace
}  // namespace weir::probing
