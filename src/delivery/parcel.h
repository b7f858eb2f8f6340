#pragma once

// Requests as they wait for their turn: encoded, with the promise to their sender.

#include <chrono>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "base/budget.h"
#include "base/buffer.h"
#include "delivery/options.h"
#include "otlp/records.h"
#include "pipeline/batch.h"

namespace sluice::delivery {

enum class Format : uint8_t { Protobuf, Json };

/// A request, or a part of one. It is a whole export request by itself.
struct Parcel {
  Buffer bytes;
  uint64_t items = 0;    ///< log records, spans or data points
  Budget::Share memory;  ///< what the bytes take of the process's budget
  pipeline::Ack ack;
  std::string partition;  ///< parcels of different partitions are not put together
  std::chrono::steady_clock::time_point since;

  uint64_t size(Sizer sizer) const {
    return sizer == Sizer::Requests ? 1 : sizer == Sizer::Items ? items : bytes.size();
  }
};

struct PackOptions {
  Format format = Format::Protobuf;
  Sizer sizer = Sizer::Items;
  uint64_t size_max = 0;  ///< of one parcel, as far as records can be divided; 0: no limit
  std::vector<std::string> partition_keys{};  ///< request metadata, in lower case
};

/// Encodes a batch: one parcel, or several where it is larger than `size_max`. The ack is divided
/// among the parcels. Without any records it is answered at once, and there are none.
std::vector<Parcel> pack(const pipeline::BatchView& batch, pipeline::Ack&& ack,
                         const PackOptions& options, Budget& budget);

/// Appends one request with the records of all parcels.
void join(std::span<const Parcel> parcels, otlp::Signal signal, Format format, Buffer& out);

}  // namespace sluice::delivery
