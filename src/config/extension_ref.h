#pragma once

// An option that names an extension. Reading it notes the reference, so that whoever knows the
// extensions can check all of them (pipeline::Plan).

#include <string>

#include "config/codec.h"
#include "config/component_id.h"

namespace sluice::config {

template <ExtensionRole role>
struct ExtensionRef {
  ComponentId id;  ///< empty: not given
};

/// The id as its text; empty, with a message, if it is none.
ComponentId decode_extension_ref(const Node& node, ExtensionRole role, const Place& place);

template <ExtensionRole role>
struct Codec<ExtensionRef<role>> {
  static Type type() { return {"extension id"}; }
  static void decode(const Node& node, ExtensionRef<role>& out, const Place& place) {
    out.id = decode_extension_ref(node, role, place);
  }
  static Node encode(const ExtensionRef<role>& value) {
    return value.id.empty() ? Node() : Node::string(value.id.to_string());
  }
};

}  // namespace sluice::config
