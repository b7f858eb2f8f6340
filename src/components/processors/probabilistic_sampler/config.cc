#include "components/processors/probabilistic_sampler/config.h"

#include <cmath>

#include "components/processors/probabilistic_sampler/threshold.h"

namespace sluice::components::probabilistic_sampler_processor {
namespace {

void check(const Config& config, const config::Place& place) {
  const double percentage = config.sampling_percentage;
  const config::Place here = place.of("sampling_percentage");
  if (!std::isfinite(percentage) || percentage < 0) here.expected("a finite number from 0 on");
  if (percentage > 0 && percentage / 100 < kLeastProbability)
    here.expected("0, or at least one of 2^56");
  if (config.sampling_precision < 1 || config.sampling_precision > kHexDigits)
    place.of("sampling_precision").expected("1 to 14");
  if (config.attribute_source != "traceID" && config.attribute_source != "record" &&
      !config.attribute_source.empty())
    place.of("attribute_source").expected("traceID or record");
}

}  // namespace

const config::Schema<Config>& schema_of(const Config*) {
  using C = Config;
  const auto is_consistent = [](const C& config) {
    return config.mode == Mode::Proportional || config.mode == Mode::Equalizing;
  };
  constexpr std::string_view kConsistent = "with this mode, which goes by the ids alone";
  static const auto schema =
      config::Schema<C>()
          .field("sampling_percentage", &C::sampling_percentage, "How many of 100 are kept.")
          .field("hash_seed", &C::hash_seed,
                 "Samplers of one stage need the same seed, those of different stages different "
                 "ones.")
          .ignored_if(is_consistent, kConsistent)
          .field(
              "mode", &C::mode,
              "hash_seed (the default) hashes ids; proportional and equalizing go by the ids' own "
              "randomness and by what earlier samplers left.")
          .field("fail_closed", &C::fail_closed,
                 "Whether records are dropped that have nothing to go by.")
          .field("sampling_precision", &C::sampling_precision,
                 "Hex digits of the threshold that is written into records.")
          .field("attribute_source", &C::attribute_source,
                 "What logs are sampled by: traceID, or record, which is an attribute.")
          .ignored_if(is_consistent, kConsistent)
          .field("from_attribute", &C::from_attribute,
                 "That attribute; with traceID, of logs without a trace.")
          .ignored_if(is_consistent, kConsistent)
          .field("sampling_priority", &C::sampling_priority,
                 "An attribute of logs with a percentage of their own.")
          .check(check);
  return schema;
}

}  // namespace sluice::components::probabilistic_sampler_processor
