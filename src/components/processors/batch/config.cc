#include "components/processors/batch/config.h"

#include <set>

#include "base/ascii.h"

namespace sluice::components::batch_processor {
namespace {

constexpr const char* kTogether =
    "records are put together by the exporters; otlp and otlp_http keep those of different "
    "metadata "
    "apart by their sending_queue::batch::partition::metadata_keys";

void check(const Config& config, const config::Place& place) {
  if (config.send_batch_max_size > 0 && config.send_batch_max_size < config.send_batch_size.value)
    place.of("send_batch_max_size")
        .expected("at least the " + std::to_string(config.send_batch_size.value) +
                  " of send_batch_size");
  if (config.timeout.count() < 0) place.of("timeout").expected("0 or more");
  std::set<std::string> seen;
  for (size_t i = 0; i < config.metadata_keys.size(); ++i) {
    const std::string& key = config.metadata_keys[i];
    if (!seen.insert(ascii::lower(key)).second)
      place.of("metadata_keys")
          .of(i)
          .error("\"" + key + "\" stands there twice (case does not count)");
  }
}

}  // namespace

const config::Schema<Config>& schema_of(const Config*) {
  static const auto schema =
      config::Schema<Config>()
          .field("timeout", &Config::timeout, "How long records may wait for others.")
          .field("send_batch_size", &Config::send_batch_size,
                 "So many records are sent without waiting.")
          .field("send_batch_max_size", &Config::send_batch_max_size,
                 "The most records that are sent at once; 0 is no limit.")
          .field("metadata_keys", &Config::metadata_keys,
                 "Request metadata by which records are kept apart.")
          .ignored(kTogether)
          .field("metadata_cardinality_limit", &Config::metadata_cardinality_limit,
                 "The most combinations of these.")
          .ignored(kTogether)
          .check(check);
  return schema;
}

}  // namespace sluice::components::batch_processor
