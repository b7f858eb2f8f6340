#include "delivery/options.h"

#include <set>

#include "base/ascii.h"
#include "base/duration.h"

namespace sluice::delivery {
namespace {

using config::Place;
using config::Schema;

constexpr std::string_view kUnlessEnabled = "without enabled: true";

void check_partition(const PartitionConfig& config, const Place& place) {
  std::set<std::string> seen;
  for (size_t i = 0; i < config.metadata_keys.size(); ++i) {
    const std::string& key = config.metadata_keys[i];
    if (!seen.insert(ascii::lower(key)).second)
      place.of("metadata_keys")
          .of(i)
          .error("\"" + key + "\" stands there twice (case does not count)");
  }
}

void check_batch(const BatchConfig& config, const Place& place) {
  if (!config.enabled) return;
  if (config.flush_timeout.count() <= 0) place.of("flush_timeout").expected("more than 0");
  if (config.min_size < 0) place.of("min_size").expected("0 or more");
  if (config.max_size < 0) place.of("max_size").expected("0 or more");
  if (config.max_size > 0 && config.max_size < config.min_size) {
    place.of("max_size")
        .expected("at least the " + std::to_string(config.min_size) + " of min_size");
  }
}

void check_queue(const QueueConfig& config, const Place& place) {
  if (!config.enabled) return;
  if (config.num_consumers <= 0) place.of("num_consumers").expected("more than 0");
  if (config.queue_size <= 0) place.of("queue_size").expected("more than 0");
  if (!config.batches()) return;
  const Place batch = place.of("batch");
  if (config.batch_sizer() == Sizer::Requests)
    batch.of("sizer").error("batches count items or bytes: give them a sizer of their own");
  if (config.batch_sizer() == config.queue_sizer() && config.batch->min_size > config.queue_size) {
    batch.of("min_size")
        .error(std::to_string(config.batch->min_size) + " is more than the " +
               std::to_string(config.queue_size) + " of queue_size: no batch would ever be full");
  }
}

void check_retry(const RetryConfig& config, const Place& place) {
  if (!config.enabled) return;
  if (config.initial_interval.count() < 0) place.of("initial_interval").expected("0 or more");
  if (!(config.randomization_factor >= 0 && config.randomization_factor <= 1))
    place.of("randomization_factor").expected("0 to 1");
  if (!(config.multiplier >= 0)) place.of("multiplier").expected("0 or more");
  if (config.max_interval.count() < 0) place.of("max_interval").expected("0 or more");
  const Place end = place.of("max_elapsed_time");
  if (config.max_elapsed_time.count() < 0) end.expected("0 or more");
  if (config.max_elapsed_time.count() <= 0) return;
  const auto check_end = [&](std::chrono::nanoseconds least, const std::string& option) {
    if (config.max_elapsed_time < least) {
      end.error(show_duration(config.max_elapsed_time) + " is less than " + option + ", " +
                show_duration(least));
    }
  };
  check_end(config.initial_interval, "initial_interval");
  check_end(config.max_interval, "max_interval");
}

/// Says so if the level is none of the kind of compression.
void check_compression(Compression compression, const CompressionParams& params,
                       const Place& place) {
  const int64_t level = params.level;
  const Place here = place.of("compression_params").of("level");
  if (level == 0) return;
  switch (compression) {
    case Compression::None:
    case Compression::Zstd: return;  // the encoder takes the nearest level that it has
    case Compression::Gzip:
    case Compression::Zlib:
    case Compression::Deflate:
      if (level < -2 || level > 9) here.expected("-2 to 9 for this compression");
      return;
    default: here.error("this compression has no levels: leave compression_params out");
  }
}

void check_client(const ClientConfig& config, const Place& place) {
  check_compression(config.compression, config.compression_params, place);
  for (const auto& [name, value] : config.headers) {
    const bool bad_name = name.empty() || name.find_first_of(" :\t\r\n") != std::string::npos;
    if (bad_name || value.find_first_of("\r\n") != std::string::npos)
      place.of("headers").of(name).error("\"" + name +
                                         "\" cannot be a header, or its value has a line break");
  }
}

}  // namespace

Sizer QueueConfig::batch_sizer() const {
  if (batch && batch->sizer) return *batch->sizer;
  return sizer.value_or(Sizer::Items);
}

wire::Encoding http_encoding(Compression compression) {
  switch (compression) {
    case Compression::None: break;
    case Compression::Gzip: return wire::Encoding::Gzip;
    case Compression::Zlib:
    case Compression::Deflate: return wire::Encoding::Deflate;
    case Compression::Snappy: return wire::Encoding::Snappy;
    case Compression::SnappyFramed: return wire::Encoding::SnappyFramed;
    case Compression::Zstd: return wire::Encoding::Zstd;
    case Compression::Lz4: return wire::Encoding::Lz4;
  }
  return wire::Encoding::Identity;
}

std::string_view compression_name(Compression compression) {
  if (compression == Compression::None) return {};
  for (const auto& [word, known] : config::Words<Compression>::kAll) {
    if (known == compression) return word;
  }
  return {};
}

const Schema<PartitionConfig>& schema_of(const PartitionConfig*) {
  static const auto schema = Schema<PartitionConfig>()
                                 .field("metadata_keys", &PartitionConfig::metadata_keys,
                                        "Request metadata by which records are kept apart.")
                                 .check(check_partition);
  return schema;
}

const Schema<BatchConfig>& schema_of(const BatchConfig*) {
  const auto is_off = [](const BatchConfig& config) { return !config.enabled; };
  static const auto schema =
      Schema<BatchConfig>()
          .field("enabled", &BatchConfig::enabled, "Whether requests are put together.")
          .field("flush_timeout", &BatchConfig::flush_timeout,
                 "How long a request may wait for others.")
          .ignored_if(is_off, kUnlessEnabled)
          .field("sizer", &BatchConfig::sizer,
                 "What min_size and max_size count: items or bytes; the queue's if that is given.")
          .ignored_if(is_off, kUnlessEnabled)
          .field("min_size", &BatchConfig::min_size, "So much is sent without waiting.")
          .ignored_if(is_off, kUnlessEnabled)
          .field("max_size", &BatchConfig::max_size,
                 "The most that is sent at once; larger requests are divided. 0 is no limit.")
          .ignored_if(is_off, kUnlessEnabled)
          .field("partition", &BatchConfig::partition, "Which requests are kept apart.")
          .ignored_if(is_off, kUnlessEnabled)
          .check(check_batch);
  return schema;
}

const Schema<QueueConfig>& schema_of(const QueueConfig*) {
  const auto is_off = [](const QueueConfig& config) { return !config.enabled; };
  static const auto schema =
      Schema<QueueConfig>()
          .field("enabled", &QueueConfig::enabled,
                 "Whether the queue has a limit of its own, and batches.")
          .field("num_consumers", &QueueConfig::num_consumers,
                 "Requests that are on their way at once, for each signal.")
          .field("queue_size", &QueueConfig::queue_size,
                 "The most that waits or is on its way; senders of more are told to retry later.")
          .ignored_if(is_off, kUnlessEnabled)
          .field("sizer", &QueueConfig::sizer, "What queue_size counts: requests, items or bytes.")
          .ignored_if(is_off, kUnlessEnabled)
          .field("block_on_overflow", &QueueConfig::block_on_overflow,
                 "Whether senders wait when the queue is full, instead of being sent away.")
          .ignored_if(is_off, kUnlessEnabled)
          .field("wait_for_result", &QueueConfig::wait_for_result,
                 "Whether senders wait until the remote end has confirmed.")
          .ignored("senders wait until the remote end has confirmed; --ack memory says otherwise")
          .field("batch", &QueueConfig::batch, "How requests are put together before sending.")
          .ignored_if(is_off, kUnlessEnabled)
          .refuse(
              "storage",
              "a queue on disk is not needed: senders are answered only when the remote end has "
              "confirmed")
          .check(check_queue);
  return schema;
}

const Schema<RetryConfig>& schema_of(const RetryConfig*) {
  const auto is_off = [](const RetryConfig& config) { return !config.enabled; };
  static const auto schema =
      Schema<RetryConfig>()
          .field("enabled", &RetryConfig::enabled, "Whether a request that failed is sent again.")
          .field("initial_interval", &RetryConfig::initial_interval,
                 "The pause after the first failure.")
          .ignored_if(is_off, kUnlessEnabled)
          .field("randomization_factor", &RetryConfig::randomization_factor,
                 "The part of a pause by which it may be shorter or longer.")
          .ignored_if(is_off, kUnlessEnabled)
          .field("multiplier", &RetryConfig::multiplier, "By what pauses grow.")
          .ignored_if(is_off, kUnlessEnabled)
          .field("max_interval", &RetryConfig::max_interval, "The longest pause.")
          .ignored_if(is_off, kUnlessEnabled)
          .field("max_elapsed_time", &RetryConfig::max_elapsed_time,
                 "After so long the sender is told to retry later; 0 is never.")
          .ignored_if(is_off, kUnlessEnabled)
          .check(check_retry);
  return schema;
}

const Schema<CompressionParams>& schema_of(const CompressionParams*) {
  static const auto schema = Schema<CompressionParams>().field(
      "level", &CompressionParams::level, "The level of compression; 0 is a fast one.");
  return schema;
}

const Schema<ClientConfig>& schema_of(const ClientConfig*) {
  using C = ClientConfig;
  static const auto schema =
      Schema<C>()
          .field("headers", &C::headers, "Headers of every request, or metadata of every call.")
          .secret()
          .field(
              "compression", &C::compression,
              "gzip, zstd, snappy or none; over HTTP also x-snappy-framed, zlib, deflate or lz4.")
          .field("compression_params", &C::compression_params, "How well it compresses.")
          .field("tls", &C::tls, "Whom to trust, and who we are.")
          .field("auth", &C::auth, "The extension that says who we are.")
          .field("sending_queue", &C::sending_queue, "Requests that wait.")
          .field("retry_on_failure", &C::retry_on_failure, "What happens after a failure.")
          .ignore<int64_t>("read_buffer_size", "buffers grow and shrink with the load")
          .ignore<int64_t>("write_buffer_size", "buffers grow and shrink with the load")
          .ignore<config::Node>("middlewares", "there are none")
          .check(check_client);
  return schema;
}

}  // namespace sluice::delivery
