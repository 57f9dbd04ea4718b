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
  if ((found.report || found.error) && bytes.size() < 16 + 16) std::abort();
}

void check_reported(std::span<const std::uint8_t> bytes) {
  for (const Family family : {Family::ipv4, Family::ipv6}) {
    const auto request = bytes.subspan(2);
    const Decoded decoded = decode_reported(family, bytes[0], bytes[1], Address{}, request);
    const auto* error = std::get_if<IcmpError>(&decoded);
    if (error == nullptr) continue;
    if (request.size() < 8 || (error->stamp && request.size() < 8 + 12)) std::abort();
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::span bytes(data, size);
  for (const Form form : {Form::ipv4_with_header, Form::ipv4, Form::ipv6}) check(form, bytes);
  check_control(bytes);
  if (size > 2) check_reported(bytes);
  return 0;
}
