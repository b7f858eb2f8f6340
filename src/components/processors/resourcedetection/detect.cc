#include "components/processors/resourcedetection/detect.h"

#include <arpa/inet.h>
#include <ifaddrs.h>
#include <net/if.h>
#include <netdb.h>
#include <netpacket/packet.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/utsname.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fstream>

#include "base/fd.h"
#include "base/read_file.h"
#include "base/take.h"
#include "config/yaml.h"

namespace sluice::components::resourcedetection_processor {
namespace {

/// What Docker says of itself is some kilobytes.
constexpr size_t kDockerReplyMax = 1 << 20;

std::string_view trim(std::string_view text) {
  constexpr std::string_view kSpaces = " \t\r\n";
  const size_t first = std::min(text.find_first_not_of(kSpaces), text.size());
  text.remove_prefix(first);
  return text.substr(0, text.find_last_not_of(kSpaces) + 1);
}

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

/// As in the query of a URL: %XX, and + for a space.
std::optional<std::string> unescape(std::string_view text) {
  std::string out;
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      out.push_back(text[i] == '+' ? ' ' : text[i]);
      continue;
    }
    if (i + 2 >= text.size() || hex_digit(text[i + 1]) < 0 || hex_digit(text[i + 2]) < 0)
      return std::nullopt;
    out.push_back(static_cast<char>(hex_digit(text[i + 1]) * 16 + hex_digit(text[i + 2])));
    i += 2;
  }
  return out;
}

std::string kernel_host_name() {
  char name[256] = {};
  return ::gethostname(name, sizeof name - 1) == 0 ? name : "";
}

struct AddressList {
  explicit AddressList(const std::string& host) {
    addrinfo hints{};
    hints.ai_flags = AI_CANONNAME;
    hints.ai_socktype = SOCK_STREAM;
    if (::getaddrinfo(host.c_str(), nullptr, &hints, &first) != 0) first = nullptr;
  }
  ~AddressList() {
    if (first != nullptr) ::freeaddrinfo(first);
  }
  AddressList(const AddressList&) = delete;
  AddressList& operator=(const AddressList&) = delete;
  addrinfo* first = nullptr;
};

std::string without_dot(std::string name) {
  while (!name.empty() && name.back() == '.') name.pop_back();
  return name;
}

std::string canonical_name() {
  const AddressList list(kernel_host_name());
  if (list.first == nullptr || list.first->ai_canonname == nullptr) return {};
  return without_dot(list.first->ai_canonname);
}

std::string reverse_name() {
  const AddressList list(kernel_host_name());
  for (const addrinfo* at = list.first; at != nullptr; at = at->ai_next) {
    char name[NI_MAXHOST] = {};
    if (::getnameinfo(at->ai_addr, at->ai_addrlen, name, sizeof name, nullptr, 0, NI_NAMEREQD) == 0)
      return without_dot(name);
  }
  return {};
}

/// A name with a domain, from the hosts file or the resolver.
std::string full_name() {
  for (const std::string& name : {canonical_name(), reverse_name()}) {
    if (name.find('.') != std::string::npos) return name;
  }
  return {};
}

std::string host_name(const std::vector<std::string>& sources) {
  for (const std::string& source : sources) {
    std::string name = source == "os"      ? kernel_host_name()
                       : source == "dns"   ? full_name()
                       : source == "cname" ? canonical_name()
                                           : reverse_name();
    if (!name.empty()) return name;
  }
  return {};
}

std::string first_line(const char* path) {
  std::ifstream in(path);
  std::string line;
  std::getline(in, line);
  return line;
}

/// A value of the system's os-release, without its quotes.
std::string os_release(std::string_view key) {
  std::ifstream in("/etc/os-release");
  if (!in) in.open("/usr/lib/os-release");
  for (std::string line; std::getline(in, line);) {
    if (line.size() <= key.size() || line.rfind(key, 0) != 0 || line[key.size()] != '=') continue;
    std::string value = line.substr(key.size() + 1);
    if (value.size() >= 2 && value.front() == '"' && value.back() == '"')
      value = value.substr(1, value.size() - 2);
    return value;
  }
  return {};
}

/// Addresses of the interfaces that are up, loopback left out, and what they are called.
struct Interfaces {
  std::vector<std::string> addresses;
  std::vector<std::string> hardware;  ///< "AC-DE-48-23-45-67", as IEEE writes it
  std::vector<std::string> names;
};

std::string hardware_address(const sockaddr_ll& address) {
  std::string out;
  for (unsigned i = 0; i < address.sll_halen; ++i) {
    char digits[4];
    std::snprintf(digits, sizeof digits, "%s%02X", i == 0 ? "" : "-", address.sll_addr[i]);
    out += digits;
  }
  return out;
}

std::string ip_address(const sockaddr& address) {
  char text[INET6_ADDRSTRLEN] = {};
  const void* bytes =
      address.sa_family == AF_INET
          ? static_cast<const void*>(&reinterpret_cast<const sockaddr_in&>(address).sin_addr)
          : static_cast<const void*>(&reinterpret_cast<const sockaddr_in6&>(address).sin6_addr);
  return ::inet_ntop(address.sa_family, bytes, text, sizeof text) != nullptr ? text : "";
}

