// Addresses and flows of networks, and URLs.

#include <arpa/inet.h>

#include <array>
#include <charconv>
#include <cstring>
#include <map>

#include "base/buffer.h"
#include "ottl/digest.h"
#include "ottl/function.h"
#include "ottl/functions/functions.h"
#include "wire/base64.h"
#include "wire/go_url.h"
#include "wire/hex.h"

namespace sluice::ottl {
namespace {

/// An address without zone, as Go's net.ParseIP reads it: 4 bytes for IPv4, also where it is mapped
/// into IPv6, else 16.
struct Address {
  std::array<uint8_t, 16> bytes{};
  size_t size = 0;

  std::string_view view() const { return {reinterpret_cast<const char*>(bytes.data()), size}; }
};

constexpr uint8_t kMappedPrefix[12] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};

/// As written: 4 or 16 bytes. False if it is none.
bool read_address(std::string_view text, Address& out) {
  constexpr size_t kTextMax = 45;  // of the longest IPv6 address
  if (text.size() > kTextMax || text.find('\0') != std::string_view::npos) return false;
  const std::string copy(text);
  out.size = 4;
  if (inet_pton(AF_INET, copy.c_str(), out.bytes.data()) == 1) return true;
  out.size = 16;
  return inet_pton(AF_INET6, copy.c_str(), out.bytes.data()) == 1;
}

void unmap(Address& address) {
  if (address.size != 16 || std::memcmp(address.bytes.data(), kMappedPrefix, 12) != 0) return;
  std::memmove(address.bytes.data(), address.bytes.data() + 12, 4);
  address.size = 4;
}

// ---- IsInCIDR ----

/// "10.0.0.0/8"
struct Network {
  Address address;
  size_t bits = 0;

  static Result<Network> make(std::string_view text) {
    Network network;
    const size_t slash = text.find('/');
    const std::string_view digits =
        slash == std::string_view::npos ? std::string_view() : text.substr(slash + 1);
    const auto parsed = std::from_chars(digits.data(), digits.data() + digits.size(), network.bits);
    if (digits.empty() || parsed.ec != std::errc() || parsed.ptr != digits.data() + digits.size() ||
        !read_address(text.substr(0, slash), network.address) ||
        network.bits > network.address.size * 8) {
      return invalid_argument("\"" + std::string(text) +
                              "\" is no network: write it as 10.0.0.0/8 or 2001:db8::/32");
    }
    network.clear_host_bits();
    const size_t size = network.address.size;
    unmap(network.address);
    if (network.address.size < size) network.bits -= std::min<size_t>(network.bits, 96);
    return network;
  }

  bool contains(const Address& other) const {
    if (other.size != address.size) return false;
    for (size_t i = 0; i < address.size; ++i) {
      if (((other.bytes[i] ^ address.bytes[i]) & mask(i)) != 0) return false;
    }
    return true;
  }

 private:
  uint8_t mask(size_t byte) const {
    const size_t set = std::min<size_t>(bits - std::min(bits, byte * 8), 8);
    return static_cast<uint8_t>(0xff00u >> set);
  }
  void clear_host_bits() {
    for (size_t i = 0; i < address.size; ++i) address.bytes[i] &= mask(i);
  }
};

/// A list of networks, each of which is read when its turn comes: what stands behind the one that
/// holds the address may be no network at all.
struct Networks {
  std::vector<Param<Prepared<Network>>::Bound>* bound = nullptr;
};

}  // namespace

template <>
struct Param<Networks> {
  using Bound = Param<Args<Prepared<Network>>>::Bound;
  static Status bind(Compiler& compiler, const ast::Value& argument, Bound& out) {
    return Param<Args<Prepared<Network>>>::bind(compiler, argument, out);
  }
  static bool get(Frame&, Bound& bound, Networks& out) {
    out.bound = &bound;
    return true;
  }
};

