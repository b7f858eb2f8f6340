#pragma once

// For tests and fuzzers of sessions: a connection that is only memory, a handler that keeps what it
// is given, and a client that speaks HTTP/2 through nghttp2.

#include <algorithm>
#include <cstring>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <nghttp2/nghttp2.h>

#include "base/check.h"
#include "http/session.h"

namespace sluice::http {

class MemoryTransport final : public Transport {
 public:
  void send(std::string_view bytes) override { sent.append(bytes); }
  void flush() override {}
  size_t unsent() const override { return held_back; }
  void resume_reading() override { ++resumed; }
  void finish() override { finished = true; }
  void abort() override { aborted = true; }

  std::string sent;
  size_t held_back = 0;  ///< what unsent() says
  int resumed = 0;
  bool finished = false;
  bool aborted = false;
};

/// Takes bodies up to `limit`, and answers at once with `answer` if it is set; otherwise the
/// responders are kept.
class RecordingHandler final : public Handler {
 public:
  BodyPlan plan(const Request&, std::string_view) override { return {limit, 0, admits}; }
  void handle(Request&& request, Responder responder) override {
    requests.push_back(std::move(request));
    if (at_once) {
      Response copy = answer;
      responder.respond(std::move(copy));
    } else {
      open.push_back(std::move(responder));
    }
  }
  void refuse(Refusal reason, Request&& request, Responder responder) override {
    refusals.push_back(reason);
    refused.push_back(std::move(request));
    Response response;
    response.status = 413;
    responder.respond(std::move(response));
  }
  void answer_next() {
    Response copy = answer;
    Responder responder = std::move(open.front());
    open.erase(open.begin());
    responder.respond(std::move(copy));
  }

  size_t limit = 1 << 20;
  bool admits = true;
  bool at_once = true;
  Response answer;
  std::vector<Request> requests;
  std::vector<Request> refused;
  std::vector<Refusal> refusals;
  std::vector<Responder> open;
};

/// The client's side of HTTP/2, in memory: what it wants to send comes out of take(), what the
/// server sends goes into feed().
class Http2TestClient {
 public:
  struct Reply {
    std::map<std::string, std::string> headers;  ///< with ":status"
    std::map<std::string, std::string> trailers;
    std::string body;
    bool closed = false;
    uint32_t error = 0;  ///< of the stream's end
  };
  using Fields = std::vector<std::pair<std::string, std::string>>;

  Http2TestClient() {
    nghttp2_session_callbacks* callbacks = nullptr;
    SLUICE_CHECK(nghttp2_session_callbacks_new(&callbacks) == 0);
    nghttp2_session_callbacks_set_on_header_callback(callbacks, on_header);
    nghttp2_session_callbacks_set_on_data_chunk_recv_callback(callbacks, on_data);
    nghttp2_session_callbacks_set_on_stream_close_callback(callbacks, on_close);
    nghttp2_session_callbacks_set_on_frame_recv_callback(callbacks, on_frame);
    SLUICE_CHECK(nghttp2_session_client_new(&session_, callbacks, this) == 0);
    nghttp2_session_callbacks_del(callbacks);
    nghttp2_submit_settings(session_, NGHTTP2_FLAG_NONE, nullptr, 0);
  }
  ~Http2TestClient() { nghttp2_session_del(session_); }
  Http2TestClient(const Http2TestClient&) = delete;
  Http2TestClient& operator=(const Http2TestClient&) = delete;

  /// A request with the pseudo-headers of a POST to `path`. `open`: the body is not ended.
  int32_t post(const std::string& path, const Fields& fields, std::string body, bool open = false) {
    return request(
        {{":method", "POST"}, {":scheme", "http"}, {":path", path}, {":authority", "test"}}, fields,
        std::move(body), open);
  }
  int32_t request(Fields fields, const Fields& more, std::string body, bool open = false) {
    fields.insert(fields.end(), more.begin(), more.end());
    std::vector<nghttp2_nv> pairs;
    for (auto& [name, value] : fields) pairs.push_back(pair_of(name, value));
    Sending& sending = *sending_.emplace_back(std::make_unique<Sending>());
    sending.body = std::move(body);
    sending.open = open;
    nghttp2_data_provider provider{};
    provider.source.ptr = &sending;
    provider.read_callback = read_body;
    const bool has_body = open || !sending.body.empty();
    return nghttp2_submit_request(session_, nullptr, pairs.data(), pairs.size(),
                                  has_body ? &provider : nullptr, nullptr);
  }
  void ping() { nghttp2_submit_ping(session_, NGHTTP2_FLAG_NONE, nullptr); }
  void settings() { nghttp2_submit_settings(session_, NGHTTP2_FLAG_NONE, nullptr, 0); }
  /// Takes nothing of any body that is sent from now on.
  void shut_window() {
    const nghttp2_settings_entry entry{NGHTTP2_SETTINGS_INITIAL_WINDOW_SIZE, 0};
    nghttp2_submit_settings(session_, NGHTTP2_FLAG_NONE, &entry, 1);
  }
  void reset(int32_t stream) {
    nghttp2_submit_rst_stream(session_, NGHTTP2_FLAG_NONE, stream, NGHTTP2_CANCEL);
  }

