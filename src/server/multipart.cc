#include "server/multipart.h"

#include <optional>
#include <string>

namespace sluice::server {
namespace {

constexpr std::string_view kCrlf = "\r\n";
constexpr std::string_view kType = "multipart/form-data";
constexpr size_t kBoundaryBytesMax = 70;  // RFC 2046

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; }

bool starts_with_ignoring_case(std::string_view text, std::string_view prefix) {
  if (text.size() < prefix.size()) return false;
  for (size_t i = 0; i < prefix.size(); ++i) {
    if (lower(text[i]) != lower(prefix[i])) return false;
  }
  return true;
}

/// The value of `name=` among the ';'-separated parameters of a header value; quotes are removed.
std::optional<std::string> parameter(std::string_view header, std::string_view name) {
  size_t at = header.find(';');
  while (at != std::string_view::npos) {
    ++at;
    while (at < header.size() && (header[at] == ' ' || header[at] == '\t')) ++at;
    const size_t equals = header.find('=', at);
    if (equals == std::string_view::npos) return std::nullopt;
    const bool wanted = header.substr(at, equals - at).size() == name.size() &&
                        starts_with_ignoring_case(header.substr(at), name);
    std::string value;
    at = equals + 1;
    if (at < header.size() && header[at] == '"') {
      for (++at; at < header.size() && header[at] != '"'; ++at) {
        if (header[at] == '\\' && at + 1 < header.size()) ++at;
        value += header[at];
      }
      at = header.find(';', at);
    } else {
      const size_t end = header.find(';', at);
      value = std::string(header.substr(at, end == std::string_view::npos ? end : end - at));
      at = end;
    }
    if (wanted) return value;
  }
  return std::nullopt;
}

/// Reads one part's header lines and value.
Status add_part(std::string_view part, engine::NameValues& fields) {
  const size_t head_end = part.find("\r\n\r\n");
  if (head_end == std::string_view::npos) {
    return invalid_argument("a part of the multipart body has no empty line after its header");
  }
  std::string_view head = part.substr(0, head_end);
  while (!head.empty()) {
    const size_t end = head.find(kCrlf);
    const std::string_view line = head.substr(0, end);
    head = end == std::string_view::npos ? std::string_view() : head.substr(end + kCrlf.size());
    if (!starts_with_ignoring_case(line, "content-disposition:")) continue;
    if (parameter(line, "filename").has_value()) {
      return {Code::Unimplemented,
              "external tables (parts with a file name) are not supported; insert into a "
              "temporary table in a session instead"};
    }
    std::optional<std::string> name = parameter(line, "name");
    if (!name.has_value()) break;
    fields.emplace_back(std::move(*name), std::string(part.substr(head_end + 4)));
    return {};
  }
  return invalid_argument("a part of the multipart body has no name");
}

}  // namespace

bool is_multipart(std::string_view content_type) {
  return starts_with_ignoring_case(content_type, kType);
}

Result<engine::NameValues> parse_multipart(std::string_view content_type, std::string_view body) {
  const std::optional<std::string> boundary = parameter(content_type, "boundary");
  if (!boundary.has_value() || boundary->empty() || boundary->size() > kBoundaryBytesMax) {
    return invalid_argument("the multipart request has no usable boundary in its Content-Type");
  }
  const std::string opening = "--" + *boundary;
  const std::string between = "\r\n" + opening;
  engine::NameValues fields;
  size_t at = 0;
  if (body.substr(0, opening.size()) == opening) {
    at = opening.size();
  } else {
    at = body.find(between);  // after a preamble
    if (at != std::string_view::npos) at += between.size();
  }
  while (at != std::string_view::npos && at <= body.size()) {
    if (body.substr(at, 2) == "--") return fields;
    if (body.substr(at, 2) != kCrlf) break;
    at += kCrlf.size();
    const size_t end = body.find(between, at);
    if (end == std::string_view::npos) break;
    SLUICE_RETURN_IF_ERROR(add_part(body.substr(at, end - at), fields));
    at = end + between.size();
  }
  return invalid_argument("the multipart body does not end with its boundary");
}

}  // namespace sluice::server
