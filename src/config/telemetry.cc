#include "config/telemetry.h"

#include <algorithm>

#include "config/schema.h"

namespace sluice::config {

struct LogsTelemetry {
  std::string level;
  std::string encoding;
};

struct MetricsTelemetry {
  std::string level;
};

struct Telemetry {
  LogsTelemetry logs;
  MetricsTelemetry metrics;
};

namespace {

constexpr std::string_view kNotHere = "this program reports about itself in its own way";
constexpr std::string_view kElsewhere = "its own metrics are served as --metrics says";

std::string lower(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
  return text;
}

/// Looks a word up whatever its case; false, with a message, if it is none of them.
template <typename E, size_t N>
bool find_word(const std::array<std::pair<std::string_view, E>, N>& words, const std::string& text,
               const Place& place, E& out) {
  std::vector<std::string> names;
  for (const auto& [word, value] : words) {
    if (word == lower(text)) {
      out = value;
      return true;
    }
    names.emplace_back(word);
  }
  place.error("expected " + one_of_text(names) + ", found \"" + text + "\"");
  return false;
}

constexpr std::array<std::pair<std::string_view, LogLevel>, 7> kLogLevels = {
    {{"debug", LogLevel::Debug},
     {"info", LogLevel::Info},
     {"warn", LogLevel::Warn},
     {"error", LogLevel::Error},
     {"dpanic", LogLevel::Error},
     {"panic", LogLevel::Error},
     {"fatal", LogLevel::Error}}};
constexpr std::array<std::pair<std::string_view, LogEncoding>, 2> kLogEncodings = {
    {{"console", LogEncoding::Console}, {"json", LogEncoding::Json}}};
constexpr std::array<std::pair<std::string_view, MetricsLevel>, 4> kMetricsLevels = {
    {{"none", MetricsLevel::None},
     {"basic", MetricsLevel::Basic},
     {"normal", MetricsLevel::Normal},
     {"detailed", MetricsLevel::Detailed}}};

}  // namespace

static const Schema<LogsTelemetry>& schema_of(const LogsTelemetry*) {
  static const auto schema = [] {
    Schema<LogsTelemetry> s;
    s.field("level", &LogsTelemetry::level, "The least level that is logged.")
        .field("encoding", &LogsTelemetry::encoding, "How the log is written: console or json.");
    for (const char* name :
         {"development", "disable_caller", "disable_stacktrace", "sampling", "output_paths",
          "error_output_paths", "initial_fields", "processors", "disable_zap_resource"})
      s.ignore(name, std::string(kNotHere));
    return s;
  }();
  return schema;
}

static const Schema<MetricsTelemetry>& schema_of(const MetricsTelemetry*) {
  static const auto schema = Schema<MetricsTelemetry>()
                                 .field("level", &MetricsTelemetry::level,
                                        "How much is measured: none, basic, normal or detailed.")
                                 .ignore("address", std::string(kElsewhere))
                                 .ignore("readers", std::string(kElsewhere))
                                 .ignore("views", std::string(kElsewhere));
  return schema;
}

static const Schema<Telemetry>& schema_of(const Telemetry*) {
  static const auto schema =
      Schema<Telemetry>()
          .field("logs", &Telemetry::logs, "The program's own log.")
          .field("metrics", &Telemetry::metrics, "The program's own metrics.")
          .ignore("traces", std::string(kNotHere))
          .ignore("resource", std::string(kNotHere));
  return schema;
}

TelemetryConfig read_telemetry(const Node& node, const Place& place) {
  Telemetry read;
  Codec<Telemetry>::decode(node, read, place);
  TelemetryConfig out;
  const Place logs = place.at("logs", node);
  if (!read.logs.level.empty())
    find_word(kLogLevels, read.logs.level, logs.at("level", node), out.log_level);
  if (LogEncoding encoding;
      !read.logs.encoding.empty() &&
      find_word(kLogEncodings, read.logs.encoding, logs.at("encoding", node), encoding))
    out.log_encoding = encoding;
  if (!read.metrics.level.empty()) {
    find_word(kMetricsLevels, read.metrics.level, place.at("metrics", node).at("level", node),
              out.metrics_level);
  }
  return out;
}

}  // namespace sluice::config
