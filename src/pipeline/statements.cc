#include "pipeline/statements.h"

#include <algorithm>

#include "base/ascii.h"
#include "ottl/inference.h"
#include "ottl/lexer.h"

namespace sluice::pipeline {

const config::Schema<StatementGroup>& schema_of(const StatementGroup*) {
  static const auto schema =
      config::Schema<StatementGroup>()
          .field(
              "context", &StatementGroup::context,
              "What the statements are run for: resource, scope, log, span, spanevent, metric or "
              "datapoint. Without it, the context that their paths name.")
          .given_by_null()
          .field("error_mode", &StatementGroup::error_mode,
                 "What happens to an error, if not what the whole component does.")
          .given_by_null()
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
  texts.reserve(placed.size());
  for (const PlacedText& each : placed) texts.push_back(each.value);
  return texts;
}

/// InvalidArgument if none fits.
Result<ottl::ContextKind> context_of(const StatementGroup& group, otlp::Signal signal,
                                     const ottl::Library& library) {
  if (!group.context) {
    return ottl::infer_context(signal, texts_of(group.statements), texts_of(group.conditions),
                               library);
  }
  const auto& contexts = ottl::contexts_of(signal);
  const auto named = ottl::context_of_name(ascii::lower(group.context->value));
  if (!named || std::find(contexts.begin(), contexts.end(), *named) == contexts.end()) {
    return invalid_argument("there is no context \"" + group.context->value + "\" for " +
                            std::string(otlp::signal_name(signal)));
  }
  return *named;
}

Program::Source source_of(const StatementGroup& group, ottl::ContextKind context) {
  return {texts_of(group.statements), texts_of(group.conditions), group.context.has_value(),
          context};
}

/// Tells what is wrong with a group that could not be compiled: all of it, each text at its own
/// place.
class Explanation {
 public:
  Explanation(otlp::Signal signal, const ottl::Library& library, config::Diagnostics& diagnostics)
      : signal_(signal), library_(library), diagnostics_(diagnostics) {}

  /// `context` is the one that the texts are compiled for, or why there is none.
  void run(const StatementGroup& group, const Result<ottl::ContextKind>& context) {
    const bool is_named = group.context.has_value();
    std::vector<Piece> pieces;
    for (const PlacedText& text : group.statements) pieces.push_back({text, false});
    for (const PlacedText& text : group.conditions) pieces.push_back({text, true});
    if (context.ok()) {
      for (const Piece& piece : pieces) tell(piece.text, compile(piece, *context, is_named));
    } else if (is_named) {
      tell(*group.context, context.status());
      for (const Piece& piece : pieces) tell(piece.text, parse(piece));
    } else {
      infer(pieces);
    }
  }

 private:
  struct Piece {
    const PlacedText& text;
    bool is_condition;
  };

  /// What is wrong with some says nothing about the others, which are compiled for the context that
  /// they have without them.
  void infer(const std::vector<Piece>& pieces) {
    ottl::Inference inference(signal_, library_);
    std::vector<Piece> good;
    for (const Piece& piece : pieces) {
      const Status added = piece.is_condition ? inference.add_condition(piece.text.value)
                                              : inference.add_statement(piece.text.value);
      tell(piece.text, added);
      if (added.ok()) good.push_back(piece);
    }
    const auto context = inference.context();
    if (context.ok()) {
      for (const Piece& piece : good) tell(piece.text, compile(piece, *context, false));
    } else if (good.size() == pieces.size()) {
      tell(pieces.front().text, context.status());
    }
  }

  static Status parse(const Piece& piece) {
    return piece.is_condition ? about("condition", piece, ottl::parse_condition(piece.text.value))
                              : about("statement", piece, ottl::parse_statement(piece.text.value));
  }
  template <typename Tree>
  static Status about(std::string_view what, const Piece& piece, const Result<Tree>& tree) {
    return tree.ok() ? Status() : ottl::about_text(what, piece.text.value, tree.status());
  }

  Status compile(const Piece& piece, ottl::ContextKind context, bool relaxed) const {
    Program::Source source;
    (piece.is_condition ? source.conditions : source.statements) = {piece.text.value};
    source.relaxed = relaxed;
    source.context = context;
    return Program::compile(source, library_).status();
  }

  void tell(const PlacedText& text, const Status& status) {
    if (!status.ok() && !is_told(text)) diagnostics_.error(text.mark, text.path, status.message());
  }
  /// What is no text at all was named when it was read.
  bool is_told(const PlacedText& text) const {
    const auto& errors = diagnostics_.errors();
    return std::any_of(errors.begin(), errors.end(),
                       [&](const auto& error) { return error.path == text.path; });
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
    const bool is_empty = group.statements.empty() && group.conditions.empty();
    if (is_empty && !group.context) continue;
    const auto context = context_of(group, signal, library);
    if (context.ok()) {
      if (is_empty) continue;
      auto program = Program::compile(source_of(group, *context), library);
      if (program.ok()) {
        out.push_back({*context, group.error_mode.value_or(error_mode), std::move(*program)});
        continue;
      }
    }
    if (diagnostics != nullptr) Explanation(signal, library, *diagnostics).run(group, context);
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
  group.context.emplace().value = context;
  group.conditions = conditions;
  return compile_group(group, signal, library, diagnostics);
}

}  // namespace sluice::pipeline

namespace sluice::config {

namespace {

constexpr std::string_view kMixed = "texts and groups cannot stand in one list";

void decode_group(const Node& item, pipeline::StatementGroup& group, bool wants_texts,
                  const Place& place) {
  if (!item.is_map()) return place.expected("an OTTL text, or a group", item);
  Codec<pipeline::StatementGroup>::decode(item, group, place);
  const bool is_empty = group.statements.empty() && group.conditions.empty();
  if (wants_texts && is_empty && !group.context)
    place.error("a group without statements, whose context nothing tells");
}

}  // namespace

void Codec<pipeline::StatementGroups>::decode(const Node& node, pipeline::StatementGroups& out,
                                              const Place& place) {
  out.groups.clear();
  out.is_given = true;
  if (!node.is_list()) return place.expected("a list", node);
  std::vector<PlacedText> texts;
  for (size_t i = 0; i < node.items.size(); ++i) {
    const Node& item = node.items[i];
    const Place here = place.at(i, item);
    if (item.is_string()) {
      if (out.texts_are_conditions && !out.groups.empty()) return here.error(std::string(kMixed));
      Codec<PlacedText>::decode(item, texts.emplace_back(), here);
    } else if (!texts.empty()) {
      return here.error(std::string(kMixed));
    } else {
      decode_group(item, out.groups.emplace_back(), !out.texts_are_conditions, here);
    }
  }
  if (texts.empty()) return;
  pipeline::StatementGroup& group = out.groups.emplace_back();
  (out.texts_are_conditions ? group.conditions : group.statements) = std::move(texts);
}

Node Codec<pipeline::StatementGroups>::encode(const pipeline::StatementGroups& value) {
  if (!value.is_given) return {};
  return Codec<std::vector<pipeline::StatementGroup>>::encode(value.groups);
}

}  // namespace sluice::config
