#include "http/rpc_status.h"

#include <algorithm>

#include "base/buffer.h"
#include "base/utf8.h"
#include "wire/json_reader.h"
#include "wire/json_write.h"
#include "wire/protobuf.h"
#include "wire/protobuf_writer.h"

namespace sluice::http {
namespace {

using wire::ProtoCursor;
using wire::WireType;

/// Calls use(field, bytes) for each length-delimited field, and number(field, value) for each
/// varint.
template <typename Use, typename Number>
void each_field(std::string_view message, wire::ProtoError& error, Use&& use, Number&& number) {
  ProtoCursor in(message, error);
  uint64_t tag = 0;
  while (in.next(tag)) {
    const auto field = static_cast<uint32_t>(tag >> 3);
    if (tag == wire::proto_tag(field, WireType::Length)) {
      std::string_view bytes;
      if (in.bytes(bytes)) use(field, bytes);
    } else if (tag == wire::proto_tag(field, WireType::Varint)) {
      uint64_t value = 0;
      if (in.varint(value)) number(field, value);
    } else {
      in.skip(tag);
    }
  }
}

constexpr auto kIgnore = [](uint32_t, auto) {};

/// google.protobuf.Duration; nothing below zero.
std::chrono::nanoseconds read_duration(std::string_view bytes, wire::ProtoError& error) {
  // More is not waited for, and could not be counted in nanoseconds.
  constexpr int64_t kSecondsMax = 86'400;
  int64_t seconds = 0;
  int64_t nanos = 0;
  each_field(bytes, error, kIgnore, [&](uint32_t field, uint64_t value) {
    if (field == 1) seconds = static_cast<int64_t>(value);
    if (field == 2) nanos = static_cast<int32_t>(static_cast<uint32_t>(value));
  });
  const std::chrono::nanoseconds sum =
      std::chrono::seconds(std::clamp<int64_t>(seconds, 0, kSecondsMax)) +
      std::chrono::nanoseconds(std::max<int64_t>(nanos, 0));
  return sum;
}

void read_detail(std::string_view any, wire::ProtoError& error, RpcStatus& out) {
  constexpr std::string_view kRetryInfo = "google.rpc.RetryInfo";
  std::string_view type;
  std::string_view value;
  each_field(
      any, error,
      [&](uint32_t field, std::string_view bytes) {
        if (field == 1) type = bytes;
        if (field == 2) value = bytes;
      },
      kIgnore);
  if (type.substr(type.rfind('/') + 1) != kRetryInfo) return;
  each_field(
      value, error,
      [&](uint32_t field, std::string_view bytes) {
        if (field == 1) out.retry_delay = read_duration(bytes, error);
      },
      kIgnore);
}

}  // namespace

std::optional<RpcStatus> read_rpc_status_protobuf(std::string_view bytes) {
  wire::ProtoError error;
  RpcStatus status;
  each_field(
      bytes, error,
      [&](uint32_t field, std::string_view value) {
        if (field == 2) status.message = value;
        if (field == 3) read_detail(value, error, status);
      },
      kIgnore);
  if (error.what != nullptr) return std::nullopt;
  return status;
}

std::optional<RpcStatus> read_rpc_status_json(std::string_view text) {
  Arena arena;
  wire::JsonReader in(text, arena);
  RpcStatus status;
  for (bool more = in.begin_object(); more; more = in.next_member()) {
    std::string_view message;
    if (in.key() != "message") {
      in.skip();
    } else if (in.string(message)) {
      status.message = message;
    }
  }
  if (!in.ok()) return std::nullopt;
  return status;
}

std::string rpc_status_protobuf(const Status& status,
                                std::optional<std::chrono::seconds> retry_after) {
  std::string out;
  wire::ProtoWriter writer(out);
  writer.varint(1, static_cast<uint64_t>(status.code()));
  writer.bytes(2, utf8::to_valid(status.message()));
  if (retry_after.has_value()) {
    const size_t any = writer.begin(3);
    writer.bytes(1, "type.googleapis.com/google.rpc.RetryInfo");
    const size_t retry_info = writer.begin(2);
    const size_t duration = writer.begin(1);
    writer.varint(1, static_cast<uint64_t>(retry_after->count()));
    writer.end(duration);
    writer.end(retry_info);
    writer.end(any);
  }
  return out;
}

std::string rpc_status_json(const Status& status) {
  Buffer out;
  out.append(R"({"code":)");
  out.append(std::to_string(static_cast<int>(status.code())));
  out.append(R"(,"message":)");
  wire::append_json_string(status.message(), out);
  out.push_back('}');
  return std::string(out.view());
}

}  // namespace sluice::http
