#include "http/http2_session.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <vector>

#include <nghttp2/nghttp2.h>

#include "base/check.h"

namespace sluice::http {

namespace {

/// A whole gRPC message of the default limit fits into a stream's window, so that a sender never
/// waits for an update in the middle of a message. Bytes are taken as they come, so a window is no
/// memory of ours.
constexpr int32_t kStreamWindow = (4 << 20) + (64 << 10);
constexpr int32_t kConnectionWindow = 16 << 20;

/// Fewer, larger DATA frames. They are passed on in pieces as they come, not collected.
constexpr uint32_t kFrameBytesMax = 1 << 20;

constexpr size_t kReadBytes = 512 << 10;

std::string_view text(const uint8_t* bytes, size_t size) {
  return {reinterpret_cast<const char*>(bytes), size};
}

/// Fields in the form nghttp2 wants. The views into `names_` and the fields live as long as this.
class NameValues {
 public:
  void reserve(size_t n) {
    names_.reserve(n);
    pairs_.reserve(n);
  }
  void add(std::string_view name, std::string_view value) {
    const std::string& lowered = names_.emplace_back(lower_case(name));
    auto bytes = [](std::string_view s) {
      return reinterpret_cast<uint8_t*>(const_cast<char*>(s.data()));  // nghttp2 only reads
    };
    pairs_.push_back(
        {bytes(lowered), bytes(value), lowered.size(), value.size(), NGHTTP2_NV_FLAG_NONE});
  }
  const nghttp2_nv* data() const { return pairs_.data(); }
  size_t size() const { return pairs_.size(); }

 private:
  std::vector<std::string> names_;
  std::vector<nghttp2_nv> pairs_;
};

/// What a peer is told whose bytes nghttp2 cannot go on after. Other errors it answers itself.
uint32_t goaway_code(ssize_t error) {
  switch (error) {
    case NGHTTP2_ERR_BAD_CLIENT_MAGIC: return NGHTTP2_PROTOCOL_ERROR;
    case NGHTTP2_ERR_NOMEM: return NGHTTP2_INTERNAL_ERROR;
    // Floods: of control frames, which our callback ends, of CONTINUATIONs, of what wants an
    // answer.
    default: return NGHTTP2_ENHANCE_YOUR_CALM;
  }
}

}  // namespace

bool RateLimit::take(Clock::time_point now) {
  const double seconds = std::chrono::duration<double>(now - filled_).count();
  tokens_ = std::min(burst_, tokens_ + seconds * per_second_);
  filled_ = now;
  if (tokens_ < 1) return false;
  tokens_ -= 1;
  return true;
}

struct Http2Session::Stream {
  enum class State : uint8_t { Header, Body, Answering, Responding };

  int32_t id = 0;
  State state = State::Header;
  bool header_too_large = false;
  Incoming incoming;
  Clock::time_point since;  // of the header's begin, then of the response
  Response response;
  size_t sent = 0;  // of the response's body
};

struct Http2Session::Callbacks {
  static Http2Session& self(void* user) { return *static_cast<Http2Session*>(user); }

  static Stream* stream(nghttp2_session* session, int32_t id) {
    return static_cast<Stream*>(nghttp2_session_get_stream_user_data(session, id));
  }

  static bool is_request(const nghttp2_frame* frame) {
    return frame->hd.type == NGHTTP2_HEADERS && frame->headers.cat == NGHTTP2_HCAT_REQUEST;
  }

  static int begin_headers(nghttp2_session*, const nghttp2_frame* frame, void* user) {
    if (is_request(frame)) self(user).open_stream(frame->hd.stream_id);
    return 0;
  }

  static int header(nghttp2_session* session, const nghttp2_frame* frame, const uint8_t* name,
                    size_t name_size, const uint8_t* value, size_t value_size, uint8_t,
                    void* user) {
    Stream* to = stream(session, frame->hd.stream_id);
    if (to == nullptr || !is_request(frame)) return 0;  // trailers of a request are of no use
    self(user).add_field(*to, text(name, name_size), text(value, value_size));
    return 0;
  }