Interfaces interfaces() {
  Interfaces found;
  ifaddrs* first = nullptr;
  if (::getifaddrs(&first) != 0) return found;
  for (const ifaddrs* at = first; at != nullptr; at = at->ifa_next) {
    const bool counts = (at->ifa_flags & IFF_UP) != 0 && (at->ifa_flags & IFF_LOOPBACK) == 0;
    if (!counts || at->ifa_addr == nullptr) continue;
    const sockaddr& address = *at->ifa_addr;
    if (address.sa_family == AF_INET || address.sa_family == AF_INET6)
      found.addresses.push_back(ip_address(address));
    if (address.sa_family != AF_PACKET) continue;
    found.names.emplace_back(at->ifa_name);
    const std::string hardware = hardware_address(reinterpret_cast<const sockaddr_ll&>(address));
    if (!hardware.empty()) found.hardware.push_back(hardware);
  }
  ::freeifaddrs(first);
  return found;
}

bool is_empty(const DetectedValue& value) {
  if (const auto* text = std::get_if<std::string>(&value)) return text->empty();
  const auto* list = std::get_if<std::vector<std::string>>(&value);
  return list != nullptr && list->empty();
}

bool is_on(const config::Dictionary<AttributeSwitch>& switches, std::string_view name,
           bool standard) {
  for (const auto& [key, wanted] : switches) {
    if (key == name) return wanted.enabled;
  }
  return standard;
}

