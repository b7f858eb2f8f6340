#include "components/processors/memory_limiter/config.h"

#include "base/duration.h"

namespace sluice::components::memory_limiter_processor {
namespace {

constexpr const char* kAlways = "what is in flight is known at every moment";

void check(const Config& config, const config::Place& place) {
  if (config.check_interval.count() <= 0) {
    place.of("check_interval")
        .expected(
            "more than 0, as in check_interval: 1s (the limit holds at every moment whatever it "
            "is)");
  }
  if (config.limit_mib == 0 && config.limit_percentage == 0) {
    place.error(
        "limit_mib or limit_percentage must be greater than zero: set one of them, as in "
        "limit_mib: 1000");
  }
  if (config.min_gc_interval_when_soft_limited < config.min_gc_interval_when_hard_limited) {
    place.of("min_gc_interval_when_soft_limited")
        .error(show_duration(config.min_gc_interval_when_soft_limited) +
               " is less than min_gc_interval_when_hard_limited, " +
               show_duration(config.min_gc_interval_when_hard_limited));
  }
  if (config.limit_percentage > 100) place.of("limit_percentage").expected("at most 100");
  if (config.spike_limit_percentage > 100)
    place.of("spike_limit_percentage").expected("at most 100");
  if (config.limit_mib > 0 && config.spike_limit_mib >= config.limit_mib) {
    place.of("spike_limit_mib")
        .expected("less than the " + std::to_string(config.limit_mib) + " of limit_mib");
  }
  if (config.limit_percentage > 0 && config.spike_limit_percentage >= config.limit_percentage) {
    place.of("spike_limit_percentage")
        .expected("less than the " + std::to_string(config.limit_percentage) +
                  " of limit_percentage");
  }
}

}  // namespace

const config::Schema<Config>& schema_of(const Config*) {
  const auto is_absolute = [](const Config& config) { return config.limit_mib > 0; };
  const auto is_relative = [](const Config& config) { return config.limit_mib == 0; };
  static const auto schema =
      config::Schema<Config>()
          .field(
              "check_interval", &Config::check_interval,
              "How often, at the most, the log says that data is refused; the limit itself holds "
              "at every moment.")
          .field("limit_mib", &Config::limit_mib, "MiB of telemetry that may be in flight.")
          .field("spike_limit_mib", &Config::spike_limit_mib,
                 "MiB below that from which data is refused; 0 is a fifth.")
          .ignored_if(is_relative, "without limit_mib")
          .field("limit_percentage", &Config::limit_percentage,
                 "The same in percent of the memory of the machine, or of the container that has "
                 "less, "
                 "where limit_mib is 0.")
          .ignored_if(is_absolute, "beside limit_mib")
          .field("spike_limit_percentage", &Config::spike_limit_percentage,
                 "Percent below that from which data is refused; 0 is a fifth.")
          .ignored_if(is_absolute, "beside limit_mib")
          .field("min_gc_interval_when_soft_limited", &Config::min_gc_interval_when_soft_limited,
                 "The least time between two collections of garbage beyond the lower limit.")
          .ignored(kAlways)
          .field("min_gc_interval_when_hard_limited", &Config::min_gc_interval_when_hard_limited,
                 "The same beyond the upper limit.")
          .ignored(kAlways)
          .check(check);
  return schema;
}

}  // namespace sluice::components::memory_limiter_processor
