#pragma once

#include <string_view>

#include "engine/engine.h"

namespace sluice::engine {

/// Reads libchdb's error text, "Code: N. DB::Exception: message (TYPE)", and gives it the form of
/// ClickHouse's HTTP interface: libchdb wraps some errors into copies of themselves ("Code: 73.
/// DB::Exception: Code: 73. DB::Exception: …", with a version inside each), of which one stays, and
/// leaves the version off. Text of any other form becomes code 1002 (UNKNOWN_EXCEPTION).
Error parse_error(std::string_view text, std::string_view version);

}  // namespace sluice::engine
