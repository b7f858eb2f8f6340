#include "config/telemetry.h"

#include <algorithm>

#include "base/ascii.h"
#include "config/schema.h"
#include "io/listen.h"

namespace sluice::config {

// The part of the OpenTelemetry Collector's own configuration that is about itself:
// https://opentelemetry.io/docs/collector/internal-telemetry/

struct LogSampling {
  bool enabled = true;
  std::chrono::nanoseconds tick = std::chrono::seconds(10);
  int64_t initial = 10;
  int64_t thereafter = 100;
};

struct LogsTelemetry {
  PlacedText level;
  PlacedText encoding;
  bool development = false;
  bool disable_caller = false;
  bool disable_stacktrace = false;
  bool disable_zap_resource = false;
  std::optional<LogSampling> sampling;
  std::vector<std::string> output_paths;
  std::vector<std::string> error_output_paths;
  Dictionary<Node> initial_fields;
  std::vector<Node> processors;
};

struct PrometheusReader {
  std::string host = "localhost";
  uint16_t port = 8888;
  bool without_scope_info = true;
  bool without_type_suffix = true;
  bool without_units = true;
  Node with_resource_constant_labels;
};

struct PullExporter {
  std::optional<PrometheusReader> prometheus;
};

struct PullReader {
  PullExporter exporter;
  std::vector<Node> producers;
  Node cardinality_limits;
};

struct Reader {
  std::optional<PullReader> pull;
  Node periodic;
};

struct MetricsTelemetry {
  PlacedText level{"normal", {}, {}};
  std::optional<std::vector<Reader>> readers;
  std::vector<Node> views;
};

struct TracesTelemetry {
  std::string level;
  std::vector<std::string> propagators;
  std::vector<Node> processors;
  Node sampler;
  Node limits;
};

struct Telemetry {
  LogsTelemetry logs;
  MetricsTelemetry metrics;
  TracesTelemetry traces;
  Node resource;
};

namespace {

constexpr std::string_view kOwnLog = "the program writes its log in its own way, to standard error";
constexpr std::string_view kNames = "names and labels of its own metrics are fixed";
constexpr std::string_view kNoTraces = "the program makes no traces about itself";

/// Looks a word up whatever its case. Nothing if it is empty or, with a message, none of them.
template <typename E, size_t N>
std::optional<E> find_word(const std::array<std::pair<std::string_view, E>, N>& words,
                           const PlacedText& wanted, Diagnostics& diagnostics) {
  if (wanted.value.empty()) return {};
  std::vector<std::string> names;
  for (const auto& [word, value] : words) {
    if (word == ascii::lower(wanted.value)) return value;
    names.emplace_back(word);
  }
  diagnostics.error(wanted.mark, wanted.path,
                    "expected " + one_of_text(names) + ", found \"" + wanted.value + "\"");
  return {};
}

constexpr std::array<std::pair<std::string_view, LogLevel>, 8> kLogLevels = {
    {{"debug", LogLevel::Debug},
     {"info", LogLevel::Info},
     {"warn", LogLevel::Warn},
     {"warning", LogLevel::Warn},
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

static const Schema<LogSampling>& schema_of(const LogSampling*) {
  static const auto schema =
      Schema<LogSampling>()
          .field("enabled", &LogSampling::enabled, "Whether equal lines are thinned out.")
          .field("tick", &LogSampling::tick, "The time over which equal lines are counted.")
          .field("initial", &LogSampling::initial, "So many equal lines are written in each tick.")
          .field("thereafter", &LogSampling::thereafter, "Then one of so many.");
  return schema;
}

static const Schema<LogsTelemetry>& schema_of(const LogsTelemetry*) {
  using C = LogsTelemetry;
  static const auto schema = [] {
    Schema<C> s;
    s.field("level", &C::level, "The least level that is logged: debug, info, warn or error.")
        .field("encoding", &C::encoding,
               "How the log is written: console or json; empty: console on a terminal, else json.")
        .field("development", &C::development, "Log for developers.")
        .ignored(kOwnLog)
        .field("disable_caller", &C::disable_caller, "Leave the place in the source out.")
        .ignored(kOwnLog)
        .field("disable_stacktrace", &C::disable_stacktrace, "Leave stack traces out.")
        .ignored(kOwnLog)
        .field("disable_zap_resource", &C::disable_zap_resource, "Leave the resource out.")
        .ignored(kOwnLog)
        .field("sampling", &C::sampling, "Thins equal lines out.")
        .ignored(kOwnLog)
        .field("output_paths", &C::output_paths, "Where the log is written to.")
        .ignored(kOwnLog)
        .field("error_output_paths", &C::error_output_paths, "Where the logger's errors go.")
        .ignored(kOwnLog)
        .field("initial_fields", &C::initial_fields, "Fields that every line has.")
        .ignored(kOwnLog)
        .field("processors", &C::processors, "Where the log is sent over OTLP.")
        .ignored(kOwnLog);
    return s;
  }();
  return schema;
}

static const Schema<PrometheusReader>& schema_of(const PrometheusReader*) {
  using C = PrometheusReader;
  static const auto schema =
      Schema<C>()
          .field("host", &C::host, "The address to serve the metrics at.")
          .field("port", &C::port, "The port to serve the metrics at.")
          .field("without_scope_info", &C::without_scope_info, "Leave labels of the scope out.")
          .ignored(kNames)
          .field("without_type_suffix", &C::without_type_suffix,
                 "Leave _total out of the names of the original's counters (otelcol_...).")
          .field("without_units", &C::without_units, "Leave units out of the names.")
          .ignored(kNames)
          .field("with_resource_constant_labels", &C::with_resource_constant_labels,
                 "Resource attributes that become labels.")
          .ignored(kNames);
  return schema;
}

static const Schema<PullExporter>& schema_of(const PullExporter*) {
  static const auto schema =
      Schema<PullExporter>().field("prometheus", &PullExporter::prometheus,
                                   "Serves the metrics at /metrics in Prometheus' text format.");
  return schema;
}

static const Schema<PullReader>& schema_of(const PullReader*) {
  static const auto schema =
      Schema<PullReader>()
          .field("exporter", &PullReader::exporter, "What serves the metrics.")
          .field("producers", &PullReader::producers, "Further sources of metrics.")
          .ignored(kNames)
          .field("cardinality_limits", &PullReader::cardinality_limits, "Limits of label sets.")
          .ignored(kNames);
  return schema;
}

static const Schema<Reader>& schema_of(const Reader*) {
  static const auto schema =
      Schema<Reader>()
          .field("pull", &Reader::pull, "Metrics that are fetched.")
          .field("periodic", &Reader::periodic, "Metrics that are sent.")
          .ignored("its own metrics can be fetched, and are not sent by itself");
  return schema;
}

static const Schema<MetricsTelemetry>& schema_of(const MetricsTelemetry*) {
  using C = MetricsTelemetry;
  static const auto schema =
      Schema<C>()
          .field("level", &C::level,
                 "none: there are no metrics. basic, normal and detailed are the same: all of "
                 "docs/metrics.md.")
          .field("readers", &C::readers, "Where the metrics can be had.")
          .field("views", &C::views, "Changes to the metrics.")
          .ignored(kNames)
          .check([](const C& config, const Place& place) {
            const std::string level = ascii::lower(config.level.value);
            if (config.readers && config.readers->empty() && level != "none")
              place.of("readers").error("at least one is needed, unless the level is none");
            if (!config.views.empty() && level != "detailed")
              place.of("views").error("these need the level detailed, and it is " + level);
          });
  return schema;
}

static const Schema<TracesTelemetry>& schema_of(const TracesTelemetry*) {
  using C = TracesTelemetry;
  static const auto schema = Schema<C>()
                                 .field("level", &C::level, "How much is traced.")
                                 .ignored(kNoTraces)
                                 .field("propagators", &C::propagators, "tracecontext or b3.")
                                 .ignored(kNoTraces)
                                 .field("processors", &C::processors, "Where traces are sent.")
                                 .ignored(kNoTraces)
                                 .field("sampler", &C::sampler, "Which traces are kept.")
                                 .ignored(kNoTraces)
                                 .field("limits", &C::limits, "Limits of spans.")
                                 .ignored(kNoTraces);
  return schema;
}

static const Schema<Telemetry>& schema_of(const Telemetry*) {
  static const auto schema =
      Schema<Telemetry>()
          .field("logs", &Telemetry::logs, "The program's own log.")
          .field("metrics", &Telemetry::metrics, "The program's own metrics.")
          .field("traces", &Telemetry::traces, "The program's own traces: there are none.")
          .field("resource", &Telemetry::resource,
                 "Resource attributes of the program's own telemetry.")
          .ignored(kNames);
  return schema;
}

namespace {

std::string address_of(const PrometheusReader& reader) {
  return io::host_in_address(reader.host) + ":" + std::to_string(reader.port);
}

Reader reader_of(const MetricsPage& page) {
  PrometheusReader prometheus;
  if (const auto address = io::split_host_port(page.address); address.ok()) {
    prometheus.host = io::host_in_address(address->host);
    prometheus.port = static_cast<uint16_t>(std::stoul(address->port));
  }
  prometheus.without_type_suffix = page.without_type_suffix;
  Reader reader;
  reader.pull.emplace().exporter.prometheus = std::move(prometheus);
  return reader;
}

/// Where a reader's address stands: its port, or what there is around it.
void place_page(MetricsPage& page, const Node& telemetry, const Place& place, size_t reader) {
  const std::string index = "[" + std::to_string(reader) + "]";
  page.mark = place.mark();
  page.path = place.path();
  const Node* node = &telemetry;
  for (const char* key : {"metrics", "readers", "", "pull", "exporter", "prometheus", "port"}) {
    if (*key != '\0') {
      node = node->find(key);
    } else {
      node = reader < node->items.size() ? &node->items[reader] : nullptr;
    }
    if (node == nullptr) return;
    page.path += *key != '\0' ? "::" + std::string(key) : index;
    if (node->mark.line != 0 || !node->mark.source.empty()) page.mark = node->mark;
  }
}

/// The first word for a value.
template <typename E, size_t N>
std::string word_for(const std::array<std::pair<std::string_view, E>, N>& words, E value) {
  const auto found = std::find_if(words.begin(), words.end(),
                                  [&](const auto& entry) { return entry.second == value; });
  return std::string(found->first);
}

}  // namespace

const SchemaBase& telemetry_schema() { return schema_of(static_cast<const Telemetry*>(nullptr)); }

TelemetryConfig read_telemetry(const Node& node, const Place& place) {
  Telemetry read;
  Codec<Telemetry>::decode(node, read, place);
  TelemetryConfig out;
  Diagnostics& diagnostics = place.diagnostics();
  out.log_level = find_word(kLogLevels, read.logs.level, diagnostics).value_or(out.log_level);
  out.log_encoding = find_word(kLogEncodings, read.logs.encoding, diagnostics);
  out.metrics_level =
      find_word(kMetricsLevels, read.metrics.level, diagnostics).value_or(out.metrics_level);
  if (read.metrics.readers) {
    out.metrics_pages.emplace();
    for (size_t i = 0; i < read.metrics.readers->size(); ++i) {
      const Reader& reader = (*read.metrics.readers)[i];
      if (!reader.pull || !reader.pull->exporter.prometheus) continue;
      const PrometheusReader& page = *reader.pull->exporter.prometheus;
      out.metrics_pages->push_back({address_of(page), page.without_type_suffix});
      place_page(out.metrics_pages->back(), node, place, i);
    }
  }
  return out;
}

Node show_telemetry(const TelemetryConfig& telemetry) {
  Telemetry shown;
  shown.logs.level.value = word_for(kLogLevels, telemetry.log_level);
  if (telemetry.log_encoding)
    shown.logs.encoding.value = word_for(kLogEncodings, *telemetry.log_encoding);
  // Without a page there is nothing to measure for, and no other level may do without.
  const bool is_measured = !telemetry.metrics_pages->empty();
  shown.metrics.level.value =
      word_for(kMetricsLevels, is_measured ? telemetry.metrics_level : MetricsLevel::None);
  shown.metrics.readers.emplace();
  for (const MetricsPage& page : *telemetry.metrics_pages)
    shown.metrics.readers->push_back(reader_of(page));
  return Codec<Telemetry>::encode(shown);
}

}  // namespace sluice::config
