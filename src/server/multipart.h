#pragma once

#include <string_view>

#include "base/status.h"
#include "engine/engine.h"

namespace sluice::server {

/// Whether a Content-Type announces multipart/form-data.
bool is_multipart(std::string_view content_type);

/// The fields of a multipart/form-data body (RFC 7578), names to values, in order. InvalidArgument
/// if the boundary is missing, a part has no name, or the closing boundary is not there. Parts with
/// a file name, which are ClickHouse's external tables, are Unimplemented.
Result<engine::NameValues> parse_multipart(std::string_view content_type, std::string_view body);

}  // namespace sluice::server
