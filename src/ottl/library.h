#pragma once

// Functions of OTTL. One is declared by what it is called, what its parameters are called, and a
// callable whose parameter types say how arguments are converted (function.h):
//
//   library.converter("Index", {"target", "value"}, [](Frame& frame, Value target, Value value) …);

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/status.h"
#include "ottl/context.h"
#include "ottl/expr.h"

namespace sluice::ottl {

class Compiler;

/// The arguments of a call in the order of the parameters; null where an optional one is missing.
using Arguments = std::vector<const ast::Value*>;

struct Function {
  std::string name;
  std::vector<std::string> parameters;
  size_t required = 0;  ///< how many parameters have no default
  ContextSet contexts = kEverywhere;
  bool pure = true;  ///< the same arguments give the same result
  /// Of a converter that says whether its one argument is of a kind: which; otherwise nothing.
  std::optional<otlp::ValueKind> asked_kind{};
  std::function<Result<ExprPtr>(Compiler&, const Arguments&)> bind;
};

class Library {
 public:
  /// The name begins with a lower-case letter for editors, with a capital for converters. Both are
  /// defined in function.h.
  template <typename F>
  Function& add(std::string name, std::vector<std::string> parameters, F function);
  /// As add(); `check` gets what the callable gets, as it was bound, and may refuse literals.
  template <typename F, typename Check>
  Function& add(std::string name, std::vector<std::string> parameters, F function, Check check);

  /// Null if there is none of this name here.
  const Function* find(std::string_view name, ContextKind context) const;
  /// In any context.
  bool known(std::string_view name) const { return functions_.find(name) != functions_.end(); }
  /// Names that stand in a context, for messages.
  std::vector<std::string> names(ContextKind context, bool editors) const;

 private:
  std::map<std::string, Function, std::less<>> functions_;
};

/// The functions of the original's ottlfuncs and of its transform processor.
const Library& standard_library();
/// Those of the routing connector: route(), delete_key(), delete_matching_keys() and converters.
const Library& routing_library();
/// Those of the filter processor: no editors but the ones that only conditions can reach.
const Library& filter_library();

}  // namespace sluice::ottl
