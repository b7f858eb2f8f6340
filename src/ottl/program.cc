#include "ottl/program.h"

#include <algorithm>

#include "base/log.h"
#include "ottl/lexer.h"

namespace sluice::ottl {
namespace {

/// Editors change their first parameter, `target`, alone.
bool changes_only(ContextKind kind, const ast::Statement& statement) {
  const auto& arguments = statement.editor.arguments;
  for (size_t i = 0; i < arguments.size(); ++i) {
    const ast::Path* path = arguments[i].value->path.get();
    if (path == nullptr || (i != 0 && arguments[i].name != "target")) continue;
    const auto named = context_of_name(path->head());
    if (named && *named != kind) return false;
  }
  return true;
}

[[gnu::noinline]] bool fail_for_room(Frame& frame) {
  frame.fail(
      "the statements made too many bytes of this batch: does a value grow with each record?");
  return false;
}

/// False, and an error in the frame, where no more may be made of this batch.
inline bool may_edit(Frame& frame) { return frame.has_room() || fail_for_room(frame); }

}  // namespace

Result<Program> Program::compile(const Source& source, const Library& library) {
  Program program;
  program.constants_ = std::make_unique<Arena>();
  Arena& constants = *program.constants_;
  std::vector<ast::Statement> trees;
  for (const std::string& source_text : source.statements) {
    const std::string_view text = constants.copy(source_text);
    Compiler compiler(source.context, library, text, constants, source.relaxed);
    auto tree = parse_statement(text);
    if (!tree.ok()) return about_text("statement", text, tree.status());
    auto editor = compiler.call(tree->editor, true);
    if (!editor.ok()) return about_text("statement", text, editor.status());
    Result<Condition> where = Condition::constant(true);
    if (tree->where) where = compiler.condition(*tree->where);
    if (!where.ok()) return about_text("statement", text, where.status());
    program.statements_.push_back({text, std::move(*where), std::move(*editor), nullptr, {}});
    trees.push_back(std::move(*tree));
  }
  const bool records_stand_alone =
      source.context == ContextKind::Log || source.context == ContextKind::Span;
  program.changes_only_its_record_ =
      records_stand_alone && std::all_of(trees.begin(), trees.end(), [&](const auto& statement) {
        return changes_only(source.context, statement);
      });
  program.divide(trees, source, library);
  for (const std::string& source_text : source.conditions) {
    const std::string_view text = constants.copy(source_text);
    Compiler compiler(source.context, library, text, constants, source.relaxed);
    auto tree = parse_condition(text);
    if (!tree.ok()) return about_text("condition", text, tree.status());
    auto condition = compiler.condition(*tree);
    if (!condition.ok()) return about_text("condition", text, condition.status());
    program.conditions_.push_back({text, std::move(*condition), {}});
  }
  return program;
}

/// True if the program goes on. An error is logged when it comes first, and then ever more rarely.
[[gnu::noinline]] bool Program::report(Frame& frame, std::string_view text, ErrorMode mode,
                                       Failures& failures) {
  if (mode == ErrorMode::Propagate) return false;
  const auto is_power_of_two = [](uint64_t n) { return (n & (n - 1)) == 0; };
  const uint64_t count = ++failures.count;
  failures.quiet = mode == ErrorMode::Silent || !is_power_of_two(count + 1);
  if (mode == ErrorMode::Ignore && is_power_of_two(count)) {
    log::warn("an OTTL statement or condition failed", {{"statement", std::string(text)},
                                                        {"error", std::string(frame.error)},
                                                        {"times", std::to_string(count)}});
  }
  frame.error = {};
  return true;
}

/// Finds neighbours that can be done at once, and puts those whose result can be remembered
/// together.
void Program::divide(const std::vector<ast::Statement>& trees, const Source& source,
                     const Library& library) {
  // A look-up costs as much as a statement or two.
  constexpr size_t kWorthRemembering = 3;
  Compiler compiler(source.context, library, "", *constants_, source.relaxed);
  for (size_t i = 1; i < trees.size(); ++i)
    statements_[i - 1].with_next = FlatJson::make(trees[i - 1], trees[i], compiler);
  size_t begin = 0;
  const auto close = [&](size_t end, std::unique_ptr<Memo> memo) {
    if (end > begin) runs_.push_back({begin, end, std::move(memo)});
    begin = end;
  };
  for (size_t i = 0; i < trees.size();) {
    std::vector<const ast::Statement*> together;
    while (i < trees.size() && Memo::eligible(trees[i], compiler)) together.push_back(&trees[i++]);
    if (together.size() >= kWorthRemembering) {
      if (auto memo = Memo::make(together, compiler)) {
        close(i - together.size(), nullptr);
        close(i, std::move(memo));
      }
    }
    if (together.empty()) ++i;
  }
  close(trees.size(), nullptr);
}

bool Program::run(const Run& run, Frame& frame, ErrorMode mode, bool& failed) const {
  const Statement* const end = statements_.data() + run.end;
  for (const Statement* statement = statements_.data() + run.begin; statement < end; ++statement) {
    frame.quiet = statement->failures.quiet;
    if (statement->where.holds(frame) && may_edit(frame)) {
      if (statement->with_next && statement->with_next->apply(frame)) {
        ++statement;
        continue;
      }
      statement->editor->eval(frame);
    }
    if (!frame.failed()) continue;
    failed = true;
    if (!report(frame, statement->text, mode, statement->failures)) return false;
  }
  return true;
}

bool Program::run(Frame& frame, ErrorMode mode) const {
  for (const Run& part : runs_) {
    const Memo::Found found = part.memo ? part.memo->apply(frame) : Memo::Found::Off;
    if (found == Memo::Found::Applied) continue;
    bool failed = false;
    if (!run(part, frame, mode, failed)) return false;
    if (found == Memo::Found::New && !failed) part.memo->learn(frame);
  }
  frame.quiet = false;
  return true;
}

bool Program::run_first(Frame& frame, ErrorMode mode, bool& matched) const {
  const Statement& statement = statements_.front();
  matched = statement.where.holds(frame);
  if (matched && !frame.failed() && may_edit(frame)) statement.editor->eval(frame);
  if (!frame.failed()) return true;
  matched = false;
  return report(frame, statement.text, mode, statement.failures);
}

bool Program::any_holds(Frame& frame, ErrorMode mode) const {
  for (const Wanted& wanted : conditions_) {
    if (wanted.condition.holds(frame)) return true;
    if (frame.failed() && !report(frame, wanted.text, mode, wanted.failures)) return false;
  }
  return false;
}

}  // namespace sluice::ottl
