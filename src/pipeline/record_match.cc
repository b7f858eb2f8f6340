#include "pipeline/record_match.h"

#include <algorithm>
#include <charconv>
#include <cmath>

#include "otlp/value_text.h"
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
          .field("min", &MatchSeverityConfig::min, "The least severity number.")
          .field("match_undefined", &MatchSeverityConfig::match_undefined,
                 "Whether records without a severity match.");
  return schema;
}

const config::Schema<RegexpConfig>& schema_of(const RegexpConfig*) {
  using C = RegexpConfig;
  static const auto schema =
      config::Schema<C>()
          .field("cacheenabled", &C::cacheenabled, "Whether to cache.")
          .field("cachemaxnumentries", &C::cachemaxnumentries, "How many results; 0 is all.");
  return schema;
}

const config::Schema<MatchConfig>& schema_of(const MatchConfig*) {
  using C = MatchConfig;
  static const auto schema =
      config::Schema<C>()
          .field("match_type", &C::match_type, "strict or regexp.")
          .ignore<RegexpConfig>("regexp", kNoRegexpCache)
          .field("services", &C::services, "Values of the resource's service.name.")
          .field("span_names", &C::span_names, "Names of spans.")
          .field("span_kinds", &C::span_kinds, "Kinds of spans: SPAN_KIND_SERVER and so on.")
          .field("log_bodies", &C::log_bodies, "Bodies of logs, as texts.")
          .field("log_severity_texts", &C::log_severity_texts, "Severity texts of logs.")
          .field("log_severity_number", &C::log_severity_number, "Severity numbers of logs.")
          .field("metric_names", &C::metric_names, "Names of metrics.")
          .field("attributes", &C::attributes, "Attributes that the record must have.")
          .field("resources", &C::resources, "Attributes that its resource must have.")
          .field("libraries", &C::libraries, "Instrumentation scopes.");
  return schema;
}

namespace {

Status check_match_type(std::string_view match_type) {
  if (match_type == "strict" || match_type == "regexp") return {};
  return invalid_argument("match_type must be strict or regexp, and is \"" +
                          std::string(match_type) + "\"");
}

}  // namespace

std::optional<std::string_view> plain_text(const Value& value, Buffer& scratch) {
  switch (value.kind) {
    case otlp::ValueKind::String:
    case otlp::ValueKind::Bool:
    case otlp::ValueKind::Int: return otlp::value_text(value, scratch);
    case otlp::ValueKind::Double: {
      if (!std::isfinite(value.double_value)) return otlp::value_text(value, scratch);
      char text[512];  // of the largest double, and the smallest, in full
      const auto end =
          std::to_chars(text, text + sizeof text, value.double_value, std::chars_format::fixed);
      scratch.append({text, static_cast<size_t>(end.ptr - text)});
      return scratch.view();
    }
    default: return std::nullopt;
  }
}

Result<TextSet> TextSet::make(const std::vector<std::string>& texts, std::string_view match_type) {
  TextSet made;
  if (texts.empty()) return made;
  SLUICE_RETURN_IF_ERROR(check_match_type(match_type));
  if (match_type == "strict") {
    made.texts_ = texts;
    return made;
  }
  for (const std::string& text : texts) {
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
                                        std::string_view match_type, Arena& constants) {
  AttributeSet made;
  for (const MatchAttributeConfig& config : wanted) {
    if (config.key.empty()) return invalid_argument("an attribute needs a key");
    Wanted& each = made.wanted_.emplace_back();
    each.key = config.key;
    each.any_value = config.value.is_null();
    if (each.any_value) continue;
    if (!value_of_node(config.value, constants, each.value))
      return invalid_argument("the value of " + config.key + " cannot be a date");
    SLUICE_RETURN_IF_ERROR(check_match_type(match_type));
    if (match_type == "strict") continue;
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
    const auto text = plain_text(value, scratch);
    return text && wanted.pattern->matches(*text);
  }
  return wanted.value.kind == value.kind && ottl::equal(wanted.value, value);
}

bool AttributeSet::has_all(const Attributes& attributes) const {
  return std::all_of(wanted_.begin(), wanted_.end(), [&](const Wanted& wanted) {
    const Value* value = ottl::find(const_cast<Attributes&>(attributes), wanted.key);
    return value != nullptr && fits(wanted, *value);
  });
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
      if (for_spans || for_metrics)
        return "services, span_names, span_kinds and metric_names are not for logs";
      return for_logs || for_all
                 ? ""
                 : "give at least one of attributes, libraries, resources, log_bodies, "
                   "log_severity_texts and log_severity_number";
    case otlp::Signal::Traces:
      if (for_logs || for_metrics) {
        return "log_bodies, log_severity_texts, log_severity_number and metric_names are not for "
               "spans";
      }
      return for_spans || for_all
                 ? ""
                 : "give at least one of services, span_names, span_kinds, attributes, libraries "
                   "and resources";
    case otlp::Signal::Metrics:
      if (for_logs || for_spans || !config.attributes.empty() || !config.libraries.empty())
        return "only metric_names and resources are for metrics";
      return for_metrics || !config.resources.empty()
                 ? ""
                 : "give at least one of metric_names and resources";
  }
  return "";
}

