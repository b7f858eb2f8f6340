#pragma once

// The frame of a configuration: which components there are, and how pipelines connect them. What a
// component's own options are is its schema's business.

#include <array>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "config/component_id.h"
#include "config/diagnostics.h"
#include "config/node.h"
#include "config/schema.h"

namespace sluice::config {

enum class Section : uint8_t { Receivers, Processors, Exporters, Connectors, Extensions };
inline constexpr size_t kSectionCount = 5;
/// "receivers" …
std::string_view section_name(Section section);
/// "receiver" …
std::string_view component_kind(Section section);

/// A component as the configuration names it.
struct ComponentConfig {
  ComponentId id;
  Node options;  ///< Null: none
  std::string path;
};

/// A reference in a pipeline, with where it stands.
struct Reference {
  ComponentId id;
  Mark mark;
  std::string path;  ///< "service::pipelines::logs::receivers[0]"
};

bool contains(const std::vector<Reference>& references, const ComponentId& id);

struct PipelineConfig {
  ComponentId id;  ///< its type is the signal
  Mark mark;
  std::vector<Reference> receivers;  ///< receivers and connectors
  std::vector<Reference> processors;
  std::vector<Reference> exporters;  ///< exporters and connectors
};

enum class LogLevel : uint8_t { Debug, Info, Warn, Error };
enum class LogEncoding : uint8_t { Console, Json };
enum class MetricsLevel : uint8_t { None, Basic, Normal, Detailed };

/// Where Prometheus finds the program's own metrics.
struct MetricsPage {
  std::string address;              ///< HOST:PORT
  bool without_type_suffix = true;  ///< as metrics::CollectorTotals::Bare
  Mark mark{};                      ///< where that stands, with its path
  std::string path{};

  /// Wherever it stands.
  bool operator==(const MetricsPage& other) const {
    return address == other.address && without_type_suffix == other.without_type_suffix;
  }
};

/// service::telemetry, as far as it has a meaning here.
struct TelemetryConfig {
  LogLevel log_level = LogLevel::Info;
  std::optional<LogEncoding> log_encoding;
  MetricsLevel metrics_level = MetricsLevel::Normal;
  /// Nothing: not said.
  std::optional<std::vector<MetricsPage>> metrics_pages;
};

struct Configuration {
  std::array<std::vector<ComponentConfig>, kSectionCount> sections;
  std::vector<PipelineConfig> pipelines;
  std::vector<Reference> extensions;
  TelemetryConfig telemetry;
  /// Nothing was wrong but in service::telemetry: the components and pipelines are those that are
  /// meant.
  bool is_whole = false;
  /// Nothing was wrong with what pipelines there are, and what they receive from.
  bool inputs_are_known = false;

  const std::vector<ComponentConfig>& of(Section section) const {
    return sections[static_cast<size_t>(section)];
  }
  const ComponentConfig* find(Section section, const ComponentId& id) const;
  /// " (did you mean \"ID\"?)" with the component that is most like it, or nothing.
  std::string nearest(Section section, const ComponentId& id) const;
  /// Whether a pipeline, or service::extensions, names it.
  bool is_used(Section section, const ComponentId& id) const;
};

/// Reads the frame of an expanded configuration and checks what can be checked without knowing the
/// components: names, references, doubles, ends of pipelines. Everything that is wrong is in
/// `diagnostics`; components that no pipeline uses are warnings, unless they are on offer: those
/// that stand in the source of this name.
Configuration read_configuration(const Node& root, Diagnostics& diagnostics,
                                 std::string_view on_offer = {});

}  // namespace sluice::config
