// From arbitrary bytes to an encoded block: protobuf decoding, mapping and the
// Native encoder. The first byte chooses the signal. What is encoded must be readable as the Native
// format, with as many rows as were mapped, and rows that are cut out of it must be those that were
// encoded.

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <type_traits>

#include "base/check.h"
#include "mapping/tables.h"
#include "native/select_rows.h"
#include "otlp/decode.h"
#include "testing/native_reader.h"

namespace {

using namespace sluice;

template <typename Request>
void map(const Request& request, mapping::AttributeType attributes) {
  mapping::Mapper mapper(attributes);
  mapping::OpenBlocks blocks;
  mapping::Rejects rejects;
  if constexpr (std::is_same_v<Request, otlp::LogsRequest>) {
    mapper.map(request, mapping::Table::Logs, blocks, rejects);
    mapper.map(request, mapping::Table::Sessions, blocks, rejects);
  } else {
    mapper.map(request, blocks, rejects);
  }
  for (size_t t = 0; t < mapping::kTableCount; ++t) {
    if (!blocks.by_table[t]) continue;
    mapping::RowOrder order;
    mapping::plan_order(static_cast<mapping::Table>(t), *blocks.by_table[t], order);
    Buffer bytes;
    blocks.by_table[t]->append_to(order.order, bytes);
    const auto read = testing::read_native(bytes.view());
    SLUICE_CHECK(read.size() == 1 && read[0].rows() == order.order.size());
    const auto rows = static_cast<uint32_t>(order.order.size());
    Buffer selected;
    BufferOutput out(selected);
    native::select_rows(bytes.view(), {rows / 3, rows}, out);
    out.finish();
    Buffer expected;
    blocks.by_table[t]->append_to(std::span(order.order).subspan(rows / 3), expected);
    SLUICE_CHECK(selected.view() == expected.view());
  }
}

template <typename Request>
void run(std::string_view body) {
  Arena arena;
  Request request;
  if (!otlp::decode_protobuf(body, arena, request).ok()) return;
  map(request, mapping::AttributeType::Map);
  map(request, mapping::AttributeType::Json);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size == 0) return 0;
  const std::string_view body(reinterpret_cast<const char*>(data) + 1, size - 1);
  switch (data[0] % 3) {
    case 0: run<otlp::LogsRequest>(body); break;
    case 1: run<otlp::TracesRequest>(body); break;
    default: run<otlp::MetricsRequest>(body); break;
  }
  return 0;
}
