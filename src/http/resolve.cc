#include "http/resolve.h"

#include <arpa/inet.h>
#include <netdb.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <algorithm>
#include <memory>

namespace sluice::http {
namespace {

std::string text_of(const sockaddr* address, socklen_t size) {
  char host[NI_MAXHOST];
  if (getnameinfo(address, size, host, sizeof host, nullptr, 0, NI_NUMERICHOST) != 0) return {};
  return host;
}

}  // namespace

Result<std::vector<Address>> resolve(const Address& address) {
  if (!address.unix_path.empty()) return std::vector<Address>{address};
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = AI_ADDRCONFIG;
  addrinfo* found = nullptr;
  const int error = getaddrinfo(address.host.c_str(), nullptr, &hints, &found);
  if (error != 0) {
    return unavailable("cannot resolve the host name " + address.host + ": " + gai_strerror(error));
  }
  const std::unique_ptr<addrinfo, decltype(&freeaddrinfo)> owner(found, freeaddrinfo);
  std::vector<Address> addresses;
  for (const addrinfo* at = found; at != nullptr; at = at->ai_next) {
    const std::string host = text_of(at->ai_addr, at->ai_addrlen);
    const bool known = std::any_of(addresses.begin(), addresses.end(),
                                   [&](const Address& a) { return a.host == host; });
    if (!host.empty() && !known) addresses.push_back({host, address.port, ""});
  }
  if (addresses.empty()) return unavailable("the host name " + address.host + " has no address");
  return addresses;
}

}  // namespace sluice::http
