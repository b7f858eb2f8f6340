#include "components/processors/logdedup/field.h"

namespace sluice::components::logdedup_processor {
namespace {

using otlp::KeyValue;
using otlp::Value;
using otlp::ValueKind;

/// "a\.b.c" is "a.b" and "c".
std::vector<std::string> parts_of(std::string_view text) {
  std::vector<std::string> parts(1);
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\\' && i + 1 < text.size() && text[i + 1] == '.') {
      parts.back() += '.';
      ++i;
    } else if (text[i] == '.') {
      parts.emplace_back();
    } else {
      parts.back() += text[i];
    }
  }
  return parts;
}

KeyValue* member(KeyValue* first, uint32_t count, std::string_view key) {
  for (uint32_t i = 0; i < count; ++i) {
    if (first[i].key == key) return first + i;
  }
  return nullptr;
}

}  // namespace

bool Field::is_valid(std::string_view text) {
  const std::string_view first = text.substr(0, text.find('.'));
  return first == "attributes" || (first == "body" && first.size() < text.size());
}

Field::Field(std::string_view text) : path_(parts_of(text)) {
  in_body_ = path_.front() == "body";
  path_.erase(path_.begin());
}

const Value* Field::find(const otlp::LogRecord& record) const {
  if (path_.empty()) return nullptr;
  const bool is_map = record.body.kind == ValueKind::Map;
  if (in_body_ && !is_map) return nullptr;
  KeyValue* members =
      in_body_ ? record.body.members : const_cast<KeyValue*>(record.attributes.data());
  uint32_t count = in_body_ ? record.body.size : record.attributes.size();
  for (size_t i = 0;; ++i) {
    const KeyValue* found = member(members, count, path_[i]);
    if (found == nullptr || i + 1 == path_.size())
      return found == nullptr ? nullptr : &found->value;
    if (found->value.kind != ValueKind::Map) return nullptr;
    members = found->value.members;
    count = found->value.size;
  }
}

void Field::remove_from(otlp::LogRecord& record) const {
  if (path_.empty()) return record.attributes.clear();
  Value attributes = Value::map(record.attributes.data(), record.attributes.size());
  Value* map = in_body_ ? &record.body : &attributes;
  for (size_t i = 0; map->kind == ValueKind::Map; ++i) {
    KeyValue* found = member(map->members, map->size, path_[i]);
    if (found == nullptr) return;
    if (i + 1 == path_.size()) {
      *found = map->members[--map->size];
      break;
    }
    map = &found->value;
  }
  if (!in_body_) record.attributes.truncate(attributes.size);
}

}  // namespace sluice::components::logdedup_processor
