// The slow, plain mapper, and the test that compares it with the fast one on random requests.

#include "mapping/reference_mapper_test.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <random>

#include "mapping/tables.h"
#include "testing/native_reader.h"

namespace sluice::mapping::reference {
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
    for (size_t k = 0; k < 3; ++k) bits = bits << 8 | (i + k < in.size() ? static_cast<unsigned char>(in[i + k]) : 0U);
    for (size_t k = 0; k < 4; ++k) out += i + k > in.size() ? '=' : kAlphabet[bits >> (18 - 6 * k) & 63];
  }
  return out;
}

struct NotFinite {};

std::string json_text(const Value& v);

std::string json_string(std::string_view s) {  // the random strings hold nothing that needs more escapes than these
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
  for (const auto& [key, value] : last) out += (out.size() > 1 ? "," : "") + json_string(key) + ":" + json_text(value);
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
  return std::to_string(static_cast<uint32_t>(
      static_cast<int64_t>(std::floor(static_cast<long double>(static_cast<int64_t>(nano)) / 1e9L))));
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

void flatten(const std::string& prefix, const Value& v, bool inside_array, std::vector<Attribute>& out) {
  if (v.kind == ValueKind::Map) {
    for (uint32_t i = 0; i < v.size; ++i) {
      flatten(prefix + "." + std::string(v.members[i].key), v.members[i].value, false, out);
    }
  } else if (v.kind == ValueKind::Array) {
    for (uint32_t i = 0; i < v.size; ++i) {
      flatten(prefix + (inside_array ? "" : ".") + std::to_string(i), v.elements[i], !inside_array, out);
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
  for (const char* key : {"level", "Level", "LEVEL", "severity", "Severity", "SEVERITY", "log.level"}) {
    const auto it = attributes.find(key);
    if (it == attributes.end() || it->second.text.empty() || !it->second.is_string) continue;
    s.text = it->second.text;
    const std::pair<const char*, int> rules[] = {{"alert|crit|emerg|fatal", 21}, {"error|err", 17}, {"warn|notice", 13},
                                                 {"info", 9},                    {"debug|dbug", 5}, {"trace", 1}};
    for (const auto& [words, value] : rules) {
      if (regex_search(s.text, regex(words, regex::icase))) s.number = value;
    }
    if (s.number == 0) s.number = 9;
    return s;
  }
  const std::string body = text(r.body).substr(0, 256);
  std::smatch match;
  static const regex kWords("\\b(?:(alert|crit|emerg|fatal)|(error|err)|(warn|notice)|(debug|dbug)|(trace))", regex::icase);
  if (!regex_search(body, match, kWords)) return {9, "info"};
  const Severity by_group[] = {{21, "fatal"}, {17, "error"}, {13, "warn"}, {5, "debug"}, {1, "trace"}};
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

/// The attributes of a record of otel_logs after the transform. A JSON member replaces the first attribute of its name.
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
      out[std::string(kv.key)] = {std::string(kv.key), text(kv.value), kv.value.kind == ValueKind::String};
    }
  }
  return out;
}

std::string ascii_lower(std::string s) {
  std::transform(s.begin(), s.end(), s.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
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
        row["Timestamp"] = std::to_string(
            static_cast<int64_t>(r.time_unix_nano != 0 ? r.time_unix_nano : r.observed_time_unix_nano));
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
  const std::vector<std::string> kinds = {"Unspecified", "Internal", "Server", "Client", "Producer", "Consumer"};
  const std::vector<std::string> codes = {"Unset", "Ok", "Error"};
  auto name = [](const std::vector<std::string>& names, int32_t n) {
    return n >= 0 && n < static_cast<int32_t>(names.size()) ? names[static_cast<size_t>(n)] : std::string();
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
        row["Events.Timestamp"] =
            list_text(s.events, [](auto& e) { return std::to_string(static_cast<int64_t>(e.time_unix_nano)); });
        row["Events.Name"] = list_text(s.events, [](auto& e) { return std::string(e.name); });
        row["Events.Attributes"] = list_text(s.events, [](auto& e) { return map_text(pairs_of(e.attributes)); });
        row["Links.TraceId"] = list_text(s.links, [](auto& l) { return id_text(l.trace_id); });
        row["Links.SpanId"] = list_text(s.links, [](auto& l) { return id_text(l.span_id); });
        row["Links.TraceState"] = list_text(s.links, [](auto& l) { return std::string(l.trace_state); });
        row["Links.Attributes"] = list_text(s.links, [](auto& l) { return map_text(pairs_of(l.attributes)); });
        out["otel_traces"].push_back(row);
      }
    }
  }
  return out;
}

