#pragma once

// Queries in JSON, of MongoDB, OpenSearch and Elasticsearch, without what they ask for.

#include <optional>
#include <string>
#include <string_view>

namespace sluice::components::redaction_processor {

/// The JSON with "?" for each text, number, boolean and null, and without the white space in it:
/// its names and its form stay. Nothing if it is no JSON by RFC 8259, or nested deeper than 10,000
/// levels.
std::optional<std::string> sanitized_json(std::string_view text);

}  // namespace sluice::components::redaction_processor
