#pragma once

#include <string>

#include "config/node.h"
#include "config/schema.h"

namespace sluice::config {

/// The tree as JSON, indented by two spaces a level. Infinity and NaN, which JSON has not, are
/// null.
std::string to_json(const Node& node);

/// A JSON Schema (https://json-schema.org/draft/2020-12) for what a type takes, ${…} included.
/// Options without effect are "deprecated", and say why in their description and in
/// "deprecationMessage", which editors show beside the key. It refers to "#/$defs/reference", which
/// the whole document must have.
Node json_schema(const Type& type);
Node json_schema(const SchemaBase& schema);
/// The definition of "reference": a text that is one ${…}.
Node json_schema_reference();

}  // namespace sluice::config
