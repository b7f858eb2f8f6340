#include "config/load.h"

#include <algorithm>
#include <utility>

#include "base/read_file.h"
#include "config/yaml.h"

namespace sluice::config {
namespace {

Result<Node> read_source(const std::string& source, const Environment& environment) {
  for (const std::string_view scheme : {"env:", "yaml:", "file:"}) {
    if (source.rfind(scheme, 0) != 0) continue;
    auto got = retrieve(source, environment);
    if (!got.ok()) return got.status();
    // A text that is no YAML comes back as text; here the reason is wanted.
    return parse_yaml(got->text, scheme == "file:" ? source.substr(scheme.size()) : source);
  }
  auto text = read_file(source);
  if (!text.ok()) return text.status().with_context("cannot read the configuration " + source);
  return parse_yaml(*text, source);
}

/// "a.b.c=value" as {a: {b: {c: value}}}.
Result<Node> read_setting(const std::string& setting) {
  const size_t equals = setting.find('=');
  if (equals == std::string::npos || equals == 0) {
    return invalid_argument("--set takes KEY=VALUE, for example " +
                            std::string("processors.batch.timeout=2s, not \"") + setting + "\"");
  }
  auto value = parse_yaml(setting.substr(equals + 1), "--set " + setting);
  if (!value.ok()) return value;
  std::string key = setting.substr(0, equals);
  for (size_t at; (at = key.find("::")) != std::string::npos;) key.replace(at, 2, ".");
  Node node = std::move(value).value();
  while (!key.empty()) {
    const size_t dot = key.rfind('.');
    Node outer = Node::map({"--set " + setting, 0, 0});
    outer.set(dot == std::string::npos ? key : key.substr(dot + 1), std::move(node));
    node = std::move(outer);
    key.resize(dot == std::string::npos ? 0 : dot);
  }
  return node;
}

/// A key "a::b" is the path to b in a, in maps but not in lists of maps.
void unfold_paths(Node& node) {
  std::vector<Node::Member> members;
  members.swap(node.members);
  for (Node::Member& member : members) {
    unfold_paths(member.second);
    const size_t separator = member.first.find("::");
    if (separator == std::string::npos) {
      node.members.push_back(std::move(member));
      continue;
    }
    Node below = Node::map(member.second.mark);
    below.set(member.first.substr(separator + 2), std::move(member.second));
    unfold_paths(below);
    Node path = Node::map(below.mark);
    path.set(member.first.substr(0, separator), std::move(below));
    merge(node, std::move(path));
  }
}

}  // namespace

Result<Node> load(const std::vector<std::string>& sources, const std::vector<std::string>& settings,
                  const Environment& environment, Node base) {
  Node whole = std::move(base);
  for (const std::string& source : sources) {
    auto part = read_source(source, environment);
    if (!part.ok()) return part;
    if (part->is_null()) continue;
    if (!part->is_map()) {
      return invalid_argument(source + ": a configuration is a map with the keys receivers, " +
                              "exporters, service …; this is " + describe(*part));
    }
    unfold_paths(*part);
    merge(whole, std::move(part).value());
  }
  for (const std::string& setting : settings) {
    auto part = read_setting(setting);
    if (!part.ok()) return part;
    merge(whole, std::move(part).value());
  }
  if (whole.members.empty()) return invalid_argument("the configuration is empty");
  if (Status status = expand(whole, environment); !status.ok()) return status;
  return whole;
}

}  // namespace sluice::config
