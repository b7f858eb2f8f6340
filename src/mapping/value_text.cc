#include "mapping/value_text.h"

#include "native/varint.h"
#include "otlp/value_text.h"
#include "wire/number_format.h"

namespace sluice::mapping {

using otlp::Value;
using otlp::ValueKind;

std::string_view ValueText::text(const Value& value) { return otlp::value_text(value, scratch_); }

std::string_view ValueText::json(const otlp::Attributes& attributes) {
  scratch_.clear();
  otlp::append_typed_json(attributes, scratch_);
  return scratch_.view();
}

void ValueText::append_encoded(const Value& value, Buffer& out) {
  if (value.kind == ValueKind::String) {
    native::append_string(out, value.view());
  } else if (value.kind == ValueKind::Int || value.kind == ValueKind::Double) {
    char* to = out.tail(wire::kNumberTextMax + 1);  // numbers are short: their length is one byte
    const size_t length = value.kind == ValueKind::Int
                              ? wire::format_int(value.int_value, to + 1)
                              : wire::format_double(value.double_value, to + 1);
    *to = static_cast<char>(length);
    out.commit(length + 1);
  } else {
    native::append_string(out, text(value));
  }
}

}  // namespace sluice::mapping
