#pragma once

// What the attributes and resource processors do to attributes, one action after the other.

#include <memory>
#include <string>
#include <vector>

#include "config/schema.h"
#include "otlp/metadata.h"
#include "otlp/records.h"
#include "ottl/regex.h"

namespace sluice::pipeline {

/// One action as it stands in the YAML; the names are those of the OpenTelemetry Collector.
struct AttributeActionConfig {
  std::string key;
  std::string action;
  config::Node value;
  config::Node default_value;
  std::string pattern;
  std::string from_attribute;
  std::string from_context;
  std::string converted_type;
};

const config::Schema<AttributeActionConfig>& schema_of(const AttributeActionConfig*);

/// Actions, checked and compiled. Immutable, so lanes may share them.
class AttributeActions {
 public:
  /// What is wrong with one action goes to `place` and those of its options.
  static void check(const AttributeActionConfig& config, const config::Place& place);
  /// What is wrong goes to `place`.
  static std::unique_ptr<const AttributeActions> make(
      const std::vector<AttributeActionConfig>& configs, const config::Place& place);

  /// Values that are put in point into this object, which must outlive the records.
  void apply(otlp::Attributes& attributes, const otlp::Metadata* metadata, Arena& arena) const;

 private:
  enum class Kind : uint8_t { Insert, Update, Upsert, Delete, Hash, Extract, Convert };
  enum class Type : uint8_t { Int, Double, String };
  struct Action {
    Kind kind{};
    std::string key;
    otlp::Value value;
    bool has_value = false;  ///< or a default, where it comes from elsewhere
    std::string from_attribute;
    std::string from_context;
    std::shared_ptr<const ottl::Regex> pattern;
    Type type{};
  };
  class Reader;

  bool source(const Action& action, const otlp::Attributes& attributes,
              const otlp::Metadata* metadata, Arena& arena, otlp::Value& out) const;
  void run(const Action& action, otlp::Attributes& attributes, const otlp::Metadata* metadata,
           Arena& arena) const;

  Arena constants_;
  std::vector<Action> actions_;
};

}  // namespace sluice::pipeline
