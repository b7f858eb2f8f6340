#include "otlp/json_decoder.h"

#include "otlp/decode.h"
#include "wire/hex.h"

namespace sluice::otlp {

Status JsonDecoder::status() const {
  if (too_large_) {
    return {Code::ResourceExhausted,
            "the request decodes to more than 256 MiB: send smaller batches"};
  }
  return in_.ok() ? Status() : invalid_argument("cannot decode JSON at " + in_.error());
}

void JsonDecoder::check_size() {
  if (arena_.capacity_bytes() <= kDecodedBytesMax) return;
  too_large_ = true;
  in_.fail("a smaller request");
}

void JsonDecoder::id_bytes(uint8_t* out, size_t size) {
  std::string_view digits;
  if (!in_.raw_string(digits) || digits.empty()) return;
  if (digits.size() != 2 * size || !wire::decode_hex(digits, out)) {
    in_.fail_at(digits.data(), size == 16 ? "a trace id of 32 hex digits, or none"
                                          : "a span id of 16 hex digits, or none");
  }
}

void JsonDecoder::attributes(Attributes& out) {
  list(out, [this](KeyValue& attribute) { key_value(attribute); });
}

void JsonDecoder::key_value(KeyValue& out) {
  message([&](JsonField field) {
    switch (field) {
      case JsonField::Key: in_.string(out.key); break;
      case JsonField::Value: value(out.value); break;
      case JsonField::KeyStrindex: {  // the place of a text in a dictionary that only profiles have
        int32_t ignored = 0;
        in_.integer(ignored);
        break;
      }
      default: unknown();
    }
  });
}

void JsonDecoder::value(Value& out) {
  message([&](JsonField field) { value_kind(field, out); });
}

void JsonDecoder::value_kind(JsonField field, Value& out) {
  switch (field) {
    case JsonField::StringValue: {
      std::string_view s;
      if (in_.string(s)) out = Value::string(s);
      break;
    }
    case JsonField::BoolValue: {
      bool b = false;
      if (in_.boolean(b)) out = Value::boolean(b);
      break;
    }
    case JsonField::IntValue: {
      int64_t i = 0;
      if (in_.integer(i)) out = Value::integer(i);
      break;
    }
    case JsonField::DoubleValue: {
      double d = 0;
      if (in_.real(d)) out = Value::real(d);
      break;
    }
    case JsonField::StringValueStrindex: {  // as for keys
      int32_t ignored = 0;
      if (in_.integer(ignored)) out = Value();
      break;
    }
    case JsonField::BytesValue: {
      std::string_view s;
      if (in_.bytes(s)) out = Value::bytes(s);
      break;
    }
    case JsonField::ArrayValue: array(out); break;
    case JsonField::KvlistValue: map(out); break;
    default: unknown();
  }
}

bool JsonDecoder::enter() {
  if (depth_ == kDepthMax) return in_.fail("values that are nested less deeply");
  ++depth_;
  return true;
}

void JsonDecoder::array(Value& out) {
  if (!enter()) return;
  ArenaVector<Value> elements;
  message([&](JsonField field) {
    if (field != JsonField::Values) return unknown();
    list(elements, [this](Value& element) { value(element); });
  });
  out = Value::array(elements.data(), elements.size());
  leave();
}

void JsonDecoder::map(Value& out) {
  if (!enter()) return;
  Attributes members;
  message([&](JsonField field) {
    if (field != JsonField::Values) return unknown();
    attributes(members);
  });
  out = Value::map(members.data(), members.size());
  leave();
}

void JsonDecoder::resource(Resource& out) {
  message([&](JsonField field) {
    switch (field) {
      case JsonField::AttributeList: attributes(out.attributes); break;
      case JsonField::DroppedAttributesCount: in_.integer(out.dropped_attributes_count); break;
      case JsonField::EntityRefs: entity_refs(); break;
      default: unknown();
    }
  });
}

/// References to entities are checked and dropped: no table has a column for them.
void JsonDecoder::entity_refs() {
  std::string_view ignored;
  for (bool more = in_.begin_array(); more; more = in_.next_element()) {
    message([&](JsonField field) {
      switch (field) {
        case JsonField::SchemaUrl:
        case JsonField::Type: in_.string(ignored); break;
        case JsonField::IdKeys:
        case JsonField::DescriptionKeys:
          for (bool key = in_.begin_array(); key; key = in_.next_element()) in_.string(ignored);
          break;
        default: unknown();
      }
    });
  }
}

void JsonDecoder::scope(Scope& out) {
  message([&](JsonField field) {
    switch (field) {
      case JsonField::Name: in_.string(out.name); break;
      case JsonField::Version: in_.string(out.version); break;
      case JsonField::AttributeList: attributes(out.attributes); break;
      case JsonField::DroppedAttributesCount: in_.integer(out.dropped_attributes_count); break;
      default: unknown();
    }
  });
}

}  // namespace sluice::otlp
