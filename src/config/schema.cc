#include "config/schema.h"

#include <algorithm>
#include <cctype>

#include "base/nearest.h"
#include "config/mask.h"
#include "config/yaml_writer.h"

namespace sluice::config {
namespace {

constexpr std::string_view kSeparator = "::";
constexpr const char* kNoEffect = "this option has no effect";

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
  place.of(name).warning(std::string(kNoEffect) + ": " + because);
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

/// Warns of what was given without effect below an option.
void warn_below(const FieldInfo& field, const Place& place) {
  for (const auto& [path, because] : field.ignored_below) warn_of(path, because, place);
}

const void* at(const void* config, size_t offset) {
  return static_cast<const char*>(config) + offset;
}
void* at(void* config, size_t offset) { return static_cast<char*>(config) + offset; }

}  // namespace

SchemaBase::SchemaBase() = default;
SchemaBase::SchemaBase(const SchemaBase&) = default;
SchemaBase::~SchemaBase() = default;

void SchemaBase::add(FieldInfo info, Slot slot) {
  fields_.push_back(std::move(info));
  slots_.push_back(std::move(slot));
}

void SchemaBase::add_field(std::string_view name, std::string_view doc, const AnyCodec& codec,
                           size_t offset, const void* standard) {
  add({.name = std::string(name),
       .doc = std::string(doc),
       .type = codec.type(),
       .standard = codec.encode(at(standard, offset))},
      {.codec = &codec, .offset = offset});
}

void SchemaBase::add_part(const SchemaBase& part, size_t offset) {
  for (size_t i = 0; i < part.fields_.size(); ++i) {
    Slot slot = part.slots_[i];
    slot.offset += offset;
    if (slot.is_unused) {
      slot.is_unused = [offset, holds = std::move(slot.is_unused)](const void* config) {
        return holds(at(config, offset));
      };
    }
    add(part.fields_[i], std::move(slot));
  }
  for (const Check& check : part.checks_) {
    add_check([check, offset](const void* config, const Place& place) {
      check(at(config, offset), place);
    });
  }
}

void SchemaBase::make_conditional(Condition is_unused, std::string_view when) {
  slots_.back().is_unused = std::move(is_unused);
  slots_.back().when = when;
}

void SchemaBase::add_refused(std::string_view name, std::string_view because) {
  add({.name = std::string(name), .doc = {}, .refused_because = std::string(because)}, {});
}

void SchemaBase::add_ignored(std::string_view name, std::string_view because, Probe probe) {
  add({.name = std::string(name), .doc = {}, .ignored_because = std::string(because)},
      {.probe = probe});
}

void SchemaBase::decode_into(const Node& node, void* config, const Place& place) const {
  if (!node.is_null() && !node.is_map()) return place.expected("a map", node);
  Unread unread;
  for (const Node::Member& member : node.members)
    decode_member(member, node, config, place, unread);
  check_required(node, place, unread);
  Diagnostics found;
  const Place here(found, place.path(), place.mark(), &node);
  for (const Check& check : checks_) check(config, here);
  warn_of_unused(config, here);
  report(found, unread, place);
}

void SchemaBase::decode_member(const Node::Member& member, const Node& whole, void* config,
                               const Place& place, Unread& unread) const {
  const Place here = place.at(member.first, member.second);
  const FieldInfo* info = find(member.first);
  if (info == nullptr) {
    const std::string meant = unknown_key(member.first, here);
    if (meant.empty() || whole.find(meant) != nullptr) return;
    unread.options.push_back(meant);
    unread.places.push_back(place.of(meant).path());
    return;
  }
  if (!info->refused_because.empty()) {
    const Node& value = member.second;
    const bool says_nothing = value.is_null() || (value.is_string() && value.text.empty());
    if (!says_nothing) here.error(info->refused_because);
    return;
  }
  if (!info->ignored_because.empty())
    here.warning(std::string(kNoEffect) + ": " + info->ignored_because);
  const size_t before = here.diagnostics().errors().size();
  const Slot& slot = slots_[static_cast<size_t>(info - fields_.data())];
  if (slot.codec != nullptr && (!member.second.is_null() || info->type.takes_null))
    slot.codec->decode(member.second, at(config, slot.offset), here);
  if (slot.probe != nullptr && !member.second.is_null()) slot.probe(member.second, here);
  warn_below(*info, here);
  const auto& errors = here.diagnostics().errors();
  if (errors.size() == before) return;
  for (size_t i = before; i < errors.size(); ++i) unread.places.push_back(errors[i].path);
  // What is wrong within a map with keys of its own concerns nothing beside it.
  if (info->type.object == nullptr || !(member.second.is_map() || member.second.is_null()))
    unread.options.push_back(info->name);
}

Node SchemaBase::encode_from(const void* config) const {
  Node node = Node::map();
  for (size_t i = 0; i < fields_.size(); ++i) {
    const Slot& slot = slots_[i];
    if (slot.codec == nullptr || !fields_[i].ignored_because.empty()) continue;
    if (has_no_use(i, config)) continue;
    Node value = slot.codec->encode(at(config, slot.offset));
    if (value.is_null()) continue;  // an option that was not given and has no default
    if (fields_[i].is_secret) mask(value);
    if (fields_[i].has_passwords) mask_passwords(value);
    for (const auto& [path, because] : fields_[i].ignored_below) leave_out(path, value);
    node.set(fields_[i].name, std::move(value));
  }
  return node;
}

bool SchemaBase::has_no_use(size_t field, const void* config) const {
  const Condition& holds = slots_[field].is_unused;
  return holds && holds(config);
}

void SchemaBase::warn_of_unused(const void* config, const Place& place) const {
  for (size_t i = 0; i < fields_.size(); ++i) {
    const FieldInfo& field = fields_[i];
    if (!place.has(field.name) || !has_no_use(i, config)) continue;
    const Node value = slots_[i].codec->encode(at(config, slots_[i].offset));
    if (to_yaml(value) == to_yaml(field.standard)) continue;
    place.of(field.name).warning(std::string(kNoEffect) + " " + slots_[i].when);
  }
}

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

const FieldInfo* SchemaBase::find(std::string_view name) const {
  for (const FieldInfo& field : fields_) {
    if (field.name == name) return &field;
  }
  return nullptr;
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
