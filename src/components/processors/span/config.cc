#include "components/processors/span/config.h"

namespace sluice::components::span_processor {

const config::Schema<ToAttributesConfig>& schema_of(const ToAttributesConfig*) {
  using C = ToAttributesConfig;
  static const auto schema =
      config::Schema<C>()
          .field("rules", &C::rules,
                 "Regular expressions over the name; their named groups become attributes, and "
                 "{group} stands for them in the name.")
          .field("break_after_match", &C::break_after_match,
                 "Whether rules behind the first that matches are left out.")
          .field("keep_original_name", &C::keep_original_name, "Whether the name stays as it is.")
          .check([](const C& config, const config::Place& place) {
            for (size_t i = 0; i < config.rules.size(); ++i) {
              if (const auto rule = ottl::Regex::compile(config.rules[i]); !rule.ok())
                place.of("rules").of(i).error(rule.status().message());
            }
          });
  return schema;
}

const config::Schema<NameConfig>& schema_of(const NameConfig*) {
  using C = NameConfig;
  static const auto schema =
      config::Schema<C>()
          .field("from_attributes", &C::from_attributes,
                 "Attributes whose values make the name; without one of them it stays.")
          .field("separator", &C::separator, "What stands between them.")
          .field("to_attributes", &C::to_attributes, "How attributes are taken out of the name.");
  return schema;
}

const config::Schema<StatusConfig>& schema_of(const StatusConfig*) {
  static const auto schema =
      config::Schema<StatusConfig>()
          .field("code", &StatusConfig::code, "Ok, Error or Unset.")
          .field("description", &StatusConfig::description, "The message; for Error only.")
          .check([](const StatusConfig& config, const config::Place& place) {
            const std::string& code = config.code;
            if (code != "Ok" && code != "Error" && code != "Unset")
              place.of("code").expected("Ok, Error or Unset");
            if (code != "Error" && !config.description.empty())
              place.of("description").error("this is for the code Error only");
          });
  return schema;
}

namespace {

void check(const Config& config, const config::Place& place) {
  const bool has_rules = config.name.to_attributes && !config.name.to_attributes->rules.empty();
  if (config.name.from_attributes.empty() && !has_rules && !config.status) {
    place.error(
        "there is nothing to do: give name::from_attributes, name::to_attributes::rules or status");
  }
}

}  // namespace

const config::Schema<Config>& schema_of(const Config*) {
  static const auto schema =
      config::Schema<Config>()
          .field("include", &Config::include, "Only spans that match are changed.")
          .field("exclude", &Config::exclude, "Spans that match are left as they are.")
          .field("name", &Config::name, "How names are made, or taken apart.")
          .field("status", &Config::status, "The status that spans get.")
          .check(check);
  return schema;
}

}  // namespace sluice::components::span_processor
