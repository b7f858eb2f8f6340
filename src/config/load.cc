#include "config/load.h"

#include <filesystem>
#include <string_view>
#include <system_error>
#include <utility>

#include "base/read_file.h"
#include "config/yaml.h"

namespace sluice::config {
namespace {

bool has_scheme(const std::string& source, std::string_view scheme) {
  return source.rfind(scheme, 0) == 0;
}

Result<std::string> read_config_file(const std::string& path) {
  if (path.empty()) return invalid_argument("--config names no file: its value is empty");
  std::error_code error;
  if (std::filesystem::is_directory(path, error))
    return invalid_argument("the configuration " + path + " is a directory; name a YAML file");
  auto text = read_file(path);
  if (!text.ok()) return text.status().with_context("cannot read the configuration " + path);
  return text;
}

Result<Node> read_source(const std::string& source, const Environment& environment) {
  constexpr std::string_view kFile = "file:";
  if (has_scheme(source, "env:") || has_scheme(source, "yaml:")) {
    auto got = retrieve(source, environment);
    if (!got.ok()) return got.status();
    if (!got->unset.empty()) {
      return invalid_argument("the configuration " + source +
                              ": there is no environment variable of this name");
    }
    // A text that is no YAML comes back as text; here the reason is wanted.
    return parse_yaml(got->text, source);
  }
  const std::string path = has_scheme(source, kFile) ? source.substr(kFile.size()) : source;
  auto text = read_config_file(path);
  if (!text.ok()) return text.status();
  return parse_yaml(*text, path);
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

/// What one of --config says; nothing if it is empty.
Result<Node> read_part(const std::string& source, const Environment& environment) {
  auto part = read_source(source, environment);
  if (!part.ok() || part->is_null()) return part;
  if (!part->is_map()) {
    return invalid_argument(source + ": a configuration is a map with the keys receivers, " +
                            "exporters, service …; this is " + describe(*part));
  }
  unfold_paths(*part);
  return part;
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

}  // namespace

Node load(const std::vector<std::string>& sources, const std::vector<std::string>& settings,
          const Environment& environment, Diagnostics& diagnostics, Node base) {
  Node whole = std::move(base);
  const auto put = [&](Result<Node> part) {
    if (!part.ok()) diagnostics.error({}, "", part.status().message());
    if (part.ok() && !part->is_null()) merge(whole, std::move(part).value());
  };
  std::string names;
  for (const std::string& source : sources) {
    put(read_part(source, environment));
    names += (names.empty() ? "" : ", ") + source;
  }
  // What is missing is missing in all of them.
  if (whole.mark.source.empty()) whole.mark.source = names;
  for (const std::string& setting : settings) put(read_setting(setting));
  if (whole.members.empty() && diagnostics.ok())
    diagnostics.error(whole.mark, "", "the configuration is empty");
  expand(whole, environment, diagnostics);
  return whole;
}

}  // namespace sluice::config
