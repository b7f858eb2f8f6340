#include "pipeline/node_value.h"

namespace sluice::pipeline {

using otlp::KeyValue;
using otlp::Value;

bool value_of_node(const config::Node& node, Arena& arena, Value& out) {
  using Kind = config::Node::Kind;
  switch (node.kind) {
    case Kind::Null: out = {}; return true;
    case Kind::Bool: out = Value::boolean(node.boolean); return true;
    case Kind::Int: out = Value::integer(node.integer); return true;
    case Kind::Float: out = Value::real(node.real); return true;
    case Kind::String: out = Value::string(arena.copy(node.text)); return true;
    case Kind::Time: return false;
    case Kind::List: {
      auto* elements = arena.allocate_array<Value>(node.items.size());
      for (size_t i = 0; i < node.items.size(); ++i) {
        if (!value_of_node(node.items[i], arena, elements[i])) return false;
      }
      out = Value::array(elements, static_cast<uint32_t>(node.items.size()));
      return true;
    }
    case Kind::Map: break;
  }
  auto* members = arena.allocate_array<KeyValue>(node.members.size());
  for (size_t i = 0; i < node.members.size(); ++i) {
    members[i].key = arena.copy(node.members[i].first);
    if (!value_of_node(node.members[i].second, arena, members[i].value)) return false;
  }
  out = Value::map(members, static_cast<uint32_t>(node.members.size()));
  return true;
}

}  // namespace sluice::pipeline