namespace {

void point_columns(const otlp::Metric& m, const otlp::DataPoint& p, Row& row) {
  auto integers = [](const auto& list) { return list_text(list, [](auto v) { return std::to_string(v); }); };
  auto floats = [](const auto& list) { return list_text(list, [](double v) { return float_text(v); }); };
  row["Flags"] = std::to_string(p.flags);
  if (m.kind != otlp::MetricKind::Gauge && m.kind != otlp::MetricKind::Summary) {
    row["AggregationTemporality"] = std::to_string(m.aggregation_temporality);
  }
  if (m.kind != otlp::MetricKind::Summary) {
    row["Exemplars.FilteredAttributes"] =
        list_text(p.exemplars, [](auto& e) { return map_text(pairs_of(e.filtered_attributes)); });
    row["Exemplars.TimeUnix"] = list_text(p.exemplars, [](auto& e) { return seconds_text(e.time_unix_nano); });
    row["Exemplars.Value"] = list_text(p.exemplars, [](auto& e) { return float_text(number(e.value)); });
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
    row["ValueAtQuantiles.Quantile"] = list_text(p.quantile_values, [](auto& q) { return float_text(q.quantile); });
    row["ValueAtQuantiles.Value"] = list_text(p.quantile_values, [](auto& q) { return float_text(q.value); });
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

namespace {

/// Random records over an arena. Small alphabets, so that keys collide, runs repeat and every kind comes up.
class RandomRecords {
 public:
  RandomRecords(uint64_t seed, Arena& arena) : random_(seed), arena_(arena) {}

  JsonBodies bodies;

  template <typename Record>
  otlp::Request<Record> request() {
    otlp::Request<Record> out;
    for (uint64_t n = below(4); n > 0; --n) {
      auto& rg = out.resources.emplace_back(arena_);
      rg.resource.attributes = attributes(2);
      rg.schema_url = word();
      for (uint64_t k = below(3); k > 0; --k) {
        auto& sg = rg.scopes.emplace_back(arena_);
        sg.schema_url = word();
        sg.scope.name = word();
        sg.scope.version = word();
        sg.scope.attributes = attributes(1);
        sg.scope.dropped_attributes_count = static_cast<uint32_t>(below(3));
        for (uint64_t r = below(12); r > 0; --r) fill(sg.records.emplace_back(arena_));
      }
    }
    return out;
  }

 private:
  uint64_t below(uint64_t n) { return random_() % n; }
  std::string_view word() {
    static constexpr const char* kWords[] = {"",      "a",     "b",       "level", "service.name", "log.level", "x\"y\\z",
                                             "ERROR", "warn!", "terror",  "a.b",   "Trace it",     "9 lives",   "info"};
    return kWords[below(std::size(kWords))];
  }
  std::string_view key() {
    static constexpr const char* kKeys[] = {"a", "b", "a.b", "level", "severity", "service.name", "log", "k0", "k1", "rr-web.event"};
    const uint64_t i = below(40);
    return kKeys[i < std::size(kKeys) ? i : i % (std::size(kKeys) - 1)];
  }
  double real() {
    static constexpr double kReals[] = {0.0, -0.0, 1.5, 1e21, 1e-7, 123456.789, -2.5e300, 1e15, 0.1, 4e-6};
    if (below(8) == 0) return std::numeric_limits<double>::quiet_NaN();
    if (below(8) == 0) return -std::numeric_limits<double>::infinity();
    return below(2) == 0 ? kReals[below(std::size(kReals))] : static_cast<double>(random_()) / 1e6;
  }
  Value value(int depth) {
    switch (below(depth > 0 ? 9 : 7)) {
      case 0: return {};
      case 1: return Value::boolean(below(2) == 0);
      case 2: return Value::integer(static_cast<int64_t>(random_()));
      case 3: return Value::real(real());
      case 4: return Value::bytes(word());
      case 7: {
        ArenaVector<Value> elements;
        for (uint64_t n = below(4); n > 0; --n) elements.push_back(arena_, value(depth - 1));
        return Value::array(elements.data(), elements.size());
      }
      case 8: {
        Attributes members = attributes(depth - 1);
        return Value::map(members.data(), members.size());
      }
      default: return Value::string(word());
    }
  }
  Attributes attributes(int depth) {
    Attributes out;
    for (uint64_t n = below(6); n > 0; --n) out.push_back(arena_, {key(), value(depth)});
    return out;
  }
  template <size_t N>
  otlp::Id<N> id() {
    otlp::Id<N> out;
    if (below(3) != 0) {
      for (auto& b : out.bytes) b = static_cast<uint8_t>(random_());
    }
    return out;
  }
  uint64_t time() { return below(4) == 0 ? random_() : 1'700'000'000'000'000'000 + below(1'000'000'000'000); }

  /// A JSON body whose attributes are known: nested one deep, keys that meet no other key but the levels.
  Value json_body() {
    const std::string a = std::to_string(below(100000));
    Pairs pairs = {{"j" + a, a}, {"req.m", std::string(below(2) == 0 ? "GET" : "PUT")}, {"list.0", "1"}, {"list.1.x", "true"}, {"nil", ""}};
    std::string json = "prefix {\"j" + a + "\":" + a + ",\"req\":{\"m\":\"" + pairs[1].second +
                       "\",\"gone\":{}},\"list\":[1,{\"x\":true}],\"nil\":null";
    if (below(2) == 0) {
      json += ",\"level\":\"Warning\"";
      pairs.emplace_back("level", "Warning");
    }
    json += "} suffix error";
    bodies[json] = pairs;
    return Value::string(arena_.copy(json));
  }

  void fill(otlp::LogRecord& r) {
    if (below(4) != 0) r.time_unix_nano = time();
    r.observed_time_unix_nano = time();
    if (below(3) == 0) r.severity_number = static_cast<int32_t>(below(300)) - 5;
    if (below(3) == 0) r.severity_text = word();
    r.body = below(3) == 0 ? json_body() : value(2);
    r.attributes = attributes(3);
    r.event_name = word();
    r.flags = static_cast<uint32_t>(random_());
    r.trace_id = id<16>();
    r.span_id = id<8>();
  }
  void fill(otlp::Span& s) {
    s.trace_id = id<16>();
    s.span_id = id<8>();
    s.parent_span_id = id<8>();
    s.trace_state = word();
    s.name = word();
    s.start_time_unix_nano = time();
    s.end_time_unix_nano = time();
    s.attributes = attributes(2);
    s.kind = static_cast<int32_t>(below(9)) - 1;
    s.status.code = static_cast<int32_t>(below(5)) - 1;
    s.status.message = word();
    for (uint64_t n = below(3); n > 0; --n) {
      auto& e = s.events.emplace_back(arena_);
      e.time_unix_nano = time();
      e.name = word();
      e.attributes = attributes(1);
    }
    for (uint64_t n = below(3); n > 0; --n) {
      auto& l = s.links.emplace_back(arena_);
      l.trace_id = id<16>();
      l.span_id = id<8>();
      l.trace_state = word();
      l.attributes = attributes(1);
    }
  }
  otlp::Number number() {
    otlp::Number n;
    n.kind = static_cast<otlp::Number::Kind>(below(3));
    if (n.kind == otlp::Number::Kind::Double) {
      n.double_value = real();
    } else {
      n.int_value = static_cast<int64_t>(random_());
    }
    return n;
  }
  void fill(otlp::Metric& m) {
    m.name = word();
    m.description = word();
    m.unit = word();
    m.kind = static_cast<otlp::MetricKind>(below(6));
    m.is_monotonic = below(2) == 0;
    m.aggregation_temporality = static_cast<int32_t>(below(4)) - 1;
    for (uint64_t n = below(4); n > 0; --n) fill(m.data_points.emplace_back(arena_));
  }
  void fill(otlp::DataPoint& p) {
    p.attributes = attributes(1);
    p.start_time_unix_nano = time();
    p.time_unix_nano = time();
    p.flags = static_cast<uint32_t>(below(3));
    p.value = number();
    p.count = random_();
    p.sum = real();
    p.min = real();
    p.max = real();
    for (uint64_t n = below(4); n > 0; --n) p.bucket_counts.push_back(arena_, random_());
    for (uint64_t n = below(4); n > 0; --n) p.explicit_bounds.push_back(arena_, real());
    p.scale = static_cast<int32_t>(below(20)) - 10;
    p.zero_count = below(5);
    p.positive.offset = static_cast<int32_t>(below(9)) - 4;
    for (uint64_t n = below(4); n > 0; --n) p.positive.bucket_counts.push_back(arena_, below(100));
    for (uint64_t n = below(2); n > 0; --n) p.negative.bucket_counts.push_back(arena_, below(100));
    for (uint64_t n = below(3); n > 0; --n) p.quantile_values.push_back(arena_, {real(), real()});
    for (uint64_t n = below(3); n > 0; --n) {
      auto& e = p.exemplars.emplace_back(arena_);
      e.filtered_attributes = attributes(0);
      e.time_unix_nano = time();
      e.value = number();
      e.span_id = id<8>();
      e.trace_id = id<16>();
    }
  }

  std::mt19937_64 random_;
  Arena& arena_;
};

/// The fast path's rows: blocks are encoded in the planned order and read back in the order of the records.
void append_rows(const OpenBlocks& blocks, Tables& out) {
  for (size_t t = 0; t < kTableCount; ++t) {
    const auto& block = blocks.by_table[t];
    if (!block || block->rows() == 0) continue;
    RowOrder order;
    plan_order(static_cast<Table>(t), *block, order);
    ASSERT_EQ(order.order.size(), block->rows());
    ASSERT_EQ(order.partition_ends.back(), block->rows());
    Buffer bytes;
    uint32_t begin = 0;
    for (const uint32_t end : order.partition_ends) {
      block->encode(std::span(order.order).subspan(begin, end - begin), bytes);
      begin = end;
    }
    std::vector<Row> rows(block->rows());
    size_t at = 0;
    for (const testing::NativeBlock& read : testing::read_native(bytes.view())) {
      for (size_t i = 0; i < read.rows(); ++i) rows[order.order[at++]] = read.row(i);
    }
    ASSERT_EQ(at, rows.size());
    auto& table = out[std::string(table_name(static_cast<Table>(t)))];
    table.insert(table.end(), rows.begin(), rows.end());
  }
}

template <typename Record, typename Reference>
void compare(uint64_t seed, Reference reference) {
  Arena arena;
  Mapper mapper;
  OpenBlocks blocks;
  Tables expected;
  RandomRecords random(seed, arena);
  for (int request = 0; request < 4; ++request) {  // several into one block: runs and shapes go on across requests
    auto records = random.request<Record>();
    for (auto& [table, rows] : reference(records, random.bodies)) {
      expected[table].insert(expected[table].end(), rows.begin(), rows.end());
    }
    Rejects rejects;
    mapper.map(records, arena, blocks, rejects);
  }
  Tables got;
  append_rows(blocks, got);
  for (auto& [table, rows] : expected) {
    ASSERT_EQ(got[table].size(), rows.size()) << table << " seed " << seed;
    for (size_t i = 0; i < rows.size(); ++i) ASSERT_EQ(got[table][i], rows[i]) << table << " row " << i << " seed " << seed;
  }
  for (auto& [table, rows] : got) ASSERT_EQ(rows.size(), expected[table].size()) << table;
}

constexpr uint64_t kSeeds = 400;

TEST(MapperAgainstReference, Logs) {
  for (uint64_t seed = 0; seed < kSeeds; ++seed) {
    compare<otlp::LogRecord>(seed, [](const otlp::LogsRequest& r, const JsonBodies& b) { return map_logs(r, b); });
    if (HasFatalFailure()) return;
  }
}

TEST(MapperAgainstReference, Traces) {
  for (uint64_t seed = 0; seed < kSeeds; ++seed) {
    compare<otlp::Span>(seed, [](const otlp::TracesRequest& r, const JsonBodies&) { return map_traces(r); });
    if (HasFatalFailure()) return;
  }
}

TEST(MapperAgainstReference, Metrics) {
  for (uint64_t seed = 0; seed < kSeeds; ++seed) {
    compare<otlp::Metric>(seed, [](const otlp::MetricsRequest& r, const JsonBodies&) { return map_metrics(r); });
    if (HasFatalFailure()) return;
  }
}

}  // namespace
}  // namespace sluice::mapping::reference
