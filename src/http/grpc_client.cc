#include "http/grpc_client.h"

#include <nghttp2/nghttp2.h>
#include <sys/eventfd.h>
#include <sys/uio.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <cstring>
#include <map>

#include "base/buffer.h"
#include "base/fd.h"
#include "http/client_connection.h"
#include "http/grpc.h"
#include "http/rpc_status.h"
#include "wire/base64.h"

namespace sluice::http {
namespace {

constexpr size_t kReadBytes = 64 << 10;
/// Replies are small; the windows let the server send them without waiting.
constexpr int32_t kWindowBytes = 1 << 20;
constexpr size_t kFrameHeadBytes = 5;

nghttp2_nv field(std::string_view name, std::string_view value) {
  const auto bytes = [](std::string_view text) {
    return reinterpret_cast<uint8_t*>(const_cast<char*>(text.data()));
  };
  return {bytes(name), bytes(value), name.size(), value.size(), NGHTTP2_NV_FLAG_NONE};
}

/// One open call.
struct Stream {
  uint64_t id = 0;
  std::string request;  // with the frame's head
  size_t sent = 0;
  std::string reply;
  int http_status = 0;
  int grpc_status = -1;
  std::string grpc_message;
  std::string encoding;
  std::string details;  // in base64
};

Status status_of(const Stream& stream) {
  if (stream.grpc_status == 0) return {};
  if (stream.grpc_status > 0 && stream.grpc_status <= static_cast<int>(Code::Unauthenticated)) {
    return {static_cast<Code>(stream.grpc_status), grpc::percent_decode(stream.grpc_message)};
  }
  return unavailable("the server answered HTTP " + std::to_string(stream.http_status) +
                     " without a grpc-status");
}

/// What a status's details say about another try.
std::optional<std::chrono::nanoseconds> retry_delay_of(const std::string& details) {
  if (details.empty()) return std::nullopt;
  // Senders may leave the padding out.
  const std::string padded = details + std::string((4 - details.size() % 4) % 4, '=');
  std::string bytes(wire::base64_decoded_max(padded.size()), '\0');
  size_t size = 0;
  if (!wire::decode_base64(padded, bytes.data(), size)) return std::nullopt;
  const auto status = read_rpc_status_protobuf(std::string_view(bytes).substr(0, size));
  return status ? status->retry_delay : std::nullopt;
}

/// As grpc-timeout has it: at most eight digits and a unit.
std::string timeout_text(std::chrono::milliseconds timeout) {
  constexpr int64_t kDigitsMax = 99'999'999;
  if (timeout.count() <= kDigitsMax) return std::to_string(timeout.count()) + "m";
  return std::to_string(std::min(timeout.count() / 1000, kDigitsMax)) + "S";
}

}  // namespace

/// A connection: the session, its socket and the open calls.
struct GrpcClient::Impl {
  Fd never{eventfd(0, EFD_CLOEXEC)};  // the connection's interrupt, which nobody pulls
  std::unique_ptr<ClientConnection> connection;
  nghttp2_session* session = nullptr;
  std::map<int32_t, Stream> streams;
  std::vector<GrpcReply> replies;
  std::string authority;
  Buffer out;
  size_t out_sent = 0;

  ~Impl() { nghttp2_session_del(session); }

  void begin_session();
  void finish(int32_t stream_id, Status status, bool answered);
  void break_off(const Status& status);
  Status write();
  Status read();
  /// Whether another call may begin: takes in what the server has said meanwhile.
  bool is_usable();

