// SPDX-License-Identifier: Apache-2.0
// Any bytes at the reader of DNS answers. What it counts must really lie in the bytes.
#include <cstdlib>
#include <span>

#include "../answer.hpp"

namespace {

using namespace weir::dns_source;

void check(std::span<const std::uint8_t> message, Record asked) {
  const auto answer = read_answer(message, asked);
  if (!answer) return;
  if (message.size() < 12) std::abort();
  if (answer->rcode < 0 || answer->rcode > 15 || rcode_text(answer->rcode).empty()) std::abort();
  // The smallest record: a name of one byte, type, class, time to live and length.
  const auto most = static_cast<std::int64_t>((message.size() - 12) / 11);
  if (answer->answers < 0 || answer->answers > most) std::abort();
  if (answer->answers > 0 && !answer->ttl_s) std::abort();
  if (answer->ttl_s && (*answer->ttl_s < 0 || *answer->ttl_s > 0x7fffffff)) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  for (const Record asked : {Record::a, Record::mx}) check({data, size}, asked);
  return 0;
}
