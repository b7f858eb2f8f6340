#pragma once

// A gRPC client for unary calls, many at once on one connection, for one thread that may wait: the
// load generator and tests. Protocol:
// https://github.com/grpc/grpc/blob/master/doc/PROTOCOL-HTTP2.md

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/status.h"
#include "http/client.h"

namespace sluice::http {

/// The answer to a call.
struct GrpcReply {
  uint64_t id = 0;
  Status status;          ///< grpc-status and grpc-message; Unavailable if the connection broke
  bool answered = false;  ///< whether it is the server's own answer
  std::string
      message;  ///< the reply's bytes, without the frame's head; as sent, so perhaps compressed
};

class GrpcClient {
 public:
  explicit GrpcClient(Address address);
  ~GrpcClient();
  GrpcClient(const GrpcClient&) = delete;
  GrpcClient& operator=(const GrpcClient&) = delete;

  /// Opens the connection if there is none. Unavailable if the server cannot be reached.
  Status connect(std::chrono::milliseconds timeout);

  /// Begins a call of `path` ("/package.Service/Method"); its reply will carry `id`. `message` is
  /// the request's bytes, compressed already if `encoding` (a value of grpc-encoding) is not empty.
  /// REQUIRES: connect() was Ok.
  void call(uint64_t id, std::string_view path, std::string_view encoding, std::string message);

  /// Moves bytes until at least one reply is there, or `timeout` has passed. When the connection
  /// breaks or the server goes away, every open call gets a reply that says so, and connect() is
  /// needed before the next call.
  std::vector<GrpcReply> wait(std::chrono::milliseconds timeout);

  bool connected() const;
  /// Calls without a reply.
  size_t open_calls() const;

 private:
  struct Impl;
  const Address address_;
  std::unique_ptr<Impl> impl_;
};

}  // namespace sluice::http
