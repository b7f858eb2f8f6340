#include "app/bench/generator.h"

#include <array>

#include "wire/protobuf_writer.h"

namespace sluice::app::bench {
namespace {

constexpr std::string_view kServices[] = {"checkout", "frontend", "payments", "catalog"};
constexpr std::string_view kMethods[] = {"GET", "GET", "GET", "POST", "PUT", "DELETE"};
constexpr std::string_view kNouns[] = {"order",   "cart",     "invoice", "coupon",
                                       "profile", "shipment", "refund",  "session"};
constexpr std::string_view kOperations[] = {"query database", "read cache",  "render page",
                                            "publish event",  "charge card", "reserve stock"};
constexpr int kStatusCodes[] = {200, 200, 200, 200, 200, 200, 200, 201, 204, 304, 404, 500};

struct Level {
  uint64_t number;
  std::string_view text;
};
constexpr Level kLevels[] = {{9, "INFO"},  {9, "INFO"},   {9, "INFO"},
                             {13, "WARN"}, {17, "ERROR"}, {5, "DEBUG"}};

constexpr int kSpansPerTrace = 8;
constexpr int kPointsPerMetric = 10;
constexpr uint64_t kSpacingNs = 50'000;  // between records of a request

}  // namespace

/// One request on its way into a string. Field numbers are those of opentelemetry-proto v1.
class Generator::Request {
 public:
  Request(Generator& generator, uint64_t first, uint64_t now_ns, std::string& out)
      : run_id_(generator.run_id_),
        random_(generator.random_),
        writer_(out),
        sequence_(first),
        now_(now_ns) {}

  void logs(uint32_t records) {
    const size_t resource = begin_resource();
    for (uint32_t i = 0; i < records; ++i) log_record();
    end_resource(resource);
  }

  void spans(uint32_t records) {
    const size_t resource = begin_resource();
    std::string trace;
    std::string parent;
    for (uint32_t i = 0; i < records; ++i) {
      if (i % kSpansPerTrace == 0) {
        trace = id(16);
        parent.clear();
      }
      parent = span(trace, parent);
    }
    end_resource(resource);
  }

  void points(uint32_t records) {
    const size_t resource = begin_resource();
    for (uint32_t done = 0; done < records;) {
      const uint32_t count = std::min<uint32_t>(records - done, kPointsPerMetric);
      metric(count);
      done += count;
    }
    end_resource(resource);
  }

 private:
  template <typename T, size_t N>
  const T& pick(const T (&values)[N]) {
    return values[random_() % N];
  }

  std::string id(size_t bytes) {
    std::string out(bytes, '\0');
    for (char& c : out) c = static_cast<char>(random_() >> 8);
    return out;
  }

  void attribute(uint32_t field, std::string_view key, std::string_view value) {
    const size_t pair = writer_.begin(field);
    writer_.bytes(1, key);
    const size_t any = writer_.begin(2);
    writer_.bytes(1, value);
    writer_.end(any);
    writer_.end(pair);
  }

  void attribute(uint32_t field, std::string_view key, uint64_t value) {
    const size_t pair = writer_.begin(field);
    writer_.bytes(1, key);
    const size_t any = writer_.begin(2);
    writer_.varint(3, value);
    writer_.end(any);
    writer_.end(pair);
  }

  /// What every record ends with.
  void mark(uint32_t field) {
    attribute(field, kRunAttribute, run_id_);
    attribute(field, kSequenceAttribute, sequence_++);
    now_ += kSpacingNs;
  }

  /// Opens the one Resource… and its Scope…, up to where the records begin; the numbers agree in
  /// all three signals.
  size_t begin_resource() {
    const size_t outer = writer_.begin(1);
    const size_t resource = writer_.begin(1);
    attribute(1, "service.name", pick(kServices));
    attribute(1, "service.instance.id", "instance-" + std::to_string(random_() % 40));
    attribute(1, "host.name", "node-" + std::to_string(random_() % 12));
    writer_.end(resource);
    scope_ = writer_.begin(2);
    const size_t scope = writer_.begin(1);
    writer_.bytes(1, "sluice.bench");
    writer_.bytes(2, SLUICE_VERSION);
    writer_.end(scope);
    return outer;
  }
  void end_resource(size_t outer) {
    writer_.end(scope_);
    writer_.end(outer);
  }

