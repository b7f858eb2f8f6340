#include <charconv>
#include <cmath>
#include <cstring>

#include "ottl/function.h"
#include "wire/number_parse.h"

namespace sluice::ottl {
namespace {

/// Go's strconv.ParseInt(text, 10, 64): a sign and digits.
bool parse_int(std::string_view text, int64_t& out) {
  if (text.size() > 1 && text.front() == '+' && text[1] != '-') text.remove_prefix(1);
  const auto parsed = std::from_chars(text.data(), text.data() + text.size(), out);
  return parsed.ec == std::errc() && parsed.ptr == text.data() + text.size();
}

std::string_view copy_bytes(Frame& frame, const void* bytes, size_t size) {
  return frame.arena->copy({static_cast<const char*>(bytes), size});
}

}  // namespace

bool wrong_kind(Frame& frame, std::string_view expected, const Value& found) {
  frame.fail("expected ", expected, " but got ", kind_name(found.kind));
  return false;
}

bool convert(Frame& frame, const Value& value, int64_t& out) {
  if (value.kind != Kind::Int) return wrong_kind(frame, "int64", value);
  out = value.int_value;
  return true;
}

bool convert(Frame& frame, const Value& value, double& out) {
  if (value.kind != Kind::Double) return wrong_kind(frame, "float64", value);
  out = value.double_value;
  return true;
}

bool convert(Frame& frame, const Value& value, bool& out) {
  if (value.kind != Kind::Bool) return wrong_kind(frame, "bool", value);
  out = value.bool_value;
  return true;
}

bool convert(Frame& frame, const Value& value, Text& out) {
  if (is_nil(value)) return true;
  std::string_view error;
  if (!text_of(value, *frame.arena, out.view, error)) {
    frame.fail(error);
    return false;
  }
  out.nil = false;
  return true;
}

bool convert(Frame& frame, const Value& value, IntLike& out) {
  out.nil = false;
  switch (value.kind) {
    case Kind::Int: out.value = value.int_value; return true;
    case Kind::Double: out.value = wire::truncated(value.double_value); return true;
    case Kind::Bool: out.value = value.bool_value ? 1 : 0; return true;
    case Kind::String: out.nil = !parse_int(value.view(), out.value); return true;
    default: out.nil = true; return is_nil(value) || wrong_kind(frame, "a number", value);
  }
}

bool convert(Frame& frame, const Value& value, DoubleLike& out) {
  out.nil = false;
  switch (value.kind) {
    case Kind::Int: out.value = static_cast<double>(value.int_value); return true;
    case Kind::Double: out.value = value.double_value; return true;
    case Kind::Bool: out.value = value.bool_value ? 1 : 0; return true;
    case Kind::String:
      if (wire::parse_double(value.view(), out.value)) return true;
      frame.fail("\"", value.view(), "\" is no number");
      return false;
    default: out.nil = true; return is_nil(value) || wrong_kind(frame, "a number", value);
  }
}

bool convert(Frame& frame, const Value& value, BoolLike& out) {
  out.nil = false;
  switch (value.kind) {
    case Kind::Bool: out.value = value.bool_value; return true;
    case Kind::Int: out.value = value.int_value != 0; return true;
    case Kind::Double: out.value = value.double_value != 0; return true;
    case Kind::String: {
      const std::string_view text = value.view();
      for (const std::string_view word : {"1", "t", "T", "TRUE", "true", "True"}) {
        if (text == word) {
          out.value = true;
          return true;
        }
      }
      for (const std::string_view word : {"0", "f", "F", "FALSE", "false", "False"}) {
        if (text == word) return true;
      }
      frame.fail("\"", text, "\" is neither true nor false");
      return false;
    }
    default: out.nil = true; return is_nil(value) || wrong_kind(frame, "true or false", value);
  }
}

bool convert(Frame& frame, const Value& value, BytesLike& out) {
  out.nil = false;
  switch (value.kind) {
    case Kind::String:
    case Kind::Bytes: out.view = value.view(); return true;
    case Kind::Bool: out.view = copy_bytes(frame, value.bool_value ? "\1" : "\0", 1); return true;
    case Kind::Int:
    case Kind::Double: {  // big-endian, as the original hashes numbers
      uint64_t bits = 0;
      std::memcpy(&bits, &value.int_value, sizeof bits);
      bits = __builtin_bswap64(bits);
      out.view = copy_bytes(frame, &bits, sizeof bits);
      return true;
    }
    default:
      out.nil = true;
      return is_nil(value) || wrong_kind(frame, "something that has bytes", value);
  }
  return true;
}

bool convert(Frame& frame, const Value& value, Time& out) {
  if (value.kind != kTime) return wrong_kind(frame, "time", value);
  out = time_of(value);
  return true;
}

bool convert(Frame& frame, const Value& value, Duration& out) {
  if (value.kind != kDuration) return wrong_kind(frame, "duration", value);
  out.nanos = value.int_value;
  return true;
}

bool convert(Frame& frame, const Value& value, MapArg& out) {
  if (value.kind != Kind::Map) return wrong_kind(frame, "a map", value);
  out.value = value;
  return true;
}

bool convert(Frame& frame, const Value& value, ListArg& out) {
  if (value.kind != Kind::Array) return wrong_kind(frame, "a list", value);
  out.value = value;
  return true;
}

// ---- Literals ----

Status read_setting(Compiler& compiler, const ast::Value& argument, std::string& out) {
  if (argument.kind != ast::Value::Kind::String)
    return compiler.error(argument.at, "this must be a text in quotes");
  out = argument.text;
  return {};
}

Status read_setting(Compiler& compiler, const ast::Value& argument, int64_t& out) {
  if (argument.kind != ast::Value::Kind::Int)
    return compiler.error(argument.at, "this must be a whole number without a sign");
  out = argument.integer;
  return {};
}

Status read_setting(Compiler& compiler, const ast::Value& argument, double& out) {
  if (argument.kind != ast::Value::Kind::Float)
    return compiler.error(argument.at, "this must be a number with a point, without a sign");
  out = argument.real;
  return {};
}

Status read_setting(Compiler& compiler, const ast::Value& argument, bool& out) {
  if (argument.kind != ast::Value::Kind::Bool)
    return compiler.error(argument.at, "this must be true or false");
  out = argument.boolean;
  return {};
}

namespace {

template <typename T>
Status read_list(Compiler& compiler, const ast::Value& argument, std::vector<T>& out) {
  if (argument.kind != ast::Value::Kind::List)
    return compiler.error(argument.at, "this must be a list");
  for (const ast::Value& item : argument.items)
    SLUICE_RETURN_IF_ERROR(read_setting(compiler, item, out.emplace_back()));
  return {};
}

}  // namespace

Status read_setting(Compiler& compiler, const ast::Value& argument, std::vector<std::string>& out) {
  return read_list(compiler, argument, out);
}

Status read_setting(Compiler& compiler, const ast::Value& argument, std::vector<double>& out) {
  return read_list(compiler, argument, out);
}

namespace {

/// A function that does not have one parameter: each call of it fails, as in the original.
class NotCallable final : public Expr {
 public:
  Value eval(Frame& frame) const override {
    return frame.fail("the function of a replacement must have one parameter");
  }
};

}  // namespace

Status Param<FunctionName>::bind(Compiler& compiler, const ast::Value& argument, Bound& out) {
  if (argument.kind != ast::Value::Kind::Name)
    return compiler.error(argument.at, "this must be the name of a converter, without parentheses");
  out.argument = std::make_unique<Value>();
  const Function* function = compiler.library().find(argument.text, compiler.kind());
  if (function == nullptr)
    return compiler.error(argument.at, "there is no function " + argument.text);
  ast::Value given;
  given.kind = ast::Value::Kind::Given;
  given.given = out.argument.get();
  if (function->parameters.size() != 1) {
    out.call = std::make_unique<NotCallable>();
    return {};
  }
  Arguments arguments(function->parameters.size(), nullptr);
  arguments.front() = &given;
  auto call = function->bind(compiler, arguments);
  if (!call.ok()) return call.status();
  out.call = std::move(*call);
  return {};
}

}  // namespace sluice::ottl
