#include "components/processors/span/span.h"

#include "base/buffer.h"
#include "components/processors/span/config.h"
#include "otlp/value_text.h"
#include "ottl/value.h"
#include "pipeline/records.h"

namespace sluice::components {
namespace {

using span_processor::Config;

/// What is compiled of the options; the lanes share it.
struct Rules {
  Config config;
  std::unique_ptr<const pipeline::RecordSelection> selection;
  std::vector<ottl::Regex> to_attributes;
};

class Changer final : public pipeline::Consumer {
 public:
  Changer(pipeline::Consumer& next, const Rules& rules) : next_(next), rules_(rules) {}

  void consume(pipeline::Batch&& batch) override {
    Arena& arena = *batch.arena;
    for (auto& group : batch.traces->resources) {
      for (auto& scope : group.scopes) {
        for (otlp::Span& span : scope.records) {
          if (rules_.selection->has(group.resource, scope.scope, span)) change(span, arena);
        }
      }
    }
    next_.consume(std::move(batch));
  }

 private:
  void change(otlp::Span& span, Arena& arena) {
    name_from_attributes(span, arena);
    name_to_attributes(span, arena);
    if (const auto& status = rules_.config.status) {
      span.status.code = status->code == "Ok" ? 1 : status->code == "Error" ? 2 : 0;
      span.status.message = status->code == "Error" ? status->description : std::string_view();
    }
  }

  /// The name stays as it is where an attribute is missing.
  void name_from_attributes(otlp::Span& span, Arena& arena) {
    const auto& keys = rules_.config.name.from_attributes;
    if (keys.empty()) return;
    std::string name;
    Buffer scratch;
    for (size_t i = 0; i < keys.size(); ++i) {
      const otlp::Value* value = ottl::find(span.attributes, keys[i]);
      if (value == nullptr) return;
      if (i != 0) name += rules_.config.name.separator;
      scratch.clear();
      name += pipeline::plain_text(*value, scratch).value_or("<unknown-attribute-type>");
    }
    span.name = arena.copy(name);
  }

  void name_to_attributes(otlp::Span& span, Arena& arena) {
    if (span.name.empty()) return;
    for (const ottl::Regex& rule : rules_.to_attributes) {
      ottl::Regex::Groups groups;
      if (!rule.find(span.name, 0, groups)) continue;
      take_groups(span, rule, groups, arena);
      if (rules_.config.name.to_attributes->break_after_match) return;
    }
  }

  /// Groups become attributes; in the name their own names stand for them.
  void take_groups(otlp::Span& span, const ottl::Regex& rule, const ottl::Regex::Groups& groups,
                   Arena& arena) {
    const std::string_view name = span.name;
    std::string renamed;
    size_t copied = 0;
    for (size_t i = 1; i < groups.size(); ++i) {
      const std::string& key = rule.group_names()[i - 1];
      ottl::find_or_add(span.attributes, key, arena) = otlp::Value::string(groups[i]);
      if (groups[i].data() == nullptr) continue;
      const auto at = static_cast<size_t>(groups[i].data() - name.data());
      if (at < copied) continue;  // inside of another group
      renamed += name.substr(copied, at - copied);
      renamed += "{" + key + "}";
      copied = at + groups[i].size();
    }
    renamed += name.substr(copied);
    if (!rules_.config.name.to_attributes->keep_original_name) span.name = arena.copy(renamed);
  }

  pipeline::Consumer& next_;
  const Rules& rules_;
};

class SpanProcessor final : public pipeline::Processor {
 public:
  explicit SpanProcessor(Rules rules) : rules_(std::move(rules)) {}

  static Result<std::unique_ptr<pipeline::Processor>> make(const Config& config,
                                                           const pipeline::ComponentId&,
                                                           otlp::Signal signal, pipeline::Host&) {
    Rules rules;
    rules.config = config;
    SLUICE_RETURN_IF_ERROR(pipeline::problems_found_by([&](const config::Place& place) {
      rules.selection =
          pipeline::RecordSelection::make(config.include, config.exclude, signal, place);
    }));
    if (config.name.to_attributes) {
      for (const std::string& text : config.name.to_attributes->rules) {
        auto rule = ottl::Regex::compile(text);
        if (!rule.ok()) return rule.status();
        rules.to_attributes.push_back(std::move(*rule));
      }
    }
    return std::unique_ptr<pipeline::Processor>(std::make_unique<SpanProcessor>(std::move(rules)));
  }

  std::unique_ptr<pipeline::Consumer> stage(size_t, pipeline::Consumer& next) override {
    return std::make_unique<Changer>(next, rules_);
  }

 private:
  const Rules rules_;
};

}  // namespace

std::unique_ptr<pipeline::Factory> span_processor_factory() {
  return std::make_unique<pipeline::ProcessorFactory<Config>>(
      pipeline::Factory::About{config::Section::Processors,
                               "span",
                               "Makes names of spans of attributes, and the other way round.",
                               {},
                               {.logs = false, .metrics = false}},
      &SpanProcessor::make);
}

}  // namespace sluice::components
