#include "sink/request.h"

#include <strings.h>

#include <algorithm>
#include <cstdlib>

namespace sluice::bench {
namespace {

constexpr size_t kHeadBytesMax = 1 << 20;  // the query may stand in the URL

int hex(char c) { return c <= '9' ? c - '0' : (c | 0x20) - 'a' + 10; }

std::string url_decode(std::string_view text) {
  std::string out;
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '%' && i + 2 < text.size()) {
      out += static_cast<char>(hex(text[i + 1]) * 16 + hex(text[i + 2]));
      i += 2;
    } else {
      out += text[i] == '+' ? ' ' : text[i];
    }
  }
  return out;
}

void parse_target(std::string_view target, Request& request) {
  const size_t question = std::min(target.find('?'), target.size());
  request.path = std::string(target.substr(0, question));
  std::string_view rest = target.substr(std::min(question + 1, target.size()));
  while (!rest.empty()) {
    const std::string_view pair = rest.substr(0, rest.find('&'));
    const size_t equals = std::min(pair.find('='), pair.size());
    request.parameters[url_decode(pair.substr(0, equals))] =
        url_decode(pair.substr(std::min(equals + 1, pair.size())));
    rest.remove_prefix(std::min(pair.size() + 1, rest.size()));
  }
}

bool name_is(std::string_view name, std::string_view wanted) {
  return name.size() == wanted.size() && strncasecmp(name.data(), wanted.data(), name.size()) == 0;
}

std::string_view trim(std::string_view text) {
  while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
  return text;
}

}  // namespace

std::string_view Request::parameter(std::string_view name) const {
  const auto found = parameters.find(name);
  return found == parameters.end() ? std::string_view() : std::string_view(found->second);
}

RequestReader::Result RequestReader::read_line(std::string_view& line) {
  const size_t end = in_.find("\r\n", at_);
  if (end == std::string::npos)
    return in_.size() - at_ > kHeadBytesMax ? Result::Bad : Result::Incomplete;
  line = std::string_view(in_).substr(at_, end - at_);
  at_ = end + 2;
  return Result::Complete;
}

RequestReader::Result RequestReader::read_head(Request& request) {
  const size_t end = in_.find("\r\n\r\n", at_);
  if (end == std::string::npos)
    return in_.size() - at_ > kHeadBytesMax ? Result::Bad : Result::Incomplete;
  request.parameters.clear();
  request.encoding.clear();
  request.body.clear();
  request.close = false;
  std::string_view line;
  read_line(line);
  const size_t first = line.find(' ');
  const size_t last = line.rfind(' ');
  if (first == std::string_view::npos || last <= first) return Result::Bad;
  parse_target(line.substr(first + 1, last - first - 1), request);
  left_ = 0;
  bool chunked = false;
  while (read_line(line) == Result::Complete && !line.empty()) {
    const size_t colon = std::min(line.find(':'), line.size());
    const std::string_view name = line.substr(0, colon);
    const std::string value(trim(line.substr(std::min(colon + 1, line.size()))));
    if (name_is(name, "content-length")) left_ = std::strtoull(value.c_str(), nullptr, 10);
    if (name_is(name, "transfer-encoding")) chunked = name_is(value, "chunked");
    if (name_is(name, "content-encoding")) request.encoding = value;
    if (name_is(name, "connection")) request.close = name_is(value, "close");
  }
  state_ = chunked ? State::ChunkSize : State::Body;
  return Result::Complete;
}

/// Moves what is there of the body; whether that was all of it.
bool RequestReader::take_body(Request& request) {
  const size_t n = std::min<uint64_t>(left_, in_.size() - at_);
  request.body.append(in_, at_, n);
  at_ += n;
  left_ -= n;
  in_.erase(0, at_);
  at_ = 0;
  return left_ == 0;
}

RequestReader::Result RequestReader::next(Request& request) {
  std::string_view line;
  for (;;) {
    switch (state_) {
      case State::Head:
        if (const Result result = read_head(request); result != Result::Complete) return result;
        break;
      case State::Body:
        if (!take_body(request)) return Result::Incomplete;
        state_ = State::Head;
        return Result::Complete;
      case State::ChunkSize:
        if (const Result result = read_line(line); result != Result::Complete) return result;
        left_ = std::strtoull(std::string(line).c_str(), nullptr, 16);
        state_ = left_ > 0 ? State::ChunkData : State::Trailer;
        break;
      case State::ChunkData:
        if (!take_body(request)) return Result::Incomplete;
        state_ = State::ChunkEnd;
        break;
      case State::ChunkEnd:
        if (const Result result = read_line(line); result != Result::Complete) return result;
        state_ = State::ChunkSize;
        break;
      case State::Trailer:
        if (const Result result = read_line(line); result != Result::Complete) return result;
        if (!line.empty()) break;
        state_ = State::Head;
        return Result::Complete;
    }
  }
}

}  // namespace sluice::bench
