// What a request brings besides its SQL: the target, a multipart body, and credentials. The input
// is cut at its NUL bytes: target, Content-Type, body.

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "server/credentials.h"
#include "server/multipart.h"
#include "server/query_request.h"
#include "server/url.h"

namespace {

std::string_view take_part(std::string_view& rest) {
  const size_t end = rest.find('\0');
  const std::string_view part = rest.substr(0, end);
  rest = end == std::string_view::npos ? std::string_view() : rest.substr(end + 1);
  return part;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace sluice;
  std::string_view rest(reinterpret_cast<const char*>(data), size);
  const Result<server::Target> target = server::parse_target(take_part(rest));
  const std::string_view content_type = take_part(rest);
  const Result<engine::NameValues> fields = server::parse_multipart(content_type, rest);
  http::StreamHead head;
  head.method = "POST";
  head.fields = {{"Authorization", std::string(content_type)},
                 {"Accept-Encoding", std::string(content_type)},
                 {"Content-Encoding", std::string(content_type)}};
  if (!target.ok()) return 0;
  static_cast<void>(server::check_credentials(head, target->params, {"default", "x"}));
  server::QueryRequest request;
  static_cast<void>(server::read_query_request(head, target->params, "1", request));
  if (fields.ok()) {
    static_cast<void>(server::read_query_request(head, *fields, "1", request));
  }
  return 0;
}
