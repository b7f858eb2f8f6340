#include "components/processors/logdedup/config.h"

#include <set>

#include "base/ascii.h"
#include "components/processors/logdedup/field.h"
#include "ottl/library.h"
#include "ottl/time.h"

namespace sluice::components::logdedup_processor {
namespace {

void check_fields(const std::vector<std::string>& fields, const config::Place& place) {
  std::set<std::string> seen;
  for (size_t i = 0; i < fields.size(); ++i) {
    const std::string& field = fields[i];
    if (field == "body") {
      place.of(i).error("name a field of the body, and not the whole body");
    } else if (!Field::is_valid(field)) {
      place.of(i).error("\"" + field + "\" must begin with body. or attributes");
    }
    if (!seen.insert(field).second) place.of(i).error("\"" + field + "\" stands there twice");
  }
}

void check_metadata_keys(const std::vector<std::string>& keys, const config::Place& place) {
  std::set<std::string> seen;
  for (size_t i = 0; i < keys.size(); ++i) {
    if (!seen.insert(ascii::lower(keys[i])).second)
      place.of(i).error("\"" + keys[i] + "\" stands there twice (case does not count)");
  }
}

void check(const Config& config, const config::Place& place) {
  if (config.interval.count() <= 0) place.of("interval").expected("more than 0");
  if (config.log_count_attribute.empty())
    place.of("log_count_attribute").expected("the name of an attribute");
  const auto zone = ottl::zone(config.timezone);
  if (!zone.ok()) place.of("timezone").error(zone.status().message());
  if (!config.include_fields.empty() && !config.exclude_fields.empty())
    place.error("give either include_fields or exclude_fields, not both");
  check_fields(config.exclude_fields, place.of("exclude_fields"));
  check_fields(config.include_fields, place.of("include_fields"));
  check_metadata_keys(config.metadata_keys, place.of("metadata_keys"));
  conditions_of(config, &place.diagnostics());
}

}  // namespace

std::optional<ottl::Program> conditions_of(const Config& config, config::Diagnostics* diagnostics) {
  return pipeline::compile_conditions(config.conditions, "log", otlp::Signal::Logs,
                                      ottl::filter_library(), diagnostics);
}

const config::Schema<Config>& schema_of(const Config*) {
  using C = Config;
  static const auto schema =
      config::Schema<C>()
          .field("interval", &C::interval,
                 "How long records are counted before they are passed on.")
          .field("conditions", &C::conditions,
                 "OTTL conditions in the context log: only records for which one of them holds are "
                 "counted, others pass at once. Without any, all are.")
          .field("log_count_attribute", &C::log_count_attribute,
                 "The attribute that says how many records there were.")
          .field("include_fields", &C::include_fields,
                 "What makes records alike: body.NAME or attributes.NAME; a dot within a name is "
                 "written \\. Without any, body, attributes and severity do.")
          .field("exclude_fields", &C::exclude_fields,
                 "What does not count in that, and is removed: body.NAME or attributes.NAME.")
          .field("timezone", &C::timezone,
                 "In what time zone first_observed_timestamp and last_observed_timestamp are "
                 "written.")
          .field("metadata_keys", &C::metadata_keys,
                 "Headers of requests: records are counted apart for each of their values.")
          .field("metadata_cardinality_limit", &C::metadata_cardinality_limit,
                 "How many of these there may be in an interval; requests with others are refused. "
                 "0 is no limit.")
          .ignored_if([](const C& config) { return config.metadata_keys.empty(); },
                      "without metadata_keys")
          .check(check);
  return schema;
}

}  // namespace sluice::components::logdedup_processor
