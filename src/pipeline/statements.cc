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

Result<ottl::Program::Source> source_of(const StatementGroup& group, otlp::Signal signal,
                                        const ottl::Library& library) {
  ottl::Program::Source source;
  source.statements = group.statements;
  source.conditions = group.conditions;
  source.relaxed = !group.context.empty();
  if (group.context.empty()) {
    auto context = ottl::infer_context(signal, group.statements, group.conditions, library);
    if (!context.ok()) return context.status();
    source.context = *context;
    return source;
  }
  const auto& contexts = ottl::contexts_of(signal);
  const auto named = ottl::context_of_name(group.context);
  if (!named || std::find(contexts.begin(), contexts.end(), *named) == contexts.end()) {
    return invalid_argument("there is no context \"" + group.context + "\" for " +
                            std::string(otlp::signal_name(signal)));
  }
  source.context = *named;
  return source;
}

std::vector<CompiledGroup> compile_groups(const std::vector<StatementGroup>& groups,
                                          otlp::Signal signal, const ottl::Library& library,
                                          ottl::ErrorMode error_mode, const config::Place* place) {
  std::vector<CompiledGroup> out;
  for (const StatementGroup& group : groups) {
    if (group.statements.empty() && group.conditions.empty()) continue;
    auto source = source_of(group, signal, library);
    Status status = source.status();
    if (source.ok()) {
      auto program = ottl::Program::compile(*source, library);
      status = program.status();
      if (program.ok()) {
        out.push_back(
            {source->context, group.error_mode.value_or(error_mode), std::move(*program)});
      }
    }
    if (!status.ok() && place != nullptr) place->error(status.message());
  }
  return out;
}

}  // namespace sluice::pipeline

namespace sluice::config {

void Codec<pipeline::StatementGroups>::decode(const Node& node, pipeline::StatementGroups& out,
                                              const Place& place) {
  out.groups.clear();
  if (!node.is_list()) return place.expected("a list", node);
  const bool texts = !node.items.empty() && !node.items.front().is_map();
  if (texts) {
    std::vector<std::string> statements;
    Codec<std::vector<std::string>>::decode(node, statements, place);
    if (!out.texts_are_conditions) {
      out.groups.emplace_back().statements = std::move(statements);
      return;
    }
    for (std::string& condition : statements)
      out.groups.emplace_back().conditions.push_back(std::move(condition));
    return;
  }
  Codec<std::vector<pipeline::StatementGroup>>::decode(node, out.groups, place);
}

Node Codec<pipeline::StatementGroups>::encode(const pipeline::StatementGroups& value) {
  return Codec<std::vector<pipeline::StatementGroup>>::encode(value.groups);
}

}  // namespace sluice::config
