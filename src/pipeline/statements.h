#pragma once

// OTTL in the configuration of processors and connectors: groups of statements and conditions.

#include <optional>
#include <string>
#include <vector>

#include "config/schema.h"
#include "ottl/program.h"

namespace sluice::config {

template <>
struct Words<ottl::ErrorMode> {
  static constexpr bool kAnyCase = true;
  static constexpr std::array<std::pair<std::string_view, ottl::ErrorMode>, 3> kAll = {
      {{"ignore", ottl::ErrorMode::Ignore},
       {"silent", ottl::ErrorMode::Silent},
       {"propagate", ottl::ErrorMode::Propagate}}};
};

}  // namespace sluice::config

namespace sluice::pipeline {

/// Statements that run where one of the conditions holds, or conditions alone.
struct StatementGroup {
  std::optional<config::PlacedText> context;  ///< none: the one that fits
  std::optional<ottl::ErrorMode> error_mode;
  std::vector<config::PlacedText> conditions;
  std::vector<config::PlacedText> statements;
};

const config::Schema<StatementGroup>& schema_of(const StatementGroup*);

/// As it stands in the YAML: a list of groups, or of texts, which are one group.
struct StatementGroups {
  std::vector<StatementGroup> groups;
  bool texts_are_conditions = false;
  bool is_given = false;
};

/// A group, ready to run; belongs to one lane.
struct CompiledGroup {
  ottl::ContextKind context{};
  ottl::ErrorMode error_mode{};
  ottl::Program program;
};

/// Compiles all groups of a signal. What is wrong goes to `diagnostics`, if they are given, with
/// the place of each text that is wrong.
std::vector<CompiledGroup> compile_groups(const std::vector<StatementGroup>& groups,
                                          otlp::Signal signal, const ottl::Library& library,
                                          ottl::ErrorMode error_mode,
                                          config::Diagnostics* diagnostics);

/// The same for one group. Nothing where it is empty, or something is wrong.
std::optional<ottl::Program> compile_group(const StatementGroup& group, otlp::Signal signal,
                                           const ottl::Library& library,
                                           config::Diagnostics* diagnostics);
/// The same for conditions of one context, whose paths need not name it.
std::optional<ottl::Program> compile_conditions(const std::vector<config::PlacedText>& conditions,
                                                std::string_view context, otlp::Signal signal,
                                                const ottl::Library& library,
                                                config::Diagnostics* diagnostics);

}  // namespace sluice::pipeline

namespace sluice::config {

/// Texts and groups cannot be mixed in one list, but for statements behind groups; null is no list.
/// All as in the original.
template <>
struct Codec<pipeline::StatementGroups> {
  static Type type() {
    Type type{"list of OTTL texts, or of groups"};
    type.element.push_back(Codec<pipeline::StatementGroup>::type());
    type.takes_null = true;  // to refuse it
    return type;
  }
  static void decode(const Node& node, pipeline::StatementGroups& out, const Place& place);
  static Node encode(const pipeline::StatementGroups& value);
};

}  // namespace sluice::config
