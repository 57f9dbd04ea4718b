// SPDX-License-Identifier: Apache-2.0
// icmp-source through two networks with a faulty line between them, judged probe by probe against
// the line's log. The kernel of the second network answers.
#include <gtest/gtest.h>
#include <unistd.h>

#include "core/testpath/judge.hpp"
#include "core/testpath/observations.hpp"
#include "core/testpath/path.hpp"
#include "tests/support/program.hpp"

namespace weir::testbed {
namespace {

using namespace core::testpath;
using test::read_text;
using test::TemporaryFolder;

constexpr auto timeout = std::chrono::milliseconds(500);

std::string pipeline_of(const std::string& target) {
  return "nodes:\n"
         "  probe:  {plugin: icmp-source, targets: ['" +
         target +
         "'], interval: 500ms, count: 200,\n"
         "           tick: 1ms, timeout: 500ms, per_probe: true, required: true}\n"
         "  probes: {plugin: file-sink, inputs: [probe.probes], path: probes.jsonl}\n";
}

/// Becomes `weir run p.yaml` in this folder.
int become_run(const std::filesystem::path& folder) {
  if (::chdir(folder.c_str()) != 0) return 1;
  const std::string program = std::string(WEIR_BUILD_DIR) + "/bin/weir";
  ::execl(program.c_str(), "weir", "run", "p.yaml", "--for", "4s", "--state", "state", "--user",
          "root", nullptr);
  return 127;
}

class Forward : public ::testing::TestWithParam<const char*> {};

TEST_P(Forward, EveryProbeIsJudgedRightAcrossTwoNetworks) {
  if (const auto reason = why_no_path()) GTEST_SKIP() << *reason;
  const bool v6 = std::string(GetParam()).find(':') != std::string::npos;
  if (v6 && !std::filesystem::exists("/proc/net/if_inet6")) GTEST_SKIP() << "no IPv6 here";
  const TemporaryFolder folder;
  test::write_text(folder / "p.yaml", pipeline_of(GetParam()));
  // Of either direction; a probe that is held in both is forgotten when it comes.
  const PathSettings settings{
      .impairments = parse_impairments(
          "delay=10ms loss=2% gilbert=1%/30% duplicate=3%/2ms hold=3%/730ms seed=31"),
      .log = folder / "truth",
      .forward = true};
  ASSERT_EQ(run_in_path(settings, [&] { return become_run(folder.path()); }), 0);

  const Verdict verdict =
      judge(round_trips(parse_truth(read_text(folder / "truth"))),
            parse_observations(read_text(folder / "probes.jsonl")),
            // icmp-source remembers a probe for its timeout and a second.
            {.timeout = timeout, .forgotten = timeout + std::chrono::seconds(1)});
  EXPECT_TRUE(verdict.identical()) << differences(verdict);
  EXPECT_GT(verdict.compared, 100U);
  EXPECT_GT(verdict.lost.both, 0U);
  EXPECT_GT(verdict.late.both, 0U);
  EXPECT_GT(verdict.duplicate.both, 0U);
  EXPECT_GT(verdict.reordered.both, 0U);
}

INSTANTIATE_TEST_SUITE_P(Families, Forward, ::testing::Values("10.77.0.2", "fd77::2"),
                         [](const auto& tested) {
                           return std::string(tested.param).find(':') == std::string::npos ? "ipv4"
                                                                                           : "ipv6";
                         });

}  // namespace
}  // namespace weir::testbed