  static int data_chunk(nghttp2_session* session, uint8_t, int32_t id, const uint8_t* bytes,
                        size_t size, void* user) {
    Stream* to = stream(session, id);
    const bool reading = to != nullptr && to->state == Stream::State::Body;
    if (reading) self(user).data(*to, text(bytes, size));
    // The window of a stream that nobody reads any more is not opened again.
    const int error = reading && to->state == Stream::State::Body
                          ? nghttp2_session_consume(session, id, size)
                          : nghttp2_session_consume_connection(session, size);
    return nghttp2_is_fatal(error) != 0 ? NGHTTP2_ERR_CALLBACK_FAILURE : 0;
  }

  static int frame_received(nghttp2_session* session, const nghttp2_frame* frame, void* user) {
    Http2Session& me = self(user);
    const bool last = (frame->hd.flags & NGHTTP2_FLAG_END_STREAM) != 0;
    Stream* to = frame->hd.stream_id == 0 ? nullptr : stream(session, frame->hd.stream_id);
    switch (frame->hd.type) {
      case NGHTTP2_HEADERS:
        if (to != nullptr && is_request(frame))
          me.header_complete(*to, last);
        else if (to != nullptr && last)
          me.request_complete(*to);
        return 0;
      case NGHTTP2_DATA:
        if (to != nullptr && last) me.request_complete(*to);
        if (frame->hd.length != 0 || last) return 0;
        return me.control_frame() ? 0 : NGHTTP2_ERR_CALLBACK_FAILURE;
      case NGHTTP2_SETTINGS:
        me.settings_received_ = true;
        return me.control_frame() ? 0 : NGHTTP2_ERR_CALLBACK_FAILURE;
      case NGHTTP2_PING:
        if ((frame->hd.flags & NGHTTP2_FLAG_ACK) != 0) me.pinged_ = {};
        return me.control_frame() ? 0 : NGHTTP2_ERR_CALLBACK_FAILURE;
      case NGHTTP2_PRIORITY:
      case NGHTTP2_RST_STREAM: return me.control_frame() ? 0 : NGHTTP2_ERR_CALLBACK_FAILURE;
      default: return 0;
    }
  }

  static int frame_sent(nghttp2_session* session, const nghttp2_frame* frame, void*) {
    // An answer that was complete before the request was: the rest of the request is not wanted.
    const bool last = (frame->hd.flags & NGHTTP2_FLAG_END_STREAM) != 0;
    if (last && (frame->hd.type == NGHTTP2_HEADERS || frame->hd.type == NGHTTP2_DATA) &&
        nghttp2_session_get_stream_remote_close(session, frame->hd.stream_id) == 0) {
      nghttp2_submit_rst_stream(session, NGHTTP2_FLAG_NONE, frame->hd.stream_id, NGHTTP2_NO_ERROR);
    }
    return 0;
  }

  static int stream_closed(nghttp2_session*, int32_t id, uint32_t, void* user) {
    self(user).streams_.erase(id);
    return 0;
  }

  static ssize_t read_body(nghttp2_session* session, int32_t id, uint8_t* to, size_t size,
                           uint32_t* flags, nghttp2_data_source* source, void*) {
    auto& stream = *static_cast<Stream*>(source->ptr);
    const std::string& body = stream.response.body;
    const size_t piece = std::min(size, body.size() - stream.sent);
    std::memcpy(to, body.data() + stream.sent, piece);
    stream.sent += piece;
    stream.since = Clock::now();
    if (stream.sent < body.size()) return static_cast<ssize_t>(piece);
    *flags |= NGHTTP2_DATA_FLAG_EOF;
    if (!stream.response.trailers.empty()) {
      *flags |= NGHTTP2_DATA_FLAG_NO_END_STREAM;
      NameValues trailers;
      trailers.reserve(stream.response.trailers.size());
      for (const Field& field : stream.response.trailers) trailers.add(field.name, field.value);
      if (nghttp2_submit_trailer(session, id, trailers.data(), trailers.size()) != 0) {
        return NGHTTP2_ERR_TEMPORAL_CALLBACK_FAILURE;
      }
    }
    return static_cast<ssize_t>(piece);
  }

