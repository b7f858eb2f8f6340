#include "pipeline/statements.h"

#include <algorithm>

namespace sluice::pipeline {

const config::Schema<StatementGroup>& schema_of(const StatementGroup*) {
  static const auto schema =
      config::Schema<StatementGroup>()
          .field(
              "context", &StatementGroup::context,
              "What the statements are run for: resource, scope, log, span, spanevent, metric or "
              "datapoint. Without it, the context that their paths name.")
          .field("error_mode", &StatementGroup::error_mode,
                 "What happens to an error, if not what the whole component does.")
          .field("conditions", &StatementGroup::conditions,
                 "The statements run where one of these holds; without any, always.")
          .field("statements", &StatementGroup::statements, "OTTL statements, in their order.");
  return schema;
}

namespace {

using config::PlacedText;
using ottl::Program;

std::vector<std::string> texts_of(const std::vector<PlacedText>& placed) {
  std::vector<std::string> texts;
  for (const PlacedText& each : placed) texts.push_back(each.text);
  return texts;
}

/// What a group is compiled from. InvalidArgument if no context fits.
Result<Program::Source> source_of(const StatementGroup& group, otlp::Signal signal,
                                  const ottl::Library& library) {
  Program::Source source;
  source.statements = texts_of(group.statements);
  source.conditions = texts_of(group.conditions);
  source.relaxed = !group.context.text.empty();
  if (!source.relaxed) {
    auto context = ottl::infer_context(signal, source.statements, source.conditions, library);
    if (!context.ok()) return context.status();
    source.context = *context;
    return source;
  }
  const auto& contexts = ottl::contexts_of(signal);
  const auto named = ottl::context_of_name(group.context.text);
  if (!named || std::find(contexts.begin(), contexts.end(), *named) == contexts.end()) {
    return invalid_argument("there is no context \"" + group.context.text + "\" for " +
                            std::string(otlp::signal_name(signal)));
  }
  source.context = *named;
  return source;
}

/// Tells what is wrong with a group that could not be compiled: with each of its texts by itself,
/// at its own place; or, if none is wrong alone, `whole`.
class Explanation {
 public:
  Explanation(otlp::Signal signal, const ottl::Library& library, config::Diagnostics& diagnostics)
      : signal_(signal), library_(library), diagnostics_(diagnostics) {}

  void run(const StatementGroup& group, const Result<Program::Source>& source,
           const Status& whole) {
    const size_t before = diagnostics_.errors().size();
    for (const PlacedText& text : group.statements)
      tell(text, source.ok() ? compile({{text.text}, {}, source->relaxed, source->context})
                             : ottl::check_statement(signal_, text.text, library_));
    for (const PlacedText& text : group.conditions)
      tell(text, source.ok() ? compile({{}, {text.text}, source->relaxed, source->context})
                             : ottl::check_condition(signal_, text.text, library_));
    if (diagnostics_.errors().size() != before) return;
    const bool is_named = !group.context.path.empty();
    tell(is_named                    ? group.context
         : !group.statements.empty() ? group.statements.front()
                                     : group.conditions.front(),
         whole);
  }

 private:
  Status compile(const Program::Source& source) const {
    return Program::compile(source, library_).status();
  }
  void tell(const PlacedText& text, const Status& status) {
    if (!status.ok()) diagnostics_.error(text.mark, text.path, status.message());
  }

  const otlp::Signal signal_;
  const ottl::Library& library_;
  config::Diagnostics& diagnostics_;
};

}  // namespace

std::vector<CompiledGroup> compile_groups(const std::vector<StatementGroup>& groups,
                                          otlp::Signal signal, const ottl::Library& library,
                                          ottl::ErrorMode error_mode,
                                          config::Diagnostics* diagnostics) {
  std::vector<CompiledGroup> out;
  for (const StatementGroup& group : groups) {
    if (group.statements.empty() && group.conditions.empty()) continue;
    const auto source = source_of(group, signal, library);
    Status status = source.status();
    if (source.ok()) {
      auto program = Program::compile(*source, library);
      status = program.status();
      if (program.ok()) {
        out.push_back(
            {source->context, group.error_mode.value_or(error_mode), std::move(*program)});
      }
    }
    if (!status.ok() && diagnostics != nullptr)
      Explanation(signal, library, *diagnostics).run(group, source, status);
  }
  return out;
}

std::optional<Program> compile_group(const StatementGroup& group, otlp::Signal signal,
                                     const ottl::Library& library,
                                     config::Diagnostics* diagnostics) {
  auto compiled = compile_groups({group}, signal, library, {}, diagnostics);
  if (compiled.empty()) return std::nullopt;
  return std::move(compiled.front().program);
}

std::optional<Program> compile_conditions(const std::vector<PlacedText>& conditions,
                                          std::string_view context, otlp::Signal signal,
                                          const ottl::Library& library,
                                          config::Diagnostics* diagnostics) {
  StatementGroup group;
  group.context.text = context;
  group.conditions = conditions;
  return compile_group(group, signal, library, diagnostics);
}

}  // namespace sluice::pipeline

namespace sluice::config {

void Codec<pipeline::StatementGroups>::decode(const Node& node, pipeline::StatementGroups& out,
                                              const Place& place) {
  out.groups.clear();
  if (!node.is_list()) return place.expected("a list", node);
  const bool texts = !node.items.empty() && !node.items.front().is_map();
  if (texts) {
    std::vector<PlacedText> statements;
    Codec<std::vector<PlacedText>>::decode(node, statements, place);
    if (!out.texts_are_conditions) {
      out.groups.emplace_back().statements = std::move(statements);
      return;
    }
    for (PlacedText& condition : statements)
      out.groups.emplace_back().conditions.push_back(std::move(condition));
    return;
  }
  Codec<std::vector<pipeline::StatementGroup>>::decode(node, out.groups, place);
}

Node Codec<pipeline::StatementGroups>::encode(const pipeline::StatementGroups& value) {
  return Codec<std::vector<pipeline::StatementGroup>>::encode(value.groups);
}

}  // namespace sluice::config
