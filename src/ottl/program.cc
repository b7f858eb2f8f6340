#include "ottl/program.h"

#include <algorithm>
#include <set>

#include "base/log.h"
#include "base/nearest.h"

namespace sluice::ottl {
namespace {

/// Everything in a tree that says which context it needs.
struct Needs {
  std::set<std::string> contexts;
  std::set<std::string> functions;
  std::set<std::string> names;

  void merge(Needs&& other) {
    contexts.merge(other.contexts);
    functions.merge(other.functions);
    names.merge(other.names);
  }
};

void collect(const ast::Value& value, Needs& needs);

void collect(const ast::Path& path, Needs& needs) {
  if (!path.head().empty()) needs.contexts.emplace(path.head());
  for (const ast::Field& field : path.fields) {
    for (const ast::Value& key : field.keys) collect(key, needs);
  }
}

void collect(const ast::Call& call, Needs& needs) {
  needs.functions.insert(call.name);
  for (const ast::Argument& argument : call.arguments) collect(*argument.value, needs);
  for (const ast::Value& key : call.keys) collect(key, needs);
}

void collect(const ast::Value& value, Needs& needs) {
  if (value.path) collect(*value.path, needs);
  if (value.call) collect(*value.call, needs);
  if (value.kind == ast::Value::Kind::Name) needs.names.insert(value.text);
  for (const ast::Value& item : value.items) collect(item, needs);
  for (const ast::MapItem& member : value.members) collect(*member.value, needs);
}

void collect(const ast::Condition& condition, Needs& needs) {
  for (const ast::Condition& part : condition.parts) collect(part, needs);
  for (const ast::Value& side : condition.sides) collect(side, needs);
}

Status about(std::string_view what, std::string_view text, const Status& status) {
  constexpr size_t kTextMax = 200;
  const std::string shown(text.substr(0, kTextMax));
  return {status.code(), std::string(what) + " `" + shown + (text.size() > kTextMax ? "…" : "") +
                             "`: " + status.message()};
}

/// Whether a context has all functions and names; a name may also be that of a function.
bool supports(ContextKind kind, const Needs& needs, const Library& library) {
  return std::all_of(
             needs.functions.begin(), needs.functions.end(),
             [&](const std::string& name) { return library.find(name, kind) != nullptr; }) &&
         std::all_of(needs.names.begin(), needs.names.end(), [&](const std::string& name) {
           return enumeration(kind, name) || library.find(name, kind) != nullptr;
         });
}

/// Whether all functions are there in some context; `likely` is the one whose names are offered.
Status all_known(const Needs& needs, ContextKind likely, const Library& library) {
  for (const std::string& name : needs.functions) {
    if (library.known(name)) continue;
    const bool is_editor = !name.empty() && name.front() >= 'a' && name.front() <= 'z';
    return invalid_argument("there is no function " + name +
                            did_you_mean(name, library.names(likely, is_editor)));
  }
  return {};
}

/// What a text needs, if it can be had in some context of the signal.
Result<Needs> known_needs(std::string_view what, std::string_view text, Needs needs,
                          otlp::Signal signal, const Library& library) {
  const Status known = all_known(needs, contexts_of(signal).back(), library);
  if (!known.ok()) return about(what, text, known);
  return needs;
}

Result<Needs> needs_of_statement(otlp::Signal signal, std::string_view text,
                                 const Library& library) {
  auto tree = parse_statement(text);
  if (!tree.ok()) return about("statement", text, tree.status());
  Needs needs;
  collect(tree->editor, needs);
  if (tree->where) collect(*tree->where, needs);
  return known_needs("statement", text, std::move(needs), signal, library);
}

Result<Needs> needs_of_condition(otlp::Signal signal, std::string_view text,
                                 const Library& library) {
  auto tree = parse_condition(text);
  if (!tree.ok()) return about("condition", text, tree.status());
  Needs needs;
  collect(*tree, needs);
  return known_needs("condition", text, std::move(needs), signal, library);
}

std::string joined(const std::set<std::string>& names) {
  std::string out;
  for (const std::string& name : names) out += (out.empty() ? "" : ", ") + name;
  return out;
}

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

/// Whether an error that comes now will be shown to anybody.
bool is_quiet(ErrorMode mode, uint64_t failures) {
  const bool is_power_of_two = (failures & (failures + 1)) == 0;  // with the one to come
  return mode == ErrorMode::Silent || (mode == ErrorMode::Ignore && !is_power_of_two);
}

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
    if (!tree.ok()) return about("statement", text, tree.status());
    Statement& statement = program.statements_.emplace_back();
    statement.text = text;
    auto editor = compiler.call(tree->editor, true);
    if (!editor.ok()) return about("statement", text, editor.status());
    statement.editor = std::move(*editor);
    if (tree->where) {
      auto where = compiler.condition(*tree->where);
      if (!where.ok()) return about("statement", text, where.status());
      statement.where = std::move(*where);
    }
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
    if (!tree.ok()) return about("condition", text, tree.status());
    auto test = compiler.condition(*tree);
    if (!test.ok()) return about("condition", text, test.status());
    Condition& condition = program.conditions_.emplace_back();
    condition.text = text;
    condition.test = std::move(*test);
  }
  return program;
}

