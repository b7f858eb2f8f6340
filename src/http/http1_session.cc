#include "http/http1_session.h"

#include <algorithm>
#include <cstdio>
#include <ctime>

namespace sluice::http {

namespace {

/// A head is short; a body is read in larger pieces.
constexpr size_t kHeadRead = 16 << 10;
constexpr size_t kBodyRead = 256 << 10;

constexpr std::string_view kContinue = "HTTP/1.1 100 Continue\r\n\r\n";

}  // namespace

std::string_view http_date() {
  thread_local std::time_t last = 0;
  thread_local char text[32];
  const std::time_t now = std::time(nullptr);
  if (now != last) {
    std::tm parts{};
    ::gmtime_r(&now, &parts);
    // Day and month names are fixed by RFC 9110; strftime would take them from the locale.
    static constexpr const char* kDays[] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
    static constexpr const char* kMonths[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                              "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    std::snprintf(text, sizeof text, "%s, %02d %s %04d %02d:%02d:%02d GMT",
                  kDays[parts.tm_wday % 7], parts.tm_mday % 100, kMonths[parts.tm_mon % 12],
                  (parts.tm_year + 1900) % 10000, parts.tm_hour % 100, parts.tm_min % 100,
                  parts.tm_sec % 100);
    last = now;
  }
  return text;
}

Http1Session::Http1Session(SessionContext context)
    : context_(std::move(context)), since_(Clock::now()) {}

bool Http1Session::holds_back() const { return context_.transport.unsent() > kUnsentMax; }

size_t Http1Session::read_size() const {
  if (holds_back()) return 0;
  switch (state_) {
    case State::Head: return kHeadRead;
    case State::Body:
      return std::max<size_t>(1,
                              std::min<uint64_t>(kBodyRead, framing_.length.value_or(kBodyRead)));
    case State::Answering: return 0;
    case State::Ended: return 0;
  }
  return 0;
}

void Http1Session::receive(std::string_view bytes) {
  if (state_ == State::Ended) return;
  // The held bytes are taken out first: an end of the session in the middle forgets held_.
  Buffer joined;
  joined.swap(held_);
  if (!joined.empty()) {
    joined.append(bytes);
    bytes = joined.view();
  }
  process(bytes);
  if (!bytes.empty() && bytes.size() == joined.size()) {
    held_.swap(joined);
  } else {
    held_.append(bytes);
  }
  context_.transport.flush();
}

void Http1Session::process(std::string_view& bytes) {
  processing_ = true;
  bool more = true;
  while (more) {
    switch (state_) {
      case State::Head: more = !holds_back() && read_head(bytes); break;
      case State::Body: more = read_body(bytes); break;
      case State::Answering: more = false; break;
      case State::Ended:
        bytes = {};
        more = false;
        break;
    }
  }
  processing_ = false;
}

bool Http1Session::read_head(std::string_view& bytes) {
  if (bytes.empty()) return false;
  if (scanner_.end() == 0) since_ = Clock::now();
  switch (scanner_.scan(bytes, context_.limits.head())) {
    case HeadScanner::State::NeedMore: return false;
    case HeadScanner::State::Bad: refuse_head(scanner_.error()); return true;
    case HeadScanner::State::Complete: break;
  }
  const std::string_view head = bytes.substr(0, scanner_.end());
  bytes.remove_prefix(head.size());
  scanner_.reset();
  first_request_ = false;
  framing_ = {};
  incoming_ = {};
  incoming_.request.peer = context_.peer;
  if (auto error = parse_head(head, context_.limits.head(), incoming_.request, framing_)) {
    refuse_head(*error);
    return true;
  }
  is_head_ = incoming_.request.method == "HEAD";
  is_http10_ = incoming_.request.version == Version::Http10;
  state_ = State::Body;
  if (auto refusal = incoming_.begin(context_, framing_.length, Clock::now())) {
    refuse(*refusal);
  } else if (framing_.expect_continue && framing_.has_body()) {
    context_.transport.send(kContinue);
  }
  return true;
}

bool Http1Session::read_body(std::string_view& bytes) {
  if (framing_.chunked) return read_chunks(bytes);
  const uint64_t left = framing_.length.value_or(0);
  const std::string_view piece = bytes.substr(0, std::min<uint64_t>(left, bytes.size()));
  bytes.remove_prefix(piece.size());
  if (!piece.empty()) {
    framing_.length = left - piece.size();
    if (auto refusal = incoming_.append(context_, piece)) {
      refuse(*refusal);
      return true;
    }
  }
  if (framing_.length.value_or(0) != 0) return false;
  hand_over();
  return true;
}

bool Http1Session::read_chunks(std::string_view& bytes) {
  while (true) {
    std::string_view piece;
    switch (chunks_.next(bytes, piece)) {
      case ChunkedDecoder::Step::NeedMore: return false;
      case ChunkedDecoder::Step::Bad:
        refuse_head({400, "the chunked body is malformed"});
        return true;
      case ChunkedDecoder::Step::Done: hand_over(); return true;
      case ChunkedDecoder::Step::Data: break;
    }
    if (auto refusal = incoming_.append(context_, piece)) {
      refuse(*refusal);
      return true;
    }
  }
}

Responder Http1Session::responder() { return Responder(weak_from_this(), ++exchange_); }

void Http1Session::hand_over() {
  state_ = State::Answering;
  context_.handler.handle(std::move(incoming_.request), responder());
}

void Http1Session::refuse(Refusal reason) {
  // The rest of the body is not worth reading, so the connection ends with the answer.
  framing_.keep_alive = false;
  state_ = State::Answering;
  context_.handler.refuse(reason, std::move(incoming_.request), responder());
}

void Http1Session::refuse_head(const HeadError& error) {
  Response response;
  response.status = error.status;
  response.headers.push_back({"Content-Type", "text/plain; charset=utf-8"});
  response.body = std::to_string(error.status) + " " + std::string(reason_phrase(error.status)) +
                  ": " + std::string(error.message) + "\n";
  ++exchange_;
  write(response, true);
  end();
}

void Http1Session::respond(uint64_t exchange, Response&& response) {
  if (state_ != State::Answering || exchange != exchange_) return;
  const bool close =
      response.close || draining_ || !framing_.keep_alive || !context_.limits.keep_alive;
  write(response, close);
  if (close) {
    end();
  } else {
    next_request();
  }
  context_.transport.flush();
}

void Http1Session::write(const Response& response, bool close) {
  std::string out;
  out.reserve(256 + response.body.size());
  out.append("HTTP/1.1 ").append(std::to_string(response.status)).append(" ");
  out.append(reason_phrase(response.status)).append("\r\n");
  for (const Field& field : response.headers) {
    out.append(field.name).append(": ").append(field.value).append("\r\n");
  }
  out.append("Date: ").append(http_date()).append("\r\n");
  if (close) {
    out.append("Connection: close\r\n");
  } else if (is_http10_) {
    out.append("Connection: keep-alive\r\n");
  }
  const bool bodiless = response.status == 204;
  if (!bodiless)
    out.append("Content-Length: ").append(std::to_string(response.body.size())).append("\r\n");
  out.append("\r\n");
  if (!bodiless && !is_head_) out.append(response.body);
  context_.transport.send(out);
}

void Http1Session::next_request() {
  state_ = State::Head;
  incoming_ = {};
  chunks_.reset();
  since_ = Clock::now();
  if (processing_) return;  // answered at once: process() is on the stack and goes on
  read_on();
}

void Http1Session::read_on() {
  if (!held_.empty()) {
    Buffer bytes;
    bytes.swap(held_);
    receive(bytes.view());
  }
  context_.transport.resume_reading();
}

void Http1Session::end() {
  state_ = State::Ended;
  held_.release();
  incoming_ = {};
  context_.transport.finish();
}

void Http1Session::end_of_input() {
  // A request that was cut off is nobody's; one that is complete is still answered, and then the
  // end is seen again.
  if (state_ == State::Head || state_ == State::Body) context_.transport.abort();
}

void Http1Session::on_sent() {
  if (state_ == State::Head || state_ == State::Body) read_on();
}

void Http1Session::tick(Clock::time_point now) {
  const Limits& limits = context_.limits;
  switch (state_) {
    case State::Head: {
      const bool begun = scanner_.end() != 0;
      if (begun && now - since_ > limits.header_timeout) {
        refuse_head({408, "the header did not come in time"});
        context_.transport.flush();
      } else if (!begun &&
                 now - since_ > (first_request_ ? limits.header_timeout : limits.idle_timeout)) {
        context_.transport.abort();
      }
      break;
    }
    case State::Body:
      if (incoming_.too_slow(limits, now) ||
          (limits.request_timeout.count() > 0 && now - incoming_.begun() > limits.request_timeout))
        refuse(Refusal::TooSlow);
      break;
    case State::Answering:
    case State::Ended: break;
  }
}

void Http1Session::drain() {
  draining_ = true;
  if (state_ == State::Head && scanner_.end() == 0) end();
}

}  // namespace sluice::http
