#pragma once

#include <string>
#include <string_view>

#include "base/status.h"
#include "engine/engine.h"

namespace sluice::server {

/// A request target, decoded.
struct Target {
  std::string path;           ///< percent escapes resolved
  engine::NameValues params;  ///< of the query string, in order; names may repeat
};

/// Takes "/path?name=value&…" apart. '+' is a space in the query string. InvalidArgument for a
/// percent sign without two hexadecimal digits.
Result<Target> parse_target(std::string_view target);

/// The last value of that name, or null: as in ClickHouse, later ones win.
const std::string* find_last(const engine::NameValues& values, std::string_view name);

}  // namespace sluice::server
