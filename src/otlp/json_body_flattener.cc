#include "otlp/json_body_flattener.h"

#include <algorithm>
#include <functional>

#include "base/bytes.h"
#include "otlp/clone.h"
#include "otlp/json_body_scan.h"
#include "wire/number_format.h"

namespace sluice::otlp {
namespace {

uint64_t hash_of(std::string_view text) { return std::hash<std::string_view>()(text); }

uint64_t hash_of(uint32_t scope, std::string_view name) {
  return hash_of(name) ^ (uint64_t{scope} + 1) * 0x9e3779b97f4a7c15;
}

}  // namespace

/// One pass over one text.
class JsonBodyFlattener::Pass : private JsonBodyScan {
 public:
  Pass(JsonBodyFlattener& known, std::string_view text, Arena& arena, ArenaVector<KeyValue>& out)
      : JsonBodyScan(text, arena), known_(known), out_(out) {}

  bool run() {
    for (const KeyValue& attribute : out_) {
      if (is_container(attribute.value) || !take_known(attribute.key)) return false;
    }
    const char* at = skip_spaces(begin_);
    if (peek(at) != '{') return false;
    at = members(at + 1, kRoot, 1);
    return at != nullptr && peek(skip_spaces(at)) == '\0';
  }

 private:
  /// An attribute that is there already.
  bool take_known(std::string_view key) {
    const Field& guess = known_.fields_[known_.fields_[last_].next];
    const std::string_view name = known_.name(guess);
    const bool is_right = guess.scope == kRoot && name.size() == key.size() &&
                          equal_short(name.data(), key.data(), key.size());
    return is_right ? take(known_.fields_[last_].next) : look_up(kRoot, key);
  }

  /// Makes a field the last one. False if it came before in this text, or is not the only one of
  /// its path.
  bool take(uint32_t index) {
    Field& field = known_.fields_[index];
    if (field.seen == known_.text_number_ || field.is_ambiguous) return false;
    field.seen = known_.text_number_;
    last_ = index;
    return true;
  }

  bool look_up(Scope scope, std::string_view name) {
    const uint32_t index = known_.find_or_learn(scope, name);
    if (index == 0) return false;
    known_.fields_[last_].next = index;
    return take(index);
  }

  /// The name of a member, and what stands behind it. The field is last_ then.
  const char* name(const char* at, Scope scope) {
    if (peek(at) != '"') return nullptr;
    const uint32_t next = known_.fields_[last_].next;
    const Field& guess = known_.fields_[next];
    const std::string_view expected = known_.name(guess);
    const bool is_right = guess.scope == scope && guess.is_plain &&
                          static_cast<size_t>(end_ - at) > expected.size() + 1 &&
                          at[expected.size() + 1] == '"' &&
                          equal_short(at + 1, expected.data(), expected.size());
    if (is_right) {
      name_ = {at + 1, expected.size()};
      return take(next) ? colon(at + expected.size() + 2) : nullptr;
    }
    at = string(at, name_);
    return at != nullptr && look_up(scope, name_) ? colon(at) : nullptr;
  }

  const char* colon(const char* at) const {
    at = skip_spaces(at);
    return peek(at) == ':' ? skip_spaces(at + 1) : nullptr;
  }

  /// Of a map that was just opened, to its end.
  const char* members(const char* at, Scope scope, int depth) {
    at = skip_spaces(at);
    if (peek(at) == '}') return at + 1;
    for (;; at = skip_spaces(at + 1)) {
      at = name(at, scope);
      if (at == nullptr) return nullptr;
      at = value(at, depth);
      if (at == nullptr) return nullptr;
      at = skip_spaces(at);
      if (peek(at) == '}') return at + 1;
      if (peek(at) != ',') return nullptr;
    }
  }

