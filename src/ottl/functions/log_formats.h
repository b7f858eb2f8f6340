#pragma once

// The formats of log lines that the transform processor knows. Each function fails with a message
// in the frame where the text is not in its format.

#include <string_view>

#include "ottl/function.h"
#include "ottl/value.h"

namespace sluice::ottl {

/// LEEF 1.0 and 2.0 (IBM's Log Event Extended Format): "LEEF:1.0|vendor|product|version|event|a=b",
/// perhaps behind a header of syslog.
Value parse_leef(Frame& frame, std::string_view target);

/// CEF (Common Event Format): "CEF:0|vendor|product|version|class|name|severity|a=b c=d", perhaps
/// behind a header of syslog.
Value parse_cef(Frame& frame, std::string_view target);

/// A whole block in the W3C Extended Log Format (https://www.w3.org/TR/WD-logfile.html):
/// directives, then entries.
Value parse_elf(Frame& frame, std::string_view target);

/// "clf" is the Common Log Format of web servers, "combined" has referrer and user agent besides.
struct ClfFormat {
  bool combined;
  static Result<ClfFormat> make(std::string_view name);
};
Value parse_clf(Frame& frame, std::string_view target, std::optional<Setting<ClfFormat>> format);

}  // namespace sluice::ottl
