#pragma once

#include <functional>
#include <memory>
#include <string>

#include "http/client.h"
#include "http/limits.h"
#include "http/message.h"
#include "io/tls.h"

namespace sluice::testing {

/// An HTTP server (1.1 and 2, gRPC on top) on a free port of 127.0.0.1, which answers from a
/// script. It is the product's own, with a thread of its own.
class FakeServer {
 public:
  /// Runs on the server's thread.
  using Script = std::function<http::Response(const http::Request&)>;

  struct Options {
    std::shared_ptr<const io::TlsServer> tls{};  ///< null: in plain text
    http::Limits limits{};
    uint16_t port = 0;
  };

  explicit FakeServer(Script script) : FakeServer(std::move(script), Options()) {}
  FakeServer(Script script, Options options);
  ~FakeServer();
  FakeServer(const FakeServer&) = delete;
  FakeServer& operator=(const FakeServer&) = delete;

  uint16_t port() const;
  http::Address address() const { return {"127.0.0.1", port(), ""}; }
  /// Connections that were accepted, and those that are open.
  int accepted() const;
  int open() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace sluice::testing
