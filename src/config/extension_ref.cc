#include "config/extension_ref.h"

namespace sluice::config {

ComponentId decode_extension_ref(const Node& node, ExtensionRole role, const Place& place) {
  std::string text;
  if (!decode_text(node, text, place)) return {};
  std::string reason;
  const auto id = parse_component_id(text, reason);
  if (!id) {
    place.error("\"" + text + "\" is no component id: " + reason);
    return {};
  }
  place.diagnostics().refer({*id, role, place.mark(), place.path()});
  return *id;
}

}  // namespace sluice::config