  std::string take() {
    std::string out;
    const uint8_t* bytes = nullptr;
    for (ssize_t n = 0; (n = nghttp2_session_mem_send(session_, &bytes)) > 0;) {
      out.append(reinterpret_cast<const char*>(bytes), static_cast<size_t>(n));
    }
    return out;
  }
  void feed(std::string_view bytes) {
    nghttp2_session_mem_recv(session_, reinterpret_cast<const uint8_t*>(bytes.data()),
                             bytes.size());
  }

  Reply& reply(int32_t stream) { return replies_[stream]; }

  int goaway = -1;  ///< its error code, once it came
  int pings_acked = 0;
  int pings_received = 0;

 private:
  struct Sending {
    std::string body;
    size_t sent = 0;
    bool open = false;
  };

  static nghttp2_nv pair_of(std::string& name, std::string& value) {
    return {reinterpret_cast<uint8_t*>(name.data()), reinterpret_cast<uint8_t*>(value.data()),
            name.size(), value.size(), NGHTTP2_NV_FLAG_NONE};
  }
  static Http2TestClient& self(void* user) { return *static_cast<Http2TestClient*>(user); }
  static ssize_t read_body(nghttp2_session*, int32_t, uint8_t* to, size_t size, uint32_t* flags,
                           nghttp2_data_source* source, void*) {
    auto& sending = *static_cast<Sending*>(source->ptr);
    const size_t n = std::min(size, sending.body.size() - sending.sent);
    if (n == 0 && sending.open) return NGHTTP2_ERR_DEFERRED;
    std::memcpy(to, sending.body.data() + sending.sent, n);
    sending.sent += n;
    if (sending.sent == sending.body.size() && !sending.open) *flags |= NGHTTP2_DATA_FLAG_EOF;
    return static_cast<ssize_t>(n);
  }
  static int on_header(nghttp2_session*, const nghttp2_frame* frame, const uint8_t* name,
                       size_t name_size, const uint8_t* value, size_t value_size, uint8_t,
                       void* user) {
    Reply& reply = self(user).replies_[frame->hd.stream_id];
    auto& to = reply.headers.count(":status") != 0 && frame->headers.cat != NGHTTP2_HCAT_RESPONSE
                   ? reply.trailers
                   : reply.headers;
    to[std::string(reinterpret_cast<const char*>(name), name_size)] =
        std::string(reinterpret_cast<const char*>(value), value_size);
    return 0;
  }
  static int on_data(nghttp2_session*, uint8_t, int32_t stream, const uint8_t* bytes, size_t size,
                     void* user) {
    self(user).replies_[stream].body.append(reinterpret_cast<const char*>(bytes), size);
    return 0;
  }
  static int on_close(nghttp2_session*, int32_t stream, uint32_t error, void* user) {
    Reply& reply = self(user).replies_[stream];
    reply.closed = true;
    reply.error = error;
    return 0;
  }
  static int on_frame(nghttp2_session*, const nghttp2_frame* frame, void* user) {
    Http2TestClient& me = self(user);
    if (frame->hd.type == NGHTTP2_GOAWAY) me.goaway = static_cast<int>(frame->goaway.error_code);
    if (frame->hd.type == NGHTTP2_PING) {
      ++((frame->hd.flags & NGHTTP2_FLAG_ACK) != 0 ? me.pings_acked : me.pings_received);
    }
    return 0;
  }

  nghttp2_session* session_ = nullptr;
  std::vector<std::unique_ptr<Sending>> sending_;
  std::map<int32_t, Reply> replies_;
};

}  // namespace sluice::http
