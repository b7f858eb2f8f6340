// What only spans have.

#include <array>

#include "ottl/function.h"
#include "ottl/functions/functions.h"

namespace sluice::ottl {
namespace {

/// A version of the semantic conventions whose rules for names are known.
struct Conventions {
  static Result<Conventions> make(std::string_view version) {
    for (const std::string_view known : {"1.37.0", "1.38.0", "1.39.0", "1.40.0"}) {
      if (version == known) return Conventions{};
    }
    return invalid_argument("the semantic conventions \"" + std::string(version) +
                            "\" are not known; there are 1.37.0 to 1.40.0");
  }
};

std::string_view text_of_attribute(const otlp::Span& span, std::string_view key) {
  const Value* value = find(const_cast<Attributes&>(span.attributes), key);
  return value != nullptr && value->is_string() ? value->view() : std::string_view();
}

std::string_view first_of(const otlp::Span& span, std::initializer_list<std::string_view> keys) {
  for (const std::string_view key : keys) {
    const std::string_view text = text_of_attribute(span, key);
    if (!text.empty()) return text;
  }
  return {};
}

std::string joined(std::string_view first, std::string_view second) {
  if (second.empty()) return std::string(first);
  return std::string(first) + " " + std::string(second);
}

constexpr int32_t kClient = 3;

std::string http_name(const otlp::Span& span) {
  std::string_view method = text_of_attribute(span, "http.request.method");
  if (method.empty()) return {};
  if (method == "_OTHER") method = "HTTP";
  return joined(method, span.kind == kClient ? text_of_attribute(span, "url.template")
                                             : text_of_attribute(span, "http.route"));
}

std::string rpc_name(const otlp::Span& span) {
  const std::string_view system = first_of(span, {"rpc.system.name", "rpc.system"});
  if (system.empty()) return {};
  const std::string_view method = text_of_attribute(span, "rpc.method");
  const std::string_view service = text_of_attribute(span, "rpc.service");
  if (method.empty()) return std::string(system);
  if (service.empty()) return std::string(method);
  return std::string(service) + "/" + std::string(method);
}

std::string messaging_name(const otlp::Span& span) {
  const std::string_view operation =
      first_of(span, {"messaging.operation.name", "messaging.operation.type"});
  if (text_of_attribute(span, "messaging.system").empty() || operation.empty()) return {};
  return joined(operation, first_of(span, {"messaging.destination.template",
                                           "messaging.destination.name", "server.address"}));
}

std::string database_name(const otlp::Span& span) {
  const std::string_view system = first_of(span, {"db.system.name", "db.system"});
  if (system.empty()) return {};
  const std::string_view summary = text_of_attribute(span, "db.query.summary");
  if (!summary.empty()) return std::string(summary);
  const std::string_view target = first_of(
      span, {"db.collection.name", "db.stored_procedure.name", "db.namespace", "server.address"});
  const std::string_view operation = text_of_attribute(span, "db.operation.name");
  if (operation.empty()) return std::string(target.empty() ? system : target);
  return joined(operation, target);
}

/// Names the span as the conventions say for HTTP, RPC, messaging and databases; others keep
/// theirs.
void set_semconv_span_name(Frame& frame, Setting<Conventions>,
                           std::optional<Setting<std::string>> original_span_name_attribute) {
  otlp::Span& span = *frame.span;
  for (const auto name_of : {http_name, rpc_name, messaging_name, database_name}) {
    const std::string name = name_of(span);
    if (name.empty()) continue;
    if (name == span.name) return;
    if (original_span_name_attribute) {
      find_or_add(span.attributes, frame.arena->copy(**original_span_name_attribute),
                  *frame.arena) = Value::string(span.name);
    }
    span.name = frame.arena->copy(name);
    return;
  }
}

}  // namespace

void add_span_functions(Library& library) {
  library
      .add("IsRootSpan", {},
           [](Frame& frame) { return Value::boolean(frame.span->parent_span_id.empty()); })
      .contexts = in(ContextKind::Span) | in(ContextKind::SpanEvent);
  library
      .add("set_semconv_span_name", {"semconv_version", "original_span_name_attribute"},
           set_semconv_span_name)
      .contexts = in(ContextKind::Span);
}

}  // namespace sluice::ottl
