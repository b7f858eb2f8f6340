#include "testing/record_text.h"

#include <algorithm>
#include <cctype>
#include <cmath>
#include <cstdlib>
#include <iostream>
#include <iterator>

#include "base/buffer.h"
#include "config/yaml.h"
#include "otlp/value_text.h"

namespace sluice::testing {
namespace {

using config::Node;
using namespace otlp;

constexpr std::string_view kTypes[] = {"", "gauge", "sum", "histogram", "exponential", "summary"};

[[noreturn]] void wrong(const std::string& what) {
  std::cerr << "a test's records are wrong: " << what << std::endl;
  std::abort();
}

// ---- Reading ----

class Reader {
 public:
  explicit Reader(Arena& arena) : arena_(arena) {}

  template <typename Record>
  void request(std::string_view yaml, Request<Record>& out) {
    const auto root = config::parse_yaml(yaml, "");
    if (!root.ok()) wrong(root.status().message());
    std::string last = "none";
    for (const Node& node : root->items) {
      std::string around;
      for (const char* key : {"resource", "scope", "scope_attributes"}) around += text(node, key);
      if (around != last) begin(node, out);
      last = around;
      Record& record = out.resources.back().scopes.back().records.emplace_back(arena_);
      for (const auto& [key, value] : node.members) {
        if (key.rfind("resource", 0) != 0 && key.rfind("scope", 0) != 0) read(key, value, record);
      }
    }
  }

 private:
  static std::string describe(const Node& node) {
    std::string out = config::describe(node);
    for (const auto& [key, value] : node.members) out += key + describe(value);
    for (const Node& item : node.items) out += describe(item);
    return out + ";";
  }
  static std::string text(const Node& node, const char* key) {
    const Node* member = node.find(key);
    return member == nullptr ? ";" : describe(*member);
  }

  template <typename Record>
  void begin(const Node& node, Request<Record>& out) {
    auto& group = out.resources.emplace_back(arena_);
    auto& scope = group.scopes.emplace_back(arena_);
    if (const Node* found = node.find("resource")) group.resource.attributes = attributes(*found);
    if (const Node* found = node.find("scope")) scope.scope.name = arena_.copy(found->text);
    if (const Node* found = node.find("scope_attributes"))
      scope.scope.attributes = attributes(*found);
  }

  Value value(const Node& node) {
    switch (node.kind) {
      case Node::Kind::Bool: return Value::boolean(node.boolean);
      case Node::Kind::Int: return Value::integer(node.integer);
      case Node::Kind::Float: return Value::real(node.real);
      case Node::Kind::String: return Value::string(arena_.copy(node.text));
      case Node::Kind::List: {
        auto* elements = arena_.allocate_array<Value>(node.items.size());
        for (size_t i = 0; i < node.items.size(); ++i) elements[i] = value(node.items[i]);
        return Value::array(elements, static_cast<uint32_t>(node.items.size()));
      }
      case Node::Kind::Map: {
        const Attributes members = attributes(node);
        return Value::map(const_cast<KeyValue*>(members.data()), members.size());
      }
      default: return {};
    }
  }
  Attributes attributes(const Node& node) {
    Attributes out;
    for (const auto& [key, member] : node.members)
      out.push_back(arena_, {arena_.copy(key), value(member)});
    return out;
  }
  static double real(const Node& node) {
    return node.kind == Node::Kind::Float ? node.real : static_cast<double>(node.integer);
  }
  template <size_t N>
  static Id<N> id(const Node& node) {
    Id<N> out;
    out.bytes[N - 1] = static_cast<uint8_t>(node.integer);
    return out;
  }
  Number number(const Node& node) {
    Number out;
    const bool whole = node.kind == Node::Kind::Int;
    out.kind = whole ? Number::Kind::Int : Number::Kind::Double;
    if (whole)
      out.int_value = node.integer;
    else
      out.double_value = node.real;
    return out;
  }
  template <typename T>
  ArenaVector<T> numbers(const Node& node) {
    ArenaVector<T> out;
    for (const Node& item : node.items) out.push_back(arena_, static_cast<T>(real(item)));
    return out;
  }