  const char* elements(const char* at, Scope scope, int depth) {
    at = skip_spaces(at);
    if (peek(at) == ']') return at + 1;
    for (uint32_t i = 0;; ++i, at = skip_spaces(at + 1)) {
      char digits[wire::kNumberTextMax];
      if (!look_up(scope, {digits, wire::format_int(i, digits)})) return nullptr;
      at = value(at, depth);
      if (at == nullptr) return nullptr;
      at = skip_spaces(at);
      if (peek(at) == ']') return at + 1;
      if (peek(at) != ',') return nullptr;
    }
  }

  /// What last_ holds.
  const char* value(const char* at, int depth) {
    const char first = peek(at);
    if (first == '{' || first == '[') {
      if (depth == kDepthMax) return nullptr;
      return first == '{' ? members(at + 1, map_of(last_), depth + 1)
                          : elements(at + 1, list_of(last_), depth + 1);
    }
    const Field& field = known_.fields_[last_];
    const std::string_view path = field.scope == kRoot ? name_ : arena_.copy(known_.path(field));
    return scalar(at, out_.push_back(arena_, {path, Value()}).value);
  }

  JsonBodyFlattener& known_;
  ArenaVector<KeyValue>& out_;
  uint32_t last_ = 0;      // field
  std::string_view name_;  // of the member at hand
};

bool JsonBodyFlattener::append(std::string_view text, Arena& arena,
                               ArenaVector<KeyValue>& attributes) {
  const bool is_hopeless = in_vain_ > kTrial && in_vain_ > tried_ / 2;
  if (is_hopeless || text.size() > kTextBytesMax) return false;
  const bool is_full = fields_.size() >= kFieldsMax || paths_.size() >= kPathBytesMax;
  if (fields_.empty() || is_full || ++text_number_ == 0) forget();
  ++tried_;
  const uint32_t before = attributes.size();
  if (Pass(*this, text, arena, attributes).run()) return true;
  attributes.truncate(before);
  ++in_vain_;
  return false;
}

void JsonBodyFlattener::forget() {
  fields_.assign(1, {kNowhere, 0, 0, 0, 0, 0, false, false, false});
  paths_.clear();
  by_name_.clear();
  by_path_.clear();
  text_number_ = 1;
}

/// 0 if there are too many.
uint32_t JsonBodyFlattener::find_or_learn(Scope scope, std::string_view name) {
  const auto [begin, end] = by_name_.equal_range(hash_of(scope, name));
  for (auto at = begin; at != end; ++at) {
    const Field& field = fields_[at->second];
    if (field.scope == scope && this->name(field) == name) return at->second;
  }
  return learn(scope, name);
}

uint32_t JsonBodyFlattener::learn(Scope scope, std::string_view name) {
  if (fields_.size() >= kFieldsMax || paths_.size() + name.size() >= kPathBytesMax) return 0;
  Field field{};
  field.scope = scope;
  field.path_begin = static_cast<uint32_t>(paths_.size());
  field.name_bytes = static_cast<uint32_t>(name.size());
  field.is_plain = name.find_first_of(std::string_view("\"\\\0", 3)) == name.npos;
  field.is_dotted_list = true;
  if (scope != kRoot) {
    const Field& owner = fields_[scope / 2];
    if (is_list(scope)) field.is_dotted_list = !owner.is_dotted_list;
    paths_.tail(owner.path_bytes + 1 + name.size());  // so that the owner's path does not move
    paths_.append(path(owner));
    if (is_list(scope) ? owner.is_dotted_list : owner.path_bytes != 0) paths_.push_back('.');
  }
  paths_.append(name);
  field.path_bytes = static_cast<uint32_t>(paths_.size()) - field.path_begin;
  const auto index = static_cast<uint32_t>(fields_.size());
  const std::string_view own = path(field);
  const auto [begin, end] = by_path_.equal_range(hash_of(own));
  for (auto at = begin; at != end; ++at) {
    if (path(fields_[at->second]) != own) continue;
    field.is_ambiguous = true;
    fields_[at->second].is_ambiguous = true;
  }
  by_name_.emplace(hash_of(scope, name), index);
  by_path_.emplace(hash_of(own), index);
  fields_.push_back(field);
  return index;
}

}  // namespace sluice::otlp
