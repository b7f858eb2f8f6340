// XML: as maps, and edited by XPath (https://www.w3.org/TR/1999/REC-xpath-19991116/).

#include <pugixml.hpp>
#include <unordered_map>

#include "base/utf8.h"
#include "ottl/function.h"
#include "ottl/functions/functions.h"
#include "ottl/functions/xml_reader.h"

namespace sluice::ottl {
namespace {

// XPath as pugixml has it takes declarations of namespaces out of the attributes. In the original
// they are attributes like others, so they bear a mark here.
constexpr char kNamespaceMark = '\x01';

// What is `<!…>` in the text: pugixml has such a node at the top only, so it is an instruction of
// this name, which none has that is read.
constexpr char kDirective[] = "!";

void append_escaped(std::string_view text, std::string& out) {
  for (const char c : text) {
    switch (c) {
      case '&': out += "&amp;"; break;
      case '<': out += "&lt;"; break;
      case '>': out += "&gt;"; break;
      case '"': out += "&#34;"; break;
      case '\'': out += "&#39;"; break;
      default: out += c;
    }
  }
}

// ---- The tree ----

/// The prefixes of elements that are declared where the reader stands.
class Prefixes {
 public:
  void enter(const XmlToken& element) {
    std::vector<std::string>& mine = scopes_.emplace_back();
    for (const XmlAttribute& attribute : element.attributes) {
      if (attribute.name.rfind("xmlns:", 0) != 0) continue;
      mine.push_back(attribute.name.substr(6));
      ++declared_[mine.back()];
    }
  }
  void leave() {
    for (const std::string& prefix : scopes_.back()) --declared_[prefix];
    scopes_.pop_back();
  }
  bool knows(const std::string& name) const {
    const std::string prefix = name.substr(0, name.size() - xml_local_name(name).size());
    if (prefix.empty() || prefix == "xml:") return true;
    const auto found = declared_.find(prefix.substr(0, prefix.size() - 1));
    return found != declared_.end() && found->second > 0;
  }