constexpr std::string_view kSpanKinds[] = {"SPAN_KIND_UNSPECIFIED", "SPAN_KIND_INTERNAL",
                                           "SPAN_KIND_SERVER",      "SPAN_KIND_CLIENT",
                                           "SPAN_KIND_PRODUCER",    "SPAN_KIND_CONSUMER"};

bool is_span_kind(const std::string& name) {
  return std::find(std::begin(kSpanKinds) + 1, std::end(kSpanKinds), name) != std::end(kSpanKinds);
}

/// Of a resource without service.name, as in the original.
constexpr std::string_view kNoService = "<nil-service-name>";

}  // namespace

std::unique_ptr<const RecordMatch> RecordMatch::make(const MatchConfig& config, otlp::Signal signal,
                                                     const config::Place& place) {
  auto made = std::make_unique<RecordMatch>();
  const std::string problem = misused(config, signal);
  if (!problem.empty()) place.error(problem);
  const bool kinds_exist =
      std::all_of(config.span_kinds.begin(), config.span_kinds.end(), is_span_kind);
  if (signal == otlp::Signal::Traces && config.match_type == "strict" && !kinds_exist)
    place.error("span_kinds must be SPAN_KIND_INTERNAL, _SERVER, _CLIENT, _PRODUCER or _CONSUMER");
  const auto texts = [&](const std::vector<std::string>& from, TextSet& out) {
    auto set = TextSet::make(from, config.match_type);
    if (!set.ok()) return place.error(set.status().message());
    out = std::move(*set);
  };
  const auto attributes = [&](const std::vector<MatchAttributeConfig>& from, AttributeSet& out) {
    auto set = AttributeSet::make(from, config.match_type, made->constants_);
    if (!set.ok()) return place.error(set.status().message());
    out = std::move(*set);
  };
  if (signal == otlp::Signal::Metrics) {  // only their names count
    texts(config.metric_names, made->names_);
    return made;
  }
  texts(config.services, made->services_);
  texts(config.span_names, made->names_);
  texts(config.span_kinds, made->kinds_);
  texts(config.log_bodies, made->bodies_);
  texts(config.log_severity_texts, made->severity_texts_);
  attributes(config.attributes, made->attributes_);
  attributes(config.resources, made->resources_);
  made->severity_ = config.log_severity_number;
  for (const MatchLibraryConfig& library : config.libraries) {
    Library& out = made->libraries_.emplace_back();
    texts({library.name}, out.name);
    if (library.version) texts({*library.version}, out.version);
  }
  return made;
}

bool RecordMatch::around(const otlp::Resource& resource, const otlp::Scope& scope) const {
  if (!services_.empty()) {
    const Value* service = ottl::find(const_cast<Attributes&>(resource.attributes), "service.name");
    Buffer scratch;
    if (!services_.has(service ? otlp::value_text(*service, scratch) : kNoService)) return false;
  }
  if (!resources_.has_all(resource.attributes)) return false;
  return std::all_of(libraries_.begin(), libraries_.end(), [&](const Library& library) {
    return library.name.has(scope.name) &&
           (library.version.empty() || library.version.has(scope.version));
  });
}

bool RecordMatch::matches(const otlp::Resource& resource, const otlp::Scope& scope,
                          const otlp::LogRecord& record) const {
  Buffer scratch;
  if (!bodies_.empty() && !bodies_.has(otlp::value_text(record.body, scratch))) return false;
  if (!severity_texts_.empty() && !severity_texts_.has(record.severity_text)) return false;
  if (severity_) {
    const bool fits = record.severity_number == 0 ? severity_->match_undefined
                                                  : record.severity_number >= severity_->min;
    if (!fits) return false;
  }
  return around(resource, scope) && attributes_.has_all(record.attributes);
}

bool RecordMatch::matches(const otlp::Resource& resource, const otlp::Scope& scope,
                          const otlp::Span& span) const {
  if (!names_.empty() && !names_.has(span.name)) return false;
  if (!kinds_.empty()) {
    const bool known = span.kind >= 0 && span.kind < static_cast<int>(std::size(kSpanKinds));
    if (!kinds_.has(known ? kSpanKinds[span.kind] : "")) return false;
  }
  return around(resource, scope) && attributes_.has_all(span.attributes);
}

bool RecordMatch::matches(const otlp::Resource&, const otlp::Scope&,
                          const otlp::Metric& metric) const {
  return names_.empty() || names_.has(metric.name);
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
