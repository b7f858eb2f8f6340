#pragma once

// The contexts of OTTL: which paths there are, how they are read and written, which names stand
// for numbers.

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/status.h"
#include "otlp/records.h"
#include "ottl/ast.h"
#include "ottl/expr.h"

namespace sluice::ottl {

enum class ContextKind : uint8_t { Resource, Scope, Log, Span, SpanEvent, Metric, DataPoint };
inline constexpr size_t kContextCount = 7;

/// A set of contexts, a bit each.
using ContextSet = uint8_t;
constexpr ContextSet in(ContextKind kind) {
  return static_cast<ContextSet>(1u << static_cast<unsigned>(kind));
}
inline constexpr ContextSet kEverywhere = 0x7f;

/// "resource", "scope", "log", "span", "spanevent", "metric", "datapoint".
std::string_view context_name(ContextKind kind);
std::optional<ContextKind> context_of_name(std::string_view name);

/// The contexts of a signal's records, the outermost first.
const std::vector<ContextKind>& contexts_of(otlp::Signal signal);
/// The contexts whose paths may stand in statements of this one, itself included.
ContextSet visible_from(ContextKind kind);

/// The number that a name such as SEVERITY_NUMBER_INFO stands for.
std::optional<int64_t> enumeration(ContextKind kind, std::string_view name);
/// All such names, for messages.
std::vector<std::string_view> enumeration_names(ContextKind kind);

class Compiler;
/// Compiles a path of statements that are for `kind`. InvalidArgument says what is wrong with it.
Result<TargetPtr> compile_path(ContextKind kind, const ast::Path& path, Compiler& compiler);

}  // namespace sluice::ottl
