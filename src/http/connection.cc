#include "http/connection.h"

#include <algorithm>

#include "http/http1_session.h"
#include "http/http2_session.h"

namespace sluice::http {

namespace {

constexpr std::string_view kHttp2Preface = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";

/// So much of the preface tells HTTP/2 from everything else: no method begins like this.
constexpr size_t kPrefaceEnough = 14;

/// Rounds of reading before other connections get their turn.
constexpr int kReadRounds = 4;

/// How long a connection that has sent nothing may still begin when all are to end.
constexpr std::chrono::milliseconds kFirstRequestGrace{500};

/// After our last byte the peer may still be sending what we refused. It is read and dropped for a
/// while: closing at once would reset the connection and could destroy the answer before the peer
/// has read it.
constexpr std::chrono::seconds kLingerTime{5};
constexpr size_t kLingerBytes = 64 << 20;

}  // namespace

Connection::Connection(const Env& env, int fd, Endpoint endpoint)
    : env_(env),
      stream_(env.loop, fd, *this, endpoint.tls),
      endpoint_(endpoint),
      peer_(io::peer_address(fd)),
      since_(Clock::now()) {
  endpoint_.observer->opened();
}

Connection::~Connection() { endpoint_.observer->closed(); }

void Connection::start() { stream_.want_read(); }

SessionContext Connection::context(Handler& handler) {
  return {env_.limits, env_.budget, handler, *this, peer_};
}

void Connection::on_readable() {
  const std::shared_ptr<Connection> keep = shared_from_this();
  ++batching_;
  bool more = true;
  for (int round = 0; more && round < kReadRounds; ++round) more = read_once();
  --batching_;
  flush();
  if (state_ != State::Closed && !input_ended_) resume_reading();
}

bool Connection::read_once() {
  const bool dropping = state_ == State::Lingering || state_ == State::Finishing;
  size_t size = Connection::kScratchBytes;
  if (!dropping && session_ != nullptr) size = std::min(size, session_->read_size());
  if (state_ == State::Closed || size == 0) return false;
  const io::Stream::Outcome got = stream_.read(env_.scratch.data(), size);
  if (got.state == io::Stream::State::WouldBlock) return false;
  if (got.state == io::Stream::State::Closed) {
    input_ended_ = true;
    if (dropping || session_ == nullptr) {
      if (state_ != State::Finishing) abort();
    } else {
      session_->end_of_input();
    }
    return false;
  }
  if (dropping) {
    lingered_ += got.bytes;
    if (lingered_ > kLingerBytes) abort();
  } else {
    endpoint_.observer->received(got.bytes);
    take({env_.scratch.data(), got.bytes});
  }
  return got.bytes == size;
}

void Connection::take(std::string_view bytes) {
  if (session_ == nullptr) {
    detect(bytes);
  } else {
    session_->receive(bytes);
  }
}

void Connection::detect(std::string_view bytes) {
  first_.append(bytes);
  const size_t common = std::min(first_.size(), kPrefaceEnough);
  const bool preface =
      kHttp2Preface.substr(0, common) == std::string_view(first_).substr(0, common);
  if (first_.front() == kTlsHandshake) {
    abort();
  } else if (!preface) {
    begin_session(std::make_shared<Http1Session>(context(*endpoint_.http1)), first_);
  } else if (common == kPrefaceEnough) {
    begin_session(std::make_shared<Http2Session>(context(*endpoint_.http2)), first_);
  }
}

void Connection::begin_session(std::shared_ptr<Session> session, std::string_view bytes) {
  session_ = std::move(session);
  state_ = State::Open;
  session_->receive(bytes);
  first_ = {};
  if (drain_asked_ && state_ == State::Open) session_->drain();
}

void Connection::send(std::string_view bytes) {
  if (state_ == State::Closed || state_ == State::Lingering) return;
  if (unsent() == 0) since_ = Clock::now();
  out_.append(bytes);
}

void Connection::flush() {
  if (batching_ > 0 || state_ == State::Closed || state_ == State::Lingering) return;
  while (unsent() > 0) {
    const io::Stream::Outcome done = stream_.write(out_.data() + sent_, unsent());
    if (done.state == io::Stream::State::Closed) return abort();
    if (done.state == io::Stream::State::WouldBlock) return stream_.want_write();
    sent_ += done.bytes;
    since_ = Clock::now();
  }
  all_sent();
}

void Connection::all_sent() {
  const bool sent_something = sent_ != 0;
  sent_ = 0;
  out_.release();
  if (state_ == State::Finishing) {
    state_ = State::Lingering;
    since_ = Clock::now();
    stream_.shutdown_write();
    if (input_ended_) return abort();
    stream_.want_read();
  } else if (sent_something && session_ != nullptr) {
    ++batching_;
    session_->on_sent();
    --batching_;
    if (unsent() > 0) flush();
  }
}

void Connection::on_writable() {
  const std::shared_ptr<Connection> keep = shared_from_this();
  flush();
}

void Connection::resume_reading() {
  if (state_ == State::Closed || input_ended_) return;
  const bool dropping = state_ == State::Lingering || state_ == State::Finishing;
  if (dropping || session_ == nullptr || session_->read_size() > 0) stream_.want_read();
}

void Connection::finish() {
  if (state_ != State::Open && state_ != State::Detecting) return;
  state_ = State::Finishing;
  flush();
}

void Connection::abort() {
  if (state_ == State::Closed) return;
  state_ = State::Closed;
  stream_.close();
  env_.closed(*this);
}

void Connection::tick(Clock::time_point now) {
  const std::shared_ptr<Connection> keep = shared_from_this();
  switch (state_) {
    case State::Detecting:
      if (now - since_ > env_.limits.header_timeout ||
          (drain_asked_ && now - *drain_asked_ > kFirstRequestGrace))
        abort();
      return;
    case State::Lingering:
      if (now - since_ > kLingerTime) abort();
      return;
    case State::Closed: return;
    case State::Open:
    case State::Finishing:
      if (unsent() > 0 && now - since_ > env_.limits.write_timeout) return abort();
      if (state_ == State::Open) session_->tick(now);
      return;
  }
}

void Connection::drain() {
  const std::shared_ptr<Connection> keep = shared_from_this();
  // A new connection's first request may be on its way: closing now would answer it with a reset.
  if (state_ == State::Detecting) drain_asked_ = Clock::now();
  if (state_ == State::Open) session_->drain();
}

}  // namespace sluice::http
