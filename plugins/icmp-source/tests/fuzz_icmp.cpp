// SPDX-License-Identifier: Apache-2.0
// Any bytes at the ICMP decoder, in each framing, and at the reader of control messages. What is
// accepted must really lie in the bytes.
#include <cstdlib>
#include <span>
#include <variant>

#include "../control_message.hpp"
#include "../packet.hpp"

namespace {

using namespace weir::icmp_source;

void check(Form form, std::span<const std::uint8_t> bytes) {
  const Decoded decoded = decode(form, bytes);
  if (const auto* reason = std::get_if<Reject>(&decoded)) {
    if (to_text(*reason).empty()) std::abort();
    return;
  }
  const std::size_t least = form == Form::ipv4_with_header ? 28 : 8;
  if (bytes.size() < least + (std::holds_alternative<Echo>(decoded) ? 12U : 28U)) std::abort();
}

void check_control(std::span<const std::uint8_t> bytes) {
  const ReceivedControl found = parse_control(bytes);
  // The smallest message of each kind: its header and what it holds.
  if (found.dropped && bytes.size() < 16 + 4) std::abort();
  if (found.stamp && (bytes.size() < 16 + 16 || *found.stamp < Nanos{})) std::abort();
  if (found.report && bytes.size() < 16 + 16) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::span bytes(data, size);
  for (const Form form : {Form::ipv4_with_header, Form::ipv4, Form::ipv6}) check(form, bytes);
  check_control(bytes);
  return 0;
}
