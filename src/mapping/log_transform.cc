#include "mapping/log_transform.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cstring>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "mapping/severity.h"
#include "mapping/unicode_lower.h"
#include "otlp/value_text.h"
#include "wire/json_body.h"
#include "wire/number_format.h"

namespace sluice::mapping {
namespace {

using otlp::Attributes;
using otlp::KeyValue;
using otlp::LogRecord;
using otlp::Value;
using otlp::ValueKind;
using wire::JsonNode;

/// Attributes that may name a level, in the order in which they are asked.
constexpr std::array<std::string_view, 7> kLevelKeys = {
    "level", "Level", "LEVEL", "severity", "Severity", "SEVERITY", "log.level"};

constexpr size_t kIndexBytesMax = 12;

bool is_container(const Value& value) {
  return value.kind == ValueKind::Map || value.kind == ValueKind::Array;
}
bool is_container(const JsonNode& node) {
  return node.kind == JsonNode::Kind::Object || node.kind == JsonNode::Kind::Array;
}

/// Which members of a JSON object a later member of the same key replaces. Scalars replaced by
/// scalars are left out: they flatten to the same key, of which the last counts anyway. So objects
/// without nested values cost nothing here.
class Superseded {
 public:
  static constexpr uint32_t kScanMax = 64;

  explicit Superseded(const JsonNode& object) : object_(object) {
    if (object.size <= kScanMax) {
      for (uint32_t i = 0; i < object.size; ++i) {
        nested_ |= uint64_t{is_container(object.begin()[i])} << i;
      }
    } else {
      last_.emplace();
      for (uint32_t i = 0; i < object.size; ++i) (*last_)[object.begin()[i].key] = i;
    }
  }

  bool operator()(uint32_t i) const {
    if (last_) return last_->find(object_.begin()[i].key)->second != i;
    if (nested_ == 0) return false;
    // A nested member is compared with all that follow, a scalar only with the nested ones among
    // them.
    const uint64_t following = ~uint64_t{1} << i & (~uint64_t{0} >> (kScanMax - object_.size));
    uint64_t rivals = (nested_ >> i & 1) != 0 ? following : following & nested_;
    for (; rivals != 0; rivals &= rivals - 1) {
      if (object_.begin()[std::countr_zero(rivals)].key == object_.begin()[i].key) return true;
    }
    return false;
  }

 private:
  const JsonNode& object_;
  uint64_t nested_ = 0;  // bit i: member i is an object or array; up to kScanMax members
  std::optional<std::unordered_map<std::string_view, uint32_t>> last_;  // beyond that
};

/// Builds the keys of nested values: a prefix on a stack that grows and shrinks with the walk. The
/// text of a finished key is copied to the arena.
class Flattener {
 public:
  Flattener(Arena& arena, Attributes& out, Buffer& prefix)
      : arena_(arena), out_(out), prefix_(prefix) {}

  void add(std::string_view key, const Value& value) {
    if (!is_container(value)) {
      out_.push_back(arena_, {key, value});
      return;
    }
    prefix_.clear();
    prefix_.append(key);
    container(value);
  }

  void add(const JsonNode& member) {
    if (!is_container(member)) {
      out_.push_back(arena_, {member.key, scalar(member)});
      return;
    }
    prefix_.clear();
    prefix_.append(member.key);
    container(member);
  }

 private:
  using Node = JsonNode;

  // One walk serves both trees: these say how each of them looks.
  static bool is_map(const Value& v) { return v.kind == ValueKind::Map; }
  static bool is_map(const Node& n) { return n.kind == Node::Kind::Object; }
  static bool is_array(const Value& v) { return v.kind == ValueKind::Array; }
  static bool is_array(const Node& n) { return n.kind == Node::Kind::Array; }
  static uint32_t count(const Value& v) { return v.size; }
  static uint32_t count(const Node& n) { return n.size; }
  static const Value& element(const Value& v, uint32_t i) { return v.elements[i]; }
  static const Node& element(const Node& n, uint32_t i) { return n.begin()[i]; }
  static std::string_view key(const Value& v, uint32_t i) { return v.members[i].key; }
  static std::string_view key(const Node& n, uint32_t i) { return n.begin()[i].key; }
  static const Value& member(const Value& v, uint32_t i) { return v.members[i].value; }
  static const Node& member(const Node& n, uint32_t i) { return n.begin()[i]; }
  static const Value& scalar(const Value& v) { return v; }
  static Value scalar(const Node& n) {
    switch (n.kind) {
      case Node::Kind::Bool: return Value::boolean(n.boolean);
      case Node::Kind::Number: return Value::real(n.number);
      case Node::Kind::String: return Value::string(n.text());
      default: return {};
    }
  }

