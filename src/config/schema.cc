#include "config/schema.h"

#include "base/nearest.h"

namespace sluice::config {

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
