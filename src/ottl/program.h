#pragma once

// Statements and conditions, ready to run over records.

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "ottl/compiler.h"
#include "ottl/condition.h"
#include "ottl/flat_json.h"
#include "ottl/frame.h"
#include "ottl/library.h"
#include "ottl/memo.h"

namespace sluice::ottl {

/// What happens to an error in a statement or condition.
enum class ErrorMode : uint8_t {
  Ignore,     ///< it is logged, the next statement runs
  Silent,     ///< the next statement runs
  Propagate,  ///< the whole request fails, the sender is told to come again
};

/// One list of statements, or of conditions, of one context. Belongs to one thread. Strings of
/// literals that it puts into records live as long as it does.
class Program {
 public:
  struct Source {
    std::vector<std::string> statements{};
    std::vector<std::string> conditions{};
    bool relaxed = false;  ///< paths without a context belong to `context`
    ContextKind context = ContextKind::Log;
  };

  /// InvalidArgument names the statement, shows where it is wrong, and says what is expected.
  static Result<Program> compile(const Source& source, const Library& library);

  /// Runs the statements whose conditions hold. False where an error must be propagated; it is then
  /// in the frame.
  bool run(Frame& frame, ErrorMode mode) const;
  /// Whether any of the conditions holds; true if there are none and `when_none`. An error counts
  /// as no, unless it must be propagated: then it is left in the frame.
  bool any_holds(Frame& frame, ErrorMode mode, bool when_none) const {
    return conditions_.empty() ? when_none : any_holds(frame, mode);
  }

  /// Runs the first statement if its condition holds, and says whether it did. REQUIRES: there is
  /// one. False where an error must be propagated.
  bool run_first(Frame& frame, ErrorMode mode, bool& matched) const;

  /// Whether statements change nothing but the log record or span that they run for: it does not
  /// matter then which of several records is first done with.
  bool changes_only_its_record() const { return changes_only_its_record_; }

 private:
  /// Of one statement or condition.
  struct Failures {
    uint64_t count = 0;
    bool quiet = false;  ///< the next one will be shown to nobody
  };
  struct Statement {
    std::string_view text;
    Condition where;
    ExprPtr editor;
    std::unique_ptr<FlatJson> with_next;  ///< may do what this editor and the next one would do
    mutable Failures failures;
  };
  /// Statements that run one after the other, or whose result is remembered.
  struct Run {
    size_t begin = 0;
    size_t end = 0;
    std::unique_ptr<Memo> memo;  ///< null: they always run
  };
  struct Wanted {
    std::string_view text;
    Condition condition;
    mutable Failures failures;
  };
  static bool report(Frame& frame, std::string_view text, ErrorMode mode, Failures& failures);
  bool any_holds(Frame& frame, ErrorMode mode) const;
  void divide(const std::vector<ast::Statement>& trees, const Source& source,
              const Library& library);
  /// False where an error must be propagated; `failed` says whether any statement did.
  bool run(const Run& run, Frame& frame, ErrorMode mode, bool& failed) const;

  std::unique_ptr<Arena> constants_;
  std::vector<Statement> statements_;
  std::vector<Run> runs_;  // all statements, in their order
  std::vector<Wanted> conditions_;
  bool changes_only_its_record_ = false;
};

}  // namespace sluice::ottl