  static Superseded superseded_members(const Node& n) { return Superseded(n); }
  /// An attribute map keeps its duplicates.
  static auto superseded_members(const Value&) {
    return [](uint32_t) { return false; };
  }

  template <typename Tree>
  void container(const Tree& tree) {
    if (is_map(tree)) {
      map(tree);
    } else {
      array(tree);
    }
  }

  template <typename Tree>
  void map(const Tree& tree) {
    const size_t mark = prefix_.size();
    prefix_.push_back('.');
    const auto superseded = superseded_members(tree);
    for (uint32_t i = 0; i < count(tree); ++i) {
      if (superseded(i)) continue;
      const size_t inner = prefix_.size();
      prefix_.append(key(tree, i));
      value(member(tree, i));
      prefix_.resize(inner);
    }
    prefix_.resize(mark);
  }

  /// An array's elements are `key.0`, `key.1` …
  template <typename Tree>
  void array(const Tree& tree) {
    const size_t mark = prefix_.size();
    prefix_.push_back('.');
    for (uint32_t i = 0; i < count(tree); ++i) {
      const size_t inner = prefix_.size();
      append_index(i);
      const Tree& e = element(tree, i);
      if (is_array(e)) {
        undotted_array(e);
      } else {
        value(e);
      }
      prefix_.resize(inner);
    }
    prefix_.resize(mark);
  }

  /// … but an array directly inside an array follows without a dot, as in the original: `key.00`.
  template <typename Tree>
  void undotted_array(const Tree& tree) {
    for (uint32_t i = 0; i < count(tree); ++i) {
      const size_t inner = prefix_.size();
      append_index(i);
      value(element(tree, i));
      prefix_.resize(inner);
    }
  }

  template <typename Tree>
  void value(const Tree& tree) {
    if (is_map(tree)) {
      map(tree);
    } else if (is_array(tree)) {
      array(tree);
    } else {
      out_.push_back(arena_, {arena_.copy(prefix_.view()), scalar(tree)});
    }
  }

  void append_index(uint32_t i) {
    char* to = prefix_.tail(kIndexBytesMax);
    prefix_.commit(wire::format_int(i, to));
  }

  Arena& arena_;
  Attributes& out_;
  Buffer& prefix_;
};

/// Finds the first attribute of a key. Hashes where there are many, so that no request takes
/// quadratic time.
class FirstByKey {
 public:
  static constexpr uint32_t kNone = UINT32_MAX;
  static constexpr uint32_t kScanMax = 16;

  explicit FirstByKey(const Attributes& attributes) : attributes_(attributes) {
    if (attributes.size() <= kScanMax) return;
    index_.emplace();
    for (uint32_t i = 0; i < attributes.size(); ++i) index_->emplace(attributes[i].key, i);
  }

  uint32_t find(std::string_view key) const {
    if (index_) {
      const auto it = index_->find(key);
      return it == index_->end() ? kNone : it->second;
    }
    for (uint32_t i = 0; i < attributes_.size(); ++i) {
      const std::string_view own = attributes_[i].key;
      if (own.size() == key.size() && equal_short(own.data(), key.data(), key.size())) return i;
    }
    return kNone;
  }

 private:
  const Attributes& attributes_;
  std::optional<std::unordered_map<std::string_view, uint32_t>> index_;  // of more than kScanMax
};

bool has_containers(const Attributes& attributes) {
  return std::any_of(attributes.begin(), attributes.end(),
                     [](const KeyValue& kv) { return is_container(kv.value); });
}

}  // namespace

bool is_session_event(const LogRecord& record) {
  for (const KeyValue& kv : record.attributes) {
    if (kv.key == "rr-web.event")
      return kv.value.kind != ValueKind::None && otlp::all_numbers_finite(kv.value);
  }
  return false;
}

std::string_view find_json_object(std::string_view body) {
  while (!body.empty()) {
    const void* open = std::memchr(body.data(), '{', body.size());
    if (open == nullptr) return {};
    body.remove_prefix(static_cast<size_t>(static_cast<const char*>(open) - body.data()));
    const std::string_view line = body.substr(0, body.find('\n'));
    if (const size_t close = line.rfind('}'); close != std::string_view::npos)
      return line.substr(0, close + 1);
    body.remove_prefix(line.size());
  }
  return {};
}

struct LogTransform::Impl {
  wire::JsonBodyParser parser;
  Buffer prefix;
  ValueText value_text;
  // Scratch of merge_json().
  std::vector<uint8_t> used;                  // by member: it replaces an attribute
  std::vector<const JsonNode*> replacements;  // by attribute: the member that replaces it
  // Levels repeat: the last one and its number.
  std::string last_level = "info";
  int32_t last_number = severity_number_of_text("info");

