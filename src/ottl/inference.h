#pragma once

// Which context the statements and conditions of a group are for, where the configuration does not
// say it.

#include <string>
#include <string_view>
#include <vector>

#include "ottl/context.h"
#include "ottl/library.h"

namespace sluice::ottl {

/// Finds the one context that all texts of a group can run in, as the original infers it: the
/// innermost that any path names, or, where a function or enumeration is not there, one further in.
class Inference {
 public:
  /// The library must outlive it.
  Inference(otlp::Signal signal, const Library& library);

  /// InvalidArgument shows what in the text cannot be read, is in no context of the signal, or
  /// cannot be in one with the texts before it. Such a text counts no further.
  Status add_statement(std::string_view text);
  Status add_condition(std::string_view text);

  /// Of the texts that were added. InvalidArgument if no path of theirs names one.
  Result<ContextKind> context() const;

 private:
  struct Need;
  struct Added {
    std::string about;  // "statement `…`"
    ContextSet contexts;
  };

  template <typename Tree>
  Status add(std::string_view what, std::string_view text, const Result<Tree>& tree);
  void collect(const ast::Value& value, std::vector<Need>& needs) const;
  void collect(const ast::Path& path, std::vector<Need>& needs) const;
  void collect(const ast::Call& call, std::vector<Need>& needs) const;
  void collect(const ast::Condition& condition, std::vector<Need>& needs) const;
  void collect(const ast::Statement& statement, std::vector<Need>& needs) const;
  /// Why a need cannot be met where only `contexts` are left.
  std::string problem(const Need& need, ContextSet contexts) const;
  std::string unknown(const Need& need) const;

  const otlp::Signal signal_;
  const Library& library_;
  const ContextSet all_;  // of the signal
  ContextSet possible_;
  bool is_named_ = false;  // a path names a context
  std::vector<Added> added_;
};

/// The context of a whole group. InvalidArgument as of Inference, for the first text that is wrong.
Result<ContextKind> infer_context(otlp::Signal signal, const std::vector<std::string>& statements,
                                  const std::vector<std::string>& conditions,
                                  const Library& library);

}  // namespace sluice::ottl
