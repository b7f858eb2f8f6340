#include <nghttp2/nghttp2.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <string>
#include <unordered_map>
#include <vector>

#include "gen/connection.h"

namespace sluice::bench {
namespace {

constexpr size_t kWriteBytes = 256 * 1024;    // gathered before a write
constexpr size_t kReplyBytesMax = 64 * 1024;  // a longer reply is no Export response
constexpr size_t kGrpcPrefixBytes = 5;
constexpr uint32_t kWindowBytes = 1 << 20;
constexpr int kGrpcOk = 0, kGrpcResourceExhausted = 8, kGrpcUnavailable = 14;

struct Stream {
  const std::string* body = nullptr;
  size_t sent = 0;
  uint64_t started_ns = 0;
  int http_status = 0;
  int grpc_status = -1;
  std::string reply;
};

nghttp2_nv field(const std::string& name, const std::string& value) {
  const auto bytes = [](const std::string& s) {
    return reinterpret_cast<uint8_t*>(const_cast<char*>(s.data()));
  };
  return {bytes(name), bytes(value), name.size(), value.size(), NGHTTP2_NV_FLAG_NONE};
}

class Http2Connection final : public Connection {
 public:
  Http2Connection(const Options& options, Schedule& schedule, Tally& tally, int fd)
      : options_(options), schedule_(schedule), tally_(tally), fd_(fd) {
    nghttp2_session_callbacks* callbacks = nullptr;
    nghttp2_session_callbacks_new(&callbacks);
    nghttp2_session_callbacks_set_on_header_callback(callbacks, on_header);
    nghttp2_session_callbacks_set_on_data_chunk_recv_callback(callbacks, on_data);
    nghttp2_session_callbacks_set_on_stream_close_callback(callbacks, on_close);
    nghttp2_session_client_new(&session_, callbacks, this);
    nghttp2_session_callbacks_del(callbacks);
    const nghttp2_settings_entry settings[] = {{NGHTTP2_SETTINGS_INITIAL_WINDOW_SIZE, kWindowBytes},
                                               {NGHTTP2_SETTINGS_ENABLE_PUSH, 0}};
    nghttp2_submit_settings(session_, NGHTTP2_FLAG_NONE, settings, std::size(settings));
  }
  ~Http2Connection() override { nghttp2_session_del(session_); }

  Health send() override {
    while (room() && schedule_.take()) start();
    for (;;) {
      if (written_ == out_.size() && !gather()) return Health::Lost;
      if (out_.empty()) {
        blocked_ = false;
        return Health::Good;
      }
      const ssize_t n =
          ::send(fd_, out_.data() + written_, out_.size() - written_, MSG_NOSIGNAL | MSG_DONTWAIT);
      blocked_ = n < 0 && errno == EAGAIN;
      if (blocked_) return Health::Good;
      if (n <= 0) return Health::Lost;
      written_ += static_cast<size_t>(n);
      tally_.add_bytes(static_cast<uint64_t>(n));
    }
  }

  Health receive(std::string_view bytes) override {
    const auto* data = reinterpret_cast<const uint8_t*>(bytes.data());
    if (nghttp2_session_mem_recv(session_, data, bytes.size()) < 0) return Health::Lost;
    const bool over =
        nghttp2_session_want_read(session_) == 0 && nghttp2_session_want_write(session_) == 0;
    return over ? Health::Closed : Health::Good;
  }

  bool blocked() const override { return blocked_; }
  bool room() const override { return streams_.size() < static_cast<size_t>(options_.in_flight); }

  void abandon() override {
    for (const auto& [id, stream] : streams_)
      schedule_.settle(Verdict::TryAgain, stream->started_ns, "connection lost");
    streams_.clear();
  }

 private:
  static Http2Connection& self(void* user) { return *static_cast<Http2Connection*>(user); }

  Stream* find(int32_t id) {
    const auto found = streams_.find(id);
    return found == streams_.end() ? nullptr : found->second.get();
  }

