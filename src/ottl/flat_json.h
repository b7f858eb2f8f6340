#pragma once

// merge_maps(attributes, ParseJSON(text), "upsert") and then flatten(attributes), as most log
// pipelines have it, done in one pass where the text allows it.

#include <memory>

#include "otlp/json_body_flattener.h"
#include "ottl/ast.h"
#include "ottl/compiler.h"
#include "ottl/expr.h"

namespace sluice::ottl {

class FlatJson {
 public:
  /// For two statements that follow each other; null if they are not these two.
  static std::unique_ptr<FlatJson> make(const ast::Statement& merge, const ast::Statement& flatten,
                                        Compiler& compiler);

  /// Does what both editors would do. False, with nothing done, where they must do it themselves.
  bool apply(Frame& frame);

 private:
  TargetPtr attributes_;
  TargetPtr text_;
  otlp::JsonBodyFlattener flattener_;
};

}  // namespace sluice::ottl