  /// Made once: the table is the same for every session.
  static const nghttp2_session_callbacks* table() {
    static nghttp2_session_callbacks* const made = [] {
      nghttp2_session_callbacks* callbacks = nullptr;
      SLUICE_CHECK(nghttp2_session_callbacks_new(&callbacks) == 0);
      nghttp2_session_callbacks_set_on_begin_headers_callback(callbacks, begin_headers);
      nghttp2_session_callbacks_set_on_header_callback(callbacks, header);
      nghttp2_session_callbacks_set_on_data_chunk_recv_callback(callbacks, data_chunk);
      nghttp2_session_callbacks_set_on_frame_recv_callback(callbacks, frame_received);
      nghttp2_session_callbacks_set_on_frame_send_callback(callbacks, frame_sent);
      nghttp2_session_callbacks_set_on_stream_close_callback(callbacks, stream_closed);
      return callbacks;
    }();
    return made;
  }
};

Http2Session::Http2Session(SessionContext context)
    : context_(std::move(context)),
      control_frames_(context_.limits.control_frames_burst,
                      context_.limits.control_frames_per_second, Clock::now()),
      begun_(Clock::now()),
      last_received_(begun_),
      last_busy_(begun_) {
  nghttp2_option* option = nullptr;
  SLUICE_CHECK(nghttp2_option_new(&option) == 0);
  nghttp2_option_set_no_auto_window_update(option, 1);
  nghttp2_option_set_no_closed_streams(option, 1);
  SLUICE_CHECK(nghttp2_session_server_new2(&session_, Callbacks::table(), this, option) == 0);
  nghttp2_option_del(option);
  const std::array<nghttp2_settings_entry, 4> settings{{
      {NGHTTP2_SETTINGS_MAX_CONCURRENT_STREAMS, context_.limits.streams_per_connection},
      {NGHTTP2_SETTINGS_INITIAL_WINDOW_SIZE, static_cast<uint32_t>(kStreamWindow)},
      {NGHTTP2_SETTINGS_MAX_FRAME_SIZE, kFrameBytesMax},
      {NGHTTP2_SETTINGS_MAX_HEADER_LIST_SIZE,
       static_cast<uint32_t>(context_.limits.header_list_bytes)},
  }};
  SLUICE_CHECK(
      nghttp2_submit_settings(session_, NGHTTP2_FLAG_NONE, settings.data(), settings.size()) == 0);
  SLUICE_CHECK(nghttp2_session_set_local_window_size(session_, NGHTTP2_FLAG_NONE, 0,
                                                     kConnectionWindow) == 0);
}

Http2Session::~Http2Session() { nghttp2_session_del(session_); }

size_t Http2Session::read_size() const {
  return ended_ || context_.transport.unsent() > kUnsentMax ? 0 : kReadBytes;
}

void Http2Session::receive(std::string_view bytes) {
  if (ended_) return;
  last_received_ = Clock::now();
  busy_ = true;
  const ssize_t used = nghttp2_session_mem_recv(
      session_, reinterpret_cast<const uint8_t*>(bytes.data()), bytes.size());
  busy_ = false;
  if (used < 0) {
    nghttp2_submit_goaway(session_, NGHTTP2_FLAG_NONE,
                          nghttp2_session_get_last_proc_stream_id(session_), goaway_code(used),
                          nullptr, 0);
  }
  pump();
  if (used < 0 && !ended_) {
    ended_ = true;
    context_.transport.finish();
  }
}

void Http2Session::open_stream(int32_t id) {
  auto stream = std::make_unique<Stream>();
  stream->id = id;
  stream->since = last_received_;
  stream->incoming.request.version = Version::Http2;
  stream->incoming.request.peer = context_.peer;
  nghttp2_session_set_stream_user_data(session_, id, stream.get());
  streams_[id] = std::move(stream);
}

void Http2Session::add_field(Stream& stream, std::string_view name, std::string_view value) {
  Request& request = stream.incoming.request;
  const Limits& limits = context_.limits;
  if (request.headers.list_bytes() + name.size() + value.size() > limits.header_list_bytes ||
      request.headers.size() == limits.header_fields) {
    stream.header_too_large = true;
  }
  if (stream.header_too_large) return;
  if (name == ":method") {
    request.method = value;
  } else if (name == ":path") {
    request.target = value;
  } else if (name == ":authority") {
    request.headers.add("host", value);
  } else if (name.front() != ':') {
    request.headers.add(name, value);
  }
}

void Http2Session::header_complete(Stream& stream, bool last) {
  stream.state = Stream::State::Body;
  if (stream.header_too_large) {
    refuse(stream, Refusal::HeaderTooLarge);
    return;
  }
  std::optional<uint64_t> length;
  const std::string_view announced = stream.incoming.request.headers.get("content-length");
  if (!announced.empty() && announced.size() < 19) {  // nghttp2 has checked that it is a number
    length = 0;
    for (const char digit : announced) *length = *length * 10 + static_cast<uint64_t>(digit - '0');
  }
  if (auto refusal = stream.incoming.begin(context_, length, last_received_)) {
    refuse(stream, *refusal);
  } else if (last) {
    request_complete(stream);
  }
}

void Http2Session::data(Stream& stream, std::string_view bytes) {
  if (auto refusal = stream.incoming.append(context_, bytes)) refuse(stream, *refusal);
}

void Http2Session::request_complete(Stream& stream) {
  if (stream.state != Stream::State::Body) return;
  stream.state = Stream::State::Answering;
  context_.handler.handle(std::move(stream.incoming.request),
                          Responder(weak_from_this(), static_cast<uint64_t>(stream.id)));
}

void Http2Session::refuse(Stream& stream, Refusal reason) {
  stream.state = Stream::State::Answering;
  context_.handler.refuse(reason, std::move(stream.incoming.request),
                          Responder(weak_from_this(), static_cast<uint64_t>(stream.id)));
}

void Http2Session::respond(uint64_t exchange, Response&& response) {
  const auto found = streams_.find(static_cast<int32_t>(exchange));
  if (ended_ || found == streams_.end()) return;
  Stream& stream = *found->second;
  if (stream.state != Stream::State::Answering) return;
  stream.state = Stream::State::Responding;
  stream.since = Clock::now();
  stream.response = std::move(response);
  submit(stream);
  if (!busy_) pump();
}

void Http2Session::submit(Stream& stream) {
  const Response& response = stream.response;
  const std::string status = std::to_string(response.status);
  NameValues fields;
  fields.reserve(response.headers.size() + 1);
  fields.add(":status", status);
  for (const Field& field : response.headers) fields.add(field.name, field.value);
  nghttp2_data_provider body{};
  body.source.ptr = &stream;
  body.read_callback = Callbacks::read_body;
  const bool has_body = !response.body.empty() || !response.trailers.empty();
  // It fails only for lack of memory, or if the stream has gone: then nobody waits for it.
  nghttp2_submit_response(session_, stream.id, fields.data(), fields.size(),
                          has_body ? &body : nullptr);
}

bool Http2Session::control_frame() {
  if (!control_frames_.take(last_received_)) flooded_ = true;
  return !flooded_;
}

void Http2Session::pump() {
  const uint8_t* bytes = nullptr;
  busy_ = true;
  for (ssize_t size = 0; (size = nghttp2_session_mem_send(session_, &bytes)) > 0;) {
    context_.transport.send(text(bytes, static_cast<size_t>(size)));
  }
  busy_ = false;
  const bool done =
      nghttp2_session_want_read(session_) == 0 && nghttp2_session_want_write(session_) == 0;
  const bool drained = goaway_sent_ && streams_.empty();
  if ((done || drained) && !ended_) {
    ended_ = true;
    context_.transport.finish();
  }
  context_.transport.flush();
}

void Http2Session::end_of_input() {
  // Half-closed: the streams that are being answered still get their answers.
  const bool answering = std::any_of(streams_.begin(), streams_.end(), [](const auto& entry) {
    return entry.second->state == Stream::State::Answering ||
           entry.second->state == Stream::State::Responding;
  });
  if (answering) {
    goaway_sent_ = true;
  } else {
    context_.transport.abort();
  }
}

void Http2Session::on_sent() { context_.transport.resume_reading(); }

void Http2Session::tick(Clock::time_point now) {
  if (ended_) return;
  if (!keep_alive(now)) return;
  retire(now);
  if (ended_) return;
  busy_ = true;  // streams end in pump() only, so that the loop can go on after an answer
  for (const auto& [id, stream] : streams_) tick_stream(*stream, now);
  busy_ = false;
  if (draining_ && !goaway_sent_) {
    goaway_sent_ = true;
    nghttp2_submit_goaway(session_, NGHTTP2_FLAG_NONE,
                          nghttp2_session_get_last_proc_stream_id(session_), NGHTTP2_NO_ERROR,
                          nullptr, 0);
  }
  pump();
}

void Http2Session::tick_stream(Stream& stream, Clock::time_point now) {
  const Limits& limits = context_.limits;
  switch (stream.state) {
    case Stream::State::Header:
      // Half a header blocks the whole connection: nothing else may come in between.
      if (now - stream.since > limits.header_timeout) context_.transport.abort();
      break;
    case Stream::State::Body:
      if (stream.incoming.too_slow(limits, now)) refuse(stream, Refusal::TooSlow);
      break;
    case Stream::State::Responding:
      // Its window is shut, or it is behind a connection window that is.
      if (now - stream.since > limits.write_timeout) {
        nghttp2_submit_rst_stream(session_, NGHTTP2_FLAG_NONE, stream.id, NGHTTP2_CANCEL);
      }
      break;
    case Stream::State::Answering: break;
  }
}

bool Http2Session::keep_alive(Clock::time_point now) {
  const Limits& limits = context_.limits;
  const bool pinged = pinged_ != Clock::time_point{};
  if ((!settings_received_ && now - begun_ > limits.header_timeout) ||
      (pinged && now - pinged_ > limits.ping_timeout)) {
    ended_ = true;
    context_.transport.abort();
    return false;
  }
  if (!pinged && now - last_received_ > limits.ping_after) {
    pinged_ = now;
    nghttp2_submit_ping(session_, NGHTTP2_FLAG_NONE, nullptr);
  }
  return true;
}

/// Connections that are idle or old enough are told to go away.
void Http2Session::retire(Clock::time_point now) {
  const Limits& limits = context_.limits;
  if (!streams_.empty()) last_busy_ = now;
  // A tenth more or less, by the object's address: connections that began together end apart.
  const auto tenths = static_cast<int64_t>(reinterpret_cast<uintptr_t>(this) >> 6) % 21 + 90;
  const bool old =
      limits.connection_age.count() > 0 && now - begun_ > limits.connection_age * tenths / 100;
  const bool idle = limits.connection_idle.count() > 0 && now - last_busy_ > limits.connection_idle;
  if (!draining_ && (old || idle)) {
    retired_ = now;
    drain();
  }
  if (retired_ != Clock::time_point{} && limits.connection_age_grace.count() > 0 &&
      now - retired_ > limits.connection_age_grace) {
    ended_ = true;
    context_.transport.abort();
  }
}

void Http2Session::drain() {
  if (draining_ || ended_) return;
  draining_ = true;
  // A client that sends a request at this moment must not lose it: the GOAWAY that names the last
  // stream follows with the next tick, when this notice has reached the client.
  nghttp2_submit_shutdown_notice(session_);
  pump();
}

}  // namespace sluice::http
