// The slow, plain mapper.

#include "app/reference_rows_test.h"

#include <algorithm>
#include <cmath>
#include <cstring>

namespace sluice::app::reference {
namespace {

using otlp::Attributes;
using otlp::Value;
using otlp::ValueKind;
using Pairs = std::vector<std::pair<std::string, std::string>>;

std::string number_text(double d) {
  if (std::isnan(d)) return "NaN";
  if (std::isinf(d)) return d < 0 ? "-Infinity" : "Infinity";
  int precision = 1;
  char text[512];
  for (; precision < 17; ++precision) {
    std::snprintf(text, sizeof text, "%.*e", precision - 1, d);
    if (std::stod(text) == d) break;
  }
  std::snprintf(text, sizeof text, "%.*e", precision - 1, d);
  const double size = std::fabs(d);
  const int exponent = std::atoi(std::strchr(text, 'e') + 1);
  if (d == 0 || (size >= 1e-6 && size < 1e21)) {
    if (exponent < precision - 1) {
      std::snprintf(text, sizeof text, "%.*f", precision - 1 - exponent, d);
      return text;
    }
    std::string digits;
    for (const char* c = text; *c != 'e'; ++c) {
      if (*c >= '0' && *c <= '9') digits += *c;
    }
    digits.resize(static_cast<size_t>(exponent) + 1, '0');
    return (std::signbit(d) ? "-" : "") + digits;
  }
  const std::string mantissa(text, std::strchr(text, 'e'));
  return mantissa + (exponent < 0 ? "e-" : "e+") + std::to_string(std::abs(exponent));
}

std::string base64(std::string_view in) {
  static const char* kAlphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string out;
  for (size_t i = 0; i < in.size(); i += 3) {
    unsigned bits = 0;
    for (size_t k = 0; k < 3; ++k)
      bits = bits << 8 | (i + k < in.size() ? static_cast<unsigned char>(in[i + k]) : 0U);
    for (size_t k = 0; k < 4; ++k)
      out += i + k > in.size() ? '=' : kAlphabet[bits >> (18 - 6 * k) & 63];
  }
  return out;
}

struct NotFinite {};

std::string json_text(const Value& v);

std::string json_string(
    std::string_view s) {  // the random strings hold nothing that needs more escapes than these
  std::string out = "\"";
  for (char c : s) {
    if (c == '"' || c == '\\') out += '\\';
    out += c;
  }
  return out + "\"";
}

std::string json_map(const Value& v) {
  std::map<std::string, Value> last;
  for (uint32_t i = 0; i < v.size; ++i) last[std::string(v.members[i].key)] = v.members[i].value;
  std::string out = "{";
  for (const auto& [key, value] : last)
    out += (out.size() > 1 ? "," : "") + json_string(key) + ":" + json_text(value);
  return out + "}";
}

std::string json_text(const Value& v) {
  switch (v.kind) {
    case ValueKind::None: return "null";
    case ValueKind::String: return json_string(v.view());
    case ValueKind::Bool: return v.bool_value ? "true" : "false";
    case ValueKind::Int: return std::to_string(v.int_value);
    case ValueKind::Double:
      if (!std::isfinite(v.double_value)) throw NotFinite();
      return number_text(v.double_value);
    case ValueKind::Bytes: return v.size == 0 ? "null" : "\"" + base64(v.view()) + "\"";
    case ValueKind::Map: return json_map(v);
    case ValueKind::Array: {
      std::string out = "[";
      for (uint32_t i = 0; i < v.size; ++i) out += (i != 0 ? "," : "") + json_text(v.elements[i]);
      return out + "]";
    }
  }
  return "";
}

std::string text(const Value& v) {
  switch (v.kind) {
    case ValueKind::None: return "";
    case ValueKind::String: return std::string(v.view());
    case ValueKind::Bytes: return base64(v.view());
    case ValueKind::Double: return number_text(v.double_value);
    default: break;
  }
  try {
    return json_text(v);
  } catch (NotFinite&) {
    return "";
  }
}

std::string map_text(Pairs pairs) {
  std::stable_sort(pairs.begin(), pairs.end(), [](auto& a, auto& b) { return a.first < b.first; });
  std::string out = "{";
  for (auto& [k, v] : pairs) out += (out.size() > 1 ? "," : "") + k + "=" + v;
  return out + "}";
}

Pairs pairs_of(const Attributes& attributes) {
  Pairs out;
  for (const auto& kv : attributes) out.emplace_back(kv.key, text(kv.value));
  return out;
}

template <size_t N>
std::string hex(const otlp::Id<N>& id) {
  std::string out;
  for (uint8_t b : id.bytes) {
    char two[3];
    std::snprintf(two, sizeof two, "%02x", b);
    out += two;
  }
  return out;
}
template <size_t N>
std::string id_text(const otlp::Id<N>& id) {
  return id.empty() ? "" : hex(id);
}

std::string service_name(const otlp::Resource& resource) {
  for (const auto& kv : resource.attributes) {
    if (kv.key == "service.name") return text(kv.value);
  }
  return "";
}

std::string seconds_text(uint64_t nano) {
  return std::to_string(static_cast<uint32_t>(static_cast<int64_t>(
      std::floor(static_cast<long double>(static_cast<int64_t>(nano)) / 1e9L))));
}

std::string float_text(double d) {
  char out[64];
  std::snprintf(out, sizeof out, "%a", d);
  return out;
}

double number(const otlp::Number& n) {
  if (n.kind == otlp::Number::Kind::Int) return static_cast<double>(n.int_value);
  return n.kind == otlp::Number::Kind::Double ? n.double_value : 0;
}

template <typename List, typename Text>
std::string list_text(const List& list, Text element) {
  std::string out = "[";
  bool first = true;
  for (const auto& e : list) {
    out += (first ? "" : ",") + element(e);
    first = false;
  }
  return out + "]";
}

struct Attribute {
  std::string key;
  std::string text;
  bool is_string;
};

void flatten(const std::string& prefix, const Value& v, bool inside_array,
             std::vector<Attribute>& out) {
  if (v.kind == ValueKind::Map) {
    for (uint32_t i = 0; i < v.size; ++i) {
      flatten(prefix + "." + std::string(v.members[i].key), v.members[i].value, false, out);
    }
  } else if (v.kind == ValueKind::Array) {
    for (uint32_t i = 0; i < v.size; ++i) {
      flatten(prefix + (inside_array ? "" : ".") + std::to_string(i), v.elements[i], !inside_array,
              out);
    }
  } else {
    out.push_back({prefix, text(v), v.kind == ValueKind::String});
  }
}

struct Severity {
  int number;
  std::string text;
};

Severity severity(const otlp::LogRecord& r, const std::map<std::string, Attribute>& attributes) {
  using std::regex;
  using std::regex_search;
  Severity s{r.severity_number, std::string(r.severity_text)};
  if (s.number != 0 || !s.text.empty()) return s;
  for (const char* key :
       {"level", "Level", "LEVEL", "severity", "Severity", "SEVERITY", "log.level"}) {
    const auto it = attributes.find(key);
    if (it == attributes.end() || it->second.text.empty() || !it->second.is_string) continue;
    s.text = it->second.text;
    const std::pair<const char*, int> rules[] = {{"alert|crit|emerg|fatal", 21},
                                                 {"error|err", 17},
                                                 {"warn|notice", 13},
                                                 {"info", 9},
                                                 {"debug|dbug", 5},
                                                 {"trace", 1}};
    for (const auto& [words, value] : rules) {
      if (regex_search(s.text, regex(words, regex::icase))) s.number = value;
    }
    if (s.number == 0) s.number = 9;
    return s;
  }
  const std::string body = text(r.body).substr(0, 256);
  std::smatch match;
  static const regex kWords(
      "\\b(?:(alert|crit|emerg|fatal)|(error|err)|(warn|notice)|(debug|dbug)|(trace))",
      regex::icase);
  if (!regex_search(body, match, kWords)) return {9, "info"};
  const Severity by_group[] = {
      {21, "fatal"}, {17, "error"}, {13, "warn"}, {5, "debug"}, {1, "trace"}};
  for (size_t i = 0; i < 5; ++i) {
    if (match[i + 1].matched) return by_group[i];
  }
  return s;
}

bool finite(const Value& v) {
  try {
    json_text(v);
    return true;
  } catch (NotFinite&) {
    return false;
  }
}

bool to_sessions(const otlp::LogRecord& r) {
  for (const auto& kv : r.attributes) {
    if (kv.key == "rr-web.event") return kv.value.kind != ValueKind::None && finite(kv.value);
  }
  return false;
}

/// The attributes of a record of otel_logs after the transform. A JSON member replaces the first
/// attribute of its name.
std::map<std::string, Attribute> transformed(const otlp::LogRecord& r, const JsonBodies& bodies) {
  std::map<std::string, std::string> json;
  if (r.body.kind == ValueKind::String && bodies.count(std::string(r.body.view())) != 0) {
    const Pairs& known = bodies.at(std::string(r.body.view()));
    json.insert(known.begin(), known.end());
  }
  std::vector<Attribute> flat;
  for (const auto& kv : r.attributes) {
    const auto member = json.find(std::string(kv.key));
    if (member == json.end()) {
      flatten(std::string(kv.key), kv.value, false, flat);
    } else {
      flat.push_back({member->first, member->second, member->first == "level"});
      json.erase(member);
    }
  }
  for (const auto& [k, v] : json) flat.push_back({k, v, k == "level"});
  std::map<std::string, Attribute> out;
  for (const Attribute& a : flat) out[a.key] = a;
  if (r.body.kind == ValueKind::Map) {
    for (uint32_t i = 0; i < r.body.size; ++i) {
      const auto& kv = r.body.members[i];
      out[std::string(kv.key)] = {std::string(kv.key), text(kv.value),
                                  kv.value.kind == ValueKind::String};
    }
  }
  return out;
}

std::string ascii_lower(std::string s) {
  std::transform(s.begin(), s.end(), s.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return s;
}

}  // namespace

Tables map_logs(const otlp::LogsRequest& request, const JsonBodies& bodies) {
  Tables out;
  for (const auto& rg : request.resources) {
    for (const auto& sg : rg.scopes) {
      for (const auto& r : sg.records) {
        const bool session = to_sessions(r);
        Row row;
        Severity s{r.severity_number, std::string(r.severity_text)};
        Pairs attributes = pairs_of(r.attributes);
        if (!session) {
          const auto unique = transformed(r, bodies);
          attributes.clear();
          for (const auto& [key, attribute] : unique) attributes.emplace_back(key, attribute.text);
          s = severity(r, unique);
          s.text = ascii_lower(s.text);
          row["EventName"] = std::string(r.event_name);
        }
        row["Timestamp"] = std::to_string(static_cast<int64_t>(
            r.time_unix_nano != 0 ? r.time_unix_nano : r.observed_time_unix_nano));
        row["TraceId"] = id_text(r.trace_id);
        row["SpanId"] = id_text(r.span_id);
        row["TraceFlags"] = std::to_string(r.flags % 256);
        row["SeverityText"] = s.text;
        row["SeverityNumber"] = std::to_string(static_cast<uint32_t>(s.number) % 256);
        row["ServiceName"] = service_name(rg.resource);
        row["Body"] = text(r.body);
        row["ResourceSchemaUrl"] = std::string(rg.schema_url);
        row["ResourceAttributes"] = map_text(pairs_of(rg.resource.attributes));
        row["ScopeSchemaUrl"] = std::string(sg.schema_url);
        row["ScopeName"] = std::string(sg.scope.name);
        row["ScopeVersion"] = std::string(sg.scope.version);
        row["ScopeAttributes"] = map_text(pairs_of(sg.scope.attributes));
        row["LogAttributes"] = map_text(attributes);
        out[session ? "hyperdx_sessions" : "otel_logs"].push_back(row);
      }
    }
  }
  return out;
}

Tables map_traces(const otlp::TracesRequest& request) {
  const std::vector<std::string> kinds = {"Unspecified", "Internal", "Server",
                                          "Client",      "Producer", "Consumer"};
  const std::vector<std::string> codes = {"Unset", "Ok", "Error"};
  auto name = [](const std::vector<std::string>& names, int32_t n) {
    return n >= 0 && n < static_cast<int32_t>(names.size()) ? names[static_cast<size_t>(n)]
                                                            : std::string();
  };
  Tables out;
  for (const auto& rg : request.resources) {
    for (const auto& sg : rg.scopes) {
      for (const auto& s : sg.records) {
        Row row;
        row["Timestamp"] = std::to_string(static_cast<int64_t>(s.start_time_unix_nano));
        row["TraceId"] = id_text(s.trace_id);
        row["SpanId"] = id_text(s.span_id);
        row["ParentSpanId"] = id_text(s.parent_span_id);
        row["TraceState"] = std::string(s.trace_state);
        row["SpanName"] = std::string(s.name);
        row["SpanKind"] = name(kinds, s.kind);
        row["ServiceName"] = service_name(rg.resource);
        row["ResourceAttributes"] = map_text(pairs_of(rg.resource.attributes));
        row["ScopeName"] = std::string(sg.scope.name);
        row["ScopeVersion"] = std::string(sg.scope.version);
        row["SpanAttributes"] = map_text(pairs_of(s.attributes));
        row["Duration"] = std::to_string(s.end_time_unix_nano - s.start_time_unix_nano);
        row["StatusCode"] = name(codes, s.status.code);
        row["StatusMessage"] = std::string(s.status.message);
        row["Events.Timestamp"] = list_text(s.events, [](auto& e) {
          return std::to_string(static_cast<int64_t>(e.time_unix_nano));
        });
        row["Events.Name"] = list_text(s.events, [](auto& e) { return std::string(e.name); });
        row["Events.Attributes"] =
            list_text(s.events, [](auto& e) { return map_text(pairs_of(e.attributes)); });
        row["Links.TraceId"] = list_text(s.links, [](auto& l) { return id_text(l.trace_id); });
        row["Links.SpanId"] = list_text(s.links, [](auto& l) { return id_text(l.span_id); });
        row["Links.TraceState"] =
            list_text(s.links, [](auto& l) { return std::string(l.trace_state); });
        row["Links.Attributes"] =
            list_text(s.links, [](auto& l) { return map_text(pairs_of(l.attributes)); });
        out["otel_traces"].push_back(row);
      }
    }
  }
  return out;
}

namespace {

void point_columns(const otlp::Metric& m, const otlp::DataPoint& p, Row& row) {
  auto integers = [](const auto& list) {
    return list_text(list, [](auto v) { return std::to_string(v); });
  };
  auto floats = [](const auto& list) {
    return list_text(list, [](double v) { return float_text(v); });
  };
  row["Flags"] = std::to_string(p.flags);
  if (m.kind != otlp::MetricKind::Gauge && m.kind != otlp::MetricKind::Summary) {
    row["AggregationTemporality"] = std::to_string(m.aggregation_temporality);
  }
  if (m.kind != otlp::MetricKind::Summary) {
    row["Exemplars.FilteredAttributes"] =
        list_text(p.exemplars, [](auto& e) { return map_text(pairs_of(e.filtered_attributes)); });
    row["Exemplars.TimeUnix"] =
        list_text(p.exemplars, [](auto& e) { return seconds_text(e.time_unix_nano); });
    row["Exemplars.Value"] =
        list_text(p.exemplars, [](auto& e) { return float_text(number(e.value)); });
    row["Exemplars.SpanId"] = list_text(p.exemplars, [](auto& e) { return hex(e.span_id); });
    row["Exemplars.TraceId"] = list_text(p.exemplars, [](auto& e) { return hex(e.trace_id); });
  }
  if (m.kind == otlp::MetricKind::Gauge || m.kind == otlp::MetricKind::Sum) {
    row["Value"] = float_text(number(p.value));
    if (m.kind == otlp::MetricKind::Sum) row["IsMonotonic"] = m.is_monotonic ? "1" : "0";
    return;
  }
  row["Count"] = std::to_string(p.count);
  row["Sum"] = float_text(p.sum);
  if (m.kind == otlp::MetricKind::Summary) {
    row["ValueAtQuantiles.Quantile"] =
        list_text(p.quantile_values, [](auto& q) { return float_text(q.quantile); });
    row["ValueAtQuantiles.Value"] =
        list_text(p.quantile_values, [](auto& q) { return float_text(q.value); });
    return;
  }
  row["Min"] = float_text(p.min);
  row["Max"] = float_text(p.max);
  if (m.kind == otlp::MetricKind::Histogram) {
    row["BucketCounts"] = integers(p.bucket_counts);
    row["ExplicitBounds"] = floats(p.explicit_bounds);
    return;
  }
  row["Scale"] = std::to_string(p.scale);
  row["ZeroCount"] = std::to_string(p.zero_count);
  row["PositiveOffset"] = std::to_string(p.positive.offset);
  row["PositiveBucketCounts"] = integers(p.positive.bucket_counts);
  row["NegativeOffset"] = std::to_string(p.negative.offset);
  row["NegativeBucketCounts"] = integers(p.negative.bucket_counts);
}

}  // namespace

Tables map_metrics(const otlp::MetricsRequest& request) {
  const char* tables[] = {"",
                          "otel_metrics_gauge",
                          "otel_metrics_sum",
                          "otel_metrics_histogram",
                          "otel_metrics_exponential_histogram",
                          "otel_metrics_summary"};
  Tables out;
  for (const auto& rg : request.resources) {
    for (const auto& sg : rg.scopes) {
      for (const auto& m : sg.records) {
        if (m.kind == otlp::MetricKind::None) continue;
        for (const auto& p : m.data_points) {
          Row row;
          row["ResourceAttributes"] = map_text(pairs_of(rg.resource.attributes));
          row["ResourceSchemaUrl"] = std::string(rg.schema_url);
          row["ScopeName"] = std::string(sg.scope.name);
          row["ScopeVersion"] = std::string(sg.scope.version);
          row["ScopeAttributes"] = map_text(pairs_of(sg.scope.attributes));
          row["ScopeDroppedAttrCount"] = std::to_string(sg.scope.dropped_attributes_count);
          row["ScopeSchemaUrl"] = std::string(sg.schema_url);
          row["ServiceName"] = service_name(rg.resource);
          row["MetricName"] = std::string(m.name);
          row["MetricDescription"] = std::string(m.description);
          row["MetricUnit"] = std::string(m.unit);
          row["Attributes"] = map_text(pairs_of(p.attributes));
          row["StartTimeUnix"] = seconds_text(p.start_time_unix_nano);
          row["TimeUnix"] = seconds_text(p.time_unix_nano);
          point_columns(m, p, row);
          out[tables[static_cast<int>(m.kind)]].push_back(row);
        }
      }
    }
  }
  return out;
}

}  // namespace sluice::app::reference
