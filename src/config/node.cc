#include "config/node.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdlib>
#include <limits>
#include <optional>

namespace sluice::config {
namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }

bool one_of(std::string_view text, std::initializer_list<std::string_view> words) {
  return std::find(words.begin(), words.end(), text) != words.end();
}

/// Go's yaml.v3 reads 0x1F, 0o17, 0b1 and, as YAML 1.1 did, 017 as octal; underscores part digits.
std::optional<int64_t> parse_integer(std::string_view text) {
  std::string digits;
  for (const char c : text) {
    if (c != '_') digits.push_back(c);
  }
  std::string_view rest = digits;
  const bool is_negative = !rest.empty() && rest.front() == '-';
  if (!rest.empty() && (rest.front() == '-' || rest.front() == '+')) rest.remove_prefix(1);
  int base = 10;
  if (rest.size() > 1 && rest.front() == '0') {
    switch (rest[1]) {
      case 'x': base = 16; break;
      case 'o': base = 8; break;
      case 'b': base = 2; break;
      default: base = is_digit(rest[1]) ? 8 : 10; break;
    }
    rest.remove_prefix(base == 10 || is_digit(rest[1]) ? 1 : 2);
  }
  uint64_t value = 0;
  const auto [end, error] = std::from_chars(rest.data(), rest.data() + rest.size(), value, base);
  if (error != std::errc() || end != rest.data() + rest.size() || rest.empty()) return {};
  constexpr auto kMax = static_cast<uint64_t>(std::numeric_limits<int64_t>::max());
  if (value > kMax + (is_negative ? 1 : 0)) return {};
  return is_negative ? static_cast<int64_t>(0 - value) : static_cast<int64_t>(value);
}

/// [-+]? (\.[0-9]+ | [0-9]+ (\.[0-9]*)?) ([eE][-+]?[0-9]+)?
bool looks_like_float(std::string_view text) {
  size_t at = 0;
  const auto digits = [&] {
    const size_t first = at;
    while (at < text.size() && is_digit(text[at])) ++at;
    return at - first;
  };
  const auto accept = [&](std::string_view set) {
    const bool yes = at < text.size() && set.find(text[at]) != std::string_view::npos;
    if (yes) ++at;
    return yes;
  };
  accept("+-");
  const bool has_whole = digits() != 0;
  if (accept(".")) {
    if (digits() == 0 && !has_whole) return false;
  } else if (!has_whole) {
    return false;
  }
  if (accept("eE")) {
    accept("+-");
    if (digits() == 0) return false;
  }
  return at == text.size();
}

std::optional<double> parse_float(std::string_view text) {
  if (one_of(text, {".inf", ".Inf", ".INF", "+.inf", "+.Inf", "+.INF"})) return INFINITY;
  if (one_of(text, {"-.inf", "-.Inf", "-.INF"})) return -INFINITY;
  if (one_of(text, {".nan", ".NaN", ".NAN"})) return NAN;
  if (!looks_like_float(text)) return {};
  return std::strtod(std::string(text).c_str(), nullptr);
}

/// YYYY-M-D, with or without a time behind it.
bool looks_like_time(std::string_view text) {
  size_t at = 0;
  const auto digits = [&](size_t least, size_t most) {
    const size_t first = at;
    while (at < text.size() && is_digit(text[at])) ++at;
    return at - first >= least && at - first <= most;
  };
  const auto dash = [&] { return at < text.size() && text[at++] == '-'; };
  if (!digits(4, 4) || !dash() || !digits(1, 2) || !dash() || !digits(1, 2)) return false;
  if (at == text.size()) return true;
  if (std::string_view("Tt ").find(text[at++]) == std::string_view::npos) return false;
  return digits(1, 2) && at < text.size() && text[at] == ':';
}

}  // namespace

std::string Mark::to_string() const {
  if (line == 0) return source;
  return source + ":" + std::to_string(line) + ":" + std::to_string(column);
}

Node Node::string(std::string text, Mark mark) {
  Node node;
  node.kind = Kind::String;
  node.text = std::move(text);
  node.mark = std::move(mark);
  return node;
}

Node Node::map(Mark mark) {
  Node node;
  node.kind = Kind::Map;
  node.mark = std::move(mark);
  return node;
}

Node Node::list(Mark mark) {
  Node node;
  node.kind = Kind::List;
  node.mark = std::move(mark);
  return node;
}

Node Node::of_bool(bool value) {
  Node node;
  node.kind = Kind::Bool;
  node.boolean = value;
  node.text = value ? "true" : "false";
  return node;
}

Node Node::of_int(int64_t value) {
  Node node;
  node.kind = Kind::Int;
  node.integer = value;
  node.text = std::to_string(value);
  return node;
}

const Node* Node::find(std::string_view name) const {
  for (const Member& member : members) {
    if (member.first == name) return &member.second;
  }
  return nullptr;
}

Node* Node::find(std::string_view name) {
  return const_cast<Node*>(std::as_const(*this).find(name));
}

Node& Node::set(std::string_view name, Node value) {
  if (Node* found = find(name)) return *found = std::move(value);
  return members.emplace_back(name, std::move(value)).second;
}

std::string describe(const Node& node) {
  switch (node.kind) {
    case Node::Kind::Null: return "nothing (null)";
    case Node::Kind::Bool: return "the boolean " + node.text;
    case Node::Kind::Int: return "the integer " + node.text;
    case Node::Kind::Float: return "the number " + node.text;
    case Node::Kind::String: return "the text \"" + node.text + "\"";
    case Node::Kind::Time: return "the date " + node.text;
    case Node::Kind::List: return "a list";
    case Node::Kind::Map: return "a map";
  }
  return {};
}

Node resolve_plain_scalar(std::string text, Mark mark) {
  Node node = Node::string(std::move(text), std::move(mark));
  const std::string_view s = node.text;
  if (one_of(s, {"", "~", "null", "Null", "NULL"})) {
    node.kind = Node::Kind::Null;
  } else if (one_of(s, {"true", "True", "TRUE", "false", "False", "FALSE"})) {
    node.kind = Node::Kind::Bool;
    node.boolean = s.front() == 't' || s.front() == 'T';
  } else if (looks_like_time(s)) {
    node.kind = Node::Kind::Time;
  } else if (const auto integer = parse_integer(s)) {
    node.kind = Node::Kind::Int;
    node.integer = *integer;
  } else if (const auto real = parse_float(s)) {
    node.kind = Node::Kind::Float;
    node.real = *real;
  }
  return node;
}

void merge(Node& into, Node from) {
  if (!into.is_map() || !from.is_map()) {
    into = std::move(from);
    return;
  }
  for (Node::Member& member : from.members) {
    if (Node* own = into.find(member.first)) {
      merge(*own, std::move(member.second));
    } else {
      into.members.push_back(std::move(member));
    }
  }
}

}  // namespace sluice::config
