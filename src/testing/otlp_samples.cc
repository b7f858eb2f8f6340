#include "testing/otlp_samples.h"

#include <cstdio>
#include <random>
#include <string_view>

#include "testing/proto_message.h"

namespace sluice::testing {
namespace {

constexpr uint64_t kStart = 1'790'000'000'000'000'000;
constexpr std::string_view kWords[] = {"order",   "payment", "checkout", "inventory",
                                       "session", "profile", "gateway",  "invoice",
                                       "catalog", "search",  "retry",    "upstream"};
constexpr std::string_view kMethods[] = {"GET", "GET", "GET", "POST", "PUT", "DELETE"};
constexpr uint64_t kStatuses[] = {200, 200, 200, 200, 201, 204, 304, 400, 404, 500};

class Samples {
 public:
  uint64_t below(uint64_t n) { return random_() % n; }
  template <typename T, size_t N>
  T pick(const T (&from)[N]) {
    return from[below(N)];
  }
  std::string bytes(size_t n) {
    std::string out(n, '\0');
    for (char& c : out) c = static_cast<char>(random_());
    return out;
  }
  std::string text(const char* format, uint64_t a, uint64_t b = 0, uint64_t c = 0) {
    char out[160];
    std::snprintf(out, sizeof out, format, static_cast<unsigned long long>(a),
                  static_cast<unsigned long long>(b), static_cast<unsigned long long>(c));
    return out;
  }
  std::string path() {
    return "/api/v1/" + std::string(pick(kWords)) + text("/%llu", 100000 + below(900000));
  }