  void merge_body(LogRecord& record, Arena& arena);
  void merge_json(const JsonNode& object, LogRecord& record, Arena& arena);
  void flatten(LogRecord& record, Arena& arena);
  void promote_level(LogRecord& record);
};

void LogTransform::Impl::merge_body(LogRecord& record, Arena& arena) {
  if (record.body.is_string()) {
    const std::string_view json = find_json_object(record.body.view());
    JsonNode object{};
    if (!json.empty() && parser.parse(json, arena, object)) {
      merge_json(object, record, arena);
      return;
    }
  }
  if (has_containers(record.attributes)) flatten(record, arena);
}

/// Upserts the members and flattens in one pass: an attribute that a member names is replaced where
/// it stands (the first of its name), the other members follow.
void LogTransform::Impl::merge_json(const JsonNode& object, LogRecord& record, Arena& arena) {
  const Attributes& before = record.attributes;
  const JsonNode* members = object.begin();
  Attributes merged;
  merged.reserve(arena, before.size() + 2 * object.size);
  Flattener flattener(arena, merged, prefix);
  used.assign(object.size, 0);
  if (!before.empty()) {
    const FirstByKey first(before);
    replacements.assign(before.size(), nullptr);
    for (uint32_t i = 0; i < object.size; ++i) {
      const uint32_t at = first.find(members[i].key);
      if (at == FirstByKey::kNone) continue;
      replacements[at] = &members[i];
      used[i] = 1;
    }
    for (uint32_t i = 0; i < before.size(); ++i) {
      if (replacements[i] != nullptr) {
        flattener.add(*replacements[i]);
      } else {
        flattener.add(before[i].key, before[i].value);
      }
    }
  }
  const Superseded superseded(object);
  for (uint32_t i = 0; i < object.size; ++i) {
    if (used[i] == 0 && !superseded(i)) flattener.add(members[i]);
  }
  record.attributes = merged;
}

void LogTransform::Impl::flatten(LogRecord& record, Arena& arena) {
  Attributes flat;
  flat.reserve(arena, record.attributes.size() * 2);
  Flattener flattener(arena, flat, prefix);
  for (const KeyValue& kv : record.attributes) flattener.add(kv.key, kv.value);
  record.attributes = flat;
}

void LogTransform::Impl::promote_level(LogRecord& record) {
  std::array<const Value*, kLevelKeys.size()> found{};
  for (const KeyValue& kv : record.attributes) {
    if (kv.key.size() != 5 && kv.key.size() != 8 && kv.key.size() != 9) continue;
    const auto it = std::find(kLevelKeys.begin(), kLevelKeys.end(), kv.key);
    if (it != kLevelKeys.end()) found[static_cast<size_t>(it - kLevelKeys.begin())] = &kv.value;
  }
  for (const Value* value : found) {
    if (value == nullptr || !value->is_string() || value->size == 0) continue;
    record.severity_text = value->view();
    if (record.severity_text != last_level) {
      last_level = record.severity_text;
      last_number = severity_number_of_text(last_level);
    }
    record.severity_number = last_number;
    return;
  }
}

LogTransform::LogTransform() : impl_(std::make_unique<Impl>()) {}
LogTransform::~LogTransform() = default;

void LogTransform::apply(LogRecord& record, Arena& arena) {
  impl_->merge_body(record, arena);
  if (record.body.kind == ValueKind::Map) {
    for (uint32_t i = 0; i < record.body.size; ++i)
      record.attributes.push_back(arena, record.body.members[i]);
  }
  if (record.severity_number == 0 && record.severity_text.empty()) {
    impl_->promote_level(record);
    if (record.severity_text.empty()) {
      const InferredSeverity inferred = infer_severity(impl_->value_text.text(record.body));
      record.severity_number = inferred.number;
      record.severity_text = inferred.text;
    }
  }
  record.severity_text = to_lower(record.severity_text, arena);
}

}  // namespace sluice::mapping
