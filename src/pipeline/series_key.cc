#include "pipeline/series_key.h"

#include <algorithm>

namespace sluice::pipeline {

using otlp::KeyValue;
using otlp::Value;
using otlp::ValueKind;

void SeriesKey::add(uint64_t number) {
  bytes_.append(reinterpret_cast<const char*>(&number), sizeof number);
}

void SeriesKey::add(std::string_view text) {
  add(uint64_t{text.size()});
  bytes_ += text;
}

void SeriesKey::add(const Value& value) {
  bytes_ += static_cast<char>(value.kind);
  switch (value.kind) {
    case ValueKind::None: break;
    case ValueKind::String:
    case ValueKind::Bytes: add(value.view()); break;
    case ValueKind::Bool: add(uint64_t{value.bool_value}); break;
    case ValueKind::Int: add(static_cast<uint64_t>(value.int_value)); break;
    case ValueKind::Double: {
      uint64_t bits = 0;
      std::memcpy(&bits, &value.double_value, sizeof bits);
      add(bits);
      break;
    }
    case ValueKind::Array:
      add(uint64_t{value.size});
      for (uint32_t i = 0; i < value.size; ++i) add(value.elements[i]);
      break;
    case ValueKind::Map: add_members(value.members, value.size); break;
  }
}

void SeriesKey::add(const otlp::Attributes& attributes) {
  add_members(attributes.data(), attributes.size());
}

void SeriesKey::add_members(const KeyValue* members, uint32_t count) {
  add(uint64_t{count});
  const size_t first = sorted_.size();
  for (uint32_t i = 0; i < count; ++i) sorted_.push_back(members + i);
  const auto before = [](const KeyValue* a, const KeyValue* b) {
    const int order = a->key.compare(b->key);
    return order != 0 ? order < 0 : a < b;
  };
  std::sort(sorted_.begin() + static_cast<ptrdiff_t>(first), sorted_.end(), before);
  for (size_t i = first; i < first + count; ++i) {
    add(sorted_[i]->key);
    add(sorted_[i]->value);
  }
  sorted_.resize(first);
}

}  // namespace sluice::pipeline
