#include "server/multipart.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "base/ascii.h"

namespace sluice::server {
namespace {

constexpr std::string_view kCrlf = "\r\n";
constexpr std::string_view kType = "multipart/form-data";
constexpr std::string_view kHeadEnd = "\r\n\r\n";
constexpr size_t kBoundaryBytesMax = 70;  // RFC 2046
/// Of one part: a name, a file's name, a type.
constexpr size_t kHeadBytesMax = 16 << 10;

bool starts_with_ignoring_case(std::string_view text, std::string_view prefix) {
  if (text.size() < prefix.size()) return false;
  for (size_t i = 0; i < prefix.size(); ++i) {
    if (ascii::lower(text[i]) != ascii::lower(prefix[i])) return false;
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

Status bad(std::string_view what) { return invalid_argument(std::string(kBadMultipart) += what); }

struct PartHead {
  std::string name;
  bool is_file = false;
};

/// Reads a part's header lines.
Result<PartHead> read_head(std::string_view head) {
  while (!head.empty()) {
    const size_t end = head.find(kCrlf);
    const std::string_view line = head.substr(0, end);
    head = end == std::string_view::npos ? std::string_view() : head.substr(end + kCrlf.size());
    if (!starts_with_ignoring_case(line, "content-disposition:")) continue;
    std::optional<std::string> name = parameter(line, "name");
    if (!name.has_value()) break;
    return PartHead{std::move(*name), parameter(line, "filename").has_value()};
  }
  return bad("a part has no name");
}

}  // namespace

bool is_multipart(std::string_view content_type) {
  return starts_with_ignoring_case(content_type, kType);
}

Status MultipartReader::begin(std::string_view content_type) {
  const std::optional<std::string> boundary = parameter(content_type, "boundary");
  if (!boundary.has_value() || boundary->empty() || boundary->size() > kBoundaryBytesMax) {
    return bad("there is no usable boundary in the Content-Type");
  }
  between_ = "\r\n--" + *boundary;
  // The first boundary may be the first line of the body.
  pending_ = kCrlf;
  return {};
}

Status MultipartReader::write(std::string_view bytes) {
  pending_ += bytes;
  std::string_view rest = pending_;
  Result<bool> more = true;
  while (more.ok() && *more) more = step(rest);
  pending_.erase(0, pending_.size() - rest.size());
  return more.status();
}

Status MultipartReader::finish() const {
  return state_ == State::End ? Status() : bad("it does not end with its boundary");
}

/// Takes what it can from the front of `rest`. False: more bytes are needed.
Result<bool> MultipartReader::step(std::string_view& rest) {
  switch (state_) {
    case State::Value: return take_value(rest);
    case State::AfterBoundary: return take_after_boundary(rest);
    case State::Head: return take_head(rest);
    case State::End: break;
  }
  rest = {};  // an epilogue, which nobody wants
  return false;
}

Result<bool> MultipartReader::take_value(std::string_view& rest) {
  const size_t end = rest.find(between_);
  const bool whole = end != std::string_view::npos;
  // Without a boundary, the last bytes may be the first of one.
  const size_t size = whole ? end : rest.size() - std::min(rest.size(), between_.size() - 1);
  if (size != 0) SLUICE_RETURN_IF_ERROR(value_(rest.substr(0, size)));
  rest.remove_prefix(whole ? end + between_.size() : size);
  if (whole) state_ = State::AfterBoundary;
  return whole;
}

Result<bool> MultipartReader::take_after_boundary(std::string_view& rest) {
  if (rest.size() < kCrlf.size()) return false;
  const std::string_view mark = rest.substr(0, kCrlf.size());
  if (mark != kCrlf && mark != "--") return bad("a boundary is not at the end of its line");
  state_ = mark == kCrlf ? State::Head : State::End;
  rest.remove_prefix(mark.size());
  return true;
}

Result<bool> MultipartReader::take_head(std::string_view& rest) {
  const size_t end = rest.find(kHeadEnd);
  const std::string_view lines = rest.substr(0, end);
  if (lines.size() > kHeadBytesMax) return bad("the header of a part is too long");
  if (lines.find(between_) != std::string_view::npos) {
    return bad("a part has no empty line after its header");
  }
  if (end == std::string_view::npos) return false;
  Result<PartHead> head = read_head(lines);
  if (!head.ok()) return head.status();
  Result<wire::Sink> value = on_part_(std::move(head->name), head->is_file);
  if (!value.ok()) return value.status();
  value_ = std::move(*value);
  rest.remove_prefix(end + kHeadEnd.size());
  state_ = State::Value;
  return true;
}

}  // namespace sluice::server
