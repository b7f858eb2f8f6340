#include "config/codec.h"

#include <cmath>

#include "base/duration.h"
#include "wire/number_format.h"

namespace sluice::config {
namespace {

/// Texts that came from ${…} are what their YAML is; a text in quotes stays one.
std::optional<double> number_of(const Node& node) {
  if (node.kind == Node::Kind::Int) return static_cast<double>(node.integer);
  if (node.kind == Node::Kind::Float) return node.real;
  return {};
}

}  // namespace

bool decode_bool(const Node& node, bool& out, const Place& place) {
  if (node.kind != Node::Kind::Bool) {
    place.expected("true or false", node);
    return false;
  }
  out = node.boolean;
  return true;
}

bool decode_integer(const Node& node, int64_t least, uint64_t most, int64_t& out,
                    const Place& place) {
  const auto number = number_of(node);
  if (!number) {
    place.expected("an integer", node);
    return false;
  }
  const double whole = std::trunc(*number);
  if (!(whole >= static_cast<double>(least))) {
    place.expected("an integer from " + std::to_string(least) + " on", node);
    return false;
  }
  if (whole > static_cast<double>(most)) {
    place.warning(describe(node) + " is more than the option can hold; it is " +
                  std::to_string(most));
    out = static_cast<int64_t>(most);
    return true;
  }
  out = node.kind == Node::Kind::Int ? node.integer : static_cast<int64_t>(whole);
  return true;
}

bool decode_real(const Node& node, double& out, const Place& place) {
  const auto number = number_of(node);
  if (!number) {
    place.expected("a number", node);
    return false;
  }
  out = *number;
  return true;
}

bool decode_text(const Node& node, std::string& out, const Place& place) {
  const bool is_written_text = node.from_variable && !node.is_map() && !node.is_list();
  if (node.is_null() && !is_written_text) return false;
  if (!node.is_string() && !is_written_text) {
    place.expected("a text (put it in quotes)", node);
    return false;
  }
  out = node.text;
  return true;
}

bool decode_duration(const Node& node, std::chrono::nanoseconds& out, const Place& place) {
  if (const auto nanos = number_of(node)) {
    out = std::chrono::nanoseconds(node.kind == Node::Kind::Int ? node.integer
                                                                : static_cast<int64_t>(*nanos));
    return true;
  }
  const auto parsed = node.is_string() ? parse_duration(node.text) : std::nullopt;
  if (!parsed) {
    place.expected("a duration such as 300ms, 5s or 1h30m", node);
    return false;
  }
  out = *parsed;
  return true;
}

bool is_list_for(const Node& node, const Place& place) {
  if (node.is_list() || node.is_null()) return true;
  place.expected("a list", node);
  return false;
}

std::string one_of_text(const std::vector<std::string>& words) {
  std::string text;
  for (size_t i = 0; i < words.size(); ++i) {
    if (i != 0) text += i + 1 == words.size() ? " or " : ", ";
    text += words[i];
  }
  return text;
}

Node encode_real(double value) {
  Node node;
  node.kind = Node::Kind::Float;
  node.real = value;
  char text[wire::kNumberTextMax];
  node.text.assign(text, wire::format_double(value, text));
  return node;
}

Node encode_duration(std::chrono::nanoseconds value) { return Node::string(show_duration(value)); }

}  // namespace sluice::config
