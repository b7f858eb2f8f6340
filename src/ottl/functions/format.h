#pragma once

#include <span>
#include <string>
#include <string_view>

#include "ottl/value.h"

namespace sluice::ottl {

/// Go's fmt.Sprintf (https://pkg.go.dev/fmt) for the kinds of values that OTTL has, with its texts
/// for verbs and arguments that do not fit: "%!d(string=x)", "%!s(MISSING)", "%!(EXTRA int64=2)".
std::string go_format(std::string_view format, std::span<const Value> arguments);

}  // namespace sluice::ottl
