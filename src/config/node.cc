#include "config/node.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdlib>
#include <iterator>
#include <limits>
#include <optional>

#include "base/ascii.h"

namespace sluice::config {
namespace {

using ascii::is_digit;

bool one_of(std::string_view text, std::initializer_list<std::string_view> words) {
  return std::find(words.begin(), words.end(), text) != words.end();
}

std::string without_underscores(std::string_view text) {
  std::string out;
  std::copy_if(text.begin(), text.end(), std::back_inserter(out), [](char c) { return c != '_'; });
  return out;
}

/// As Go's strconv.ParseInt with base 0: 0x1F, 0o17, 0b1 and, as YAML 1.1 did, 017 as octal. What
/// only an unsigned number can hold wraps, as in the original.
std::optional<int64_t> parse_integer(std::string_view text) {
  const bool is_negative = text.front() == '-';
  if (text.front() == '-' || text.front() == '+') text.remove_prefix(1);
  int base = 10;
  if (text.size() > 1 && text.front() == '0') {
    const char mark = static_cast<char>(text[1] | 0x20);
    const bool has_mark = text.size() > 2 && (mark == 'x' || mark == 'o' || mark == 'b');
    base = !has_mark || mark == 'o' ? 8 : mark == 'x' ? 16 : 2;
    text.remove_prefix(has_mark ? 2 : 1);
  }
  uint64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value, base);
  if (error != std::errc() || end != text.data() + text.size() || text.empty()) return {};
  constexpr auto kMin = static_cast<uint64_t>(std::numeric_limits<int64_t>::max()) + 1;
  if (is_negative && value > kMin) return {};
  return static_cast<int64_t>(is_negative ? 0 - value : value);
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

/// Not what is too large for a double.
std::optional<double> parse_float(std::string_view text) {
  if (!looks_like_float(text)) return {};
  const double value = std::strtod(std::string(text).c_str(), nullptr);
  return std::isinf(value) ? std::nullopt : std::optional(value);
}

std::optional<double> special_float(std::string_view text) {
  if (one_of(text, {".inf", ".Inf", ".INF", "+.inf", "+.Inf", "+.INF"})) return INFINITY;
  if (one_of(text, {"-.inf", "-.Inf", "-.INF"})) return -INFINITY;
  if (one_of(text, {".nan", ".NaN", ".NAN"})) return NAN;
  return {};
}

/// Reads the parts of a timestamp one after the other.
class TimeReader {
 public:
  explicit TimeReader(std::string_view text) : rest_(text) {}

  /// A number of so many digits, within the bounds.
  bool number(size_t digits_min, size_t digits_max, int least, int most, int& out) {
    size_t size = 0;
    out = 0;
    while (size < rest_.size() && size < digits_max && is_digit(rest_[size]))
      out = out * 10 + (rest_[size++] - '0');
    rest_.remove_prefix(size);
    return size >= digits_min && out >= least && out <= most;
  }
  bool one_of(std::string_view set) {
    const bool yes = !rest_.empty() && set.find(rest_.front()) != std::string_view::npos;
    if (yes) rest_.remove_prefix(1);
    return yes;
  }
  void skip_digits() {
    while (!rest_.empty() && is_digit(rest_.front())) rest_.remove_prefix(1);
  }
  char front() const { return rest_.empty() ? '\0' : rest_.front(); }
  bool empty() const { return rest_.empty(); }

 private:
  std::string_view rest_;
};

int days_of(int month, int year) {
  constexpr int kDays[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  const bool is_leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
  return kDays[month - 1] + (month == 2 && is_leap ? 1 : 0);
}

/// YYYY-M-D; behind T or t a time with a zone, behind a space one without.
bool is_time(std::string_view text) {
  TimeReader in(text);
  int year = 0;
  int month = 0;
  int day = 0;
  int part = 0;
  if (!in.number(4, 4, 0, 9999, year) || !in.one_of("-") || !in.number(1, 2, 1, 12, month) ||
      !in.one_of("-") || !in.number(1, 2, 1, days_of(month, year), day))
    return false;
  if (in.empty()) return true;
  const bool has_zone = in.front() != ' ';
  if (!in.one_of("Tt ") || !in.number(1, 2, 0, 23, part) || !in.one_of(":") ||
      !in.number(1, 2, 0, 59, part) || !in.one_of(":") || !in.number(1, 2, 0, 59, part))
    return false;
  if (in.one_of(".,")) in.skip_digits();
  if (has_zone && !in.one_of("Z")) {
    if (!in.one_of("+-") || !in.number(2, 2, 0, 24, part) || !in.one_of(":") ||
        !in.number(2, 2, 0, 60, part))
      return false;
  }
  return in.empty();
}

/// A number or time, by the first character as Go's yaml.v3 does it.
void resolve_number(Node& node) {
  const std::string_view text = node.text;
  const char first = text.front();
  if (first == '.') {
    if (const auto real = parse_float(text)) {
      node.kind = Node::Kind::Float;
      node.real = *real;
    }
    return;
  }
  if (!is_digit(first) && first != '-' && first != '+') return;
  const std::string plain = without_underscores(text);
  if (is_time(text)) {
    node.kind = Node::Kind::Time;
  } else if (const auto integer = parse_integer(plain)) {
    node.kind = Node::Kind::Int;
    node.integer = *integer;
  } else if (const auto real = parse_float(plain)) {
    node.kind = Node::Kind::Float;
    node.real = *real;
  }
}

}  // namespace

std::string Mark::to_string() const {
  if (line == 0) return source;
  return source + ":" + std::to_string(line) + ":" + std::to_string(column);
}

Node::Node() = default;
Node::Node(const Node&) = default;
Node::Node(Node&&) noexcept = default;
Node& Node::operator=(const Node&) = default;
Node& Node::operator=(Node&&) noexcept = default;
Node::~Node() = default;

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
  } else if (const auto real = special_float(s)) {
    node.kind = Node::Kind::Float;
    node.real = *real;
  } else {
    resolve_number(node);
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