  std::string path() {
    return "/api/v1/" + std::string(pick(kNouns)) + "/" +
           std::to_string(100'000 + random_() % 900'000);
  }

  void log_record() {
    const Level& level = pick(kLevels);
    const std::string_view method = pick(kMethods);
    const int status = pick(kStatusCodes);
    const size_t record = writer_.begin(2);
    writer_.fixed64(1, now_);
    writer_.varint(2, level.number);
    writer_.bytes(3, level.text);
    const size_t body = writer_.begin(5);
    writer_.bytes(1, std::string(method) + " " + path() + " finished with " +
                         std::to_string(status) + " after " + std::to_string(1 + random_() % 900) +
                         " ms");
    writer_.end(body);
    attribute(6, "http.request.method", method);
    attribute(6, "http.response.status_code", static_cast<uint64_t>(status));
    attribute(6, "enduser.id", "user-" + std::to_string(random_() % 100'000));
    mark(6);
    writer_.bytes(9, id(16));
    writer_.bytes(10, id(8));
    writer_.fixed64(11, now_);
    writer_.end(record);
  }

  /// Returns the span's id.
  std::string span(const std::string& trace, const std::string& parent) {
    const int status = pick(kStatusCodes);
    std::string span_id = id(8);
    const size_t span = writer_.begin(2);
    writer_.bytes(1, trace);
    writer_.bytes(2, span_id);
    if (!parent.empty()) writer_.bytes(4, parent);
    writer_.bytes(5, pick(kOperations));
    writer_.varint(6, 2);  // a server's span
    writer_.fixed64(7, now_);
    writer_.fixed64(8, now_ + 100'000 + random_() % 100'000'000);
    attribute(9, "http.request.method", pick(kMethods));
    attribute(9, "url.path", path());
    attribute(9, "http.response.status_code", static_cast<uint64_t>(status));
    attribute(9, "client.address",
              "10.0." + std::to_string(random_() % 256) + "." + std::to_string(random_() % 256));
    mark(9);
    if (status >= 500) {
      const size_t result = writer_.begin(15);
      writer_.bytes(2, "upstream failed");
      writer_.varint(3, 2);
      writer_.end(result);
    }
    writer_.end(span);
    return span_id;
  }

  /// A gauge and a sum in turn.
  void metric(uint32_t points) {
    const bool is_sum = random_() % 2 == 0;
    const size_t metric = writer_.begin(2);
    writer_.bytes(1, "app." + std::string(pick(kNouns)) + (is_sum ? ".count" : ".level"));
    writer_.bytes(3, "1");
    const size_t data = writer_.begin(is_sum ? 7 : 5);
    for (uint32_t i = 0; i < points; ++i) point();
    if (is_sum) {
      writer_.varint(2, 2);  // cumulative
      writer_.varint(3, 1);  // monotonic
    }
    writer_.end(data);
    writer_.end(metric);
  }

  void point() {
    const size_t point = writer_.begin(1);
    writer_.fixed64(2, now_ - 60'000'000'000);
    writer_.fixed64(3, now_);
    writer_.number(4, static_cast<double>(random_() % 1'000'000) / 100);
    attribute(7, "http.request.method", pick(kMethods));
    attribute(7, "http.response.status_code", static_cast<uint64_t>(pick(kStatusCodes)));
    mark(7);
    writer_.end(point);
  }

  const std::string& run_id_;
  std::minstd_rand& random_;
  wire::ProtoWriter writer_;
  uint64_t sequence_;
  uint64_t now_;
  size_t scope_ = 0;
};

void Generator::append(otlp::Signal signal, uint64_t first, uint32_t records, uint64_t now_ns,
                       std::string& out) {
  Request request(*this, first, now_ns, out);
  switch (signal) {
    case otlp::Signal::Logs: return request.logs(records);
    case otlp::Signal::Traces: return request.spans(records);
    case otlp::Signal::Metrics: return request.points(records);
  }
}

}  // namespace sluice::app::bench
