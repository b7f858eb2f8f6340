#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/status.h"
#include "http/stream_server.h"
#include "server/sql.h"

namespace sluice::server {

/// The setting whose value is a Map of header fields for a query's answer.
inline constexpr std::string_view kResponseHeaders = "http_response_headers";

/// Reads the setting's value, "{'Name':'value', …}". InvalidArgument for what is no Map of strings,
/// control characters, a name twice, a name that is no token of HTTP, and for fields that say where
/// the answer ends.
Result<http::Fields> parse_response_headers(std::string_view value);

/// The text of a setting in the outermost SETTINGS clause of a statement, the last if it is there
/// twice: of a string what is in it, of anything else what is written.
std::optional<std::string> setting_of(std::string_view sql, const StatementShape& shape,
                                      std::string_view name);

/// Puts `more` into `fields`, in the place of fields of the same name.
void override_fields(http::Fields& fields, const http::Fields& more);

}  // namespace sluice::server
