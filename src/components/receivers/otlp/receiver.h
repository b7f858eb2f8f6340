#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/budget.h"
#include "base/metrics.h"
#include "base/status.h"
#include "components/receivers/otlp/cors.h"
#include "components/receivers/otlp/routes.h"
#include "http/limits.h"
#include "io/listen.h"
#include "io/loop.h"
#include "io/tls.h"
#include "pipeline/auth.h"
#include "pipeline/batch.h"

namespace sluice::components {

struct OtlpReceiverConfig {
  std::string name = "otlp";  ///< its id, for metrics
  /// HOST:PORT each; `localhost` is 127.0.0.1 and ::1, port 0 picks a free one. An empty list
  /// switches a protocol off.
  std::vector<std::string> grpc{"localhost:4317"};
  std::vector<std::string> http{"localhost:4318"};
  http::Limits limits;
  /// Where OTLP over HTTP takes each signal, by otlp::Signal.
  otlp_receiver::Paths paths = otlp_receiver::kStandardPaths;
  /// Signals that nobody takes are unknown paths and services.
  otlp_receiver::Served served = otlp_receiver::kAllServed;
  bool http_metadata = false;  ///< headers go along with the records
  bool grpc_metadata = false;
  otlp_receiver::CorsRules cors;
  std::shared_ptr<const io::TlsServer> grpc_tls;  ///< null: in plain text
  std::shared_ptr<const io::TlsServer> http_tls;
  /// Who decides who may send; null: anybody may.
  const pipeline::ServerAuth* http_auth = nullptr;
  const pipeline::ServerAuth* grpc_auth = nullptr;
  /// Parameters of the query that count as headers for `http_auth`.
  std::vector<std::string> http_auth_params;
  /// The Content-Encodings that are taken over HTTP, "" for none; unset: all that are known.
  std::optional<std::vector<std::string>> http_encodings;
  /// Headers that every answer over HTTP has besides.
  std::vector<std::pair<std::string, std::string>> http_response_headers;
  /// Where sockets come from.
  std::function<Result<std::vector<io::Listener>>(std::string_view host_port)> listen = io::listen;
};

/// Where the receiver listens, as "127.0.0.1:4317" or "[::1]:4317".
struct BoundAddresses {
  std::vector<std::string> grpc;
  std::vector<std::string> http;
};

/// OTLP over gRPC and HTTP, for the whole process: binds once, accepts on the first lane, and gives
/// the connections to the lanes in turn. A request is decoded on its connection's lane, goes to
/// that lane's consumer as a Batch, and its sender is answered when the batch's Ack is resolved, on
/// whatever thread that happens.
class OtlpReceiver {
 public:
  /// Binds all addresses (an error names the one that failed and what to do). `lanes` and `next`
  /// have one entry per lane. Everything that is passed in must outlive the receiver, and the lanes
  /// also every Ack that the receiver gave out.
  static Result<std::unique_ptr<OtlpReceiver>> create(const OtlpReceiverConfig& config,
                                                      std::vector<io::Loop*> lanes,
                                                      std::vector<pipeline::Consumer*> next,
                                                      Budget& budget, metrics::Registry& metrics);
  /// The lanes must not run any more.
  ~OtlpReceiver();
  OtlpReceiver(const OtlpReceiver&) = delete;
  OtlpReceiver& operator=(const OtlpReceiver&) = delete;

  const BoundAddresses& addresses() const;

  /// Begins to accept. Thread-safe; the loops may run already or later.
  void start();

  /// Stops accepting, tells clients to go away (GOAWAY, `Connection: close`) and answers what is
  /// open. `done` runs on some lane's thread when all connections are closed, or after
  /// Limits::drain_timeout, which closes the rest. Thread-safe; the loops must run. Once only.
  void drain(std::function<void()> done);

 private:
  struct Impl;
  explicit OtlpReceiver(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace sluice::components