 private:
  std::vector<std::vector<std::string>> scopes_;
  std::unordered_map<std::string, int> declared_;
};

/// The `name="value"` in a declaration, the first of each name, as the original writes them.
std::string declared_text(std::string_view text) {
  std::string out;
  std::vector<std::string_view> names;
  while (!text.empty()) {
    const size_t end = std::min(text.find(' '), text.size());
    const std::string_view pair = utf8::trim_space(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
    const size_t equal = pair.find('=');
    if (equal == std::string_view::npos || equal == 0) continue;
    std::string_view value = pair.substr(equal + 1);
    while (!value.empty() && (value.front() == '"' || value.front() == '\''))
      value.remove_prefix(1);
    while (!value.empty() && (value.back() == '"' || value.back() == '\'')) value.remove_suffix(1);
    const std::string_view name = pair.substr(0, equal);
    if (std::find(names.begin(), names.end(), name) != names.end()) continue;
    names.push_back(name);
    if (!out.empty()) out += ' ';
    out.append(name) += "=\"";
    append_escaped(value, out);
    out += '"';
  }
  return out;
}

/// Builds a tree of tokens. As in the original, what stands before the first element or instruction
/// is dropped, and so is a first instruction that the text does not begin with.
class TreeBuilder {
 public:
  explicit TreeBuilder(pugi::xml_document& document) : at_(document) {}

  bool build(std::string_view text, const char*& error) {
    const bool keep_first = text.substr(0, 5) == "<?xml";
    XmlReader reader(text);
    XmlToken token;
    while (true) {
      if (!reader.next(token)) {
        error = reader.error();
        return false;
      }
      if (token.kind == XmlToken::Kind::Finish) break;
      if (!add(token, keep_first)) {
        error = "an element's prefix is not declared";
        return false;
      }
    }
    error = "there is no element";
    return has_element_;
  }

 private:
  using Kind = XmlToken::Kind;

  bool add(const XmlToken& token, bool keep_first) {
    if (token.kind == Kind::Start) return open(token);
    if (token.kind == Kind::End) {
      prefixes_.leave();
      at_ = at_.parent();
      return true;
    }
    const bool first = !started_;
    started_ = started_ || token.kind == Kind::Instruction;
    if (first && !(token.kind == Kind::Instruction && keep_first)) return true;
    switch (token.kind) {
      case Kind::Text: add_text(pugi::node_pcdata, token.text); break;
      case Kind::Cdata: add_text(pugi::node_cdata, token.text); break;
      case Kind::Comment: add_text(pugi::node_comment, token.text); break;
      case Kind::Directive: add_instruction(kDirective, token.text); break;
      default:
        add_instruction(token.name, token.name == "xml"
                                        ? declared_text(token.text)
                                        : std::string(utf8::trim_space(token.text)));
    }
    return true;
  }

  bool open(const XmlToken& token) {
    started_ = has_element_ = true;
    prefixes_.enter(token);
    if (!prefixes_.knows(token.name)) return false;
    at_ = at_.append_child(token.name.c_str());
    for (const XmlAttribute& attribute : token.attributes) {
      const bool is_namespace = attribute.name == "xmlns" || attribute.name.rfind("xmlns:", 0) == 0;
      const std::string name =
          (is_namespace ? std::string(1, kNamespaceMark) : "") + attribute.name;
      at_.append_attribute(name.c_str()).set_value(attribute.value.c_str());
    }
    return true;
  }

  void add_text(pugi::xml_node_type type, const std::string& text) {
    at_.append_child(type).set_value(text.c_str());
  }

  void add_instruction(const std::string& name, const std::string& text) {
    pugi::xml_node node = at_.append_child(pugi::node_pi);
    node.set_name(name.c_str());
    node.set_value(text.c_str());
  }

  pugi::xml_node at_;
  Prefixes prefixes_;
  bool started_ = false;
  bool has_element_ = false;
};

bool parse(Frame& frame, std::string_view text, pugi::xml_document& document) {
  const char* error = "";
  if (TreeBuilder(document).build(text, error)) return true;
  frame.fail("the text is no XML: ", error);
  return false;
}

// ---- As text ----

std::string_view plain_name(const pugi::xml_attribute& attribute) {
  std::string_view name = attribute.name();
  if (!name.empty() && name.front() == kNamespaceMark) name.remove_prefix(1);
  return name;
}

/// xml:space="default" takes the white space from around texts.
bool keeps_space(const pugi::xml_node& node, bool outside) {
  const std::string_view space = node.attribute("xml:space").value();
  if (space == "preserve") return true;
  return space == "default" ? false : outside;
}

void append_instruction(std::string_view name, std::string_view text, std::string& out) {
  if (name == kDirective) {
    (out += "<!").append(text) += '>';
    return;
  }
  (out += "<?").append(name);
  if (!text.empty()) (out += ' ').append(text);
  out += "?>";
}

void append_node(const pugi::xml_node& node, bool keep_space, std::string& out);

void append_children(const pugi::xml_node& node, bool keep_space, std::string& out) {
  for (const pugi::xml_node& child : node.children()) append_node(child, keep_space, out);
}

void append_node(const pugi::xml_node& node, bool keep_space, std::string& out) {
  const std::string_view value = node.value();
  switch (node.type()) {
    case pugi::node_pcdata:
      append_escaped(keep_space ? value : utf8::trim_space(value), out);
      return;
    case pugi::node_cdata: (out += "<![CDATA[").append(value) += "]]>"; return;
    case pugi::node_comment: (out += "<!--").append(value) += "-->"; return;
    case pugi::node_pi: append_instruction(node.name(), value, out); return;
    default: break;
  }
  (out += '<') += node.name();
  for (const pugi::xml_attribute& attribute : node.attributes()) {
    ((out += ' ') += plain_name(attribute)) += "=\"";
    append_escaped(attribute.value(), out);
    out += '"';
  }
  out += '>';
  append_children(node, keeps_space(node, keep_space), out);
  ((out += "</") += node.name()) += '>';
}

Value text_of(Frame& frame, const pugi::xml_document& document) {
  std::string out;
  append_children(document, true, out);
  return Value::string(frame.arena->copy(out));
}

// ---- XPath ----

/// An expression, compiled.
struct XPath {
  std::shared_ptr<const pugi::xpath_query> query;

  static Result<XPath> make(std::string_view text) {
    if (text.empty()) return invalid_argument("an XPath must not be empty");
    try {
      return XPath{std::make_shared<pugi::xpath_query>(std::string(text).c_str())};
    } catch (const pugi::xpath_exception& error) {
      return invalid_argument("this is no XPath: " + std::string(error.what()));
    }
  }

  /// In the order of the document. What is no set of nodes (a number, a text) selects nothing.
  std::vector<pugi::xpath_node> select(const pugi::xml_document& document) const {
    if (query->return_type() != pugi::xpath_type_node_set) return {};
    pugi::xpath_node_set found = query->evaluate_node_set(document);
    found.sort();
    std::vector<pugi::xpath_node> nodes;
    for (const pugi::xpath_node& node : found) {
      // The original steps over white space between elements.
      const bool is_gap = !node.attribute() && node.node().type() == pugi::node_pcdata &&
                          node.node().previous_sibling() &&
                          utf8::trim_space(node.node().value()).empty();
      if (!is_gap) nodes.push_back(node);
    }
    return nodes;
  }
};

Value get_xml(Frame& frame, std::string_view target, Setting<XPath> xpath) {
  if (target.empty()) return Value::string("");
  pugi::xml_document document;
  if (!parse(frame, target, document)) return {};
  std::string out;
  for (const pugi::xpath_node& found : xpath->select(document)) {
    const pugi::xml_node node = found.node();
    if (found.attribute())
      append_escaped(found.attribute().value(), out);
    else if (node.type() == pugi::node_element)
      append_node(node, true, out);
    else if (node.type() == pugi::node_pcdata || node.type() == pugi::node_cdata)
      append_escaped(node.value(), out);
  }
  return Value::string(frame.arena->copy(out));
}

Value insert_xml(Frame& frame, std::string_view target, Setting<XPath> xpath,
                 std::string_view sub_document) {
  pugi::xml_document document;
  pugi::xml_document inserted;
  // Into an empty text an element can still be put, at "/".
  if (!target.empty() && !parse(frame, target, document)) return {};
  if (!parse(frame, sub_document, inserted)) return {};
  for (const pugi::xpath_node& found : xpath->select(document)) {
    pugi::xml_node node = found.node();
    const bool holds_elements =
        node.type() == pugi::node_element || node.type() == pugi::node_document;
    if (found.attribute() || !holds_elements)
      return frame.fail("the XPath selects something that is no element");
    for (const pugi::xml_node& child : inserted.children()) node.append_copy(child);
  }
  return text_of(frame, document);
}

/// The first attribute of this name. As in the original, one with a prefix stays.
void remove_attribute(pugi::xml_node element, std::string_view name) {
  for (const pugi::xml_attribute& attribute : element.attributes()) {
    if (plain_name(attribute) != name) continue;
    element.remove_attribute(attribute);
    return;
  }
}

Value remove_xml(Frame& frame, std::string_view target, Setting<XPath> xpath) {
  if (target.empty()) return Value::string("");
  pugi::xml_document document;
  if (!parse(frame, target, document)) return {};
  const std::vector<pugi::xpath_node> nodes = xpath->select(document);
  // Backwards, so that nothing is gone before its turn comes.
  for (auto found = nodes.rbegin(); found != nodes.rend(); ++found) {
    if (found->attribute()) {
      remove_attribute(found->parent(),
                       std::string(xml_local_name(plain_name(found->attribute()))));
      continue;
    }
    switch (found->node().type()) {
      case pugi::node_element:
      case pugi::node_comment:
      case pugi::node_pcdata:
      case pugi::node_cdata: found->node().parent().remove_child(found->node()); break;
      default: break;
    }
  }
  return text_of(frame, document);
}

Value attributes_to_elements(Frame& frame, std::string_view target,
                             std::optional<Setting<std::string>> given) {
  const auto xpath = XPath::make(given && !(*given)->empty() ? **given : "//@*");
  if (!xpath.ok()) return frame.fail(xpath.status().message());
  pugi::xml_document document;
  if (!parse(frame, target, document)) return {};
  for (const pugi::xpath_node& found : xpath->select(document)) {
    if (!found.attribute()) continue;
    const std::string name(xml_local_name(plain_name(found.attribute())));
    pugi::xml_node element = found.parent();
    element.append_child(name.c_str())
        .append_child(pugi::node_pcdata)
        .set_value(found.attribute().value());
    remove_attribute(element, name);
  }
  return text_of(frame, document);
}

/// Texts beside other texts or elements get an element of their own.
void wrap_texts(pugi::xml_node parent, const char* name) {
  if (parent.type() != pugi::node_element && parent.type() != pugi::node_document) return;
  std::vector<pugi::xml_node> texts;
  size_t elements = 0;
  for (const pugi::xml_node& child : parent.children()) {
    if (child.type() == pugi::node_pcdata) texts.push_back(child);
    if (child.type() != pugi::node_element) continue;
    ++elements;
    wrap_texts(child, name);
  }
  if (texts.empty() || elements + texts.size() == 1) return;
  for (const pugi::xml_node& text : texts) {
    pugi::xml_node element = parent.insert_child_before(name, text);
    element.append_child(pugi::node_pcdata).set_value(text.value());
    parent.remove_child(text);
  }
}

Value text_to_elements(Frame& frame, std::string_view target,
                       std::optional<Setting<std::string>> given,
                       std::optional<Setting<std::string>> element_name) {
  const auto xpath = XPath::make(given && !(*given)->empty() ? **given : "/");
  if (!xpath.ok()) return frame.fail(xpath.status().message());
  const bool named = element_name && !(*element_name)->empty();
  pugi::xml_document document;
  if (!parse(frame, target, document)) return {};
  for (const pugi::xpath_node& found : xpath->select(document)) {
    if (!found.attribute()) wrap_texts(found.node(), named ? (*element_name)->c_str() : "value");
  }
  return text_of(frame, document);
}

/// Refuses what is no XPath when the statement is compiled.
template <typename Bounds>
Status check_xpath(const Bounds& bounds) {
  const auto& xpath = std::get<1>(bounds);
  if (!xpath || !*xpath || (**xpath).empty()) return {};
  return XPath::make(**xpath).status();
}

// ---- Elements as a map ----

bool is_element(const pugi::xml_node& node) { return node.type() == pugi::node_element; }

/// The first text of an element that has no elements.
std::string_view leaf_text(const pugi::xml_node& element) {
  for (const pugi::xml_node& child : element.children()) {
    if (is_element(child)) return {};
  }
  for (const pugi::xml_node& child : element.children()) {
    if (child.type() == pugi::node_pcdata || child.type() == pugi::node_cdata) return child.value();
  }
  return {};
}

/// A text, or a map of the elements in it; nothing for what is empty.
std::optional<Value> simplified(const pugi::xml_node& element, Arena& arena);

Value simplified_children(const pugi::xml_node& parent, Arena& arena) {
  struct Tag {
    uint32_t count = 0;
    bool put = false;
    uint32_t at = 0;  // among the members, once it is put
    ArenaVector<Value> list;
  };
  std::unordered_map<std::string_view, Tag> tags;
  for (const pugi::xml_node& child : parent.children()) {
    if (is_element(child)) ++tags[xml_local_name(child.name())].count;
  }
  Attributes members;
  for (const pugi::xml_node& child : parent.children()) {
    if (!is_element(child) || !child.first_child()) continue;
    Tag& tag = tags[xml_local_name(child.name())];
    const std::optional<Value> value = simplified(child, arena);
    if (!value && tag.count == 1) continue;
    if (!tag.put) {
      tag.put = true;
      tag.at = members.size();
      KeyValue& member = members.emplace_back(arena);
      member.key = arena.copy(xml_local_name(child.name()));
      if (tag.count == 1) member.value = *value;
    }
    if (tag.count == 1) continue;
    if (value) tag.list.push_back(arena, *value);
    members[tag.at].value = list_value(tag.list);
  }
  return map_value(members);
}

std::optional<Value> simplified(const pugi::xml_node& element, Arena& arena) {
  const std::string_view text = leaf_text(element);
  if (!text.empty()) return Value::string(arena.copy(text));
  const Value map = simplified_children(element, arena);
  if (map.size == 0) return std::nullopt;
  return map;
}

Value parse_simplified_xml(Frame& frame, std::string_view target) {
  pugi::xml_document document;
  if (!parse(frame, target, document)) return {};
  return simplified_children(document, *frame.arena);
}

/// An element with everything in it, up to its end.
bool read_element(Frame& frame, XmlReader& reader, const XmlToken& start, Value& out) {
  Arena& arena = *frame.arena;
  MapBuilder attributes(arena);
  for (const XmlAttribute& attribute : start.attributes) {
    attributes[arena.copy(xml_local_name(attribute.name))] =
        Value::string(arena.copy(attribute.value));
  }
  std::string content;
  ArenaVector<Value> children;
  XmlToken token;
  while (true) {
    if (!reader.next(token)) {
      frame.fail("the text is no XML: ", reader.error());
      return false;
    }
    if (token.kind == XmlToken::Kind::End) break;
    if (token.kind == XmlToken::Kind::Text || token.kind == XmlToken::Kind::Cdata)
      content += utf8::trim_space(token.text);
    if (token.kind != XmlToken::Kind::Start) continue;
    Value child;
    if (!read_element(frame, reader, token, child)) return false;
    children.push_back(arena, child);
  }
  Attributes members;
  const auto put = [&](std::string_view key, const Value& value) {
    members.push_back(arena, KeyValue{key, value});
  };
  put("tag", Value::string(arena.copy(xml_local_name(start.name))));
  if (!content.empty()) put("content", Value::string(arena.copy(content)));
  if (!start.attributes.empty()) put("attributes", attributes.map());
  if (!children.empty()) put("children", list_value(children));
  out = map_value(members);
  return true;
}

/// The first element, behind which nothing may stand.
Value parse_xml(Frame& frame, std::string_view target) {
  XmlReader reader(target);
  XmlToken token;
  do {
    if (!reader.next(token)) return frame.fail("the text is no XML: ", reader.error());
    if (token.kind == XmlToken::Kind::Finish)
      return frame.fail("the text is no XML: there is no element");
  } while (token.kind != XmlToken::Kind::Start);
  Value out;
  if (!read_element(frame, reader, token, out)) return {};
  if (!reader.at_end()) return frame.fail("something follows the element");
  if (reader.was_recoded()) return frame.fail("the XML is not in UTF-8");
  return out;
}

}  // namespace

void add_xml_functions(Library& library) {
  library.add("ParseXML", {"target"}, parse_xml);
  library.add("ParseSimplifiedXML", {"target"}, parse_simplified_xml);
  library.add("GetXML", {"target", "x_path"}, get_xml);
  library.add("InsertXML", {"target", "x_path", "sub_document"}, insert_xml);
  library.add("RemoveXML", {"target", "x_path"}, remove_xml);
  library.add("ConvertAttributesToElementsXML", {"target", "x_path"}, attributes_to_elements,
              [](const auto& bounds) { return check_xpath(bounds); });
  library.add("ConvertTextToElementsXML", {"target", "x_path", "element_name"}, text_to_elements,
              [](const auto& bounds) { return check_xpath(bounds); });
}

}  // namespace sluice::ottl
