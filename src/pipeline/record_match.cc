#include "pipeline/record_match.h"

#include <algorithm>
#include <charconv>

#include "base/buffer.h"
#include "otlp/value_text.h"
#include "ottl/context.h"
#include "ottl/value.h"
#include "pipeline/node_value.h"

namespace sluice::pipeline {

using otlp::Attributes;
using otlp::Value;

const config::Schema<MatchAttributeConfig>& schema_of(const MatchAttributeConfig*) {
  static const auto schema =
      config::Schema<MatchAttributeConfig>()
          .field("key", &MatchAttributeConfig::key, "The attribute's name.")
          .required()
          .field("value", &MatchAttributeConfig::value, "Its value; without one, any.");
  return schema;
}

const config::Schema<MatchLibraryConfig>& schema_of(const MatchLibraryConfig*) {
  static const auto schema =
      config::Schema<MatchLibraryConfig>()
          .field("name", &MatchLibraryConfig::name, "The instrumentation scope's name.")
          .field("version", &MatchLibraryConfig::version, "Its version; without one, any.");
  return schema;
}

const config::Schema<MatchSeverityConfig>& schema_of(const MatchSeverityConfig*) {
  static const auto schema =
      config::Schema<MatchSeverityConfig>()
          .field("min", &MatchSeverityConfig::min,
                 "The least severity: 1 to 24, or a name such as WARN or INFO2.")
          .field("match_undefined", &MatchSeverityConfig::match_undefined,
                 "Whether records without a severity match.");
  return schema;
}

const config::Schema<MatchConfig>& schema_of(const MatchConfig*) {
  using C = MatchConfig;
  static const auto schema =
      config::Schema<C>()
          .field("match_type", &C::match_type, "strict or regexp.")
          .ignore("regexp", "regular expressions are compiled once and need no cache")
          .field("services", &C::services, "Values of the resource's service.name.")
          .field("span_names", &C::span_names, "Names of spans.")
          .field("span_kinds", &C::span_kinds, "Kinds of spans: SPAN_KIND_SERVER and so on.")
          .field("log_bodies", &C::log_bodies, "Bodies of logs that are texts.")
          .field("log_severity_texts", &C::log_severity_texts, "Severity texts of logs.")
          .field("log_severity_number", &C::log_severity_number, "Severity numbers of logs.")
          .field("metric_names", &C::metric_names, "Names of metrics.")
          .field("attributes", &C::attributes, "Attributes that the record must have.")
          .field("resources", &C::resources, "Attributes that its resource must have.")
          .field("libraries", &C::libraries, "Instrumentation scopes.");
  return schema;
}

Result<TextSet> TextSet::make(const std::vector<std::string>& texts, bool regexp) {
  TextSet made;
  for (const std::string& text : texts) {
    if (!regexp) {
      made.texts_.push_back(text);
      continue;
    }
    auto pattern = ottl::Regex::compile(text);
    if (!pattern.ok()) return pattern.status();
    made.patterns_.push_back(std::move(*pattern));
  }
  return made;
}

bool TextSet::has(std::string_view text) const {
  return std::find(texts_.begin(), texts_.end(), text) != texts_.end() ||
         std::any_of(patterns_.begin(), patterns_.end(),
                     [&](const ottl::Regex& pattern) { return pattern.matches(text); });
}

Result<AttributeSet> AttributeSet::make(const std::vector<MatchAttributeConfig>& wanted,
                                        bool regexp, Arena& constants) {
  AttributeSet made;
  for (const MatchAttributeConfig& config : wanted) {
    if (config.key.empty()) return invalid_argument("an attribute needs a key");
    Wanted& each = made.wanted_.emplace_back();
    each.key = config.key;
    each.any_value = config.value.is_null();
    if (each.any_value) continue;
    if (!value_of_node(config.value, constants, each.value))
      return invalid_argument("the value of " + config.key + " cannot be a date");
    if (!regexp) continue;
    if (!each.value.is_string())
      return invalid_argument("match_type regexp needs texts, and " + config.key + " has none");
    auto pattern = ottl::Regex::compile(each.value.view());
    if (!pattern.ok()) return pattern.status();
    each.pattern.emplace(std::move(*pattern));
  }
  return made;
}

bool AttributeSet::fits(const Wanted& wanted, const Value& value) const {
  if (wanted.any_value) return true;
  if (wanted.pattern) {
    Buffer scratch;
    return wanted.pattern->matches(otlp::value_text(value, scratch));
  }
  return wanted.value.kind == value.kind && ottl::equal(wanted.value, value);
}

bool AttributeSet::has_all(const Attributes& attributes) const {
  return std::all_of(wanted_.begin(), wanted_.end(), [&](const Wanted& wanted) {
    const Value* value = ottl::find(const_cast<Attributes&>(attributes), wanted.key);
    return value != nullptr && fits(wanted, *value);
  });
}

std::optional<int32_t> severity_of_text(std::string_view text) {
  int32_t number = 0;
  const auto parsed = std::from_chars(text.data(), text.data() + text.size(), number);
  if (!text.empty() && parsed.ec == std::errc() && parsed.ptr == text.data() + text.size())
    return number;
  std::string name(text);
  std::transform(name.begin(), name.end(), name.begin(),
                 [](char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c; });
  const auto known = ottl::enumeration(ottl::ContextKind::Log, "SEVERITY_NUMBER_" + name);
  if (!known) return std::nullopt;
  return static_cast<int32_t>(*known);
}

namespace {

/// What the options of a signal may be; a message if others are used, or none.
std::string misused(const MatchConfig& config, otlp::Signal signal) {
  const bool for_logs = !config.log_bodies.empty() || !config.log_severity_texts.empty() ||
                        config.log_severity_number.has_value();
  const bool for_spans =
      !config.services.empty() || !config.span_names.empty() || !config.span_kinds.empty();
  const bool for_metrics = !config.metric_names.empty();
  const bool for_all =
      !config.attributes.empty() || !config.resources.empty() || !config.libraries.empty();
  switch (signal) {
    case otlp::Signal::Logs:
      if (for_spans) return "services, span_names and span_kinds are not for logs";
      return for_logs || for_all || for_metrics
                 ? ""
                 : "give at least one of attributes, libraries, resources, log_bodies, "
                   "log_severity_texts and log_severity_number";
    case otlp::Signal::Traces:
      if (for_logs)
        return "log_bodies, log_severity_texts and log_severity_number are not for spans";
      return for_spans || for_all || for_metrics
                 ? ""
                 : "give at least one of services, span_names, span_kinds, attributes, libraries "
                   "and resources";
    case otlp::Signal::Metrics:
      return for_metrics || for_all ? "" : "give at least one of metric_names and resources";
  }
  return "";
}

constexpr std::string_view kSpanKinds[] = {"SPAN_KIND_UNSPECIFIED", "SPAN_KIND_INTERNAL",
                                           "SPAN_KIND_SERVER",      "SPAN_KIND_CLIENT",
                                           "SPAN_KIND_PRODUCER",    "SPAN_KIND_CONSUMER"};

}  // namespace

std::unique_ptr<const RecordMatch> RecordMatch::make(const MatchConfig& config, otlp::Signal signal,
                                                     const config::Place& place) {
  auto made = std::make_unique<RecordMatch>();
  if (config.match_type != "strict" && config.match_type != "regexp")
    place.error("match_type must be strict or regexp, and is \"" + config.match_type + "\"");
  const std::string problem = misused(config, signal);
  if (!problem.empty()) place.error(problem);
  const bool regexp = config.match_type == "regexp";
  const auto texts = [&](const std::vector<std::string>& from, TextSet& out) {
    auto set = TextSet::make(from, regexp);
    if (!set.ok()) return place.error(set.status().message());
    out = std::move(*set);
  };
  const auto attributes = [&](const std::vector<MatchAttributeConfig>& from, AttributeSet& out) {
    auto set = AttributeSet::make(from, regexp, made->constants_);
    if (!set.ok()) return place.error(set.status().message());
    out = std::move(*set);
  };
  texts(config.services, made->services_);
  texts(signal == otlp::Signal::Metrics ? config.metric_names : config.span_names, made->names_);
  texts(config.span_kinds, made->kinds_);
  texts(config.log_bodies, made->bodies_);
  texts(config.log_severity_texts, made->severity_texts_);
  attributes(config.attributes, made->attributes_);
  attributes(config.resources, made->resources_);
  if (config.log_severity_number) {
    made->least_severity_ = severity_of_text(config.log_severity_number->min);
    made->match_undefined_ = config.log_severity_number->match_undefined;
    if (!made->least_severity_)
      place.error("\"" + config.log_severity_number->min + "\" is no severity");
  }
  for (const MatchLibraryConfig& library : config.libraries) {
    Library& out = made->libraries_.emplace_back();
    texts({library.name}, out.name);
    out.any_version = !library.version;
    out.no_version = library.version && library.version->empty();
    if (library.version) texts({*library.version}, out.version);
  }
  return made;
}

bool RecordMatch::around(const otlp::Resource& resource, const otlp::Scope& scope) const {
  if (!services_.empty()) {
    const Value* service = ottl::find(const_cast<Attributes&>(resource.attributes), "service.name");
    Buffer scratch;
    if (service == nullptr || !services_.has(otlp::value_text(*service, scratch))) return false;
  }
  if (!resources_.has_all(resource.attributes)) return false;
  return libraries_.empty() ||
         std::any_of(libraries_.begin(), libraries_.end(), [&](const Library& library) {
           return library.name.has(scope.name) &&
                  (library.any_version ||
                   (library.no_version ? scope.version.empty()
                                       : library.version.has(scope.version)));
         });
}

bool RecordMatch::matches(const otlp::Resource& resource, const otlp::Scope& scope,
                          const otlp::LogRecord& record) const {
  if (!bodies_.empty() && !(record.body.is_string() && bodies_.has(record.body.view())))
    return false;
  if (!severity_texts_.empty() && !severity_texts_.has(record.severity_text)) return false;
  if (least_severity_) {
    const bool fits =
        record.severity_number == 0 ? match_undefined_ : record.severity_number >= *least_severity_;
    if (!fits) return false;
  }
  return around(resource, scope) && attributes_.has_all(record.attributes);
}

bool RecordMatch::matches(const otlp::Resource& resource, const otlp::Scope& scope,
                          const otlp::Span& span) const {
  if (!names_.empty() && !names_.has(span.name)) return false;
  if (!kinds_.empty()) {
    const bool known = span.kind >= 0 && span.kind < 6;
    if (!known || !kinds_.has(kSpanKinds[span.kind])) return false;
  }
  return around(resource, scope) && attributes_.has_all(span.attributes);
}

bool RecordMatch::matches(const otlp::Resource& resource, const otlp::Scope& scope,
                          const otlp::Metric& metric) const {
  if (!names_.empty() && !names_.has(metric.name)) return false;
  return around(resource, scope);
}

std::unique_ptr<const RecordSelection> RecordSelection::make(
    const std::optional<MatchConfig>& include, const std::optional<MatchConfig>& exclude,
    otlp::Signal signal, const config::Place& place) {
  auto made = std::make_unique<RecordSelection>();
  if (include) made->include_ = RecordMatch::make(*include, signal, place);
  if (exclude) made->exclude_ = RecordMatch::make(*exclude, signal, place);
  return made;
}

}  // namespace sluice::pipeline
