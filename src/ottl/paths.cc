#include "ottl/paths.h"

#include <algorithm>

#include "base/nearest.h"
#include "ottl/compiler.h"
#include "wire/hex.h"

namespace sluice::ottl {

bool wrong_type(Frame& frame, std::string_view expected, const Value& found) {
  frame.fail("this field takes ", expected, ", not a ", kind_name(found.kind));
  return false;
}

bool read_only(Frame& frame) {
  frame.fail("this field cannot be changed");
  return false;
}

bool assign_value(Frame& frame, Value& to, const Value& from) {
  if (from.kind > Kind::Map) {
    frame.fail("a record cannot hold a ", kind_name(from.kind));
    return false;
  }
  to = own_copy(from, *frame.arena);
  return true;
}

Value id_text(Frame& frame, const uint8_t* bytes, size_t size) {
  auto* digits = static_cast<char*>(frame.arena->allocate(size * 2, 1));
  wire::hex_lower(bytes, size, digits);
  return Value::string({digits, size * 2});
}

bool id_from_text(Frame& frame, const Value& value, uint8_t* bytes, size_t size) {
  if (value.kind != Kind::String) return wrong_type(frame, "a text", value);
  uint8_t decoded[16];
  if (value.size == size * 2 && wire::decode_hex(value.view(), decoded)) {
    std::copy_n(decoded, size, bytes);
    return true;
  }
  frame.fail("an id takes ", std::to_string(size * 2), " hex digits");
  return false;
}

namespace {

using Keys = std::vector<ExprPtr>;

class ScalarTarget final : public Target {
 public:
  explicit ScalarTarget(const ScalarPath& path) : path_(path) {}
  Value eval(Frame& frame) const override { return path_.get(frame); }
  bool set(Frame& frame, const Value& value) const override {
    return path_.set != nullptr ? path_.set(frame, value) : read_only(frame);
  }
  Access access() const override { return {.kind = Access::Kind::Field, .field = path_.get}; }
  Remembered remembered() const override {
    return path_.plain ? Remembered::Written : Remembered::No;
  }

 private:
  const ScalarPath& path_;
};

/// Whether a value is all of the attributes: set under one of their own keys, it holds that key
/// too, as in the original.
bool is_whole(const Attributes& map, const Value& value) {
  return value.kind == Kind::Map && value.size != 0 && value.members == map.data();
}

constexpr size_t kKeysMax = 64;
/// Of a list that is made because an element of it is set: no more than would fill a request.
constexpr int64_t kMadeElementsMax = 1'000'000;

bool eval_keys(Frame& frame, const Keys& keys, size_t from, Value* out) {
  for (size_t i = from; i < keys.size(); ++i) {
    out[i] = keys[i]->eval(frame);
    if (frame.failed()) return false;
  }
  return true;
}

/// What lies under keys of a value; a missing member is nil.
Value read_under(Frame& frame, Value value, const Value* keys, size_t count) {
  for (size_t i = 0; i < count; ++i) {
    Value element;
    if (!index_value(frame, value, keys[i], true, element)) return {};
    if (is_nil(element) && value.kind == Kind::Map && find(value, keys[i].view()) == nullptr)
      return {};
    value = element;
  }
  return value;
}

/// Out of line, so that whole maps and values are read without room for keys.
[[gnu::noinline]] Value read_under(Frame& frame, const Value& value, const Keys& keys) {
  Value indexes[kKeysMax];
  if (!eval_keys(frame, keys, 0, indexes)) return {};
  return read_under(frame, value, indexes, keys.size());
}

/// A map or list in place of an empty value, a list with the element that the key means.
bool make_container(Frame& frame, Value& at, const Value& key) {
  if (key.kind == Kind::String) {
    at = Value::map(nullptr, 0);
    return true;
  }
  if (key.kind != Kind::Int) return wrong_type(frame, "a text or a whole number as its key", key);
  const bool fits = key.int_value >= 0 && key.int_value < kMadeElementsMax;
  const uint32_t size = fits ? static_cast<uint32_t>(key.int_value) + 1 : 0;
  at = Value::array(frame.arena->allocate_array<Value>(size), size);
  return true;
}

/// The place under keys of a value. What is missing on the way is made.
Value* place_under(Frame& frame, Value* at, const Value* keys, size_t count) {
  for (size_t i = 0; i < count; ++i) {
    const Value& key = keys[i];
    if (is_nil(*at) && !make_container(frame, *at, key)) return nullptr;
    if (at->kind == Kind::Map && key.kind == Kind::String) {
      at = &find_or_add(*at, key.view(), *frame.arena);
      continue;
    }
    Value ignored;
    if (!index_value(frame, *at, key, true, ignored)) return nullptr;
    at = &at->elements[key.int_value];
  }
  return at;
}

class KeyedTarget final : public Target {
 public:
  KeyedTarget(const KeyedPath& path, Keys keys) : path_(path), keys_(std::move(keys)) {}
  Value eval(Frame& frame) const override {
    Value keys[kKeysMax];
    if (!eval_keys(frame, keys_, 0, keys) || !is_text(frame, keys[0])) return {};
    return read_under(frame, path_.get(frame, keys[0].view()), keys + 1, keys_.size() - 1);
  }
  bool set(Frame& frame, const Value& value) const override {
    if (keys_.size() > 1) return read_only(frame);
    const Value key = keys_.front()->eval(frame);
    return is_text(frame, key) && path_.set(frame, key.view(), value);
  }

