#include "components/exporters/file/config.h"

namespace sluice::components::file_exporter {
namespace {

void check(const Config& config, const config::Place& place) {
  if (config.path.empty()) place.error("path must not be empty");
  if (config.flush_interval.count() <= 0) place.error("flush_interval must be larger than zero");
  if (config.append && config.rotation)
    place.of("append").error("append and rotation exclude each other, as in the original");
  if (config.append && config.compression != Compression::None)
    place.of("append").error("append and compression exclude each other, as in the original");
}

}  // namespace

const config::Schema<RotationConfig>& schema_of(const RotationConfig*) {
  using C = RotationConfig;
  static const auto schema =
      config::Schema<C>()
          .field("max_megabytes", &C::max_megabytes,
                 "The most that a file holds, in MiB, before it becomes a backup; 0 is 100.")
          .field("max_days", &C::max_days, "Backups that are older are removed; 0 is none.")
          .field("max_backups", &C::max_backups, "The most backups that stay; 0 is all.")
          .field("localtime", &C::localtime,
                 "Whether the times in the names of backups are local ones, not UTC.");
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
          .field("create_directory", &Config::create_directory,
                 "Whether to make the file's directory.")
          .field("flush_interval", &Config::flush_interval,
                 "How long written data may wait in memory.")
          .refuse("encoding", "requests are written as format says, OTLP/JSON or OTLP's protobuf")
          .refuse("group_by", "one exporter writes one file")
          .ignore("directory_permissions", "the process's umask decides")
          .check(check);
  return schema;
}

}  // namespace sluice::components::file_exporter
