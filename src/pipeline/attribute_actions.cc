#include "pipeline/attribute_actions.h"

#include <algorithm>
#include <charconv>
#include <cstring>
#include <optional>

#include "base/ascii.h"
#include "base/buffer.h"
#include "otlp/value_text.h"
#include "ottl/digest.h"
#include "ottl/value.h"
#include "pipeline/node_value.h"
#include "wire/number_parse.h"

namespace sluice::pipeline {

using otlp::Attributes;
using otlp::KeyValue;
using otlp::Value;
using otlp::ValueKind;

const config::Schema<AttributeActionConfig>& schema_of(const AttributeActionConfig*) {
  using C = AttributeActionConfig;
  static const auto schema =
      config::Schema<C>()
          .field("key", &C::key, "The attribute that it is about.")
          .field("action", &C::action,
                 "insert, update, upsert, delete, hash, extract or convert; case does not count.")
          .field("value", &C::value, "What is put in.")
          .field("default_value", &C::default_value,
                 "What is put in where from_attribute or from_context has nothing.")
          .field("pattern", &C::pattern,
                 "A regular expression: over keys for delete and hash, over the value, with named "
                 "groups, for extract.")
          .field("from_attribute", &C::from_attribute, "The attribute whose value is put in.")
          .field("from_context", &C::from_context,
                 "What of the request is put in: metadata.NAME is a header, client.address the "
                 "sender, auth.NAME what its authenticator knows of it (basicauth: username, raw).")
          .field("converted_type", &C::converted_type, "int, double or string, for convert.")
          .check(AttributeActions::check);
  return schema;
}

/// Checks one action and compiles it.
class AttributeActions::Reader {
 public:
  Reader(const AttributeActionConfig& config, const config::Place& place, Arena& constants)
      : config_(config), place_(place), constants_(constants) {}

  std::optional<Action> read() {
    Action action;
    if (!read_kind(action.kind)) return std::nullopt;
    action.key = config_.key;
    action.from_attribute = config_.from_attribute;
    action.from_context = config_.from_context;
    const bool by_pattern = action.kind == Kind::Delete || action.kind == Kind::Hash;
    if (config_.key.empty() && !(by_pattern && !config_.pattern.empty()))
      return refused("the option \"key\" is missing");
    const bool reads = action.kind <= Kind::Upsert ? read_source(action) : read_no_source(action);
    if (!reads || !read_pattern(action) || !read_type(action)) return std::nullopt;
    return action;
  }

 private:
  std::nullopt_t refused(const std::string& message) {
    place_.error(message);
    return std::nullopt;
  }
  bool wrong(const std::string& message) {
    place_.error(message);
    return false;
  }
  /// Of one option.
  bool wrong(std::string_view option, const std::string& message) {
    place_.of(option).error(message);
    return false;
  }
  bool not_taken(std::string_view option) {
    return wrong(option, "this action takes no such option");
  }

  bool read_kind(Kind& out) {
    constexpr std::string_view kNames[] = {"insert", "update",  "upsert", "delete",
                                           "hash",   "extract", "convert"};
    const std::string name = ascii::lower(config_.action);
    const auto found = std::find(std::begin(kNames), std::end(kNames), name);
    if (found == std::end(kNames)) {
      place_.of("action").expected("insert, update, upsert, delete, hash, extract or convert");
      return false;
    }
    out = static_cast<Kind>(found - std::begin(kNames));
    return true;
  }

  bool read_source(Action& action) {
    const int sources = (config_.value.is_null() ? 0 : 1) +
                        (config_.from_attribute.empty() ? 0 : 1) +
                        (config_.from_context.empty() ? 0 : 1);
    const bool has_default = !config_.default_value.is_null();
    if (sources == 0 && !has_default) {
      return wrong(
          "where the value comes from is missing: give value, from_attribute, from_context or "
          "default_value");
    }
    if (sources > 1) return wrong("give only one of value, from_attribute and from_context");
    if (!config_.pattern.empty()) return not_taken("pattern");
    if (!config_.converted_type.empty()) return not_taken("converted_type");
    const config::Node& node = config_.value.is_null() ? config_.default_value : config_.value;
    action.has_value = !node.is_null();
    if (!value_of_node(node, constants_, action.value))
      return wrong(config_.value.is_null() ? "default_value" : "value",
                   "a date cannot be the value of an attribute; put it in quotes");
    return true;
  }

