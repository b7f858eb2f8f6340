#pragma once

// A gRPC client for unary calls, many at once on one connection, for one thread that may wait:
// exporters, the load generator and tests. Protocol:
// https://github.com/grpc/grpc/blob/master/doc/PROTOCOL-HTTP2.md

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/status.h"
#include "http/client.h"

namespace sluice::http {

/// How a client speaks to its server.
struct GrpcClientOptions {
  std::shared_ptr<const io::TlsClient> tls;  ///< null: in plain text
  std::string server_name{};                 ///< for TLS; the address's host if it is empty
  std::string authority{};                   ///< ":authority" of calls; the address if it is empty
  std::string user_agent{};                  ///< none if it is empty
  /// Further metadata of every call, names in lower case.
  std::vector<ClientHeader> metadata{};
};

/// What one call has of its own.
struct GrpcCallOptions {
  std::chrono::milliseconds timeout{0};  ///< the server is told; 0: none
  std::vector<ClientHeader> metadata{};  ///< beside that of all calls
};

/// The answer to a call.
struct GrpcReply {
  uint64_t id = 0;
  Status status;          ///< grpc-status and grpc-message; Unavailable if the connection broke
  bool answered = false;  ///< whether it is the server's own answer
  /// The reply's bytes, without the frame's head; as sent, so perhaps compressed.
  std::string message;
  std::string encoding;  ///< of `message`, as grpc-encoding names it; empty if it is not compressed
  /// When the server would have the call repeated (google.rpc.RetryInfo).
  std::optional<std::chrono::nanoseconds> retry_delay;
};

class GrpcClient {
 public:
  explicit GrpcClient(Address address, GrpcClientOptions options = {});
  ~GrpcClient();
  GrpcClient(const GrpcClient&) = delete;
  GrpcClient& operator=(const GrpcClient&) = delete;

  /// Opens the connection if there is none, or if the server has closed or given up one without
  /// open calls. Unavailable if the server cannot be reached.
  Status connect(std::chrono::milliseconds timeout);

  /// Begins a call of `path` ("/package.Service/Method"); its reply will carry `id`. `message` is
  /// the request's bytes, compressed already if `encoding` (a value of grpc-encoding) is not empty.
  /// The server is told of the timeout, 0 is none; who waits has to keep it. REQUIRES: connect()
  /// was Ok.
  void call(uint64_t id, std::string_view path, std::string_view encoding, std::string message,
            const GrpcCallOptions& options = {});

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
  const GrpcClientOptions options_;
  std::unique_ptr<Impl> impl_;
};

}  // namespace sluice::http
