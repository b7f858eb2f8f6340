#include "config/schema.h"

#include <algorithm>
#include <cctype>

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

/// Whether the name stands in the text as a word of its own.
bool names(std::string_view text, std::string_view name) {
  const auto in_word = [&](size_t at) {
    return at < text.size() &&
           (text[at] == '_' || std::isalnum(static_cast<unsigned char>(text[at])) != 0);
  };
  for (size_t at = 0; (at = text.find(name, at)) != std::string_view::npos; ++at) {
    if (!in_word(at - 1) && !in_word(at + name.size())) return true;
  }
  return false;
}

}  // namespace

void SchemaBase::check_required(const Node& node, const Place& place, Unread& unread) const {
  for (const FieldInfo& field : fields_) {
    if (!field.is_required || node.find(field.name) != nullptr) continue;
    // Who misspelt it was told so.
    if (std::find(unread.options.begin(), unread.options.end(), field.name) != unread.options.end())
      continue;
    place.error("the option \"" + field.name + "\" is missing");
    unread.options.push_back(field.name);
    unread.places.push_back(place.of(field.name).path());
  }
}

bool SchemaBase::only_follows(const Diagnostics::Entry& entry, const Unread& unread,
                              const std::string& whole) const {
  const bool is_of_whole = entry.path == whole;
  for (const std::string& place : unread.places) {
    if (is_within(entry.path, place)) return true;
  }
  for (const std::string& option : unread.options) {
    if (names(entry.message, option)) return true;
    std::string at = whole;
    if (!at.empty()) at += kSeparator;
    at += option;
    for (const std::string& place : unread.places) {
      if (!is_of_whole && is_within(place, at) && is_within(place, entry.path)) return true;
    }
  }
  return is_of_whole && !unread.options.empty() &&
         std::none_of(fields_.begin(), fields_.end(),
                      [&](const FieldInfo& field) { return names(entry.message, field.name); });
}

void SchemaBase::report(const Diagnostics& found, const Unread& unread, const Place& place) const {
  place.diagnostics().add(found, [&](const Diagnostics::Entry& entry) {
    return only_follows(entry, unread, place.path());
  });
}

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

std::string SchemaBase::unknown_key(const std::string& key, const Place& place) const {
  std::vector<std::string_view> known;
  for (const FieldInfo& field : fields_) known.push_back(field.name);
  std::string nearest = nearest_name(key, known);
  std::string message = "there is no option of this name";
  if (!nearest.empty()) {
    message += "; did you mean \"" + nearest + "\"?";
  } else if (!known.empty()) {
    message += "; there are:";
    for (const std::string_view name : known) message += " " + std::string(name);
  }
  place.error(std::move(message));
  return nearest;
}

}  // namespace sluice::config
