#include "delivery/parcel.h"

#include <algorithm>
#include <optional>

#include "otlp/json_encode.h"
#include "otlp/protobuf_encode.h"
#include "pipeline/count.h"
#include "pipeline/records.h"
#include "pipeline/subset.h"

namespace sluice::delivery {
namespace {

using pipeline::BatchView;

/// A thread's encoder keeps so much memory for its next request.
constexpr size_t kEncoderBytesKept = 8 << 20;

uint64_t items_of(const otlp::LogRecord&) { return 1; }
uint64_t items_of(const otlp::Span&) { return 1; }
uint64_t items_of(const otlp::Metric& metric) { return metric.data_points.size(); }

/// Calls use(record) with the parts of a record that have at most `room` items at first, and then
/// at most `most`; use() returns how much room is left.
template <typename Record, typename Use>
void divide(const Record& record, uint64_t, uint64_t, Arena&, Use&& use) {
  use(record);
}
template <typename Use>
void divide(const otlp::Metric& metric, uint64_t room, uint64_t most, Arena& arena, Use&& use) {
  size_t at = 0;
  while (metric.data_points.size() - at > room) {
    otlp::Metric part = metric;
    part.data_points = {};
    part.data_points.reserve(arena, static_cast<uint32_t>(room));
    for (const size_t end = at + room; at < end; ++at)
      part.data_points.push_back(arena, metric.data_points[at]);
    use(part);
    room = most;
  }
  otlp::Metric rest = metric;
  rest.data_points = {};
  for (; at < metric.data_points.size(); ++at)
    rest.data_points.push_back(arena, metric.data_points[at]);
  use(rest);
}

/// Calls use(request) with requests of at most `most` items each.
template <typename Record, typename Use>
void divide_request(const otlp::Request<Record>& request, uint64_t most, Use&& use) {
  Arena arena;
  std::optional<pipeline::Subset<Record>> part(arena);
  uint64_t room = most;
  for (const auto& group : request.resources) {
    for (const auto& scope : group.scopes) {
      for (const Record& record : scope.records) {
        divide(record, room, most, arena, [&](const Record& piece) {
          part->add(group, scope, piece);
          room -= items_of(piece);
          if (room != 0) return;
          use(part->request());
          part.emplace(arena);
          room = most;
        });
      }
    }
  }
  if (!part->empty()) use(part->request());
}

template <typename Record>
class Packer {
 public:
  Packer(Format format, std::vector<Parcel>& out) : format_(format), out_(out) {}

  void pack(const otlp::Request<Record>& request, Sizer sizer, uint64_t size_max) {
    const uint64_t items = pipeline::count_items(request);
    if (size_max == 0) return add(encode(request), items);
    if (sizer == Sizer::Items) {
      if (items <= size_max) return add(encode(request), items);
      divide_request(request, size_max, [&](const auto& part) { pack(part, sizer, size_max); });
      return;
    }
    Buffer bytes = encode(request);
    if (bytes.size() <= size_max || items <= 1) return add(std::move(bytes), items);
    const auto guess =
        static_cast<uint64_t>(static_cast<double>(items) * static_cast<double>(size_max) /
                              static_cast<double>(bytes.size()));
    const uint64_t most = std::clamp<uint64_t>(guess, 1, items - 1);
    divide_request(request, most, [&](const auto& part) { pack(part, sizer, size_max); });
  }

 private:
  Buffer encode(const otlp::Request<Record>& request) const {
    Buffer bytes;
    if (format_ == Format::Json) {
      otlp::encode_json(request, bytes);
      return bytes;
    }
    thread_local wire::ProtoBackwardWriter writer;
    writer.clear();
    otlp::encode_protobuf(request, writer);
    bytes.reserve(writer.size());
    bytes.append(writer.view());
    if (writer.capacity() > kEncoderBytesKept) writer = {};
    return bytes;
  }
  void add(Buffer&& bytes, uint64_t items) {
    Parcel& parcel = out_.emplace_back();
    parcel.bytes = std::move(bytes);
    parcel.items = items;
  }

  const Format format_;
  std::vector<Parcel>& out_;
};

/// Values are told from each other by their lengths; a missing key differs from an empty one.
std::string partition_of(const BatchView& batch, const std::vector<std::string>& keys) {
  std::string partition;
  for (const std::string& key : keys) {
    const auto* entry = batch.metadata == nullptr ? nullptr : batch.metadata->find(key);
    if (entry == nullptr) {
      partition += "-;";
      continue;
    }
    for (const std::string_view value : entry->values)
      partition.append(std::to_string(value.size())).append(":").append(value);
    partition += ';';
  }
  return partition;
}

/// What stands around the resources of a request in JSON, as json_encode.h writes it.
struct Frame {
  std::string_view head;
  std::string_view tail = "]}";
};
Frame json_frame(otlp::Signal signal) {
  switch (signal) {
    case otlp::Signal::Logs: return {R"({"resourceLogs":[)"};
    case otlp::Signal::Traces: return {R"({"resourceSpans":[)"};
    case otlp::Signal::Metrics: break;
  }
  return {R"({"resourceMetrics":[)"};
}

}  // namespace

std::vector<Parcel> pack(const BatchView& batch, pipeline::Ack&& ack, const PackOptions& options,
                         Budget& budget) {
  std::vector<Parcel> parcels;
  const bool is_empty = pipeline::visit_request(batch, [&](auto& request) {
    using Record = std::remove_cvref_t<decltype(request.resources[0].scopes[0].records[0])>;
    if (pipeline::count_items(request) == 0) return true;
    Packer<Record>(options.format, parcels).pack(request, options.sizer, options.size_max);
    return false;
  });
  if (is_empty) {
    ack.resolve({});
    return parcels;
  }
  const auto now = std::chrono::steady_clock::now();
  const std::string partition = partition_of(batch, options.partition_keys);
  for (Parcel& parcel : parcels) {
    budget.charge(parcel.memory, parcel.bytes.size());
    if (&parcel != &parcels.back()) parcel.ack = ack.split();
    parcel.partition = partition;
    parcel.since = now;
  }
  parcels.back().ack = std::move(ack);
  return parcels;
}

void join(std::span<const Parcel> parcels, otlp::Signal signal, Format format, Buffer& out) {
  size_t size = 0;
  for (const Parcel& parcel : parcels) size += parcel.bytes.size();
  out.reserve(out.size() + size);
  if (format == Format::Protobuf || parcels.size() == 1) {
    // Requests are lists of resources: written one after the other they are one.
    for (const Parcel& parcel : parcels) out.append(parcel.bytes.view());
    return;
  }
  const Frame frame = json_frame(signal);
  out.append(frame.head);
  for (size_t i = 0; i < parcels.size(); ++i) {
    std::string_view resources = parcels[i].bytes.view();
    resources.remove_prefix(frame.head.size());
    resources.remove_suffix(frame.tail.size());
    if (i != 0) out.push_back(',');
    out.append(resources);
  }
  out.append(frame.tail);
}

}  // namespace sluice::delivery