 private:
  std::mt19937_64 random_{20260101};
};

ProtoMessage attribute(std::string_view key, std::string_view value) {
  return ProtoMessage().bytes(1, key).message(2, ProtoMessage().bytes(1, value));
}
ProtoMessage attribute(std::string_view key, uint64_t value) {
  return ProtoMessage().bytes(1, key).message(2, ProtoMessage().varint(3, value));
}

ProtoMessage resource() {
  return ProtoMessage()
      .message(1, attribute("service.name", "checkout"))
      .message(1, attribute("service.instance.id", 7))
      .message(1, attribute("k8s.pod.name", "pod-17"))
      .message(1, attribute("host.name", "node-03.cluster.local"));
}

std::string request(std::string_view scope_name, const ProtoMessage& records) {
  ProtoMessage scope_group;
  scope_group.message(1, ProtoMessage().bytes(1, scope_name).bytes(2, "1.2.3"));
  const std::string scoped = scope_group.take() + records.str();
  return ProtoMessage().message(1, ProtoMessage().message(1, resource()).bytes(2, scoped)).take();
}

void wide_attributes(Samples& samples, ProtoMessage& span) {
  const uint64_t status = samples.pick(kStatuses);
  const std::string word(samples.pick(kWords));
  span.message(9, attribute("http.request.method", samples.pick(kMethods)))
      .message(9, attribute("url.full", "https://shop.example.com" + samples.path() +
                                            samples.text("?page=%llu", samples.below(100))))
      .message(9, attribute("http.route", "/api/v1/" + word + "/:id"))
      .message(9, attribute("http.response.status_code", std::to_string(status)))
      .message(9, attribute("client.address", samples.text("10.%llu.%llu.%llu", samples.below(256),
                                                           samples.below(256), samples.below(256))))
      .message(
          9, attribute("user_agent.original",
                       samples.text("Mozilla/5.0 (X11; Linux x86_64) Gecko/20100101 Firefox/12%llu",
                                    samples.below(10))))
      .message(9, attribute("enduser.id", samples.text("user-%05llu", samples.below(100000))))
      .message(9, attribute("db.statement", "SELECT * FROM " + word + " WHERE id = ?"));
  if (status >= 500) span.message(15, ProtoMessage().bytes(2, "upstream failed").varint(3, 2));
}

std::string json_body(Samples& samples) {
  return "{\"level\":\"info\",\"time\":\"2026-11-22T10:20:30.123Z\"" +
         samples.text(",\"pid\":%llu,\"hostname\":\"web-%llu\"", 1 + samples.below(98),
                      samples.below(40)) +
         ",\"service\":\"" + std::string(samples.pick(kWords)) +
         samples.text("\",\"requestId\":\"%016llx\"", samples.below(UINT64_MAX)) +
         ",\"req\":{\"method\":\"" + std::string(samples.pick(kMethods)) + "\",\"url\":\"" +
         samples.path() +
         samples.text("\",\"remoteAddress\":\"10.%llu.%llu.7\"}", samples.below(256),
                      samples.below(256)) +
         samples.text(",\"res\":{\"statusCode\":%llu,\"bytes\":%llu},\"responseTime\":%llu",
                      samples.pick(kStatuses), 100 + samples.below(90000), 1 + samples.below(900)) +
         samples.text(",\"userId\":\"user-%05llu\"", samples.below(100000)) +
         ",\"msg\":\"request completed for " + std::string(samples.pick(kWords)) + " " +
         std::string(samples.pick(kWords)) + "\"}";
}

void text_log(Samples& samples, ProtoMessage& log) {
  const std::string_view method = samples.pick(kMethods);
  const uint64_t status = samples.pick(kStatuses);
  log.varint(2, 9).bytes(3, "INFO");
  log.message(5, ProtoMessage().bytes(1, std::string(method) + " " + samples.path() +
                                             samples.text(" finished with %llu after %llu ms, ",
                                                          status, samples.below(900)) +
                                             std::string(samples.pick(kWords)) + " " +
                                             std::string(samples.pick(kWords))));
  log.message(6, attribute("http.request.method", method))
      .message(6, attribute("http.response.status_code", status))
      .message(6, attribute("http.route", "/api/v1/" + std::string(samples.pick(kWords)) + "/:id"))
      .message(6, attribute("enduser.id", samples.text("user-%05llu", samples.below(100000))));
  log.fixed32(8, 1).bytes(9, samples.bytes(16)).bytes(10, samples.bytes(8));
}

}  // namespace

std::string sample_spans(int count, bool wide) {
  Samples samples;
  ProtoMessage spans;
  std::string trace;
  std::string parent;
  uint64_t time = kStart;
  for (int i = 0; i < count; ++i) {
    if (i % 100 == 0) {
      trace = samples.bytes(16);
      parent.clear();
    }
    ProtoMessage span;
    const std::string id = samples.bytes(8);
    time += 1000 + samples.below(200000);
    span.bytes(1, trace).bytes(2, id).bytes(3, "active");
    if (!parent.empty()) span.bytes(4, parent);
    span.bytes(5, samples.text("operation_%llu", static_cast<uint64_t>(i % 10))).varint(6, 2);
    span.fixed64(7, time).fixed64(8, time + 100000 + samples.below(100000000));
    span.message(9, attribute("index", static_cast<uint64_t>(i + 1)));
    if (wide) {
      wide_attributes(samples, span);
    } else {
      span.message(11, ProtoMessage().fixed64(1, time + 5000).bytes(2, "db-connect"));
    }
    parent = id;
    spans.message(2, span);
  }
  return request("otlp_worker", spans);
}

std::string sample_logs(int count, bool as_json) {
  Samples samples;
  ProtoMessage logs;
  uint64_t time = kStart;
  for (int i = 0; i < count; ++i) {
    time += 1000 + samples.below(200000);
    ProtoMessage log;
    log.fixed64(1, time);
    if (as_json) {
      log.message(5, ProtoMessage().bytes(1, json_body(samples)));
    } else {
      text_log(samples, log);
    }
    log.fixed64(11, time + 3000);
    logs.message(2, log);
  }
  return request("app.logger", logs);
}

std::string sample_metrics(int count) {
  Samples samples;
  ProtoMessage metrics;
  for (int i = 0; i < count; i += 10) {
    ProtoMessage gauge;
    for (int k = 0; k < 10; ++k) {
      ProtoMessage point;
      point.fixed64(2, kStart).fixed64(3, kStart + static_cast<uint64_t>(i) * 1000000000);
      point.real(4, static_cast<double>(samples.below(1000000)) / 1000);
      point.message(7, attribute("http.request.method", samples.pick(kMethods)))
          .message(7, attribute("http.response.status_code", samples.pick(kStatuses)))
          .message(7,
                   attribute("http.route", "/api/v1/" + std::string(samples.pick(kWords)) + "/:id"))
          .message(7, attribute("server.address",
                                samples.text("node-%02llu.cluster.local", samples.below(40))))
          .message(7, attribute("network.protocol.version", "1.1"));
      gauge.message(1, point);
    }
    const std::string name =
        "app." + std::string(kWords[static_cast<size_t>(i / 10) % std::size(kWords)]) + ".level";
    metrics.message(2, ProtoMessage().bytes(1, name).bytes(3, "1").message(5, gauge));
  }
  return request("app.meter", metrics);
}

}  // namespace sluice::testing