  static int on_header(nghttp2_session* /*session*/, const nghttp2_frame* frame,
                       const uint8_t* name, size_t name_size, const uint8_t* value,
                       size_t value_size, uint8_t /*flags*/, void* self);
  static int on_data(nghttp2_session* /*session*/, uint8_t /*flags*/, int32_t stream_id,
                     const uint8_t* bytes, size_t size, void* self);
  static int on_close(nghttp2_session* /*session*/, int32_t stream_id, uint32_t error, void* self);
  static ssize_t read_request(nghttp2_session* /*session*/, int32_t stream_id, uint8_t* to,
                              size_t size, uint32_t* flags, nghttp2_data_source* source,
                              void* self);
};

int GrpcClient::Impl::on_header(nghttp2_session* /*session*/, const nghttp2_frame* frame,
                                const uint8_t* name, size_t name_size, const uint8_t* value,
                                size_t value_size, uint8_t /*flags*/, void* self) {
  auto& streams = static_cast<Impl*>(self)->streams;
  const auto found = streams.find(frame->hd.stream_id);
  if (found == streams.end()) return 0;
  const std::string_view key(reinterpret_cast<const char*>(name), name_size);
  const std::string_view text(reinterpret_cast<const char*>(value), value_size);
  const auto number = [text](int& to) {
    std::from_chars(text.data(), text.data() + text.size(), to);
  };
  if (key == ":status") number(found->second.http_status);
  if (key == "grpc-status") number(found->second.grpc_status);
  if (key == "grpc-message") found->second.grpc_message = text;
  if (key == "grpc-encoding") found->second.encoding = text;
  if (key == "grpc-status-details-bin") found->second.details = text;
  return 0;
}

int GrpcClient::Impl::on_data(nghttp2_session* /*session*/, uint8_t /*flags*/, int32_t stream_id,
                              const uint8_t* bytes, size_t size, void* self) {
  auto& streams = static_cast<Impl*>(self)->streams;
  const auto found = streams.find(stream_id);
  if (found == streams.end()) return 0;
  if (found->second.reply.size() + size > kReplyBytesMax)
    return NGHTTP2_ERR_TEMPORAL_CALLBACK_FAILURE;
  found->second.reply.append(reinterpret_cast<const char*>(bytes), size);
  return 0;
}

int GrpcClient::Impl::on_close(nghttp2_session* /*session*/, int32_t stream_id, uint32_t error,
                               void* self) {
  auto* impl = static_cast<Impl*>(self);
  const auto found = impl->streams.find(stream_id);
  if (found == impl->streams.end()) return 0;
  // A server may answer without reading on, and then resets the stream with NO_ERROR (RFC
  // 9113, 8.1).
  const bool answered = found->second.grpc_status >= 0 || found->second.http_status != 0;
  if (answered) {
    impl->finish(stream_id, status_of(found->second), true);
  } else {
    impl->finish(
        stream_id,
        unavailable(std::string("the server reset the call: ") + nghttp2_http2_strerror(error)),
        false);
  }
  return 0;
}

ssize_t GrpcClient::Impl::read_request(nghttp2_session* /*session*/, int32_t /*stream_id*/,
                                       uint8_t* to, size_t size, uint32_t* flags,
                                       nghttp2_data_source* source, void* /*self*/) {
  auto* stream = static_cast<Stream*>(source->ptr);
  const size_t n = std::min(size, stream->request.size() - stream->sent);
  std::memcpy(to, stream->request.data() + stream->sent, n);
  stream->sent += n;
  if (stream->sent == stream->request.size()) *flags |= NGHTTP2_DATA_FLAG_EOF;
  return static_cast<ssize_t>(n);
}

void GrpcClient::Impl::begin_session() {
  nghttp2_session_callbacks* callbacks = nullptr;
  nghttp2_session_callbacks_new(&callbacks);
  nghttp2_session_callbacks_set_on_header_callback(callbacks, on_header);
  nghttp2_session_callbacks_set_on_data_chunk_recv_callback(callbacks, on_data);
  nghttp2_session_callbacks_set_on_stream_close_callback(callbacks, on_close);
  nghttp2_session_client_new(&session, callbacks, this);
  nghttp2_session_callbacks_del(callbacks);
  const nghttp2_settings_entry settings[] = {{NGHTTP2_SETTINGS_ENABLE_PUSH, 0},
                                             {NGHTTP2_SETTINGS_INITIAL_WINDOW_SIZE, kWindowBytes}};
  nghttp2_submit_settings(session, NGHTTP2_FLAG_NONE, settings, std::size(settings));
  nghttp2_session_set_local_window_size(session, NGHTTP2_FLAG_NONE, 0, kWindowBytes);
}

void GrpcClient::Impl::finish(int32_t stream_id, Status status, bool answered) {
  auto node = streams.extract(stream_id);
  Stream& stream = node.mapped();
  GrpcReply& reply = replies.emplace_back();
  reply.id = stream.id;
  reply.status = std::move(status);
  reply.answered = answered;
  reply.retry_delay = retry_delay_of(stream.details);
  if (stream.reply.size() <= kFrameHeadBytes) return;
  if (stream.reply.front() != '\0') reply.encoding = std::move(stream.encoding);
  reply.message = stream.reply.substr(kFrameHeadBytes);
}

void GrpcClient::Impl::break_off(const Status& status) {
  connection.reset();
  while (!streams.empty()) finish(streams.begin()->first, status, false);
}

Status GrpcClient::Impl::write() {
  for (;;) {
    if (out_sent == out.size()) {
      out.clear();
      out_sent = 0;
      const uint8_t* bytes = nullptr;
      // Several frames go out in one system call.
      for (ssize_t n = 0;
           out.size() < kReadBytes && (n = nghttp2_session_mem_send(session, &bytes)) > 0;) {
        out.append(bytes, static_cast<size_t>(n));
      }
      if (out.empty()) return {};
    }
    const iovec piece{out.data() + out_sent, out.size() - out_sent};
    const auto written = connection->write_some(&piece, 1);
    if (!written.ok()) return written.status();
    if (*written == 0) return {};
    out_sent += *written;
  }
}

Status GrpcClient::Impl::read() {
  char bytes[kReadBytes];
  bool closed = false;
  const auto n = connection->read_some(bytes, sizeof bytes, closed);
  if (!n.ok()) return n.status();
  if (closed) return unavailable("the server closed the connection");
  const ssize_t taken =
      nghttp2_session_mem_recv(session, reinterpret_cast<const uint8_t*>(bytes), *n);
  if (taken < 0)
    return unavailable(std::string("HTTP/2: ") + nghttp2_strerror(static_cast<int>(taken)));
  return {};
}

bool GrpcClient::Impl::is_usable() {
  while (!connection->is_quiet()) {
    if (!read().ok()) return false;
  }
  return write().ok() && nghttp2_session_check_request_allowed(session) != 0;
}

GrpcClient::GrpcClient(Address address, GrpcClientOptions options)
    : address_(std::move(address)), options_(std::move(options)) {}
GrpcClient::~GrpcClient() = default;

bool GrpcClient::connected() const { return impl_ != nullptr && impl_->connection != nullptr; }
size_t GrpcClient::open_calls() const { return impl_ == nullptr ? 0 : impl_->streams.size(); }

Status GrpcClient::connect(std::chrono::milliseconds timeout) {
  // What becomes of open calls is for wait() to say.
  const bool is_waited_for = connected() && (open_calls() != 0 || !impl_->replies.empty());
  if (is_waited_for || (connected() && impl_->is_usable())) return {};
  auto impl = std::make_unique<Impl>();
  auto connection = ClientConnection::open(address_, options_.tls.get(), options_.server_name,
                                           Deadline(timeout), impl->never.get());
  if (!connection.ok()) return connection.status();
  impl->connection = std::move(connection).value();
  impl->authority = address_.unix_path.empty() ? address_.to_string() : "localhost";
  if (!options_.authority.empty()) impl->authority = options_.authority;
  impl->begin_session();
  impl_ = std::move(impl);
  return {};
}

void GrpcClient::call(uint64_t id, std::string_view path, std::string_view encoding,
                      std::string message, const GrpcCallOptions& options) {
  SLUICE_CHECK(connected());
  auto stream = std::make_unique<Stream>();
  stream->id = id;
  const auto size = static_cast<uint32_t>(message.size());
  stream->request.reserve(kFrameHeadBytes + message.size());
  stream->request += encoding.empty() ? '\0' : '\1';
  for (int shift : {24, 16, 8, 0}) stream->request += static_cast<char>(size >> shift);
  stream->request += message;

  std::vector<nghttp2_nv> fields = {
      field(":method", "POST"), field(":scheme", options_.tls == nullptr ? "http" : "https"),
      field(":path", path),     field(":authority", impl_->authority),
      field("te", "trailers"),  field("content-type", "application/grpc")};
  const std::string timeout_value = timeout_text(options.timeout);
  if (options.timeout.count() > 0) fields.push_back(field("grpc-timeout", timeout_value));
  if (!options_.user_agent.empty()) fields.push_back(field("user-agent", options_.user_agent));
  if (!encoding.empty()) fields.push_back(field("grpc-encoding", encoding));
  for (const ClientHeader& extra : options_.metadata)
    fields.push_back(field(extra.name, extra.value));
  for (const ClientHeader& extra : options.metadata)
    fields.push_back(field(extra.name, extra.value));
  // The map's node must have its place before nghttp2 gets a pointer into it.
  const int32_t expected = static_cast<int32_t>(nghttp2_session_get_next_stream_id(impl_->session));
  Stream& kept = impl_->streams.emplace(expected, std::move(*stream)).first->second;
  nghttp2_data_provider body{};
  body.source.ptr = &kept;
  body.read_callback = Impl::read_request;
  const int32_t stream_id =
      nghttp2_submit_request(impl_->session, nullptr, fields.data(), fields.size(), &body, nullptr);
  if (stream_id != expected || nghttp2_session_check_request_allowed(impl_->session) == 0) {
    impl_->finish(expected, unavailable("the connection takes no more calls"), false);
  }
}

std::vector<GrpcReply> GrpcClient::wait(std::chrono::milliseconds timeout) {
  if (impl_ == nullptr) return {};
  Impl& impl = *impl_;
  const Deadline deadline(timeout);
  while (impl.connection != nullptr && impl.replies.empty()) {
    Status status = impl.write();
    if (status.ok()) {
      const bool pending = impl.out_sent != impl.out.size();
      const auto ready = impl.connection->wait(pending ? Ready::Both : Ready::Read, deadline);
      if (!ready.ok()) {
        if (ready.status().code() == Code::DeadlineExceeded) break;
        status = ready.status();
      } else if (*ready != Ready::Write) {
        status = impl.read();
      }
    }
    if (!status.ok()) impl.break_off(status);
  }
  // After GOAWAY the connection is only good for what is open.
  const bool going_away =
      impl.connection != nullptr && nghttp2_session_check_request_allowed(impl.session) == 0;
  if (going_away && impl.streams.empty()) impl.break_off(unavailable("the server went away"));
  return std::exchange(impl.replies, {});
}

}  // namespace sluice::http
