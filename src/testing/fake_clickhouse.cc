#include "testing/fake_clickhouse.h"

#include <arpa/inet.h>
#include <lz4frame.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <cctype>
#include <cstring>
#include <mutex>
#include <optional>
#include <set>
#include <stdexcept>
#include <thread>

#include "base/check.h"

namespace sluice::testing {
namespace {

std::string url_decode(std::string_view text) {
  std::string out;
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '%' && i + 2 < text.size()) {
      out += static_cast<char>(std::stoi(std::string(text.substr(i + 1, 2)), nullptr, 16));
      i += 2;
    } else {
      out += text[i] == '+' ? ' ' : text[i];
    }
  }
  return out;
}

std::string lz4_decompress(const std::string& bytes) {
  LZ4F_dctx* context = nullptr;
  LZ4F_createDecompressionContext(&context, LZ4F_VERSION);
  const std::unique_ptr<LZ4F_dctx, decltype(&LZ4F_freeDecompressionContext)> owner(
      context, LZ4F_freeDecompressionContext);
  std::string out;
  std::string chunk(1 << 16, '\0');
  size_t at = 0;
  size_t hint = 1;
  while (at < bytes.size()) {
    size_t in = bytes.size() - at;
    size_t made = chunk.size();
    hint = LZ4F_decompress(context, chunk.data(), &made, bytes.data() + at, &in, nullptr);
    if (LZ4F_isError(hint) != 0) throw std::runtime_error(LZ4F_getErrorName(hint));
    out.append(chunk, 0, made);
    at += in;
  }
  if (hint != 0) throw std::runtime_error("the LZ4 frame is not complete");
  return out;
}

void parse_target(std::string_view target, FakeRequest& out) {
  const size_t question = target.find('?');
  std::string_view rest =
      question == std::string_view::npos ? std::string_view() : target.substr(question + 1);
  while (!rest.empty()) {
    const size_t end = std::min(rest.find('&'), rest.size());
    const std::string_view pair = rest.substr(0, end);
    rest.remove_prefix(std::min(end + 1, rest.size()));
    const size_t equals = std::min(pair.find('='), pair.size());
    out.parameters[url_decode(pair.substr(0, equals))] =
        url_decode(pair.substr(std::min(equals + 1, pair.size())));
  }
}

/// Reads one request; nothing at the end of the connection.
std::optional<FakeRequest> read_request(int fd, std::string& buffer) {
  char chunk[65536];
  auto more = [&] {
    const ssize_t n = recv(fd, chunk, sizeof chunk, 0);
    if (n > 0) buffer.append(chunk, static_cast<size_t>(n));
    return n > 0;
  };
  size_t head_end;
  while ((head_end = buffer.find("\r\n\r\n")) == std::string::npos) {
    if (!more()) return std::nullopt;
  }
  FakeRequest request;
  const std::string head = buffer.substr(0, head_end + 2);
  const size_t target = head.find(' ') + 1;
  parse_target(std::string_view(head).substr(target, head.find(' ', target) - target), request);
  for (size_t at = head.find("\r\n") + 2; at < head.size(); at = head.find("\r\n", at) + 2) {
    const size_t colon = head.find(": ", at);
    std::string name = head.substr(at, colon - at);
    std::transform(name.begin(), name.end(), name.begin(), ::tolower);
    request.headers[name] = head.substr(colon + 2, head.find("\r\n", at) - colon - 2);
  }
  const auto length = request.headers.find("content-length");
  const size_t size = length == request.headers.end() ? 0 : std::stoul(length->second);
  while (buffer.size() < head_end + 4 + size) {
    if (!more()) return std::nullopt;
  }
  request.body = buffer.substr(head_end + 4, size);
  buffer.erase(0, head_end + 4 + size);
  const auto encoding = request.headers.find("content-encoding");
  if (encoding != request.headers.end() && encoding->second == "lz4") {
    request.body = lz4_decompress(request.body);
  }
  const auto query = request.parameters.find("query");
  request.sql = query == request.parameters.end() ? request.body : query->second;
  return request;
}

void write_all(int fd, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t n = send(fd, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (n <= 0) return;
    bytes.remove_prefix(static_cast<size_t>(n));
  }
}

std::string render(const FakeReply& reply) {
  std::string text = "HTTP/1.1 " + std::to_string(reply.status) + " Status\r\n";
  if (reply.code != 0)
    text += "X-ClickHouse-Exception-Code: " + std::to_string(reply.code) + "\r\n";
  if (reply.close) text += "Connection: close\r\n";
  return text + "Content-Length: " + std::to_string(reply.body.size()) + "\r\n\r\n" + reply.body;
}

}  // namespace

std::string FakeRequest::table() const {
  const size_t dot = sql.find("`.`");
  return sql.substr(dot + 3, sql.find('`', dot + 3) - dot - 3);
}

size_t FakeRequest::rows() const {
  size_t rows = 0;
  for (const NativeBlock& block : blocks()) rows += block.rows();
  return rows;
}

