#include "http/rpc_status.h"

#include "base/buffer.h"
#include "base/utf8.h"
#include "wire/json_write.h"
#include "wire/protobuf_writer.h"

namespace sluice::http {

std::string valid_utf8(std::string_view text) {
  std::string valid;
  valid.reserve(text.size());
  while (!text.empty()) {
    const utf8::Rune rune = utf8::decode(text);
    valid.append(rune.valid ? text.substr(0, rune.size) : utf8::kReplacement);
    text.remove_prefix(rune.size);
  }
  return valid;
}

std::string rpc_status_protobuf(const Status& status,
                                std::optional<std::chrono::seconds> retry_after) {
  std::string out;
  wire::ProtoWriter writer(out);
  writer.varint(1, static_cast<uint64_t>(status.code()));
  writer.bytes(2, valid_utf8(status.message()));
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
