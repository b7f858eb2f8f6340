#include "config/codec.h"

#include <algorithm>
#include <cmath>
#include <iterator>

#include "base/duration.h"
#include "wire/number_format.h"

namespace sluice::config {
namespace {

/// Texts that came from ${…} are what their YAML is; a text in quotes stays one. An integer that
/// only an unsigned one can hold has wrapped.
std::optional<double> number_of(const Node& node) {
  if (node.kind == Node::Kind::Int) {
    const bool is_wrapped = node.integer < 0 && !node.text.empty() && node.text.front() != '-';
    return is_wrapped ? static_cast<double>(static_cast<uint64_t>(node.integer))
                      : static_cast<double>(node.integer);
  }
  if (node.kind == Node::Kind::Float) return node.real;
  return {};
}

/// Whoever writes a small number thinks of a larger unit than the original, which counts
/// nanoseconds.
void warn_of_missing_unit(const Node& node, std::chrono::nanoseconds value, const Place& place) {
  const std::string shown =
      node.text + " without a unit is " + std::to_string(value.count()) + " ns; ";
  constexpr std::chrono::milliseconds kSmall{1};
  const bool is_small = value < kSmall && value > -kSmall;
  place.warning(shown +
                (is_small ? "did you mean " + node.text + "ms?" : "write " + show_duration(value)));
}

}  // namespace

bool decode_bool(const Node& node, bool& out, const Place& place) {
  if (node.is_null()) {
    out = false;
    return true;
  }
  if (node.kind != Node::Kind::Bool) {
    place.expected("true or false", node);
    return false;
  }
  out = node.boolean;
  return true;
}

bool decode_integer(const Node& node, int64_t least, uint64_t most, int64_t& out,
                    const Place& place) {
  if (node.is_null()) {
    out = 0;
    return true;
  }
  const auto number = number_of(node);
  if (!number || std::isnan(*number)) {
    place.expected("an integer", node);
    return false;
  }
  const double whole = std::trunc(*number);
  if (*number < static_cast<double>(least)) {
    place.expected("an integer from " + std::to_string(least) + " on", node);
    return false;
  }
  const bool is_int = node.kind == Node::Kind::Int;
  // The greatest may be no double, but then the one behind it is.
  const bool is_too_much = is_int ? *number > 0 && static_cast<uint64_t>(node.integer) > most
                                  : whole >= static_cast<double>(most) + 1;
  if (is_too_much) {
    place.warning(describe(node) + " is more than the option can hold; it is " +
                  std::to_string(most));
    out = static_cast<int64_t>(most);
    return true;
  }
  out = is_int      ? node.integer
        : whole < 0 ? static_cast<int64_t>(whole)
                    : static_cast<int64_t>(static_cast<uint64_t>(whole));
  return true;
}

bool decode_real(const Node& node, double& out, const Place& place) {
  if (node.is_null()) {
    out = 0;
    return true;
  }
  const auto number = number_of(node);
  if (!number) {
    place.expected("a number", node);
    return false;
  }
  out = *number;
  return true;
}

bool decode_text(const Node& node, std::string& out, const Place& place) {
  if (node.is_null() && !node.from_variable) {
    out.clear();
    return true;
  }
  if (!node.is_string() && !node.from_variable) {
    place.expected("a text (put it in quotes)", node);
    return false;
  }
  out = node.text;
  return true;
}

bool decode_duration(const Node& node, std::chrono::nanoseconds& out, const Place& place) {
  if (node.is_null()) {
    out = {};
    return true;
  }
  if (number_of(node)) {
    using Count = std::numeric_limits<std::chrono::nanoseconds::rep>;
    int64_t nanos = 0;
    if (!decode_integer(node, Count::min(), Count::max(), nanos, place)) return false;
    out = std::chrono::nanoseconds(nanos);
    if (out.count() != 0) warn_of_missing_unit(node, out, place);
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

Node split_at_commas(const Node& node) {
  Node list = Node::list(node.mark);
  for (size_t at = 0; !node.text.empty();) {
    const size_t comma = node.text.find(',', at);
    list.items.push_back(Node::string(node.text.substr(at, comma - at), node.mark));
    if (comma == std::string::npos) break;
    at = comma + 1;
  }
  return list;
}

Node map_of_pairs(const Node& list, const Place& place) {
  Node map = Node::map(list.mark);
  for (size_t i = 0; i < list.items.size(); ++i) {
    const Node& item = list.items[i];
    const Place here = place.at(i, item);
    const Node* name = item.find("name");
    const Node* value = item.find("value");
    if (name == nullptr || !name->is_string() || item.members.size() > (value ? 2 : 1)) {
      here.expected("a map of name and value", item);
    } else if (map.find(name->text) != nullptr) {
      here.error("\"" + name->text + "\" stands here twice");
    } else {
      map.set(name->text, value ? *value : Node::string("", item.mark));
    }
  }
  return map;
}

std::string one_of_text(const std::vector<std::string>& words) {
  std::vector<std::string> named;
  std::copy_if(words.begin(), words.end(), std::back_inserter(named),
               [](const std::string& word) { return !word.empty(); });
  std::string text;
  for (size_t i = 0; i < named.size(); ++i) {
    if (i != 0) text += i + 1 == named.size() ? " or " : ", ";
    text += named[i];
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
