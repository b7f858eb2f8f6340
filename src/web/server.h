#pragma once

#include <functional>
#include <memory>
#include <vector>

#include "base/metrics.h"
#include "http/message.h"
#include "io/listen.h"
#include "io/tls.h"

namespace sluice::web {

/// Answers one request, at once. Runs on the server's thread.
using Page = std::function<http::Response(const http::Request&)>;

/// `/metrics` in Prometheus' text format; everything else is 404. `registry` must outlive the page.
Page metrics_page(const metrics::Registry& registry,
                  metrics::CollectorTotals totals = metrics::CollectorTotals::Bare);

/// A small HTTP server for what the process says about itself: on a thread of its own, so that it
/// answers however busy the lanes are.
class Server {
 public:
  Server();
  /// Stops the thread and closes all connections.
  ~Server();
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  /// Before start() only. Without `tls` in plain text.
  void add(std::vector<io::Listener> listeners, Page page,
           std::shared_ptr<const io::TlsServer> tls = {});
  /// Begins to accept. Once only.
  void start();

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace sluice::web
