#include "config/yaml_writer.h"

#include <algorithm>
#include <string_view>

namespace sluice::config {
namespace {

/// Plain where YAML reads the text as itself, else in double quotes.
std::string text_scalar(const std::string& text) {
  constexpr std::string_view kPlain =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._/:-";
  // ": " cannot occur without a space, and a plain text must not begin or end with a mark.
  const bool plain = !text.empty() && text.find_first_not_of(kPlain) == std::string::npos &&
                     text.front() != '-' && text.front() != ':' && text.back() != ':' &&
                     resolve_plain_scalar(text, {}).is_string();
  if (plain) return text;
  static constexpr char kHex[] = "0123456789abcdef";
  std::string out = "\"";
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') {
      out += '\\';
      out += c;
    } else if (byte < 0x20 || byte == 0x7f) {
      out += "\\x";
      out += kHex[byte >> 4];
      out += kHex[byte & 15];
    } else {
      out += c;
    }
  }
  return out + "\"";
}

std::string scalar(const Node& node) {
  switch (node.kind) {
    case Node::Kind::Null: return "null";
    case Node::Kind::Bool: return node.boolean ? "true" : "false";
    case Node::Kind::Int: return std::to_string(node.integer);
    case Node::Kind::List: return "[]";
    case Node::Kind::Map: return "{}";
    case Node::Kind::String: return text_scalar(node.text);
    default: return node.text;
  }
}

bool is_block(const Node& node) { return !node.items.empty() || !node.members.empty(); }

void write(const Node& node, size_t depth, std::string& out);

/// What stands behind "key:" or "-".
void write_value(const Node& value, size_t depth, std::string& out) {
  if (is_block(value)) {
    out += '\n';
    write(value, depth, out);
  } else {
    out += " " + scalar(value) + "\n";
  }
}

void write(const Node& node, size_t depth, std::string& out) {
  for (const auto& [key, value] : node.members) {
    out.append(depth * 2, ' ').append(text_scalar(key)).append(":");
    write_value(value, depth + 1, out);
  }
  for (const Node& item : node.items) {
    out.append(depth * 2, ' ').append("-");
    write_value(item, depth + 1, out);
  }
}

}  // namespace

std::string to_yaml(const Node& node) {
  if (!is_block(node)) return scalar(node) + "\n";
  std::string out;
  write(node, 0, out);
  return out;
}

}  // namespace sluice::config