namespace {

Value is_in_cidr(Frame& frame, std::string_view target, Networks networks) {
  Address address;
  if (!read_address(target, address)) return Value::boolean(false);
  unmap(address);
  for (auto& bound : *networks.bound) {
    Prepared<Network> network;
    if (!Param<Prepared<Network>>::get(frame, bound, network)) return {};
    if (network->contains(address)) return Value::boolean(true);
  }
  return Value::boolean(false);
}

// ---- CommunityID ----

constexpr int64_t kPortMax = 65535;

void append_number(std::string& out, int64_t number) {
  out += static_cast<char>(number >> 8);
  out += static_cast<char>(number);
}

/// The number of a protocol in IP's header; 0 for what is not known.
uint8_t protocol_number(std::string_view name) {
  constexpr std::pair<std::string_view, uint8_t> kProtocols[] = {
      {"ICMP", 1}, {"TCP", 6}, {"UDP", 17}, {"RSVP", 46}, {"ICMP6", 58}, {"SCTP", 132}};
  for (const auto& [known, number] : kProtocols) {
    if (name == known) return number;
  }
  return 0;
}

/// https://github.com/corelight/community-id-spec, version 1: the smaller end comes first, and one
/// of IPv4 before one of IPv6.
Value community_id(Frame& frame, std::string_view source_ip, int64_t source_port,
                   std::string_view destination_ip, int64_t destination_port,
                   std::optional<std::string_view> protocol, std::optional<int64_t> seed) {
  Address source;
  Address destination;
  if (!read_address(source_ip, source)) return frame.fail("the source's address is wrong");
  if (!read_address(destination_ip, destination))
    return frame.fail("the destination's address is wrong");
  unmap(source);
  unmap(destination);
  for (const int64_t number : {source_port, destination_port, seed.value_or(0)}) {
    if (number < 0 || number > kPortMax) return frame.fail("ports and seed are 0 to 65535");
  }
  const uint8_t number = protocol_number(protocol.value_or("TCP"));
  if (number == 0) return frame.fail("the protocol is one of ICMP, TCP, UDP, RSVP, ICMP6, SCTP");
  const auto key = [](const Address& address, int64_t port) {
    std::string text(1, static_cast<char>(address.size));
    text += address.view();
    append_number(text, port);
    return text;
  };
  if (key(destination, destination_port) < key(source, source_port)) {
    std::swap(source, destination);
    std::swap(source_port, destination_port);
  }
  std::string flow;
  append_number(flow, seed.value_or(0));
  flow.append(source.view()).append(destination.view());
  flow += static_cast<char>(number);
  flow += '\0';
  append_number(flow, source_port);
  append_number(flow, destination_port);
  uint8_t digest[20];
  if (!wire::decode_hex(hex_digest(Digest::Sha1, flow, *frame.arena), digest)) return {};
  Buffer text("1:");
  wire::append_base64({reinterpret_cast<const char*>(digest), sizeof digest}, text);
  return Value::string(frame.arena->copy(text.view()));
}

// ---- URL ----

/// A text that begins with a question mark is taken for a query alone.
Value query_map(Frame& frame, std::string_view query) {
  const auto parameters = wire::parse_query(query);
  if (!parameters.ok()) return frame.fail("the text is no URL: ", parameters.status().message());
  Arena& arena = *frame.arena;
  std::map<std::string, ArenaVector<Value>> values;
  for (const auto& [name, value] : *parameters)
    values[name].push_back(arena, Value::string(arena.copy(value)));
  MapBuilder by_name(arena);
  for (const auto& [name, list] : values) by_name[arena.copy(name)] = list_value(list);
  MapBuilder out(arena);
  if (!values.empty()) out["query"] = by_name.map();
  return out.map();
}

Value url(Frame& frame, std::string_view url) {
  if (url.empty()) return frame.fail("an empty text is no URL");
  if (url.front() == '?') return query_map(frame, url.substr(1));
  const auto parsed = wire::GoUrl::parse(url);
  if (!parsed.ok()) return frame.fail("the text is no URL: ", parsed.status().message());
  MapBuilder out(*frame.arena);
  const auto put = [&](std::string_view key, std::string_view text) {
    out[key] = Value::string(frame.arena->copy(text));
  };
  put("url.original", parsed->to_string());
  put("url.domain", parsed->host_name());
  put("url.scheme", parsed->scheme);
  put("url.path", parsed->path);
  const std::string port = parsed->port();
  int64_t number = 0;
  const auto digits = std::from_chars(port.data(), port.data() + port.size(), number);
  if (!port.empty() && digits.ec != std::errc()) return frame.fail("the port is out of range");
  if (!port.empty()) out["url.port"] = Value::integer(number);
  if (!parsed->fragment.empty()) put("url.fragment", parsed->fragment);
  if (parsed->has_user) put("url.user_info", parsed->user_info());
  if (!parsed->user.empty()) put("url.username", parsed->user);
  if (parsed->password) put("url.password", *parsed->password);
  if (!parsed->raw_query.empty()) put("url.query", parsed->raw_query);
  const std::string& path = parsed->path;
  const size_t point = path.rfind('.');  // of the whole path, as in the original
  if (point != std::string::npos && point + 1 < path.size())
    put("url.extension", std::string_view(path).substr(point + 1));
  return out.map();
}

}  // namespace

void add_network_functions(Library& library) {
  library.add("IsInCIDR", {"target", "networks"}, is_in_cidr);
  library.add(
      "CommunityID",
      {"source_ip", "source_port", "destination_ip", "destination_port", "protocol", "seed"},
      community_id);
  library.add("URL", {"uri"}, url);
}

}  // namespace sluice::ottl
