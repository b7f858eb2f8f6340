#include "components/receivers/otlp/config.h"

#include <algorithm>

#include "io/listen.h"
#include "wire/go_url.h"

namespace sluice::components::otlp_receiver {
namespace {

using config::Place;
using config::Schema;

constexpr const char* kOwnBuffers = "buffers grow and shrink with the load";
constexpr const char* kTlsDoc = "Certificates; without it connections are in plain text.";
constexpr const char* kNoMiddlewares =
    "there are no extensions that could stand between a request and the receiver";
constexpr const char* kOwnPings =
    "what a client may ask of a connection without sending data is limited for all of it together";

void check_transport(const std::string& transport, const Place& place) {
  if (transport != "tcp" && !transport.empty()) place.of("transport").expected("tcp");
}

void check_endpoint(const std::string& endpoint, const Place& place) {
  if (const Status status = io::check_host_port(endpoint); !status.ok())
    place.of("endpoint").error(status.message());
}

void check_url_path(const char* name, const std::string& text, const Place& place) {
  if (const auto path = url_path(text); !path.ok()) place.of(name).error(path.status().message());
}

void check_encodings(const std::vector<std::string>& names, const Place& place) {
  constexpr std::string_view kKnown[] = {"",        "gzip", "zstd",   "zlib",
                                         "deflate", "lz4",  "snappy", "x-snappy-framed"};
  for (size_t i = 0; i < names.size(); ++i) {
    if (std::find(std::begin(kKnown), std::end(kKnown), names[i]) == std::end(kKnown)) {
      place.of(i).expected("\"\", gzip, zstd, zlib, deflate, snappy, x-snappy-framed or lz4");
    }
  }
}

}  // namespace

Result<std::string> url_path(std::string_view text) {
  const auto url = wire::GoUrl::parse(text);
  if (!url.ok()) return url.status();
  return url->path.rfind('/', 0) == 0 ? url->path : "/" + url->path;
}

const Schema<CorsConfig>& schema_of(const CorsConfig*) {
  const auto is_off = [](const CorsConfig& config) { return config.allowed_origins.empty(); };
  static const auto schema =
      Schema<CorsConfig>()
          .field("allowed_origins", &CorsConfig::allowed_origins,
                 "Origins that browsers may send from; a * in one stands for any text.")
          .field("allowed_headers", &CorsConfig::allowed_headers,
                 "Request headers that browsers may set besides the usual ones; * is any.")
          .ignored_if(is_off, "without allowed_origins")
          .field("max_age", &CorsConfig::max_age,
                 "Seconds for which a browser may keep the answer to a preflight request.")
          .ignored_if(is_off, "without allowed_origins");
  return schema;
}

const Schema<ServerParameters>& schema_of(const ServerParameters*) {
  using C = ServerParameters;
  static const auto schema =
      Schema<C>()
          .field("max_connection_idle", &C::max_connection_idle,
                 "A connection without calls for so long is told to go away; 0: never.")
          .field("max_connection_age", &C::max_connection_age,
                 "A connection of this age, a tenth more or less, is told to go away; 0: never.")
          .field("max_connection_age_grace", &C::max_connection_age_grace,
                 "What its open calls get until it is cut off; 0: as long as they take.")
          .field("time", &C::time, "A client that is silent for so long is pinged; 0: a minute.")
          .field("timeout", &C::timeout, "It has so long to answer a ping; 0: twenty seconds.");
  return schema;
}

const Schema<EnforcementPolicy>& schema_of(const EnforcementPolicy*) {
  using C = EnforcementPolicy;
  static const auto schema =
      Schema<C>()
          .field("min_time", &C::min_time, "The least time between two pings of a client.")
          .ignored(kOwnPings)
          .field("permit_without_stream", &C::permit_without_stream,
                 "Whether a client may ping while it has no call.")
          .ignored(kOwnPings);
  return schema;
}

const Schema<KeepaliveConfig>& schema_of(const KeepaliveConfig*) {
  static const auto schema =
      Schema<KeepaliveConfig>()
          .field("server_parameters", &KeepaliveConfig::server_parameters,
                 "How long connections live, and how it is found out that one is dead.")
          .field("enforcement_policy", &KeepaliveConfig::enforcement_policy,
                 "How often clients may ping.");
  return schema;
}

const Schema<GrpcConfig>& schema_of(const GrpcConfig*) {
  using C = GrpcConfig;
  static const auto schema =
      Schema<C>()
          .field("endpoint", &C::endpoint, "HOST:PORT to listen on.")
          .field("transport", &C::transport, "tcp; there is nothing else.")
          .field("max_recv_msg_size_mib", &C::max_recv_msg_size_mib,
                 "MiB that one message may have, before and after decompression; 0 is 4.")
          .field("max_concurrent_streams", &C::max_concurrent_streams,
                 "Calls at once on one connection; 0 is the receiver's own limit of 100.")
          .field("include_metadata", &C::include_metadata,
                 "Whether processors see the metadata of the calls.")
          .field("auth", &C::auth, "Who may send; without it, anybody.")
          .field("keepalive", &C::keepalive, "Age and health of connections.")
          .field("read_buffer_size", &C::read_buffer_size, "Bytes that are read at once.")
          .ignored(kOwnBuffers)
          .field("write_buffer_size", &C::write_buffer_size, "Bytes that are written at once.")
          .ignored(kOwnBuffers)
          .field("tls", &GrpcConfig::tls, kTlsDoc)
          .refuse("middlewares", kNoMiddlewares)
          .check([](const C& config, const Place& place) {
            check_transport(config.transport, place);
            check_endpoint(config.endpoint, place);
            if (config.max_recv_msg_size_mib < 0)
              place.of("max_recv_msg_size_mib").expected("0 or more");
          });
  return schema;
}

const Schema<HttpConfig>& schema_of(const HttpConfig*) {
  using C = HttpConfig;
  static const auto schema =
      Schema<C>()
          .field("endpoint", &C::endpoint, "HOST:PORT to listen on.")
          .field("transport", &C::transport, "tcp; there is nothing else.")
          .field("max_request_body_size", &C::max_request_body_size,
                 "Bytes that one body may have, before and after decompression; 0 is 20 MiB.")
          .field("include_metadata", &C::include_metadata,
                 "Whether processors see the headers of the requests.")
          .field("cors", &C::cors, "What browsers of other origins may do.")
          .field("auth", &C::auth, "Who may send; without it, anybody.")
          .field("response_headers", &C::response_headers, "Headers that every answer has.")
          .secret()
          .field("compression_algorithms", &C::compression_algorithms,
                 "The Content-Encodings that are taken, \"\" for none; all, if there is no list.")
          .field("traces_url_path", &C::traces_url_path, "The path that takes traces.")
          .field("metrics_url_path", &C::metrics_url_path, "The path that takes metrics.")
          .field("logs_url_path", &C::logs_url_path, "The path that takes logs.")
          .field("read_timeout", &C::read_timeout,
                 "How long a body may take; 0 is as long as its pace allows.")
          .field("read_header_timeout", &C::read_header_timeout,
                 "How long a request's header may take; 0 is the receiver's own limit of 10 s.")
          .field("write_timeout", &C::write_timeout,
                 "A client that reads nothing of its answer for so long is cut off; 0 is 30 s.")
          .field("idle_timeout", &C::idle_timeout,
                 "How long a connection may be idle; 0 is the receiver's own limit of 120 s.")
          .field("keep_alives_enabled", &C::keep_alives_enabled,
                 "Whether a connection serves more than one request.")
          .field("tls", &HttpConfig::tls, kTlsDoc)
          .refuse("include_tls_metadata", "what a client's certificate says is not passed on")
          .refuse("middlewares", kNoMiddlewares)
          .check([](const C& config, const Place& place) {
            check_transport(config.transport, place);
            check_endpoint(config.endpoint, place);
            check_url_path("traces_url_path", config.traces_url_path, place);
            check_url_path("metrics_url_path", config.metrics_url_path, place);
            check_url_path("logs_url_path", config.logs_url_path, place);
            if (config.compression_algorithms)
              check_encodings(*config.compression_algorithms, place.of("compression_algorithms"));
          });
  return schema;
}

const Schema<ProtocolsConfig>& schema_of(const ProtocolsConfig*) {
  static const auto schema =
      Schema<ProtocolsConfig>()
          .field("grpc", &ProtocolsConfig::grpc, "OTLP over gRPC; off unless it is named.")
          .given_by_null()
          .field("http", &ProtocolsConfig::http, "OTLP over HTTP; off unless it is named.")
          .given_by_null()
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
