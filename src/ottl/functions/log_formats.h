#pragma once

#include <string>
#include <string_view>

#include "ottl/function.h"
#include "ottl/value.h"

namespace sluice::ottl {

/// LEEF 1.0 and 2.0 (IBM's Log Event Extended Format): "LEEF:1.0|vendor|product|version|event|a=b".
bool parse_leef(std::string_view text, Arena& arena, Attributes& out, std::string& error);

/// "clf" is the Common Log Format of web servers, "combined" has referrer and user agent besides.
struct ClfFormat {
  bool combined;
  static Result<ClfFormat> make(std::string_view name);
};
Value parse_clf(Frame& frame, std::string_view target, std::optional<Setting<ClfFormat>> format);

}  // namespace sluice::ottl