  void read(std::string_view key, const Node& node, LogRecord& out) {
    if (key == "time")
      out.time_unix_nano = static_cast<uint64_t>(node.integer);
    else if (key == "observed")
      out.observed_time_unix_nano = static_cast<uint64_t>(node.integer);
    else if (key == "severity")
      out.severity_number = static_cast<int32_t>(node.integer);
    else if (key == "severity_text")
      out.severity_text = arena_.copy(node.text);
    else if (key == "body")
      out.body = value(node);
    else if (key == "attributes")
      out.attributes = attributes(node);
    else if (key == "trace")
      out.trace_id = id<16>(node);
    else if (key == "span")
      out.span_id = id<8>(node);
    else if (key == "event")
      out.event_name = arena_.copy(node.text);
    else
      wrong(std::string(key));
  }

  void read(std::string_view key, const Node& node, Span& out) {
    if (key == "name")
      out.name = arena_.copy(node.text);
    else if (key == "kind")
      out.kind = static_cast<int32_t>(node.integer);
    else if (key == "trace")
      out.trace_id = id<16>(node);
    else if (key == "span")
      out.span_id = id<8>(node);
    else if (key == "parent")
      out.parent_span_id = id<8>(node);
    else if (key == "state")
      out.trace_state = arena_.copy(node.text);
    else if (key == "start")
      out.start_time_unix_nano = static_cast<uint64_t>(node.integer);
    else if (key == "end")
      out.end_time_unix_nano = static_cast<uint64_t>(node.integer);
    else if (key == "status")
      out.status.code = static_cast<int32_t>(node.integer);
    else if (key == "message")
      out.status.message = arena_.copy(node.text);
    else if (key == "attributes")
      out.attributes = attributes(node);
    else if (key == "events") {
      for (const Node& item : node.items) {
        SpanEvent& event = out.events.emplace_back(arena_);
        if (const Node* name = item.find("name")) event.name = arena_.copy(name->text);
        if (const Node* found = item.find("attributes")) event.attributes = attributes(*found);
      }
    } else
      wrong(std::string(key));
  }

  void read(std::string_view key, const Node& node, Metric& out) {
    if (key == "name")
      out.name = arena_.copy(node.text);
    else if (key == "unit")
      out.unit = arena_.copy(node.text);
    else if (key == "description")
      out.description = arena_.copy(node.text);
    else if (key == "type") {
      const auto* found =
          std::find(std::begin(kTypes), std::end(kTypes), std::string_view(node.text));
      if (found == std::end(kTypes)) wrong(node.text);
      out.kind = static_cast<MetricKind>(found - std::begin(kTypes));
    } else if (key == "monotonic")
      out.is_monotonic = node.boolean;
    else if (key == "temporality")
      out.aggregation_temporality = static_cast<int32_t>(node.integer);
    else if (key == "points") {
      for (const Node& item : node.items) {
        DataPoint& point = out.data_points.emplace_back(arena_);
        for (const auto& [name, member] : item.members) read(name, member, point);
      }
    } else
      wrong(std::string(key));
  }

  void read(std::string_view key, const Node& node, DataPoint& out) {
    if (key == "attributes")
      out.attributes = attributes(node);
    else if (key == "start")
      out.start_time_unix_nano = static_cast<uint64_t>(node.integer);
    else if (key == "time")
      out.time_unix_nano = static_cast<uint64_t>(node.integer);
    else if (key == "flags")
      out.flags = static_cast<uint32_t>(node.integer);
    else if (key == "value")
      out.value = number(node);
    else if (key == "count")
      out.count = static_cast<uint64_t>(node.integer);
    else if (key == "sum") {
      out.sum = real(node);
      out.has_sum = true;
    } else if (key == "min") {
      out.min = real(node);
      out.has_min = true;
    } else if (key == "max") {
      out.max = real(node);
      out.has_max = true;
    } else if (key == "counts")
      out.bucket_counts = numbers<uint64_t>(node);
    else if (key == "bounds")
      out.explicit_bounds = numbers<double>(node);
    else if (key == "scale")
      out.scale = static_cast<int32_t>(node.integer);
    else if (key == "zero_count")
      out.zero_count = static_cast<uint64_t>(node.integer);
    else if (key == "zero_threshold")
      out.zero_threshold = real(node);
    else if (key == "offset")
      out.positive.offset = static_cast<int32_t>(node.integer);
    else if (key == "positive")
      out.positive.bucket_counts = numbers<uint64_t>(node);
    else
      wrong(std::string(key));
  }