  /// With delete and hash from_context is not looked at, as in the original.
  bool read_no_source(const Action& action) {
    if (!config_.value.is_null()) return not_taken("value");
    if (!config_.from_attribute.empty()) return not_taken("from_attribute");
    if (config_.from_context.empty()) return true;
    if (action.kind != Kind::Delete && action.kind != Kind::Hash) return not_taken("from_context");
    place_.of("from_context").warning("this option has no effect on delete and hash");
    return true;
  }

  bool read_pattern(Action& action) {
    if (config_.pattern.empty()) {
      return action.kind != Kind::Extract || wrong("the option \"pattern\" is missing for extract");
    }
    if (action.kind == Kind::Convert) return not_taken("pattern");
    auto regex = ottl::Regex::compile(config_.pattern);
    if (!regex.ok()) return wrong("pattern", regex.status().message());
    const auto& names = regex->group_names();
    if (action.kind == Kind::Extract) {
      if (names.empty()) return wrong("pattern", "it has no named group");
      if (std::find(names.begin(), names.end(), "") != names.end())
        return wrong("pattern", "every group needs a name: (?P<name>…)");
    }
    action.pattern = std::make_shared<ottl::Regex>(std::move(*regex));
    return true;
  }

  bool read_type(Action& action) {
    const std::string& name = config_.converted_type;
    if (action.kind != Kind::Convert) return name.empty() || not_taken("converted_type");
    if (name == "int") action.type = Type::Int;
    if (name == "double") action.type = Type::Double;
    if (name == "string") action.type = Type::String;
    if (name == "int" || name == "double" || name == "string") return true;
    place_.of("converted_type").expected("int, double or string");
    return false;
  }