 private:
  static bool is_text(Frame& frame, const Value& key) {
    return !frame.failed() && (key.kind == Kind::String || wrong_type(frame, "a text", key));
  }
  const KeyedPath& path_;
  Keys keys_;
};

/// An attribute by a literal name: what most paths are.
class AttributeTarget final : public Target {
 public:
  AttributeTarget(const MapPath& path, std::string_view key) : path_(path), key_(key) {}
  Remembered remembered() const override { return Remembered::Read; }
  Access access() const override {
    return {.kind = Access::Kind::Attribute, .map = path_.of, .key = key_};
  }
  Value eval(Frame& frame) const override {
    const Value* value = find(path_.of(frame), key_);
    return value == nullptr ? Value() : *value;
  }
  bool set(Frame& frame, const Value& value) const override {
    Attributes& map = path_.of(frame);
    const bool into_itself = is_whole(map, value);
    Value& place = find_or_add(map, key_, *frame.arena);
    if (!into_itself) return assign_value(frame, place, value);
    place = Value::map(nullptr, 0);
    return assign_value(frame, place, map_value(map));
  }

 private:
  const MapPath& path_;
  std::string_view key_;
};

class MapTarget final : public Target {
 public:
  MapTarget(const MapPath& path, Keys keys) : path_(path), keys_(std::move(keys)) {}

  Value eval(Frame& frame) const override {
    const Value map = map_value(path_.of(frame));
    return keys_.empty() ? map : read_under(frame, map, keys_);
  }

  Attributes* attributes(Frame& frame) const override {
    return keys_.empty() ? &path_.of(frame) : nullptr;
  }

  bool set(Frame& frame, const Value& value) const override {
    Attributes& map = path_.of(frame);
    if (keys_.empty()) {
      if (value.kind != Kind::Map) return wrong_type(frame, "a map", value);
      assign(map, value, *frame.arena);
      return true;
    }
    return set_under(frame, map, value);
  }

 private:
  [[gnu::noinline]] bool set_under(Frame& frame, Attributes& map, const Value& value) const {
    Value keys[kKeysMax];
    if (!eval_keys(frame, keys_, 0, keys)) return false;
    if (keys[0].kind != Kind::String) return wrong_type(frame, "a text as its key", keys[0]);
    Value* first = &find_or_add(map, keys[0].view(), *frame.arena);
    Value* place = place_under(frame, first, keys + 1, keys_.size() - 1);
    return place != nullptr && assign_value(frame, *place, value);
  }

  const MapPath& path_;
  Keys keys_;
};

class ValueTarget final : public Target {
 public:
  ValueTarget(const ValuePath& path, Keys keys) : path_(path), keys_(std::move(keys)) {}
  Value eval(Frame& frame) const override {
    const Value& value = path_.of(frame);
    return keys_.empty() ? value : read_under(frame, value, keys_);
  }
  Access access() const override {
    return keys_.empty() ? Access{.kind = Access::Kind::Value, .value = path_.of} : Access();
  }
  bool set(Frame& frame, const Value& value) const override {
    Value keys[kKeysMax];
    if (!eval_keys(frame, keys_, 0, keys)) return false;
    Value& whole = path_.of(frame);
    // Below it empty values become maps and lists, but it does not itself.
    Value ignored;
    if (is_nil(whole) && !keys_.empty()) return index_value(frame, whole, keys[0], true, ignored);
    Value* place = place_under(frame, &whole, keys, keys_.size());
    return place != nullptr && assign_value(frame, *place, value);
  }

