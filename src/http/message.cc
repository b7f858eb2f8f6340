#include "http/message.h"

#include <utility>

namespace sluice::http {

namespace {

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c; }

}  // namespace

bool equal_fold(std::string_view a, std::string_view b) {
  if (a.size() != b.size()) return false;
  for (size_t i = 0; i < a.size(); ++i) {
    if (lower(a[i]) != lower(b[i])) return false;
  }
  return true;
}

std::string lower_case(std::string_view text) {
  std::string lowered(text);
  for (char& c : lowered) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c + ('a' - 'A'));
  }
  return lowered;
}

void Headers::add(std::string_view name, std::string_view value) {
  const auto at = static_cast<uint32_t>(text_.size());
  const auto name_size = static_cast<uint32_t>(name.size());
  fields_.push_back({at, name_size, at + name_size, static_cast<uint32_t>(value.size())});
  text_.append(name).append(value);
}

void Headers::clear() {
  text_.clear();
  fields_.clear();
}

std::string_view Headers::get(std::string_view wanted) const {
  for (size_t i = 0; i < fields_.size(); ++i) {
    if (equal_fold(name(i), wanted)) return value(i);
  }
  return {};
}

size_t Headers::count(std::string_view wanted) const {
  size_t found = 0;
  for (size_t i = 0; i < fields_.size(); ++i) found += equal_fold(name(i), wanted) ? 1 : 0;
  return found;
}

std::string_view Request::path() const {
  return std::string_view(target).substr(0, target.find('?'));
}

std::string_view Request::query() const {
  const size_t mark = target.find('?');
  return mark == std::string::npos ? std::string_view() : std::string_view(target).substr(mark + 1);
}

Responder& Responder::operator=(Responder&& other) noexcept {
  std::swap(sink_, other.sink_);
  std::swap(exchange_, other.exchange_);
  return *this;
}

Responder::~Responder() {
  if (sink_.expired()) return;
  Response unanswered;
  unanswered.status = 503;
  unanswered.headers.push_back({"Retry-After", "1"});
  respond(std::move(unanswered));
}

void Responder::respond(Response&& response) {
  const std::shared_ptr<ResponseSink> sink = std::exchange(sink_, {}).lock();
  if (sink != nullptr) sink->respond(exchange_, std::move(response));
}

std::string_view reason_phrase(int status) {
  switch (status) {
    case 100: return "Continue";
    case 200: return "OK";
    case 204: return "No Content";
    case 307: return "Temporary Redirect";
    case 400: return "Bad Request";
    case 401: return "Unauthorized";
    case 403: return "Forbidden";
    case 404: return "Not Found";
    case 405: return "Method Not Allowed";
    case 408: return "Request Timeout";
    case 411: return "Length Required";
    case 413: return "Content Too Large";
    case 414: return "URI Too Long";
    case 415: return "Unsupported Media Type";
    case 417: return "Expectation Failed";
    case 429: return "Too Many Requests";
    case 431: return "Request Header Fields Too Large";
    case 500: return "Internal Server Error";
    case 501: return "Not Implemented";
    case 503: return "Service Unavailable";
    case 504: return "Gateway Timeout";
    case 505: return "HTTP Version Not Supported";
    default: return "Status";
  }
}

}  // namespace sluice::http
