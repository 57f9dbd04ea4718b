// SPDX-License-Identifier: Apache-2.0
#include "questions.hpp"

#include <ares.h>

#include <algorithm>
#include <cstring>
#include <memory>

#include <weir/error.hpp>

#include "address.hpp"
#include "ares_library.hpp"
#include "host_port.hpp"

namespace weir::dns_source {
namespace {

constexpr std::uint16_t dns_port = 53;

std::string place(const std::string& host, std::uint16_t port) {
  const bool v6 = host.find(':') != std::string::npos;
  return (v6 ? "[" + host + "]" : host) + ":" + std::to_string(port);
}

std::vector<std::string> servers_of_the_system() {
  probing::start_ares_library();
  ares_channel channel = nullptr;
  if (const int status = ::ares_init(&channel); status != ARES_SUCCESS)
    throw Error(std::string("the DNS servers of this host are not known: ") +
                ::ares_strerror(status) + "; name them in 'servers'");
  ares_addr_port_node* list = nullptr;
  ::ares_get_servers_ports(channel, &list);
  std::vector<std::string> found;
  for (const auto* node = list; node != nullptr; node = node->next) {
    probing::Address address;
    if (node->family == AF_INET6) address.family = probing::Family::ipv6;
    const std::size_t size = node->family == AF_INET6 ? 16 : 4;
    std::memcpy(address.bytes.data(), &node->addr, size);
    const auto port = static_cast<std::uint16_t>(node->udp_port);
    const std::string text = probing::to_text(address);
    found.push_back(port == 0 || port == dns_port ? text : place(text, port));
  }
  ::ares_free_data(list);
  ::ares_destroy(channel);
  return found;
}

Server server_of(const std::string& text) {
  const probing::HostPort parsed = probing::parse_host_port(text, dns_port);
  if (!probing::parse_address(parsed.host)) {
    throw Error("'" + text + "' is no IPv4 or IPv6 address, with or without a port; write " +
                "for example 9.9.9.9 or [2620:fe::fe]:53");
  }
  return {text, place(parsed.host, parsed.port)};
}

// c-ares judges the form of a name when it builds a question.
void check_name(const std::string& name) {
  unsigned char* buffer = nullptr;
  int size = 0;
  const int status =
      ::ares_create_query(name.c_str(), 1, static_cast<int>(Record::a), 0, 1, &buffer, &size, 0);
  if (buffer != nullptr) ::ares_free_string(buffer);
  const bool blank = name.find_first_of(" \t\r\n/:@") != std::string::npos;
  if (status == ARES_SUCCESS && !blank && !name.empty()) return;
  throw Error("name '" + name + "' cannot be asked for; write a domain name such as example.net");
}

template <class Value>
std::vector<Value> each_once(const std::vector<Value>& values) {
  std::vector<Value> once;
  for (const Value& value : values) {
    if (std::find(once.begin(), once.end(), value) == once.end()) once.push_back(value);
  }
  return once;
}

}  // namespace

Plan plan_questions(const std::vector<std::string>& servers, const std::vector<std::string>& names,
                    const std::vector<Record>& records) {
  Plan plan;
  for (const std::string& name : names) check_name(name);
  try {
    const auto wanted = servers.empty() ? servers_of_the_system() : servers;
    for (const std::string& text : each_once(wanted)) plan.servers.push_back(server_of(text));
  } catch (const Error& wrong) {
    throw Error(std::string("server ") + wrong.what());
  }
  for (const std::string& name : each_once(names)) {
    for (const Record record : each_once(records)) {
      for (std::size_t server = 0; server < plan.servers.size(); ++server)
        plan.questions.push_back({server, name, record});
    }
  }
  return plan;
}

}  // namespace weir::dns_source
