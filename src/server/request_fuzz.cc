// What a request brings besides its SQL: the target, a multipart body, and credentials. The input
// is cut at its NUL bytes: target, Content-Type, body.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "server/credentials.h"
#include "server/multipart.h"
#include "server/query_request.h"
#include "server/url.h"

namespace {

constexpr size_t kPieceBytes = 7;

std::string_view take_part(std::string_view& rest) {
  const size_t end = rest.find('\0');
  const std::string_view part = rest.substr(0, end);
  rest = end == std::string_view::npos ? std::string_view() : rest.substr(end + 1);
  return part;
}

/// The parts of a multipart body, in pieces of a few bytes.
std::optional<sluice::engine::NameValues> read_fields(std::string_view content_type,
                                                      std::string_view body) {
  using namespace sluice;
  engine::NameValues fields;
  server::MultipartReader reader([&fields](std::string name, bool) {
    fields.emplace_back(std::move(name), std::string());
    return Result<wire::Sink>([&fields](std::string_view bytes) {
      fields.back().second += bytes;
      return Status();
    });
  });
  if (!reader.begin(content_type).ok()) return std::nullopt;
  for (; !body.empty(); body.remove_prefix(std::min(kPieceBytes, body.size()))) {
    if (!reader.write(body.substr(0, kPieceBytes)).ok()) return std::nullopt;
  }
  if (!reader.finish().ok()) return std::nullopt;
  return fields;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace sluice;
  std::string_view rest(reinterpret_cast<const char*>(data), size);
  const Result<server::Target> target = server::parse_target(take_part(rest));
  const std::string_view content_type = take_part(rest);
  const std::optional<engine::NameValues> fields = read_fields(content_type, rest);
  http::StreamHead head;
  head.method = "POST";
  head.fields = {{"Authorization", std::string(content_type)},
                 {"Accept-Encoding", std::string(content_type)},
                 {"Content-Encoding", std::string(content_type)}};
  if (!target.ok()) return 0;
  static_cast<void>(server::check_credentials(head, target->params, {"default", "x"}));
  server::QueryRequest request;
  static_cast<void>(server::read_query_request(head, target->params, "1", request));
  if (fields.has_value()) {
    static_cast<void>(server::read_query_request(head, *fields, "1", request));
  }
  return 0;
}
