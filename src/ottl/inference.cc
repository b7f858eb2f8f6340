#include "ottl/inference.h"

#include <algorithm>

#include "base/nearest.h"
#include "ottl/lexer.h"

namespace sluice::ottl {

/// Something in a text that not every context has.
struct Inference::Need {
  enum class Kind : uint8_t { Path, Function, Name };
  Kind kind;
  std::string name;  // the context that a path names, a function, or an enumeration's value
  size_t at;         // in the text
  ContextSet contexts;
  bool decides = false;  // a path whose context the statements may be inferred to be of
};

namespace {

/// "log", "metric and datapoint".
std::string names_of(ContextSet contexts) {
  std::vector<std::string_view> names;
  for (size_t i = 0; i < kContextCount; ++i) {
    const auto kind = static_cast<ContextKind>(i);
    if ((contexts & in(kind)) != 0) names.push_back(context_name(kind));
  }
  std::string out;
  for (size_t i = 0; i < names.size(); ++i) {
    if (i != 0) out += i + 1 == names.size() ? " and " : ", ";
    out += names[i];
  }
  return out;
}

/// "the context log", "the contexts metric and datapoint".
std::string the_contexts(ContextSet contexts) {
  const bool is_one = (contexts & (contexts - 1)) == 0;
  return (is_one ? "the context " : "the contexts ") + names_of(contexts);
}

template <typename Has>
ContextSet contexts_where(Has has) {
  ContextSet contexts = 0;
  for (size_t i = 0; i < kContextCount; ++i) {
    const auto kind = static_cast<ContextKind>(i);
    if (has(kind)) contexts |= in(kind);
  }
  return contexts;
}

ContextSet contexts_of_signal(otlp::Signal signal) {
  ContextSet contexts = 0;
  for (const ContextKind kind : contexts_of(signal)) contexts |= in(kind);
  return contexts;
}

bool is_editor(std::string_view name) { return name.front() >= 'a' && name.front() <= 'z'; }

}  // namespace

Inference::Inference(otlp::Signal signal, const Library& library)
    : signal_(signal), library_(library), all_(contexts_of_signal(signal)), possible_(all_) {}

void Inference::collect(const ast::Path& path, std::vector<Need>& needs) const {
  if (const auto named = context_of_name(path.head())) {
    const auto sees = [&](ContextKind kind) { return (visible_from(kind) & in(*named)) != 0; };
    // The second name of the scope is one for paths, and none of a context.
    needs.push_back({Need::Kind::Path, std::string(context_name(*named)), path.at,
                     contexts_where(sees), path.head() != "instrumentation_scope"});
  }
  for (const ast::Field& field : path.fields) {
    for (const ast::Value& key : field.keys) collect(key, needs);
  }
}

void Inference::collect(const ast::Call& call, std::vector<Need>& needs) const {
  const auto has = [&](ContextKind kind) { return library_.find(call.name, kind) != nullptr; };
  needs.push_back({Need::Kind::Function, call.name, call.at, contexts_where(has)});
  for (const ast::Argument& argument : call.arguments) collect(*argument.value, needs);
  for (const ast::Value& key : call.keys) collect(key, needs);
}

void Inference::collect(const ast::Value& value, std::vector<Need>& needs) const {
  if (value.path) collect(*value.path, needs);
  if (value.call) collect(*value.call, needs);
  if (value.kind == ast::Value::Kind::Name) {
    // A name may also be that of a function. One in capitals is taken for an enumeration's here, so
    // that replace_pattern(…, SHA256) needs a context that the configuration names.
    const bool is_function = std::any_of(value.text.begin(), value.text.end(),
                                         [](char c) { return c >= 'a' && c <= 'z'; });
    const auto has = [&](ContextKind kind) {
      return enumeration(kind, value.text) ||
             (is_function && library_.find(value.text, kind) != nullptr);
    };
    needs.push_back({Need::Kind::Name, value.text, value.at, contexts_where(has)});
  }
  for (const ast::Value& item : value.items) collect(item, needs);
  for (const ast::MapItem& member : value.members) collect(*member.value, needs);
}

void Inference::collect(const ast::Condition& condition, std::vector<Need>& needs) const {
  for (const ast::Condition& part : condition.parts) collect(part, needs);
  for (const ast::Value& side : condition.sides) collect(side, needs);
}

void Inference::collect(const ast::Statement& statement, std::vector<Need>& needs) const {
  collect(statement.editor, needs);
  if (statement.where) collect(*statement.where, needs);
}

/// What no context of the signal has.
std::string Inference::unknown(const Need& need) const {
  const std::string of_signal = " for " + std::string(otlp::signal_name(signal_));
  const ContextKind likely = contexts_of(signal_).back();
  switch (need.kind) {
    case Need::Kind::Path:
      return "there is no context " + need.name + of_signal + ", only " + names_of(all_);
    case Need::Kind::Function:
      if (library_.known(need.name)) return "there is no function " + need.name + of_signal;
      return "there is no function " + need.name +
             did_you_mean(need.name, library_.names(likely, is_editor(need.name)));
    case Need::Kind::Name: break;
  }
  return "there is no enumeration value " + need.name +
         (need.contexts != 0 ? of_signal : did_you_mean(need.name, enumeration_names(likely)));
}

std::string Inference::problem(const Need& need, ContextSet contexts) const {
  const ContextSet own = need.contexts & all_;
  if (own == 0) return unknown(need);
  const std::string what = need.kind == Need::Kind::Path ? "paths of " + need.name : need.name;
  return what + " can only stand in " + the_contexts(own) + ", and what stands before only in " +
         the_contexts(contexts);
}

template <typename Tree>
Status Inference::add(std::string_view what, std::string_view text, const Result<Tree>& tree) {
  if (!tree.ok()) return about_text(what, text, tree.status());
  std::vector<Need> needs;
  collect(*tree, needs);
  ContextSet own = all_;
  for (const Need& need : needs) {
    if ((own & need.contexts) == 0)
      return about_text(what, text, syntax_error(text, need.at, problem(need, own)));
    own &= need.contexts;
  }
  if ((possible_ & own) == 0) {
    const auto other = std::find_if(added_.begin(), added_.end(), [&](const Added& added) {
      return (added.contexts & own) == 0;
    });
    const auto need = std::find_if(needs.begin(), needs.end(), [&](const Need& each) {
      return (each.contexts & possible_) == 0;
    });
    const bool is_found = other != added_.end();
    return about_text(
        what, text,
        syntax_error(text, need == needs.end() ? 0 : need->at,
                     "this needs " + the_contexts(own) + ", and " +
                         (is_found ? "the " + other->about : std::string("what stands before it")) +
                         " needs " + the_contexts(is_found ? other->contexts : possible_) +
                         ": they cannot be in one group"));
  }
  possible_ &= own;
  is_named_ = is_named_ || std::any_of(needs.begin(), needs.end(),
                                       [](const Need& need) { return need.decides; });
  added_.push_back({text_name(what, text), own});
  return {};
}

Status Inference::add_statement(std::string_view text) {
  return add("statement", text, parse_statement(text));
}

Status Inference::add_condition(std::string_view text) {
  return add("condition", text, parse_condition(text));
}

Result<ContextKind> Inference::context() const {
  const std::vector<ContextKind>& contexts = contexts_of(signal_);
  if (!is_named_) {
    return invalid_argument(
        "no path says which context the statements are for: write paths with their context, such "
        "as " +
        std::string(context_name(contexts.back())) + ".attributes");
  }
  return *std::find_if(contexts.begin(), contexts.end(),
                       [&](ContextKind kind) { return (possible_ & in(kind)) != 0; });
}

Result<ContextKind> infer_context(otlp::Signal signal, const std::vector<std::string>& statements,
                                  const std::vector<std::string>& conditions,
                                  const Library& library) {
  Inference inference(signal, library);
  for (const std::string& text : statements) SLUICE_RETURN_IF_ERROR(inference.add_statement(text));
  for (const std::string& text : conditions) SLUICE_RETURN_IF_ERROR(inference.add_condition(text));
  return inference.context();
}

}  // namespace sluice::ottl
