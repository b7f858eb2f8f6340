#include "components/exporters/file/config.h"

namespace sluice::components::file_exporter {

const config::Schema<Config>& schema_of(const Config*) {
  static const auto schema =
      config::Schema<Config>()
          .field("path", &Config::path, "The file to write.")
          .required()
          .field("append", &Config::append, "Whether to go on in a file that is there.")
          .field("format", &Config::format, "How requests are written: json, a line each.")
          .field("create_directory", &Config::create_directory,
                 "Whether to make the file's directory.")
          .field("flush_interval", &Config::flush_interval,
                 "How long written data may wait in memory.")
          .refuse("rotation", "files are not rotated: let logrotate copy and truncate the file")
          .refuse("compression", "files are written without compression")
          .refuse("encoding", "requests are written as OTLP/JSON only")
          .refuse("group_by", "one exporter writes one file")
          .ignore("directory_permissions", "the process's umask decides")
          .check([](const Config& config, const config::Place& place) {
            if (config.path.empty()) place.error("path must not be empty");
            if (config.flush_interval.count() <= 0)
              place.error("flush_interval must be larger than zero");
          });
  return schema;
}

}  // namespace sluice::components::file_exporter
