#pragma once

// The file exporter's options, as the OpenTelemetry Collector names them.

#include <array>
#include <chrono>
#include <optional>
#include <string>

#include "config/schema.h"

namespace sluice::components::file_exporter {

enum class Format : uint8_t { Json, Proto };
enum class Compression : uint8_t { None, Zstd };

/// When a full file becomes a backup, and which backups stay.
struct RotationConfig {
  uint32_t max_megabytes = 100;  ///< of 2^20 bytes
  int32_t max_days = 0;          ///< 0 or less: any age
  int32_t max_backups = 100;     ///< 0 or less: any number
  bool localtime = false;
};

/// A file for each value of a resource's attribute.
struct GroupByConfig {
  bool enabled = false;
  std::string resource_attribute = "fileexporter.path_segment";
  uint32_t max_open_files = 100;
};

struct CompressionParamsConfig {
  int64_t level = 0;
};

struct Config {
  std::string path;
  bool append = false;
  Format format = Format::Json;
  Compression compression = Compression::None;
  std::optional<RotationConfig> rotation;
  GroupByConfig group_by;
  bool create_directory = false;
  std::string directory_permissions;
  std::chrono::nanoseconds flush_interval = std::chrono::seconds(1);

  std::chrono::nanoseconds flushed_after() const {
    return flush_interval.count() == 0 ? std::chrono::seconds(1) : flush_interval;
  }

  /// The files of group_by are not rotated, as in the original.
  bool rotates() const { return rotation && !group_by.enabled; }
  /// Whether a file's folder is made where there is none.
  bool makes_directory() const { return create_directory || group_by.enabled || rotates(); }

  /// Lines of text; otherwise messages with their lengths.
  bool writes_lines() const { return format == Format::Json && compression == Compression::None; }
};

const config::Schema<RotationConfig>& schema_of(const RotationConfig*);
const config::Schema<GroupByConfig>& schema_of(const GroupByConfig*);
const config::Schema<CompressionParamsConfig>& schema_of(const CompressionParamsConfig*);
const config::Schema<Config>& schema_of(const Config*);

}  // namespace sluice::components::file_exporter

template <>
struct sluice::config::Words<sluice::components::file_exporter::Format> {
  using Format = sluice::components::file_exporter::Format;
  static constexpr std::array<std::pair<std::string_view, Format>, 2> kAll = {
      {{"json", Format::Json}, {"proto", Format::Proto}}};
};

template <>
struct sluice::config::Words<sluice::components::file_exporter::Compression> {
  using Compression = sluice::components::file_exporter::Compression;
  static constexpr std::array<std::pair<std::string_view, Compression>, 2> kAll = {
      {{"", Compression::None}, {"zstd", Compression::Zstd}}};
};
