#pragma once

// A client for tests of HTTP/1.1 servers: sends bytes as they are and takes answers apart just far
// enough to compare.

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstdint>
#include <cstdlib>
#include <stdexcept>
#include <string>
#include <string_view>

#include "base/fd.h"

namespace sluice::testing {

struct RawReply {
  int status = 0;
  std::string head;  // with its empty line
  std::string body;  // chunks put together
  bool cut = false;  // the connection closed before the answer's end

  /// The value of a header field, or empty. The name must be spelt as sent.
  std::string field(const std::string& name) const {
    const size_t at = head.find("\r\n" + name + ": ");
    if (at == std::string::npos) return {};
    const size_t begin = at + name.size() + 4;
    return head.substr(begin, head.find("\r\n", begin) - begin);
  }
  bool has(const std::string& name) const {
    return head.find("\r\n" + name + ": ") != std::string::npos;
  }
};

/// A listening socket on a free port of 127.0.0.1.
inline int listen_on_loopback(uint16_t& port) {
  const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  if (fd < 0 || ::bind(fd, reinterpret_cast<sockaddr*>(&address), size) != 0 ||
      ::listen(fd, 64) != 0 ||
      ::getsockname(fd, reinterpret_cast<sockaddr*>(&address), &size) != 0) {
    throw std::runtime_error("cannot listen on the loopback");
  }
  port = ntohs(address.sin_port);
  return fd;
}

/// One connection.
class RawClient {
 public:
  explicit RawClient(uint16_t port) : fd_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    address.sin_port = htons(port);
    if (::connect(fd_.get(), reinterpret_cast<sockaddr*>(&address), sizeof address) != 0) {
      throw std::runtime_error("cannot connect");
    }
  }

  void send(std::string_view bytes) {
    while (!bytes.empty()) {
      const ssize_t n = ::send(fd_.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (n <= 0) return;  // the server closed; its answer is still to be read
      bytes.remove_prefix(static_cast<size_t>(n));
    }
  }

  /// "METHOD target" with a Host, these further header lines, and the body with its length, if not
  /// empty.
  RawReply request(const std::string& method_and_target, const std::string& body = {},
                   const std::string& header_lines = {}) {
    std::string text = method_and_target + " HTTP/1.1\r\nHost: test\r\n" + header_lines;
    if (!body.empty()) text += "Content-Length: " + std::to_string(body.size()) + "\r\n";
    send(text + "\r\n" + body);
    return read_reply(method_and_target.rfind("HEAD ", 0) == 0);
  }

  /// The next answer; a 100 Continue is skipped.
  RawReply read_reply(bool to_head = false) {
    RawReply reply;
    do {
      reply.head = take_until("\r\n\r\n");
      if (reply.head.empty()) {
        reply.cut = true;
        return reply;
      }
      reply.status = std::atoi(reply.head.c_str() + sizeof "HTTP/1.1");
    } while (reply.status == 100);
    if (to_head || reply.status == 204) return reply;
    if (reply.has("Transfer-Encoding")) {
      read_chunks(reply);
    } else if (reply.has("Content-Length")) {
      const size_t size = std::strtoull(reply.field("Content-Length").c_str(), nullptr, 10);
      reply.cut = !fill(size);
      reply.body = take(size);
    } else {
      while (receive()) {
      }
      reply.body = take(input_.size());
    }
    return reply;
  }

  /// The next line of an answer, with its line break.
  std::string read_line() { return take_until("\r\n"); }

  /// Whether the server has closed the connection; blocks until it does or sends something.
  bool at_end() { return input_.empty() && !receive(); }
  void close() { fd_.reset(); }
  void close_sending() { ::shutdown(fd_.get(), SHUT_WR); }

 private:
  bool receive() {
    char buffer[65536];
    const ssize_t n = ::recv(fd_.get(), buffer, sizeof buffer, 0);
    if (n <= 0) return false;
    input_.append(buffer, static_cast<size_t>(n));
    return true;
  }
  bool fill(size_t size) {
    while (input_.size() < size) {
      if (!receive()) return false;
    }
    return true;
  }
  std::string take(size_t size) {
    std::string bytes = input_.substr(0, size);
    input_.erase(0, bytes.size());
    return bytes;
  }
  std::string take_until(std::string_view end) {
    for (;;) {
      const size_t at = input_.find(end);
      if (at != std::string::npos) return take(at + end.size());
      if (!receive()) return {};
    }
  }
  void read_chunks(RawReply& reply) {
    for (;;) {
      const std::string line = take_until("\r\n");
      const size_t size = std::strtoull(line.c_str(), nullptr, 16);
      if (line.empty() || !fill(size + 2)) {
        reply.cut = true;
        reply.body += take(input_.size());
        return;
      }
      reply.body += take(size);
      take(2);
      if (size == 0) return;
    }
  }

  Fd fd_;
  std::string input_;
};

}  // namespace sluice::testing