  Arena& arena_;
};

// ---- Writing ----

/// "{a: 1, b: [2, 3]}", with no comma where nothing is between.
class Writer {
 public:
  std::string out;

  void open(char bracket) {
    out += bracket;
    first_ = true;
  }
  void close(char bracket) {
    out += bracket;
    first_ = false;
  }
  void next() {
    if (!first_) out += ", ";
    first_ = false;
  }
  void key(std::string_view name) {
    next();
    plain(name);
    out += ": ";
  }

  void plain(std::string_view text) {
    const bool bare = !text.empty() &&
                      std::isalpha(static_cast<unsigned char>(text.front())) != 0 &&
                      text.find_first_not_of(
                          "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_./-") ==
                          std::string_view::npos &&
                      text != "true" && text != "false" && text != "null";
    if (bare) {
      out += text;
      return;
    }
    out += '\'';
    for (const char c : text) out += c == '\'' ? "''" : std::string(1, c);
    out += '\'';
  }
  void real(double number) {
    if (std::isnan(number)) {
      out += ".nan";
    } else if (std::isinf(number)) {
      out += number > 0 ? ".inf" : "-.inf";
    } else {
      Buffer text;
      append_number(text, Value::real(number));
      out += text.view();
      if (text.view().find_first_of(".e") == std::string_view::npos) out += ".0";
    }
  }
  void value(const Value& value) {
    switch (value.kind) {
      case ValueKind::None: out += "null"; break;
      case ValueKind::String: plain(value.view()); break;
      case ValueKind::Bool: out += value.bool_value ? "true" : "false"; break;
      case ValueKind::Int: out += std::to_string(value.int_value); break;
      case ValueKind::Double: real(value.double_value); break;
      case ValueKind::Bytes: out += "bytes(" + std::string(value.view()) + ")"; break;
      case ValueKind::Array:
        open('[');
        for (uint32_t i = 0; i < value.size; ++i) {
          next();
          this->value(value.elements[i]);
        }
        close(']');
        break;
      case ValueKind::Map: members(value.members, value.size); break;
    }
  }
  void members(const KeyValue* first, uint32_t count) {
    open('{');
    for (uint32_t i = 0; i < count; ++i) {
      key(first[i].key);
      value(first[i].value);
    }
    close('}');
  }

  // Members that are left out where they have their default.
  void text(std::string_view name, std::string_view text) {
    if (text.empty()) return;
    key(name);
    plain(text);
  }
  template <typename T>
  void whole(std::string_view name, T number) {
    if (number == 0) return;
    key(name);
    out += std::to_string(number);
  }
  void real(std::string_view name, double number, bool is_there) {
    if (!is_there) return;
    key(name);
    real(number);
  }
  template <size_t N>
  void id(std::string_view name, const Id<N>& id) {
    whole(name, unsigned{id.bytes[N - 1]});
  }
  void attributes(std::string_view name, const Attributes& attributes) {
    if (attributes.empty()) return;
    key(name);
    members(attributes.data(), attributes.size());
  }
  template <typename List, typename Each>
  void list(std::string_view name, const List& elements, Each each) {
    if (elements.empty()) return;
    key(name);
    open('[');
    for (const auto& element : elements) {
      next();
      each(element);
    }
    close(']');
  }