/// True if the program goes on. An error is logged when it comes first, and then ever more rarely.
[[gnu::noinline]] bool Program::report(Frame& frame, std::string_view text, ErrorMode mode,
                                       uint64_t& failures) {
  ++failures;
  if (mode == ErrorMode::Propagate) return false;
  const bool is_power_of_two = (failures & (failures - 1)) == 0;
  if (mode == ErrorMode::Ignore && is_power_of_two) {
    log::warn("an OTTL statement or condition failed", {{"statement", std::string(text)},
                                                        {"error", std::string(frame.error)},
                                                        {"times", std::to_string(failures)}});
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
  for (size_t i = run.begin; i < run.end; ++i) {
    const Statement& statement = statements_[i];
    frame.quiet = is_quiet(mode, statement.failures);
    if (!statement.where || statement.where->holds(frame)) {
      if (statement.with_next && statement.with_next->apply(frame)) {
        ++i;
        continue;
      }
      statement.editor->eval(frame);
    }
    if (!frame.failed()) continue;
    failed = true;
    if (!report(frame, statement.text, mode, statement.failures)) return false;
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
  matched = !statement.where || statement.where->holds(frame);
  if (matched && !frame.failed()) statement.editor->eval(frame);
  if (!frame.failed()) return true;
  matched = false;
  return report(frame, statement.text, mode, statement.failures);
}

bool Program::any_holds(Frame& frame, ErrorMode mode, bool when_none) const {
  if (conditions_.empty()) return when_none;
  for (const Condition& condition : conditions_) {
    if (condition.test->holds(frame)) return true;
    if (frame.failed() && !report(frame, condition.text, mode, condition.failures)) return false;
  }
  return false;
}

Status check_statement(otlp::Signal signal, std::string_view text, const Library& library) {
  return needs_of_statement(signal, text, library).status();
}

Status check_condition(otlp::Signal signal, std::string_view text, const Library& library) {
  return needs_of_condition(signal, text, library).status();
}

Result<ContextKind> infer_context(otlp::Signal signal, const std::vector<std::string>& statements,
                                  const std::vector<std::string>& conditions,
                                  const Library& library) {
  Needs needs;
  for (const std::string& text : statements) {
    auto own = needs_of_statement(signal, text, library);
    if (!own.ok()) return own.status();
    needs.merge(std::move(*own));
  }
  for (const std::string& text : conditions) {
    auto own = needs_of_condition(signal, text, library);
    if (!own.ok()) return own.status();
    needs.merge(std::move(*own));
  }
  const std::vector<ContextKind>& contexts = contexts_of(signal);
  ContextSet named = 0;
  for (const std::string& name : needs.contexts) {
    const auto context = context_of_name(name);
    if (context) named |= in(*context);
  }
  if (named == 0) {
    return invalid_argument(
        "no path says which context the statements are for: write paths with their context, such "
        "as " +
        std::string(context_name(contexts.back())) + ".attributes");
  }
  for (const ContextKind context : contexts) {
    const bool reaches_all = (named & ~visible_from(context)) == 0;
    if (reaches_all && supports(context, needs, library)) return context;
  }
  return invalid_argument("no context has all of what the statements use: the contexts " +
                          joined(needs.contexts) + " and the functions " + joined(needs.functions));
}

}  // namespace sluice::ottl
