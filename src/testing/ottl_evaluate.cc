#include "testing/ottl_evaluate.h"

#include <charconv>

#include "ottl/compiler.h"
#include "ottl/condition.h"
#include "ottl/library.h"
#include "ottl/program.h"
#include "wire/hex.h"

namespace sluice::testing {
namespace {

using ottl::Kind;
using ottl::Value;

std::string hex(const void* bytes, size_t size) {
  std::string out(size * 2, '0');
  wire::hex_lower(static_cast<const uint8_t*>(bytes), size, out.data());
  return out;
}

std::string quoted(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '\n' || c == '\t') {
      out += c == '\n' ? "\\n" : "\\t";
    } else if (static_cast<unsigned char>(c) < ' ') {
      out += "\\x" + hex(&c, 1);
    } else {
      if (c == '"' || c == '\\') out += '\\';
      out += c;
    }
  }
  return out + "\"";
}

std::string number(double value) {
  char text[64];
  std::string out(text, std::to_chars(text, text + sizeof text, value).ptr);
  return out.find_first_of(".eni") == std::string::npos ? out + ".0" : out;
}

/// A record with everything around it, and its frame.
class Sample {
 public:
  Sample() {
    log_ = sample_log(arena_);
    resource_.attributes.push_back(arena_, {"r", Value::string("v")});
    scope_.name = "lib";
    scope_.version = "1.2";
    frame_.arena = &arena_;
    frame_.resource = &resource_;
    frame_.resource_schema_url = &schema_url_;
    frame_.scope = &scope_;
    frame_.scope_schema_url = &schema_url_;
    frame_.log = &log_;
    frame_.cache = &cache_;
  }
  ottl::Frame& frame() { return frame_; }
  Arena& arena() { return arena_; }
  otlp::LogRecord& log() { return log_; }

 private:
  Arena arena_;
  otlp::Resource resource_;
  otlp::Scope scope_;
  std::string_view schema_url_;
  otlp::LogRecord log_;
  otlp::Attributes cache_;
  ottl::Frame frame_;
};

template <typename Tree, typename Compile, typename Evaluate>
std::string over_sample(std::string_view source, Result<Tree> tree, Compile compile,
                        Evaluate evaluate) {
  if (!tree.ok()) return "refused";
  Sample sample;
  Arena constants;
  ottl::Compiler compiler(ottl::ContextKind::Log, ottl::standard_library(), source, constants,
                          false);
  auto compiled = compile(compiler, *tree);
  if (!compiled.ok()) return "refused";
  const std::string out = evaluate(*compiled, sample.frame());
  return sample.frame().failed() ? "error" : out;
}

}  // namespace

std::string dump(const Value& value) {
  std::string out;
  switch (value.kind) {
    case Kind::None: return "nil";
    case Kind::Bool: return value.bool_value ? "true" : "false";
    case Kind::Int: return std::to_string(value.int_value);
    case Kind::Double: return number(value.double_value);
    case Kind::String: return quoted(value.view());
    case Kind::Bytes: return "0x" + hex(value.chars, value.size);
    case Kind::Array:
      for (uint32_t i = 0; i < value.size; ++i)
        out += (i == 0 ? "" : ", ") + dump(value.elements[i]);
      return "[" + out + "]";
    case Kind::Map:
      for (uint32_t i = 0; i < value.size; ++i) {
        out += i == 0 ? "" : ", ";
        out += std::string(value.members[i].key) + ": " + dump(value.members[i].value);
      }
      return "{" + out + "}";
  }
  if (value.kind == ottl::kTime) return ottl::rfc3339_nano(ottl::time_of(value));
  if (value.kind == ottl::kDuration) return std::to_string(value.int_value) + "ns";
  if (value.kind == ottl::kTraceId || value.kind == ottl::kProfileId)
    return hex(ottl::trace_id_of(value).bytes.data(), 16);
  if (value.kind == ottl::kSpanId) return hex(ottl::span_id_of(value).bytes.data(), 8);
  return "(" + std::string(ottl::part_of(value).tag->name) + ")";
}

std::string evaluate(std::string_view expression) {
  return over_sample(
      expression, ottl::parse_value(expression),
      [](ottl::Compiler& compiler, const ottl::ast::Value& tree) { return compiler.value(tree); },
      [](const ottl::ExprPtr& expr, ottl::Frame& frame) { return dump(expr->eval(frame)); });
}

std::string holds(std::string_view condition) {
  return over_sample(
      condition, ottl::parse_condition(condition),
      [](ottl::Compiler& compiler, const ottl::ast::Condition& tree) {
        return compiler.condition(tree);
      },
      [](const ottl::Condition& test, ottl::Frame& frame) {
        return std::string(test.holds(frame) ? "true" : "false");
      });
}

std::string refusal(std::string_view statement) {
  ottl::Program::Source source;
  source.statements.emplace_back(statement);
  const auto program = ottl::Program::compile(source, ottl::standard_library());
  return program.ok() ? "" : program.status().message();
}

otlp::LogRecord sample_log(Arena& arena) {
  const auto map = [&](std::initializer_list<otlp::KeyValue> members) {
    otlp::Attributes out;
    for (const otlp::KeyValue& member : members) out.push_back(arena, member);
    return ottl::map_value(out);
  };
  const auto list = [&](std::initializer_list<Value> elements) {
    ArenaVector<Value> out;
    for (const Value& element : elements) out.push_back(arena, element);
    return ottl::list_value(out);
  };
  otlp::LogRecord log;
  log.time_unix_nano = 1'700'000'000'123'456'789;
  log.severity_number = 9;
  log.severity_text = "Info";
  log.body = Value::string("The quick brown fox");
  log.trace_id.bytes.fill(0x5b);
  log.span_id.bytes.fill(0xee);
  const Value sub = map({{"x", list({Value::integer(1), Value::string("two")})}});
  const Value all =
      map({{"s", Value::string("Hello World")},
           {"e", Value::string("")},
           {"i", Value::integer(42)},
           {"n", Value::integer(-7)},
           {"f", Value::real(3.75)},
           {"t", Value::boolean(true)},
           {"by", Value::bytes(std::string_view("\x00\x01\xfe\xff", 4))},
           {"nil", Value()},
           {"m", map({{"k", Value::string("v")}, {"n", Value::integer(1)}, {"sub", sub}})},
           {"l", list({Value::integer(1), Value::integer(2), Value::integer(3)})},
           {"sl", list({Value::string("b"), Value::string("a")})},
           {"em", map({})},
           {"el", list({})},
           {"xml", Value::string("<a b=\"1\"><c>t</c></a>")}});
  ottl::assign(log.attributes, all, arena);
  return log;
}

std::string attributes_after(std::initializer_list<std::string_view> statements) {
  ottl::Program::Source source;
  for (const std::string_view statement : statements) source.statements.emplace_back(statement);
  const auto program = ottl::Program::compile(source, ottl::standard_library());
  if (!program.ok()) return program.status().message();
  Sample sample;
  if (!program->run(sample.frame(), ottl::ErrorMode::Propagate))
    return "error: " + std::string(sample.frame().error);
  return dump(ottl::map_value(sample.log().attributes));
}

}  // namespace sluice::testing