  void start() {
    static const std::string kMethod = ":method", kPost = "POST", kScheme = ":scheme",
                             kHttp = "http", kPath = ":path", kAuthority = ":authority",
                             kType = "content-type", kGrpc = "application/grpc", kTe = "te",
                             kTrailers = "trailers", kEncoding = "grpc-encoding";
    auto stream = std::make_unique<Stream>();
    stream->body = &schedule_.next_body();
    stream->started_ns = now_ns();
    std::vector<nghttp2_nv> fields = {
        field(kMethod, kPost),       field(kScheme, kHttp),
        field(kPath, options_.path), field(kAuthority, options_.target),
        field(kType, kGrpc),         field(kTe, kTrailers)};
    if (options_.encoding != "identity") fields.push_back(field(kEncoding, options_.encoding));
    for (const auto& [name, value] : options_.headers) fields.push_back(field(name, value));
    nghttp2_data_provider provider{};
    provider.source.ptr = stream.get();
    provider.read_callback = read_body;
    const int32_t id =
        nghttp2_submit_request(session_, nullptr, fields.data(), fields.size(), &provider, nullptr);
    if (id < 0) {
      schedule_.settle(Verdict::TryAgain, stream->started_ns, nghttp2_strerror(id));
      return;
    }
    streams_.emplace(id, std::move(stream));
  }

  /// Collects what nghttp2 wants to write; false if it gave up on the connection.
  bool gather() {
    out_.clear();
    written_ = 0;
    while (out_.size() < kWriteBytes) {
      const uint8_t* data = nullptr;
      const ssize_t n = nghttp2_session_mem_send(session_, &data);
      if (n < 0) return false;
      if (n == 0) break;
      out_.insert(out_.end(), data, data + n);
    }
    return true;
  }

  void settle(const Stream& stream, uint32_t error) {
    if (error == NGHTTP2_REFUSED_STREAM) {
      schedule_.settle(Verdict::TryAgain, stream.started_ns, "refused stream");
      return;
    }
    if (stream.http_status == 200 && stream.grpc_status == kGrpcOk && error == NGHTTP2_NO_ERROR) {
      if (stream.reply.size() > kGrpcPrefixBytes) {
        tally_.add_reply(std::string_view(stream.reply).substr(kGrpcPrefixBytes));
      }
      schedule_.settle(Verdict::Accepted, stream.started_ns, "0");
      return;
    }
    const bool later =
        stream.grpc_status == kGrpcUnavailable || stream.grpc_status == kGrpcResourceExhausted;
    const std::string status =
        stream.grpc_status >= 0
            ? std::to_string(stream.grpc_status)
            : "http " + std::to_string(stream.http_status) + " reset " + std::to_string(error);
    schedule_.settle(later ? Verdict::TryAgain : Verdict::Refused, stream.started_ns, status);
  }

  static ssize_t read_body(nghttp2_session*, int32_t, uint8_t* to, size_t room, uint32_t* flags,
                           nghttp2_data_source* source, void*) {
    auto* stream = static_cast<Stream*>(source->ptr);
    const size_t n = std::min(room, stream->body->size() - stream->sent);
    std::memcpy(to, stream->body->data() + stream->sent, n);
    stream->sent += n;
    if (stream->sent == stream->body->size()) *flags |= NGHTTP2_DATA_FLAG_EOF;
    return static_cast<ssize_t>(n);
  }

  static int on_header(nghttp2_session*, const nghttp2_frame* frame, const uint8_t* name,
                       size_t name_size, const uint8_t* value, size_t value_size, uint8_t,
                       void* user) {
    Stream* stream = self(user).find(frame->hd.stream_id);
    if (stream == nullptr) return 0;
    const std::string_view key(reinterpret_cast<const char*>(name), name_size);
    const std::string text(reinterpret_cast<const char*>(value), value_size);
    if (key == ":status") stream->http_status = std::atoi(text.c_str());
    if (key == "grpc-status") stream->grpc_status = std::atoi(text.c_str());
    return 0;
  }

  static int on_data(nghttp2_session*, uint8_t, int32_t id, const uint8_t* data, size_t size,
                     void* user) {
    Stream* stream = self(user).find(id);
    if (stream != nullptr && stream->reply.size() < kReplyBytesMax) {
      stream->reply.append(reinterpret_cast<const char*>(data), size);
    }
    return 0;
  }

  static int on_close(nghttp2_session*, int32_t id, uint32_t error, void* user) {
    Http2Connection& connection = self(user);
    const Stream* stream = connection.find(id);
    if (stream == nullptr) return 0;
    connection.settle(*stream, error);
    connection.streams_.erase(id);
    return 0;
  }

  const Options& options_;
  Schedule& schedule_;
  Tally& tally_;
  int fd_;
  nghttp2_session* session_ = nullptr;
  std::unordered_map<int32_t, std::unique_ptr<Stream>> streams_;
  std::vector<uint8_t> out_;
  size_t written_ = 0;
  bool blocked_ = false;
};

}  // namespace

std::unique_ptr<Connection> make_http2_connection(const Options& options, Schedule& schedule,
                                                  Tally& tally, int fd) {
  return std::make_unique<Http2Connection>(options, schedule, tally, fd);
}

}  // namespace sluice::bench
