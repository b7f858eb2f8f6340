#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>

namespace sluice::http {

/// What the head of an HTTP/1.1 request may hold.
struct HeadLimits {
  size_t target_bytes;       ///< the request target; a longer one is answered 414
  size_t header_list_bytes;  ///< what follows the request line; more is answered 431
  size_t header_fields;      ///< more are answered 431
};

/// What a peer may ask of us. The defaults have their reason beside them. The otlp receiver sets
/// those that the OpenTelemetry Collector has options for, and takes the others as they are here.
struct Limits {
  /// A request body over HTTP, as sent and again after decompression. The OpenTelemetry Collector's
  /// default.
  size_t http_body_bytes = 20 << 20;
  /// A gRPC message, as sent and again after decompression. gRPC's own default.
  size_t grpc_message_bytes = 4 << 20;
  /// Names and values of a request's header together (RFC 9113 counts 32 more for each field; so do
  /// we).
  size_t header_list_bytes = 64 << 10;
  /// Fields in one header; browsers and proxies send some thirty.
  size_t header_fields = 256;
  /// The request target; what RFC 9110 asks every server to take.
  size_t target_bytes = 8000;
  /// Requests at once on one HTTP/2 connection.
  uint32_t streams_per_connection = 100;
  /// Connections of the whole process on these listeners, so that descriptors are left for
  /// everything else.
  size_t connections = 10000;

  /// From the first byte of a connection or request to the end of its header.
  std::chrono::milliseconds header_timeout{10'000};
  /// A connection without a request, HTTP/1.1 only: HTTP/2 clients are pinged instead.
  std::chrono::milliseconds idle_timeout{120'000};
  /// A body may take this long, and one second more for each `body_bytes_per_second` that have
  /// come.
  std::chrono::milliseconds body_timeout{10'000};
  size_t body_bytes_per_second = 10 << 10;
  /// HTTP/1.1 only: the longest that a body may take at whatever pace; 0: as long as the pace
  /// allows.
  std::chrono::milliseconds request_timeout{0};
  /// A peer that reads nothing of our answer for so long is cut off.
  std::chrono::milliseconds write_timeout{30'000};
  /// An HTTP/2 client that is silent for `ping_after` is pinged, and has `ping_timeout` to answer.
  std::chrono::milliseconds ping_after{60'000};
  std::chrono::milliseconds ping_timeout{20'000};
  /// HTTP/2 connections without a call for so long, or of this age, are told to go away, and cut
  /// off `age_grace` after that; 0: never. Clients behind a balancer connect anew, and spread.
  std::chrono::milliseconds connection_idle{0};
  std::chrono::milliseconds connection_age{0};
  std::chrono::milliseconds connection_age_grace{0};
  /// HTTP/1.1 only: whether a connection serves more than one request.
  bool keep_alive = true;
  /// After the end of accepting, open requests have so long to be answered.
  std::chrono::milliseconds drain_timeout{10'000};
  /// Frames of HTTP/2 that cost us work and carry no data (PING, SETTINGS, PRIORITY, RST_STREAM,
  /// empty DATA): so many at once, and so many a second for good.
  uint32_t control_frames_burst = 1000;
  uint32_t control_frames_per_second = 100;

  HeadLimits head() const { return {target_bytes, header_list_bytes, header_fields}; }
};

}  // namespace sluice::http