 private:
  const ValuePath& path_;
  Keys keys_;
};

const PathTable& table_of(ContextKind kind) {
  switch (kind) {
    case ContextKind::Resource: return resource_paths();
    case ContextKind::Scope: return scope_paths();
    case ContextKind::Log: return log_paths();
    case ContextKind::Span: return span_paths();
    case ContextKind::SpanEvent: return span_event_paths();
    case ContextKind::Metric: return metric_paths();
    case ContextKind::DataPoint: return data_point_paths();
  }
  return resource_paths();
}

template <typename Path>
const Path* find_path(std::span<const Path> paths, std::string_view name) {
  const auto found =
      std::find_if(paths.begin(), paths.end(), [&](const Path& path) { return path.name == name; });
  return found == paths.end() ? nullptr : &*found;
}

/// A path whose context is known.
struct Resolved {
  const PathTable* table = nullptr;
  std::string name;  ///< fields joined with points
  const std::vector<ast::Value>* keys = nullptr;
  std::string context;
};

std::string unknown_path(const Resolved& path) {
  std::vector<std::string_view> names;
  for (const ScalarPath& scalar : path.table->scalars) names.push_back(scalar.name);
  for (const MapPath& map : path.table->maps) names.push_back(map.name);
  for (const ValuePath& value : path.table->values) names.push_back(value.name);
  return "there is no field \"" + path.name + "\" in the context " + path.context +
         did_you_mean(path.name, names);
}

/// Which context a path belongs to. The status has a message without a place.
Status resolve(ContextKind kind, const ast::Path& path, bool relaxed, Resolved& out) {
  size_t first = 0;
  ContextKind context = kind;
  const std::string_view head = path.head();
  const auto named = context_of_name(head);
  if (head == "otelcol") {
    out.table = &collector_paths();
    first = 1;
  } else if (named && (visible_from(kind) & in(*named)) != 0) {
    context = *named;
    first = 1;
  } else if (!relaxed) {
    return invalid_argument("the path " + path.text() +
                            " says no context that is known here; is it " +
                            std::string(context_name(kind)) + "." + path.text() + "?");
  }
  if (out.table == nullptr) out.table = &table_of(context);
  out.context = first == 0 || named ? context_name(context) : head;
  for (size_t i = first; i < path.fields.size(); ++i) {
    if (!out.name.empty()) out.name += '.';
    out.name += path.fields[i].name;
    if (!path.fields[i].keys.empty() && i + 1 < path.fields.size())
      return invalid_argument("only the last part of a path can be indexed");
  }
  out.keys = &path.fields.back().keys;
  if (out.name == "cache" && context != kind) {
    return invalid_argument("the cache of another context cannot be reached; use " +
                            std::string(context_name(kind)) + ".cache");
  }
  return {};
}

Result<Keys> compile_keys(const std::vector<ast::Value>& keys, Compiler& compiler) {
  Keys out;
  for (const ast::Value& key : keys) {
    auto expr = compiler.key(key);
    if (!expr.ok()) return expr.status();
    out.push_back(std::move(*expr));
  }
  return out;
}

}  // namespace

Result<TargetPtr> compile_path(ContextKind kind, const ast::Path& path, Compiler& compiler) {
  Resolved resolved;
  if (Status status = resolve(kind, path, compiler.relaxed(), resolved); !status.ok())
    return compiler.error(path.at, status.message());
  if (resolved.keys->size() > kKeysMax) return compiler.error(path.at, "there are too many keys");
  auto keys = compile_keys(*resolved.keys, compiler);
  if (!keys.ok()) return keys.status();
  const PathTable& table = *resolved.table;
  const KeyedPath* keyed = find_path(table.keyed, resolved.name);
  if (keyed != nullptr && keyed->one_key && keys->size() > 1)
    return compiler.error(path.at, "the field " + path.text() + " takes one key");
  if (keyed != nullptr && !keys->empty())
    return TargetPtr(std::make_unique<KeyedTarget>(*keyed, std::move(*keys)));
  if (const ScalarPath* scalar = find_path(table.scalars, resolved.name)) {
    if (keys->empty()) return TargetPtr(std::make_unique<ScalarTarget>(*scalar));
    return compiler.error(path.at, "the field " + path.text() + " cannot be indexed");
  }
  if (const MapPath* map = find_path(table.maps, resolved.name)) {
    const Value* name = keys->size() == 1 ? keys->front()->constant() : nullptr;
    if (name != nullptr && name->kind == Kind::String)
      return TargetPtr(std::make_unique<AttributeTarget>(*map, name->view()));
    return TargetPtr(std::make_unique<MapTarget>(*map, std::move(*keys)));
  }
  if (const ValuePath* value = find_path(table.values, resolved.name))
    return TargetPtr(std::make_unique<ValueTarget>(*value, std::move(*keys)));
  return compiler.error(path.at, unknown_path(resolved));
}

}  // namespace sluice::ottl
