#include "components/receivers/otlp/config.h"

namespace sluice::components::otlp_receiver {
namespace {

using config::Place;
using config::Schema;

constexpr std::string_view kOwnBuffers = "buffers grow and shrink with the load";
constexpr std::string_view kNoTls = "connections with TLS cannot be taken: put a proxy in front";
constexpr std::string_view kNoAuth =
    "senders cannot be asked for credentials: the receiver would take data from anybody";
constexpr std::string_view kTcpOnly = "only TCP is listened on";

template <typename Config>
void refuse_what_is_unsafe(Schema<Config>& schema) {
  schema.refuse("tls", std::string(kNoTls)).refuse("auth", std::string(kNoAuth));
}

}  // namespace

const Schema<CorsConfig>& schema_of(const CorsConfig*) {
  static const auto schema =
      Schema<CorsConfig>()
          .field("allowed_origins", &CorsConfig::allowed_origins,
                 "Origins that browsers may send from; \"*\" is all.")
          .field("allowed_headers", &CorsConfig::allowed_headers,
                 "Request headers that browsers may set; all are allowed.")
          .field("max_age", &CorsConfig::max_age,
                 "Seconds for which a browser keeps the answer to a preflight request.")
          .ignore("exposed_headers", "answers have no headers that scripts need");
  return schema;
}

const Schema<GrpcConfig>& schema_of(const GrpcConfig*) {
  static const auto schema = [] {
    Schema<GrpcConfig> s;
    s.field("endpoint", &GrpcConfig::endpoint, "HOST:PORT to listen on.")
        .field("max_recv_msg_size_mib", &GrpcConfig::max_recv_msg_size_mib,
               "MiB that one message may have, before and after decompression.")
        .field("max_concurrent_streams", &GrpcConfig::max_concurrent_streams,
               "Calls at once on one connection; 0 is the receiver's own limit.")
        .field("include_metadata", &GrpcConfig::include_metadata,
               "Whether processors see the metadata of the calls.")
        .refuse("transport", std::string(kTcpOnly))
        .ignore("read_buffer_size", std::string(kOwnBuffers))
        .ignore("write_buffer_size", std::string(kOwnBuffers))
        .ignore("keepalive", "silent clients are pinged after a minute")
        .ignore("middlewares", "there are none");
    refuse_what_is_unsafe(s);
    return s;
  }();
  return schema;
}

const Schema<HttpConfig>& schema_of(const HttpConfig*) {
  static const auto schema = [] {
    Schema<HttpConfig> s;
    s.field("endpoint", &HttpConfig::endpoint, "HOST:PORT to listen on.")
        .field("max_request_body_size", &HttpConfig::max_request_body_size,
               "Bytes that one body may have, before and after decompression.")
        .field("include_metadata", &HttpConfig::include_metadata,
               "Whether processors see the headers of the requests.")
        .field("cors", &HttpConfig::cors, "What browsers of other origins may do.")
        .field("traces_url_path", &HttpConfig::traces_url_path, "The path that takes traces.")
        .field("metrics_url_path", &HttpConfig::metrics_url_path, "The path that takes metrics.")
        .field("logs_url_path", &HttpConfig::logs_url_path, "The path that takes logs.")
        .field("read_header_timeout", &HttpConfig::read_header_timeout,
               "How long a request's header may take; 0 is the receiver's own limit.")
        .field("idle_timeout", &HttpConfig::idle_timeout,
               "How long a connection may be idle; 0 is the receiver's own limit.")
        .refuse("transport", std::string(kTcpOnly))
        .ignore("read_timeout", "a body must come at a least rate")
        .ignore("write_timeout", "a client that reads nothing is cut off after 30 seconds")
        .ignore("keep_alives_enabled", "connections are kept")
        .ignore("response_headers", "answers have the headers of the protocol")
        .ignore("compression_algorithms", "all encodings are taken")
        .ignore("middlewares", "there are none");
    refuse_what_is_unsafe(s);
    return s;
  }();
  return schema;
}

const Schema<ProtocolsConfig>& schema_of(const ProtocolsConfig*) {
  static const auto schema =
      Schema<ProtocolsConfig>()
          .field("grpc", &ProtocolsConfig::grpc, "OTLP over gRPC; off unless it is named.")
          .field("http", &ProtocolsConfig::http, "OTLP over HTTP; off unless it is named.")
          .check([](const ProtocolsConfig& config, const Place& place) {
            if (!config.grpc && !config.http)
              place.error("name at least one protocol: grpc or http");
          });
  return schema;
}

const Schema<Config>& schema_of(const Config*) {
  static const auto schema =
      Schema<Config>()
          .field("protocols", &Config::protocols, "The protocols to take OTLP by.")
          .check([](const Config& config, const Place& place) {
            if (!config.protocols.grpc && !config.protocols.http)
              place.error("protocols must name at least one of grpc and http");
          });
  return schema;
}

}  // namespace sluice::components::otlp_receiver