  const AttributeActionConfig& config_;
  const config::Place& place_;
  Arena& constants_;
};

void AttributeActions::check(const AttributeActionConfig& config, const config::Place& place) {
  Arena constants;
  Reader(config, place, constants).read();
}

std::unique_ptr<const AttributeActions> AttributeActions::make(
    const std::vector<AttributeActionConfig>& configs, const config::Place& place) {
  auto made = std::make_unique<AttributeActions>();
  for (const AttributeActionConfig& config : configs) {
    auto action = Reader(config, place, made->constants_).read();
    if (action) made->actions_.push_back(std::move(*action));
  }
  return made;
}

namespace {

bool take_prefix(std::string_view& name, std::string_view prefix) {
  if (name.substr(0, prefix.size()) != prefix) return false;
  name.remove_prefix(prefix.size());
  return true;
}

/// What is known of the sender, or all values of a header, joined; false if there is none.
bool from_request(std::string_view name, const otlp::Metadata* metadata, Arena& arena, Value& out) {
  if (metadata == nullptr) return false;
  if (name == "client.address") {
    out = Value::string(metadata->client_address);
    return !metadata->client_address.empty();
  }
  if (take_prefix(name, "auth.")) {
    const otlp::Metadata::AuthAttribute* attribute = otlp::Metadata::find(metadata->auth, name);
    if (attribute != nullptr) out = Value::string(attribute->value);
    return attribute != nullptr;
  }
  take_prefix(name, "metadata.");
  const otlp::Metadata::Entry* entry = metadata->find(ascii::lower(std::string(name)));
  if (entry == nullptr || entry->values.empty()) return false;
  std::string joined;
  for (const std::string_view value : entry->values) {
    if (!joined.empty()) joined += ';';
    joined += value;
  }
  out = Value::string(arena.copy(joined));
  return true;
}

void remove_matching(Attributes& attributes, const ottl::Regex& pattern) {
  const auto* end = std::remove_if(attributes.begin(), attributes.end(),
                                   [&](const KeyValue& kv) { return pattern.matches(kv.key); });
  attributes.truncate(static_cast<uint32_t>(end - attributes.begin()));
}

/// SHA-256 over the text, or the little-endian bytes of a number; what has neither becomes empty.
void hash(Value& value, Arena& arena) {
  char bytes[8];
  std::optional<std::string_view> input;
  switch (value.kind) {
    case ValueKind::String: input = value.view(); break;
    case ValueKind::Bool:
      bytes[0] = value.bool_value ? '\1' : '\0';
      input = std::string_view(bytes, 1);
      break;
    case ValueKind::Int:
    case ValueKind::Double:
      std::memcpy(bytes, &value.int_value, sizeof bytes);
      input = std::string_view(bytes, sizeof bytes);
      break;
    default: break;
  }
  value = Value::string(input ? ottl::hex_digest(ottl::Digest::Sha256, *input, arena)
                              : std::string_view());
}

bool parse_whole(std::string_view text, int64_t& out) {
  if (text.size() > 1 && text.front() == '+' && text[1] != '-') text.remove_prefix(1);
  const auto parsed = std::from_chars(text.data(), text.data() + text.size(), out);
  return parsed.ec == std::errc() && parsed.ptr == text.data() + text.size();
}

/// What cannot be converted stays as it is.
void to_int(Value& value) {
  int64_t number = 0;
  if (value.kind == ValueKind::Double) {
    value = Value::integer(wire::truncated(value.double_value));
  } else if (value.kind == ValueKind::Bool) {
    value = Value::integer(value.bool_value ? 1 : 0);
  } else if (value.is_string() && parse_whole(value.view(), number)) {
    value = Value::integer(number);
  }
}

void to_double(Value& value) {
  double number = 0;
  if (value.kind == ValueKind::Int) {
    value = Value::real(static_cast<double>(value.int_value));
  } else if (value.kind == ValueKind::Bool) {
    value = Value::real(value.bool_value ? 1 : 0);
  } else if (value.is_string() && wire::parse_double(value.view(), number)) {
    value = Value::real(number);
  }
}

void to_string(Value& value, Arena& arena) {
  if (value.is_string()) return;
  Buffer scratch;
  value = Value::string(arena.copy(otlp::value_text(value, scratch)));
}

}  // namespace

bool AttributeActions::source(const Action& action, const Attributes& attributes,
                              const otlp::Metadata* metadata, Arena& arena, Value& out) const {
  if (!action.from_attribute.empty()) {
    const Value* from = ottl::find(const_cast<Attributes&>(attributes), action.from_attribute);
    if (from != nullptr) {
      out = ottl::own_copy(*from, arena);
      return true;
    }
  } else if (!action.from_context.empty()) {
    if (from_request(action.from_context, metadata, arena, out)) return true;
  }
  if (action.has_value) out = ottl::own_copy(action.value, arena);
  return action.has_value;
}

void AttributeActions::run(const Action& action, Attributes& attributes,
                           const otlp::Metadata* metadata, Arena& arena) const {
  Value* present = ottl::find(attributes, action.key);
  switch (action.kind) {
    case Kind::Insert:
    case Kind::Update:
    case Kind::Upsert: {
      if (present != nullptr ? action.kind == Kind::Insert : action.kind == Kind::Update) return;
      Value value;
      if (source(action, attributes, metadata, arena, value))
        ottl::find_or_add(attributes, action.key, arena) = value;
      return;
    }
    case Kind::Delete:
      ottl::remove(attributes, action.key);
      if (action.pattern) remove_matching(attributes, *action.pattern);
      return;
    case Kind::Hash:
      if (present != nullptr) hash(*present, arena);
      for (KeyValue& kv : attributes) {
        if (action.pattern && action.pattern->matches(kv.key)) hash(kv.value, arena);
      }
      return;
    case Kind::Extract: {
      ottl::Regex::Groups groups;
      if (present == nullptr || !present->is_string() ||
          !action.pattern->find(present->view(), 0, groups))
        return;
      const auto& names = action.pattern->group_names();
      for (size_t i = 0; i < names.size(); ++i)
        ottl::find_or_add(attributes, names[i], arena) = Value::string(groups[i + 1]);
      return;
    }
    case Kind::Convert:
      if (present == nullptr) return;
      if (action.type == Type::Int) to_int(*present);
      if (action.type == Type::Double) to_double(*present);
      if (action.type == Type::String) to_string(*present, arena);
      return;
  }
}

void AttributeActions::apply(Attributes& attributes, const otlp::Metadata* metadata,
                             Arena& arena) const {
  for (const Action& action : actions_) run(action, attributes, metadata, arena);
}

}  // namespace sluice::pipeline
