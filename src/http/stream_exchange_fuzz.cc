// What a peer may send to a server whose handlers block, in packets that cut it anywhere: its
// handler must see the requests that Http1Session makes of the same bytes.

#include <sys/socket.h>

#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/check.h"
#include "base/fd.h"
#include "http/http1_session.h"
#include "http/session_testing.h"
#include "http/stream_exchange.h"

namespace {

using namespace sluice;

/// So much fits into a socket's buffer in packets.
constexpr size_t kInputMax = 4096;
constexpr size_t kPacketsMax = 64;

std::string describe(const http::Request& request) {
  return request.method + " " + request.target + "\n" + std::string(request.body.view());
}

std::vector<std::string> read_by_session(std::string_view bytes, const http::Limits& limits) {
  Budget budget(1 << 20);
  http::RecordingHandler handler;
  http::MemoryTransport transport;
  const auto session = std::make_shared<http::Http1Session>(
      http::SessionContext{limits, budget, handler, transport, ""});
  session->receive(bytes);
  session->end_of_input();
  std::vector<std::string> requests;
  for (const http::Request& request : handler.requests) requests.push_back(describe(request));
  handler.requests.clear();
  return requests;
}

/// Throws away what was answered, so that there is always room for more.
void drain(int fd) {
  char bytes[4096];
  while (::recv(fd, bytes, sizeof bytes, MSG_DONTWAIT) > 0) {
  }
}

/// The peer's end of a connection: packets stay apart, as if each had travelled alone.
Fd connect_and_send(http::StreamConnection& connection, std::string_view bytes) {
  int ends[2];
  SLUICE_CHECK(::socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, ends) == 0);
  connection.fd = ends[0];
  Fd peer(ends[1]);
  const size_t packet = std::max<size_t>(7, bytes.size() / kPacketsMax + 1);
  for (; !bytes.empty(); bytes.remove_prefix(std::min(packet, bytes.size()))) {
    const std::string_view piece = bytes.substr(0, packet);
    SLUICE_CHECK(::send(peer.get(), piece.data(), piece.size(), 0) ==
                 static_cast<ssize_t>(piece.size()));
  }
  ::shutdown(peer.get(), SHUT_WR);
  return peer;
}

bool receive(http::StreamConnection& connection) {
  char bytes[kInputMax];
  const ssize_t n = ::recv(connection.fd, bytes, sizeof bytes, 0);
  if (n > 0) connection.input.append(bytes, static_cast<size_t>(n));
  return n > 0;
}

/// As StreamServer goes about it, without its threads.
std::vector<std::string> read_by_exchange(std::string_view bytes,
                                          const http::StreamLimits& limits) {
  const std::atomic<bool> draining{false};
  http::StreamConnection connection;
  connection.limits = &limits;
  connection.draining = &draining;
  const Fd peer = connect_and_send(connection, bytes);
  std::vector<std::string> requests;
  const auto handler = [&](http::StreamExchange& exchange) {
    std::string request = exchange.head().method + " " + exchange.head().target + "\n";
    for (;;) {
      const Result<std::string_view> piece = exchange.read_body();
      if (!piece.ok()) return exchange.respond(400, {}, piece.status().message());
      if (piece->empty()) break;
      request += *piece;
    }
    requests.push_back(std::move(request));
    exchange.respond(200, {}, "");
  };
  for (;;) {
    const http::HeadScanner::State state =
        connection.scanner.scan(connection.input.view(), limits.head());
    if (state == http::HeadScanner::State::Bad) return requests;
    if (state == http::HeadScanner::State::NeedMore) {
      if (!receive(connection)) return requests;
      continue;
    }
    if (http::serve_exchange(connection, handler) != http::AfterExchange::Keep) return requests;
    drain(peer.get());
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size > kInputMax) return 0;
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  http::StreamLimits stream;
  stream.target_bytes = 1024;
  stream.header_list_bytes = 2048;
  http::Limits limits;
  limits.target_bytes = stream.target_bytes;
  limits.header_list_bytes = stream.header_list_bytes;
  limits.header_fields = stream.header_fields;
  SLUICE_CHECK(read_by_session(bytes, limits) == read_by_exchange(bytes, stream));
  return 0;
}
