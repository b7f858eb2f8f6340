#include "config/json.h"

#include <cmath>
#include <initializer_list>
#include <string>
#include <utility>
#include <vector>

#include "base/json_quote.h"

namespace sluice::config {
namespace {

/// No schema is nested like this; one that contains itself would be.
constexpr int kDepthMax = 16;

template <typename Items, typename Each>
void append_block(const Items& items, char open, char close, int depth, std::string& out,
                  Each each) {
  out += open;
  bool is_first = true;
  for (const auto& item : items) {
    out += is_first ? "\n" : ",\n";
    is_first = false;
    out.append(static_cast<size_t>(depth + 1) * 2, ' ');
    each(item);
  }
  if (!is_first) {
    out += '\n';
    out.append(static_cast<size_t>(depth) * 2, ' ');
  }
  out += close;
}

void append(const Node& node, int depth, std::string& out) {
  switch (node.kind) {
    case Node::Kind::Null: out += "null"; return;
    case Node::Kind::Bool: out += node.boolean ? "true" : "false"; return;
    case Node::Kind::Int: out += std::to_string(node.integer); return;
    case Node::Kind::Float:
      out += std::isfinite(node.real) ? encode_real(node.real).text : "null";
      return;
    case Node::Kind::String:
    case Node::Kind::Time: append_json_quoted(node.text, out); return;
    case Node::Kind::List:
      append_block(node.items, '[', ']', depth, out,
                   [&](const Node& item) { append(item, depth + 1, out); });
      return;
    case Node::Kind::Map:
      append_block(node.members, '{', '}', depth, out, [&](const Node::Member& member) {
        append_json_quoted(member.first, out);
        out += ": ";
        append(member.second, depth + 1, out);
      });
      return;
  }
}

Node texts(std::initializer_list<std::string_view> values) {
  Node list = Node::list();
  for (const std::string_view value : values)
    list.items.push_back(Node::string(std::string(value)));
  return list;
}

Node typed(std::initializer_list<std::string_view> types) {
  Node node = Node::map();
  node.set("type", texts(types));
  return node;
}

/// What `node` describes, or a text that is one ${…}.
Node or_reference(Node node) {
  Node reference = Node::map();
  reference.set("$ref", Node::string("#/$defs/reference"));
  Node choices = Node::list();
  choices.items.push_back(std::move(node));
  choices.items.push_back(std::move(reference));
  Node either = Node::map();
  either.set("anyOf", std::move(choices));
  return either;
}

/// Where options have no effect, by their paths from here, and why.
using Ignored = std::vector<std::pair<std::string, std::string>>;

/// What of it concerns an option and what is below it. An empty path is the option itself.
Ignored below(const Ignored& ignored, const FieldInfo& field) {
  constexpr std::string_view kSeparator = "::";
  Ignored out = field.ignored_below;
  if (!field.ignored_because.empty()) out.emplace_back("", field.ignored_because);
  for (const auto& [path, because] : ignored) {
    if (path == field.name) {
      out.emplace_back("", because);
    } else if (path.rfind(field.name + std::string(kSeparator), 0) == 0) {
      out.emplace_back(path.substr(field.name.size() + kSeparator.size()), because);
    }
  }
  return out;
}

/// Editors strike out what has this: by the standard's word, or by the one that shows a text.
void mark_ignored(const std::string& because, Node& property) {
  const std::string text = "Has no effect: " + because + ".";
  property.set("deprecated", Node::of_bool(true));
  property.set("deprecationMessage", Node::string(text));
}

/// `standard`: the default where the type is used.
Node schema_of_type(const Type& type, const Node& standard, const Ignored& ignored, int depth);

Node schema_of_object(const SchemaBase& schema, const Node& standard, const Ignored& ignored,
                      int depth) {
  Node node = typed({"object", "null"});
  Node properties = Node::map();
  Node required = Node::list();
  for (const FieldInfo& field : schema.fields()) {
    if (!field.refused_because.empty()) continue;
    const Node* here = standard.find(field.name);
    const Node& own = here != nullptr ? *here : field.standard;
    const Ignored here_ignored = below(ignored, field);
    Node property = field.type.name.empty()
                        ? Node::map()
                        : schema_of_type(field.type, own, here_ignored, depth + 1);
    std::string doc = field.doc;
    for (const auto& [path, because] : here_ignored) {
      if (!path.empty()) continue;
      doc += (doc.empty() ? "" : " ") + ("Has no effect: " + because + ".");
      mark_ignored(because, property);
    }
    if (!doc.empty()) property.set("description", Node::string(doc));
    const bool has_default = !own.is_null() && !own.is_map();
    if (has_default && !field.is_secret) property.set("default", own);
    properties.set(field.name, std::move(property));
    if (field.is_required) required.items.push_back(Node::string(field.name));
  }
  node.set("properties", std::move(properties));
  if (!required.items.empty()) node.set("required", std::move(required));
  node.set("additionalProperties", Node::of_bool(false));
  return node;
}

Node schema_of_type(const Type& type, const Node& standard, const Ignored& ignored, int depth) {
  if (depth > kDepthMax || type.name == "any value") return Node::map();
  if (type.object != nullptr)
    return or_reference(schema_of_object(*type.object, standard, ignored, depth));
  if (type.name == "boolean") return or_reference(typed({"boolean", "null"}));
  if (type.name == "integer" || type.name == "number")
    return or_reference(typed({"number", "null"}));
  if (type.name == "duration") {
    Node node = typed({"string", "number", "null"});
    node.set("examples", texts({"300ms", "5s", "1h30m"}));
    return node;
  }
  if (type.name == "word") {
    Node words = Node::list();
    for (const std::string& word : type.words) words.items.push_back(Node::string(word));
    Node node = Node::map();
    node.set("enum", std::move(words));
    return or_reference(std::move(node));
  }
  if (type.name == "list") {
    Node node = typed({"array", "null"});
    if (!type.element.empty())
      node.set("items", schema_of_type(type.element.front(), Node(), {}, depth + 1));
    return or_reference(std::move(node));
  }
  if (type.name == "dictionary") {
    Node node = typed({"object", "null"});
    if (!type.element.empty())
      node.set("additionalProperties", schema_of_type(type.element.front(), Node(), {}, depth + 1));
    return or_reference(std::move(node));
  }
  return typed({"string", "null"});
}

}  // namespace

std::string to_json(const Node& node) {
  std::string out;
  append(node, 0, out);
  return out + "\n";
}

Node json_schema(const Type& type) { return schema_of_type(type, Node(), {}, 0); }
Node json_schema(const SchemaBase& schema) { return schema_of_object(schema, Node(), {}, 0); }

Node json_schema_reference() {
  Node node = typed({"string"});
  node.set("pattern", Node::string("^\\$\\{.*\\}$"));
  return node;
}

}  // namespace sluice::config
