#include "config/schema.h"

#include <algorithm>

#include "base/nearest.h"

namespace sluice::config {
namespace {

constexpr std::string_view kSeparator = "::";

/// Takes the first name off a path.
std::string_view next_name(std::string_view& path) {
  const size_t end = std::min(path.find(kSeparator), path.size());
  const std::string_view name = path.substr(0, end);
  path.remove_prefix(std::min(end + kSeparator.size(), path.size()));
  return name;
}

void warn_of(std::string_view path, const std::string& because, const Place& place) {
  const std::string_view name = next_name(path);
  if (!place.has(name)) return;
  if (!path.empty()) return warn_of(path, because, place.of(name));
  place.of(name).warning("this option has no effect: " + because);
}

void leave_out(std::string_view path, Node& shown) {
  const std::string_view name = next_name(path);
  if (!path.empty()) {
    if (Node* below = shown.find(name)) leave_out(path, *below);
    return;
  }
  const auto named = [&](const Node::Member& member) { return member.first == name; };
  shown.members.erase(std::remove_if(shown.members.begin(), shown.members.end(), named),
                      shown.members.end());
}

}  // namespace

void SchemaBase::warn_below(const FieldInfo& field, const Place& place) {
  for (const auto& [path, because] : field.ignored_below) warn_of(path, because, place);
}

void SchemaBase::leave_out_below(const FieldInfo& field, Node& shown) {
  for (const auto& [path, because] : field.ignored_below) leave_out(path, shown);
}

const FieldInfo* SchemaBase::find(std::string_view name) const {
  for (const FieldInfo& field : fields_) {
    if (field.name == name) return &field;
  }
  return nullptr;
}

void SchemaBase::mask(Node& secret) {
  if (secret.is_string() && !secret.text.empty()) secret.text = "[REDACTED]";
  for (Node& item : secret.items) mask(item);
  for (Node::Member& member : secret.members) mask(member.second);
}

void SchemaBase::unknown_key(const std::string& key, const Place& place) const {
  std::vector<std::string_view> names;
  for (const FieldInfo& field : fields_) names.push_back(field.name);
  const std::string nearest = nearest_name(key, names);
  std::string message = "there is no option of this name";
  if (!nearest.empty()) {
    message += "; did you mean \"" + nearest + "\"?";
  } else if (!names.empty()) {
    message += "; there are:";
    for (const std::string_view name : names) message += " " + std::string(name);
  }
  place.error(std::move(message));
}

}  // namespace sluice::config
