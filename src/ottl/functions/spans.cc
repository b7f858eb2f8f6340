// What only spans have.

#include <algorithm>

#include "base/buffer.h"
#include "otlp/value_text.h"
#include "ottl/function.h"
#include "ottl/functions/functions.h"
#include "wire/number_parse.h"

namespace sluice::ottl {
namespace {

/// A version of the semantic conventions whose rules for names are known: 1.37.0 to 1.40.0, written
/// as semver.org has it, perhaps with a "v" before it and without the last numbers.
struct Conventions {
  static Result<Conventions> make(std::string_view version) {
    uint64_t numbers[3] = {};
    std::string_view rest = version.substr(version.substr(0, 1) == "v" ? 1 : 0);
    const bool is_prerelease = rest.substr(0, rest.find('+')).find('-') != std::string_view::npos;
    rest = rest.substr(0, rest.find_first_of("+-"));
    bool is_version = true;
    for (size_t i = 0; i < std::size(numbers) && (i == 0 || !rest.empty()); ++i) {
      if (i != 0) {
        is_version = is_version && rest.front() == '.';
        rest.remove_prefix(1);
      }
      const size_t size = std::min(rest.find('.'), rest.size());
      is_version = is_version && wire::parse_integer(rest.substr(0, size), numbers[i]);
      rest.remove_prefix(size);
    }
    const uint64_t minor = numbers[1];
    const bool is_known = numbers[0] == 1 && minor >= 37 &&
                          (minor < 40 || (minor == 40 && numbers[2] == 0)) &&
                          !(minor == 37 && numbers[2] == 0 && is_prerelease);
    if (is_version && rest.empty() && is_known) return Conventions{};
    return invalid_argument("the semantic conventions \"" + std::string(version) +
                            "\" are not known; there are 1.37.0 to 1.40.0");
  }
};

/// The name of an attribute for the old name of the span.
struct OriginalName {
  std::string attribute;
  static Result<OriginalName> make(std::string_view name) {
    if (!name.empty()) return OriginalName{std::string(name)};
    return invalid_argument("the attribute for the original name must have a name");
  }
};

using Text = std::optional<std::string>;

const Value* attribute(const otlp::Span& span, std::string_view key) {
  return find(const_cast<Attributes&>(span.attributes), key);
}

/// Any kind of value as a text; of the first attribute that is there.
Text text_of(const otlp::Span& span, std::initializer_list<std::string_view> keys) {
  Buffer scratch;
  for (const std::string_view key : keys) {
    if (const Value* value = attribute(span, key))
      return std::string(otlp::value_text(*value, scratch));
  }
  return {};
}

std::string server_of(const otlp::Span& span) {
  const Text address = text_of(span, {"server.address"});
  if (!address) return {};
  const Text port = text_of(span, {"server.port"});
  return port ? *address + ":" + *port : *address;
}

std::string http_name(const otlp::Span& span, std::string_view subject_key) {
  const Text method = text_of(span, {"http.request.method", "http.method"});
  if (!method) return {};
  const Text subject = text_of(span, {subject_key});
  return subject ? *method + " " + *subject : *method;
}

std::string rpc_name(const otlp::Span& span) {
  const Text system = text_of(span, {"rpc.system.name", "rpc.system"});
  if (!system) return {};
  const Text method = text_of(span, {"rpc.method", "rpc.grpc.method"});
  const Text service = text_of(span, {"rpc.service", "rpc.grpc.service"});
  if (service) return *service + "/" + method.value_or("*");
  return method ? *method : *system;
}

bool is_true(const otlp::Span& span, std::string_view key) {
  const Value* value = attribute(span, key);
  return value != nullptr && value->kind == Kind::Bool && value->bool_value;
}

std::string destination_of(const otlp::Span& span) {
  if (is_true(span, "messaging.destination.temporary")) return "(temporary)";
  if (is_true(span, "messaging.destination.anonymous")) return "(anonymous)";
  const Text destination = text_of(span, {"messaging.destination.template",
                                          "messaging.destination.name", "messaging.destination"});
  return destination ? *destination : server_of(span);
}

std::string messaging_name(const otlp::Span& span) {
  const Text system = text_of(span, {"messaging.system"});
  if (!system) return {};
  const Text operation = text_of(span, {"messaging.operation.name", "messaging.operation"});
  const std::string destination = destination_of(span);
  if (!operation) return destination.empty() ? *system : destination;
  return destination.empty() ? *operation : *operation + " " + destination;
}

std::string database_target(const otlp::Span& span) {
  const std::string space = text_of(span, {"db.namespace", "db.name"}).value_or("");
  const Text object = text_of(span, {"db.collection.name", "db.stored_procedure.name"});
  if (object) return space.empty() ? *object : space + "." + *object;
  return space.empty() ? server_of(span) : space;
}

std::string database_name(const otlp::Span& span) {
  const Text system = text_of(span, {"db.system.name", "db.system"});
  if (!system) return {};
  if (const Text summary = text_of(span, {"db.query.summary"})) return *summary;
  const std::string operation = text_of(span, {"db.operation.name", "db.operation"}).value_or("");
  const std::string target = database_target(span);
  if (!operation.empty() && !target.empty()) return operation + " " + target;
  return operation.empty() && target.empty() ? *system : operation + target;
}

/// Empty if the conventions say nothing about such a span. Of several rules the first counts.
std::string conventional_name(const otlp::Span& span) {
  constexpr int32_t kServer = 2;
  constexpr int32_t kClient = 3;
  constexpr int32_t kConsumer = 5;  // and producers between them
  if (span.kind < kServer || span.kind > kConsumer) return {};
  std::string name;
  if (span.kind == kServer || span.kind == kClient) {
    name = http_name(span, span.kind == kServer ? "http.route" : "url.template");
    if (name.empty()) name = rpc_name(span);
  }
  if (name.empty() && span.kind == kClient) name = database_name(span);
  return name.empty() ? messaging_name(span) : name;
}

/// Names the span as the conventions say for HTTP, RPC, messaging and databases; others keep
/// theirs.
void set_semconv_span_name(Frame& frame, Setting<Conventions>,
                           std::optional<Setting<OriginalName>> original) {
  otlp::Span& span = *frame.span;
  const std::string name = conventional_name(span);
  if (name.empty() || name == span.name) return;
  if (original) {
    find_or_add(span.attributes, frame.arena->copy((*original)->attribute), *frame.arena) =
        Value::string(span.name);
  }
  span.name = frame.arena->copy(name);
}

}  // namespace

void add_span_functions(Library& library) {
  library
      .add("IsRootSpan", {},
           [](Frame& frame) { return Value::boolean(frame.span->parent_span_id.empty()); })
      .contexts = in(ContextKind::Span);
  library
      .add("set_semconv_span_name", {"semconv_version", "original_span_name_attribute"},
           set_semconv_span_name)
      .contexts = in(ContextKind::Span);
}

}  // namespace sluice::ottl