 private:
  bool first_ = true;
};

void write(Writer& to, const LogRecord& record) {
  to.whole("time", record.time_unix_nano);
  to.whole("observed", record.observed_time_unix_nano);
  to.whole("severity", record.severity_number);
  to.text("severity_text", record.severity_text);
  if (record.body.kind != ValueKind::None) {
    to.key("body");
    to.value(record.body);
  }
  to.attributes("attributes", record.attributes);
  to.id("trace", record.trace_id);
  to.id("span", record.span_id);
  to.text("event", record.event_name);
}

void write(Writer& to, const Span& span) {
  to.text("name", span.name);
  to.whole("kind", span.kind);
  to.id("trace", span.trace_id);
  to.id("span", span.span_id);
  to.id("parent", span.parent_span_id);
  to.text("state", span.trace_state);
  to.whole("start", span.start_time_unix_nano);
  to.whole("end", span.end_time_unix_nano);
  to.whole("status", span.status.code);
  to.text("message", span.status.message);
  to.attributes("attributes", span.attributes);
  to.list("events", span.events, [&](const SpanEvent& event) {
    to.open('{');
    to.text("name", event.name);
    to.attributes("attributes", event.attributes);
    to.close('}');
  });
}

void write(Writer& to, const DataPoint& point) {
  to.open('{');
  to.attributes("attributes", point.attributes);
  to.whole("start", point.start_time_unix_nano);
  to.whole("time", point.time_unix_nano);
  to.whole("flags", point.flags);
  if (point.value.kind == Number::Kind::Int) {
    to.key("value");
    to.out += std::to_string(point.value.int_value);
  }
  to.real("value", point.value.double_value, point.value.kind == Number::Kind::Double);
  to.whole("count", point.count);
  to.real("sum", point.sum, point.has_sum);
  to.real("min", point.min, point.has_min);
  to.real("max", point.max, point.has_max);
  const auto count = [&](uint64_t number) { to.out += std::to_string(number); };
  to.list("counts", point.bucket_counts, count);
  to.list("bounds", point.explicit_bounds, [&](double bound) { to.real(bound); });
  to.whole("scale", point.scale);
  to.whole("zero_count", point.zero_count);
  to.real("zero_threshold", point.zero_threshold, point.zero_threshold != 0);
  to.whole("offset", point.positive.offset);
  to.list("positive", point.positive.bucket_counts, count);
  to.close('}');
}

void write(Writer& to, const Metric& metric) {
  to.text("name", metric.name);
  to.text("unit", metric.unit);
  to.text("description", metric.description);
  to.text("type", kTypes[static_cast<size_t>(metric.kind)]);
  if (metric.is_monotonic) {
    to.key("monotonic");
    to.out += "true";
  }
  to.whole("temporality", metric.aggregation_temporality);
  to.list("points", metric.data_points, [&](const DataPoint& point) { write(to, point); });
}

template <typename Record>
std::string written(const Request<Record>& request) {
  Writer to;
  for (const auto& group : request.resources) {
    for (const auto& scope : group.scopes) {
      for (const Record& record : scope.records) {
        to.out += "- ";
        to.open('{');
        to.attributes("resource", group.resource.attributes);
        to.text("scope", scope.scope.name);
        to.attributes("scope_attributes", scope.scope.attributes);
        write(to, record);
        to.close('}');
        to.out += '\n';
      }
    }
  }
  return to.out;
}

}  // namespace

void of_text(std::string_view yaml, Arena& arena, LogsRequest& out) {
  Reader(arena).request(yaml, out);
}
void of_text(std::string_view yaml, Arena& arena, TracesRequest& out) {
  Reader(arena).request(yaml, out);
}
void of_text(std::string_view yaml, Arena& arena, MetricsRequest& out) {
  Reader(arena).request(yaml, out);
}

std::string to_text(const LogsRequest& request) { return written(request); }
std::string to_text(const TracesRequest& request) { return written(request); }
std::string to_text(const MetricsRequest& request) { return written(request); }

}  // namespace sluice::testing
