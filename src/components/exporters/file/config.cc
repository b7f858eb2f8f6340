#include "components/exporters/file/config.h"

#include <algorithm>
#include <charconv>

namespace sluice::components::file_exporter {
namespace {

void check_group_by(const GroupByConfig& config, const config::Place& place) {
  if (config.enabled && config.resource_attribute.empty())
    place.of("resource_attribute").expected("the name of an attribute");
  if (config.enabled && config.max_open_files == 0)
    place.of("max_open_files").expected("more than 0");
}

void check_grouped(const Config& config, const config::Place& place) {
  if (std::count(config.path.begin(), config.path.end(), '*') != 1)
    place.of("path").expected(
        "exactly one * with group_by, whose place the attribute's value takes");
  if (!config.path.empty() && config.path.front() == '*')
    place.of("path").expected("a directory before the * with group_by");
  if (config.rotation)
    place.of("rotation")
        .warning(
            "this option has no effect: the files of group_by are not rotated, as in the original");
}

void check_permissions(const Config& config, const config::Place& place) {
  const std::string& text = config.directory_permissions;
  if (text.empty()) return;
  const auto here = place.of("directory_permissions");
  if (!config.create_directory)
    return here.error("directory_permissions needs create_directory: true");
  uint32_t bits = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), bits, 8);
  if (error != std::errc() || end != text.data() + text.size() || bits > 0777)
    here.expected("an octal number up to 0777");
}

void check(const Config& config, const config::Place& place) {
  if (config.group_by.enabled) check_grouped(config, place);
  if (config.path.empty()) place.of("path").expected("the path of a file");
  if (config.flush_interval.count() < 0) place.of("flush_interval").expected("0 or more");
  if (config.append && config.rotation)
    place.of("append").error("append and rotation exclude each other, as in the original");
  check_permissions(config, place);
}

}  // namespace

const config::Schema<RotationConfig>& schema_of(const RotationConfig*) {
  using C = RotationConfig;
  static const auto schema =
      config::Schema<C>()
          .field("max_megabytes", &C::max_megabytes,
                 "The most that a file holds, in MiB, before it becomes a backup; 0 is 100.")
          .field("max_days", &C::max_days, "Backups that are older are removed; 0 or less: none.")
          .field("max_backups", &C::max_backups, "The most backups that stay; 0 or less: all.")
          .field("localtime", &C::localtime,
                 "Whether the times in the names of backups are local ones, not UTC.");
  return schema;
}

const config::Schema<GroupByConfig>& schema_of(const GroupByConfig*) {
  using C = GroupByConfig;
  const auto is_off = [](const C& config) { return !config.enabled; };
  static const auto schema =
      config::Schema<C>()
          .field("enabled", &C::enabled,
                 "Whether each resource goes into a file of its own: the path with an attribute's "
                 "value in the place of its *.")
          .field("resource_attribute", &C::resource_attribute,
                 "The attribute; its value may name folders, too.")
          .ignored_if(is_off, "without enabled: true")
          .field("max_open_files", &C::max_open_files,
                 "The most files that are open; the one used longest ago is closed for another.")
          .ignored_if(is_off, "without enabled: true")
          .check(check_group_by);
  return schema;
}

const config::Schema<CompressionParamsConfig>& schema_of(const CompressionParamsConfig*) {
  static const auto schema = config::Schema<CompressionParamsConfig>().field(
      "level", &CompressionParamsConfig::level, "How much effort is made.");
  return schema;
}

const config::Schema<Config>& schema_of(const Config*) {
  static const auto schema =
      config::Schema<Config>()
          .field("path", &Config::path, "The file to write.")
          .required()
          .field("append", &Config::append, "Whether to go on in a file that is there.")
          .field("format", &Config::format,
                 "How requests are written: json, a line each, or proto, each with its length "
                 "before it.")
          .field("compression", &Config::compression,
                 "zstd, for each request on its own, with its length before it; empty for none.")
          .field("rotation", &Config::rotation, "When a file is full, and what becomes of it then.")
          .given_by_null()
          .field("group_by", &Config::group_by, "How resources are put into many files.")
          .field("create_directory", &Config::create_directory,
                 "Whether to make the file's directory.")
          .field("flush_interval", &Config::flush_interval,
                 "How long written data may wait in memory; 0 is 1s.")
          .refuse("encoding", "requests are written as format says, OTLP/JSON or OTLP's protobuf")
          .ignore<CompressionParamsConfig>("compression_params", "zstd has one level here")
          .field("directory_permissions", &Config::directory_permissions,
                 "The permissions of the directory that is made, as an octal number.")
          .ignored("the process's umask decides")
          .check(check);
  return schema;
}

}  // namespace sluice::components::file_exporter