Result<std::string> ask_docker(const std::string& path, std::chrono::nanoseconds timeout) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (path.size() >= sizeof address.sun_path) return invalid_argument("too long a path: " + path);
  std::memcpy(address.sun_path, path.c_str(), path.size() + 1);
  const Fd fd(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
  const auto seconds = std::max<int64_t>(1, timeout.count() / 1'000'000'000);
  const timeval wait{static_cast<time_t>(seconds), 0};
  ::setsockopt(fd.get(), SOL_SOCKET, SO_RCVTIMEO, &wait, sizeof wait);
  ::setsockopt(fd.get(), SOL_SOCKET, SO_SNDTIMEO, &wait, sizeof wait);
  constexpr std::string_view kRequest = "GET /info HTTP/1.0\r\nHost: docker\r\n\r\n";
  if (::connect(fd.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0 ||
      ::send(fd.get(), kRequest.data(), kRequest.size(), MSG_NOSIGNAL) < 0)
    return errno_status("the Docker daemon at " + path, errno);
  std::string reply;
  char bytes[16384];
  for (ssize_t n = 0; (n = ::recv(fd.get(), bytes, sizeof bytes, 0)) > 0;) {
    reply.append(bytes, static_cast<size_t>(n));
    if (reply.size() > kDockerReplyMax) break;
  }
  const size_t body = reply.find("\r\n\r\n");
  if (reply.find(" 200 ") != 8 || body == std::string::npos)
    return unavailable("the Docker daemon at " + path + " does not answer as expected");
  return reply.substr(body + 4);
}

}  // namespace

std::vector<std::string> system_attributes() {
  return {"host.name",
          "os.type",
          "host.id",
          "host.arch",
          "host.ip",
          "host.mac",
          "host.interface",
          "host.cpu.vendor.id",
          "host.cpu.family",
          "host.cpu.model.id",
          "host.cpu.model.name",
          "host.cpu.stepping",
          "host.cpu.cache.l2.size",
          "os.name",
          "os.version",
          "os.build.id",
          "os.description"};
}

Result<Detected> parse_resource_attributes(std::string_view text) {
  Detected found;
  for (text = trim(text); !text.empty();) {
    const size_t equals = std::min(text.find('='), text.size());
    const size_t comma = std::min(text.find(',', equals), text.size());
    const std::string_view pair = text.substr(0, comma);
    text.remove_prefix(std::min(comma + 1, text.size()));
    const std::string_view key = trim(pair.substr(0, equals));
    const auto value =
        equals == pair.size() ? std::nullopt : unescape(trim(pair.substr(equals + 1)));
    const bool is_ascii = std::all_of(pair.begin(), pair.end(),
                                      [](char c) { return static_cast<uint8_t>(c) < 0x80; });
    if (key.empty() || !value || !is_ascii)
      return invalid_argument("OTEL_RESOURCE_ATTRIBUTES: \"" + std::string(pair) +
                              "\" is not key=value");
    const auto same = std::find_if(found.begin(), found.end(),
                                   [&](const auto& other) { return other.first == key; });
    if (same != found.end()) {
      same->second = *value;
    } else {
      found.emplace_back(key, *value);
    }
  }
  return found;
}

Detected parse_cpuinfo(std::string_view text) {
  constexpr std::pair<std::string_view, std::string_view> kNames[] = {
      {"vendor_id", "host.cpu.vendor.id"}, {"cpu family", "host.cpu.family"},
      {"model", "host.cpu.model.id"},      {"model name", "host.cpu.model.name"},
      {"stepping", "host.cpu.stepping"},   {"cache size", "host.cpu.cache.l2.size"}};
  Detected found;
  while (!text.empty() && text.front() != '\n') {  // an empty line ends a processor
    const std::string_view line = take_until(text, "\n");
    const size_t colon = line.find(':');
    if (colon == std::string_view::npos) continue;
    const std::string value(trim(line.substr(colon + 1)));
    for (const auto& [name, attribute] : kNames) {
      if (trim(line.substr(0, colon)) != name || value.empty()) continue;
      if (name == "cache size") {  // "1024 KB"
        found.emplace_back(attribute, int64_t{std::atoll(value.c_str())});
      } else {
        found.emplace_back(attribute, value);
      }
    }
  }
  return found;
}

std::string architecture(const std::string& machine) {
  if (machine == "x86_64") return "amd64";
  if (machine == "aarch64") return "arm64";
  if (machine == "i386" || machine == "i686") return "x86";
  if (machine == "ppc64le") return "ppc64";
  if (machine.rfind("arm", 0) == 0) return "arm32";
  return machine;
}

Result<Detected> detect_env(const EnvConfig& config,
                            const std::function<const char*(const char*)>& environment) {
  std::string_view text;
  for (const char* name : {"OTEL_RESOURCE_ATTRIBUTES", "OTEL_RESOURCE"}) {
    if (const char* value = environment(name); value != nullptr && text.empty()) text = trim(value);
  }
  auto found = parse_resource_attributes(text);
  if (!found.ok() || !config.allowlist) return found;
  const auto& allowed = *config.allowlist;
  found->erase(std::remove_if(found->begin(), found->end(),
                              [&](const auto& pair) {
                                return std::find(allowed.begin(), allowed.end(), pair.first) ==
                                       allowed.end();
                              }),
               found->end());
  return found;
}

Result<Detected> detect_system(const SystemConfig& config) {
  utsname system{};
  ::uname(&system);
  const std::string name =
      host_name(config.hostname_sources.empty() ? std::vector<std::string>{"dns", "os"}
                                                : config.hostname_sources);
  if (name.empty()) return unavailable("no source knows the name of this host");
  std::string id = first_line("/etc/machine-id");
  if (id.empty()) id = first_line("/var/lib/dbus/machine-id");
  const auto wanted = [&](std::string_view key) {
    return is_on(config.resource_attributes, key, key == "host.name" || key == "os.type");
  };
  const auto wants_any = [&](std::initializer_list<std::string_view> keys) {
    return std::any_of(keys.begin(), keys.end(), wanted);
  };
  const Interfaces network =
      wants_any({"host.ip", "host.mac", "host.interface"}) ? interfaces() : Interfaces();
  const std::string uname_text = std::string(system.sysname) + " " + system.nodename + " " +
                                 system.release + " " + system.version + " " + system.machine;
  const std::string pretty = os_release("PRETTY_NAME");
  const std::string build = os_release("BUILD_ID");
  Detected all = {
      {"host.name", name},
      {"os.type", "linux"},
      {"host.id", id},
      {"host.arch", architecture(system.machine)},
      {"host.ip", network.addresses},
      {"host.mac", network.hardware},
      {"host.interface", network.names},
      {"os.name", os_release("NAME")},
      {"os.version", os_release("VERSION_ID")},
      {"os.build.id", build.empty() ? system.release : build},
      {"os.description", pretty.empty() ? uname_text : pretty + " (" + uname_text + ")"}};
  if (wants_any({"host.cpu.vendor.id", "host.cpu.family", "host.cpu.model.id",
                 "host.cpu.model.name", "host.cpu.stepping", "host.cpu.cache.l2.size"})) {
    if (const auto cpuinfo = read_file("/proc/cpuinfo"); cpuinfo.ok()) {
      for (auto& pair : parse_cpuinfo(*cpuinfo)) all.push_back(std::move(pair));
    }
  }
  Detected found;
  for (const auto& [key, value] : all) {
    if (wanted(key) && !is_empty(value)) found.emplace_back(key, value);
  }
  return found;
}

Result<Detected> detect_docker(const DockerConfig& config, const std::string& socket_path,
                               std::chrono::nanoseconds timeout) {
  const auto body = ask_docker(socket_path, timeout);
  if (!body.ok()) return body.status();
  // JSON is YAML, and this is read once.
  const auto info = config::parse_yaml(*body, "docker");
  if (!info.ok()) return info.status();
  Detected found;
  const config::Node* name = info->find("Name");
  const config::Node* os = info->find("OSType");
  if (name != nullptr && is_on(config.resource_attributes, "host.name", true))
    found.emplace_back("host.name", name->text);
  if (os != nullptr && is_on(config.resource_attributes, "os.type", true))
    found.emplace_back("os.type", os->text);
  return found;
}

}  // namespace sluice::components::resourcedetection_processor