FakeReply FakeReply::ok(std::string body) {
  FakeReply reply;
  reply.body = std::move(body);
  return reply;
}

FakeReply FakeReply::exception(int code, std::string_view text, int status) {
  FakeReply reply;
  reply.status = status;
  reply.code = code;
  reply.body = "Code: " + std::to_string(code) + ". DB::Exception: " + std::string(text) +
               " (version 26.5.1.1)\n";
  reply.store = false;
  return reply;
}

FakeReply FakeReply::lost() {
  FakeReply reply;
  reply.cut = Cut::BeforeReply;
  return reply;
}

struct FakeClickHouse::Impl {
  Script script;
  std::string unix_path;
  int listener = -1;
  uint16_t port = 0;
  std::thread acceptor;
  mutable std::mutex mutex;  // for all below
  std::vector<std::thread> threads;
  std::set<int> open;
  std::set<int> idle;
  std::vector<FakeRequest> requests;
  std::vector<FakeRequest> stored;
  size_t connections = 0;

  void listen_on_socket();
  void accept_all();
  void serve(int fd);
  bool answer(int fd, FakeRequest&& request);
};

void FakeClickHouse::Impl::listen_on_socket() {
  if (unix_path.empty()) {
    listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in to{};
    to.sin_family = AF_INET;
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    SLUICE_CHECK(bind(listener, reinterpret_cast<sockaddr*>(&to), sizeof to) == 0);
    socklen_t size = sizeof to;
    getsockname(listener, reinterpret_cast<sockaddr*>(&to), &size);
    port = ntohs(to.sin_port);
  } else {
    listener = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_un to{};
    to.sun_family = AF_UNIX;
    std::strncpy(to.sun_path, unix_path.c_str(), sizeof to.sun_path - 1);
    SLUICE_CHECK(bind(listener, reinterpret_cast<sockaddr*>(&to), sizeof to) == 0);
  }
  SLUICE_CHECK(listen(listener, 64) == 0);
}

void FakeClickHouse::Impl::accept_all() {
  for (;;) {
    const int fd = accept4(listener, nullptr, nullptr, SOCK_CLOEXEC);
    if (fd < 0) return;
    const std::lock_guard lock(mutex);
    ++connections;
    open.insert(fd);
    threads.emplace_back([this, fd] { serve(fd); });
  }
}

void FakeClickHouse::Impl::serve(int fd) {
  std::string buffer;
  for (bool more = true; more;) {
    {
      const std::lock_guard lock(mutex);
      idle.insert(fd);
    }
    auto request = read_request(fd, buffer);
    {
      const std::lock_guard lock(mutex);
      idle.erase(fd);
    }
    more = request && answer(fd, std::move(*request));
  }
  const std::lock_guard lock(mutex);
  open.erase(fd);
  close(fd);
}

bool FakeClickHouse::Impl::answer(int fd, FakeRequest&& request) {
  FakeReply reply;
  {
    const std::lock_guard lock(mutex);
    reply = script(request);
    requests.push_back(request);
    if (request.is_insert() && reply.store) stored.push_back(std::move(request));
  }
  std::this_thread::sleep_for(reply.delay);
  if (reply.cut == FakeReply::Cut::BeforeReply) return false;
  const std::string text = render(reply);
  if (reply.cut == FakeReply::Cut::InsideReply) {
    write_all(fd, std::string_view(text).substr(0, text.size() / 2));
    return false;
  }
  write_all(fd, text);
  return !reply.close;
}

FakeClickHouse::FakeClickHouse(Script script, std::string unix_path) : impl_(new Impl) {
  impl_->script = std::move(script);
  impl_->unix_path = std::move(unix_path);
  impl_->listen_on_socket();
  impl_->acceptor = std::thread([impl = impl_.get()] { impl->accept_all(); });
}

FakeClickHouse::~FakeClickHouse() {
  shutdown(impl_->listener, SHUT_RDWR);
  impl_->acceptor.join();
  {
    const std::lock_guard lock(impl_->mutex);
    for (const int fd : impl_->open) shutdown(fd, SHUT_RDWR);
  }
  for (std::thread& thread : impl_->threads) thread.join();
  close(impl_->listener);
  if (!impl_->unix_path.empty()) unlink(impl_->unix_path.c_str());
}

std::string FakeClickHouse::url() const {
  return impl_->unix_path.empty() ? "http://127.0.0.1:" + std::to_string(impl_->port)
                                  : "unix://" + impl_->unix_path;
}

std::vector<FakeRequest> FakeClickHouse::stored() const {
  const std::lock_guard lock(impl_->mutex);
  return impl_->stored;
}

std::vector<FakeRequest> FakeClickHouse::requests() const {
  const std::lock_guard lock(impl_->mutex);
  return impl_->requests;
}

size_t FakeClickHouse::connections() const {
  const std::lock_guard lock(impl_->mutex);
  return impl_->connections;
}

void FakeClickHouse::close_idle() {
  const std::lock_guard lock(impl_->mutex);
  for (const int fd : impl_->idle) shutdown(fd, SHUT_RDWR);
}

}  // namespace sluice::testing
