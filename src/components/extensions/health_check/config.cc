#include "components/extensions/health_check/config.h"

namespace sluice::components::health_check_extension {
namespace {

constexpr const char* kShortAnswers =
    "requests and answers here are a few bytes, with limits of their own";
constexpr const char* kNoCheck =
    "the original's check of exporters does not work either; whether data can be taken shows in "
    "the "
    "metrics";

}  // namespace

const config::Schema<ResponseBody>& schema_of(const ResponseBody*) {
  static const auto schema =
      config::Schema<ResponseBody>()
          .field("healthy", &ResponseBody::healthy, "The body while the pipelines run.")
          .field("unhealthy", &ResponseBody::unhealthy, "The body before and after that.");
  return schema;
}

const config::Schema<CheckPipeline>& schema_of(const CheckPipeline*) {
  static const auto schema =
      config::Schema<CheckPipeline>()
          .field("enabled", &CheckPipeline::enabled, "Whether failing exporters count.")
          .field("interval", &CheckPipeline::interval, "The time over which failures are counted.")
          .field("exporter_failure_threshold", &CheckPipeline::exporter_failure_threshold,
                 "So many failures are too many.")
          .check([](const CheckPipeline& config, const config::Place& place) {
            if (config.exporter_failure_threshold <= 0)
              place.of("exporter_failure_threshold").expected("more than 0");
          });
  return schema;
}

const config::Schema<Config>& schema_of(const Config*) {
  using C = Config;
  static const auto schema =
      config::Schema<C>()
          .field("endpoint", &C::endpoint, "HOST:PORT to answer at.")
          .field("path", &C::path, "The path that is answered; / is every path.")
          .field("ready_path", &C::ready_path,
                 "A path that answers 200 only while data can be taken in, so that a load balancer "
                 "can go by it; empty: none (Sluice's own).")
          .field("response_body", &C::response_body,
                 "Texts to answer with instead of the usual JSON.")
          .field("auth", &C::auth, "Who may ask; without it, anybody.")
          .ignored_below("request_params", "credentials stand in headers here")
          .field("tls", &C::tls, "The certificate of the server; without it, plain text.")
          .field("response_headers", &C::response_headers, "Headers that every answer has.")
          .secret()
          .field("check_collector_pipeline", &C::check_collector_pipeline,
                 "Counts failures of exporters.")
          .ignored(kNoCheck)
          .field("transport", &C::transport, "tcp; there is nothing else.")
          .field("cors", &C::cors, "What browsers of other origins may do.")
          .ignored("scripts have nothing to look for here")
          .field("max_request_body_size", &C::max_request_body_size, "Bytes of a request's body.")
          .ignored(kShortAnswers)
          .field("include_metadata", &C::include_metadata, "Keeps the headers of requests.")
          .ignored(kShortAnswers)
          .field("compression_algorithms", &C::compression_algorithms, "Encodings of requests.")
          .ignored(kShortAnswers)
          .field("read_timeout", &C::read_timeout, "How long a request may take.")
          .ignored(kShortAnswers)
          .field("read_header_timeout", &C::read_header_timeout, "How long a header may take.")
          .ignored(kShortAnswers)
          .field("write_timeout", &C::write_timeout, "How long an answer may take.")
          .ignored(kShortAnswers)
          .field("idle_timeout", &C::idle_timeout, "How long a connection may be idle.")
          .ignored(kShortAnswers)
          .field("keep_alives_enabled", &C::keep_alives_enabled,
                 "Whether a connection serves more than one request.")
          .ignored(kShortAnswers)
          .refuse("middlewares", "there are no extensions that could stand in between")
          .check([](const C& config, const config::Place& place) {
            if (config.endpoint.empty()) place.of("endpoint").expected("HOST:PORT");
            if (config.path.empty() || config.path.front() != '/')
              place.of("path").expected("a path that begins with /");
            if (!config.ready_path.empty() && config.ready_path.front() != '/')
              place.of("ready_path").expected("a path that begins with /");
            if (config.transport != "tcp") place.of("transport").expected("tcp");
          });
  return schema;
}

}  // namespace sluice::components::health_check_extension
