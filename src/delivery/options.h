#pragma once

// Options that exporters share, as the OpenTelemetry Collector names them.

#include <array>
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "config/schema.h"
#include "config/tls.h"
#include "pipeline/auth.h"
#include "wire/compression.h"

namespace sluice::delivery {

/// What sizes are counted in.
enum class Sizer : uint8_t {
  Requests,
  Items,  ///< log records, spans, data points
  Bytes   ///< as encoded, before compression
};

struct PartitionConfig {
  std::vector<std::string> metadata_keys;
};

struct BatchConfig {
  bool enabled = true;
  std::chrono::nanoseconds flush_timeout = std::chrono::milliseconds(200);
  std::optional<Sizer> sizer;  ///< see QueueConfig::batch_sizer()
  int64_t min_size = 8192;
  int64_t max_size = 0;  ///< 0: no limit
  PartitionConfig partition;
};

/// sending_queue. Nobody is answered before the remote end has confirmed, whatever it says.
struct QueueConfig {
  bool enabled = true;
  int64_t num_consumers = 10;
  int64_t queue_size = 1000;
  std::optional<Sizer> sizer;  ///< of queue_size; Requests if it is not given
  bool block_on_overflow = false;
  bool wait_for_result = false;
  std::optional<BatchConfig> batch;

  Sizer queue_sizer() const { return sizer.value_or(Sizer::Requests); }
  /// Of the batch, which has the queue's where only that is given.
  Sizer batch_sizer() const;
  bool batches() const { return enabled && batch && batch->enabled; }
};

/// retry_on_failure.
struct RetryConfig {
  bool enabled = true;
  std::chrono::nanoseconds initial_interval = std::chrono::seconds(5);
  double randomization_factor = 0.5;
  double multiplier = 1.5;
  std::chrono::nanoseconds max_interval = std::chrono::seconds(30);
  std::chrono::nanoseconds max_elapsed_time = std::chrono::minutes(5);  ///< 0: no end
};

enum class Compression : uint8_t { None, Gzip, Zlib, Deflate, Snappy, SnappyFramed, Zstd, Lz4 };

struct CompressionParams {
  int64_t level = 0;  ///< 0: a fast one
};

/// For wire::compress().
inline std::optional<int> compression_level(const CompressionParams& params) {
  return params.level == 0 ? std::nullopt : std::optional<int>(static_cast<int>(params.level));
}

/// How bodies are compressed. For HTTP, "snappy" are bare blocks; for gRPC it is the framed format.
wire::Encoding http_encoding(Compression compression);
/// As Content-Encoding has it; empty for none.
std::string_view compression_name(Compression compression);
/// What exporters have in common that send requests, over HTTP or gRPC.
struct ClientConfig {
  config::Dictionary<std::string> headers;
  Compression compression = Compression::Gzip;
  CompressionParams compression_params;
  io::TlsClientConfig tls;
  std::optional<pipeline::ClientAuthConfig> auth;
  QueueConfig sending_queue;
  RetryConfig retry_on_failure;
};

const config::Schema<PartitionConfig>& schema_of(const PartitionConfig*);
const config::Schema<BatchConfig>& schema_of(const BatchConfig*);
const config::Schema<QueueConfig>& schema_of(const QueueConfig*);
const config::Schema<RetryConfig>& schema_of(const RetryConfig*);
const config::Schema<CompressionParams>& schema_of(const CompressionParams*);
const config::Schema<ClientConfig>& schema_of(const ClientConfig*);

}  // namespace sluice::delivery

template <>
struct sluice::config::Words<sluice::delivery::Sizer> {
  using E = sluice::delivery::Sizer;
  static constexpr std::array<std::pair<std::string_view, E>, 3> kAll = {
      {{"requests", E::Requests}, {"items", E::Items}, {"bytes", E::Bytes}}};
};

template <>
struct sluice::config::Words<sluice::delivery::Compression> {
  using E = sluice::delivery::Compression;
  static constexpr std::array<std::pair<std::string_view, E>, 9> kAll = {
      {{"none", E::None},
       {"", E::None},
       {"gzip", E::Gzip},
       {"zlib", E::Zlib},
       {"deflate", E::Deflate},
       {"snappy", E::Snappy},
       {"x-snappy-framed", E::SnappyFramed},
       {"zstd", E::Zstd},
       {"lz4", E::Lz4}}};
};
