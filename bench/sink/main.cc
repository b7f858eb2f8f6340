// Stands in for ClickHouse's HTTP interface and throws the rows away, so that the cost of an
// ingester can be measured without a database. One thread. See bench/README.md.

#include <arpa/inet.h>
#include <lz4frame.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include "sink/answers.h"
#include "sink/native_rows.h"
#include "sink/request.h"
#include "sink/stats.h"

namespace sluice::bench {
namespace {

constexpr size_t kReadBytes = 512 * 1024;
constexpr int kEventsMax = 256;
constexpr int kBacklog = 1024;
constexpr size_t kHeaderBytes = 64;  // enough of a body for its first block's header

enum class RowCount { Full, Header, None };

/// Undoes `Content-Encoding: lz4` (LZ4 frames, one after the other); stops early once `limit` bytes
/// are out. False if the frame is damaged.
bool decompress_lz4(std::string_view in, std::string& out, size_t limit) {
  LZ4F_dctx* raw = nullptr;
  if (LZ4F_isError(LZ4F_createDecompressionContext(&raw, LZ4F_VERSION)) != 0) return false;
  const std::unique_ptr<LZ4F_dctx, size_t (*)(LZ4F_dctx*)> context(raw,
                                                                   LZ4F_freeDecompressionContext);
  out.resize(std::max(out.capacity(), kReadBytes));
  size_t filled = 0;
  while (!in.empty() && filled < limit) {
    if (filled == out.size()) out.resize(out.size() * 2);
    size_t produced = out.size() - filled;
    size_t consumed = in.size();
    const size_t hint = LZ4F_decompress(context.get(), out.data() + filled, &produced, in.data(),
                                        &consumed, nullptr);
    if (LZ4F_isError(hint) != 0) return false;
    filled += produced;
    in.remove_prefix(consumed);
  }
  out.resize(filled);
  return true;
}

struct Client {
  int fd = -1;
  RequestReader reader;
  Request request;
  std::string out;  // what the socket did not take yet
  bool waits_to_write = false;
  bool closing = false;
};

class Sink {
 public:
  Sink(RowCount count, std::string address) : count_(count), address_(std::move(address)) {}

  int run() {
    const int listener = listen();
    if (listener < 0) {
      std::perror(("bench_sink: " + address_).c_str());
      return 1;
    }
    epoll_ = epoll_create1(EPOLL_CLOEXEC);
    watch(listener, EPOLLIN, EPOLL_CTL_ADD);
    epoll_event events[kEventsMax];
    while (!quit_) {
      const int n = epoll_wait(epoll_, events, kEventsMax, -1);
      for (int i = 0; i < n; ++i) {
        if (events[i].data.fd == listener) {
          accept_all(listener);
        } else {
          handle(events[i].data.fd, events[i].events);
        }
      }
    }
    return 0;
  }

 private:
  int listen() const {
    const size_t colon = address_.rfind(':');
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(static_cast<uint16_t>(std::atoi(address_.c_str() + colon + 1)));
    inet_pton(AF_INET, address_.substr(0, colon).c_str(), &address.sin_addr);
    const int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    const int on = 1;
    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    if (bind(fd, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0 ||
        ::listen(fd, kBacklog) != 0)
      return -1;
    return fd;
  }

  void watch(int fd, uint32_t events, int operation) const {
    epoll_event event{};
    event.events = events;
    event.data.fd = fd;
    epoll_ctl(epoll_, operation, fd, &event);
  }

  void accept_all(int listener) {
    for (int fd = 0;
         (fd = accept4(listener, nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC)) >= 0;) {
      const int on = 1;
      setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
      clients_[fd].fd = fd;
      watch(fd, EPOLLIN, EPOLL_CTL_ADD);
    }
  }

  void handle(int fd, uint32_t events) {
    Client& client = clients_[fd];
    if ((events & EPOLLIN) != 0) {
      const ssize_t n = recv(fd, buffer_.data(), buffer_.size(), 0);
      if (n > 0) {
        client.reader.append(buffer_.data(), static_cast<size_t>(n));
        answer_all(client);
      } else if (n == 0 || errno != EAGAIN) {
        client.closing = true;
      }
    }
    flush(client);
    if (client.closing || (events & (EPOLLERR | EPOLLHUP)) != 0) {
      close(fd);
      clients_.erase(fd);
    }
  }

  void answer_all(Client& client) {
    for (;;) {
      switch (client.reader.next(client.request)) {
        case RequestReader::Result::Incomplete: return;
        case RequestReader::Result::Bad: client.closing = true; return;
        case RequestReader::Result::Complete:
          ++stats_.requests;
          reply(client, answer(client.request));
          client.closing = client.closing || client.request.close;
          break;
      }
    }
  }

  std::string answer(const Request& request) {
    if (request.path == "/__stats") return stats_.json();
    if (request.path == "/__reset") {
      stats_ = {};
      return "ok\n";
    }
    if (request.path == "/__quit") {
      quit_ = true;
      return "ok\n";
    }
    if (request.path == "/ping") return "Ok.\n";
    const std::string_view query = request.parameter("query");
    const std::string_view sql = query.empty() ? std::string_view(request.body) : query;
    if (const std::string table = insert_table(sql); !table.empty()) {
      count_insert(table, request);
      return "";
    }
    if (const auto prepared = prepared_answer(sql)) return std::string(*prepared);
    ++stats_.odd[request.path + " " + std::string(sql.substr(0, 300))];
    return "";
  }

  void count_insert(const std::string& table, const Request& request) {
    ++stats_.inserts;
    stats_.bytes_wire += request.body.size();
    if (count_ == RowCount::None) return;
    std::string_view body = request.body;
    bool good = request.encoding.empty() || request.encoding == "lz4";
    if (request.encoding == "lz4") {
      const size_t limit = count_ == RowCount::Header ? kHeaderBytes : std::string::npos;
      good = decompress_lz4(body, raw_, limit);
      body = raw_;
    }
    const Counted counted =
        count_ == RowCount::Full ? count_native_rows(body) : count_first_header(body);
    if (!good || !counted.whole) {
      ++stats_.bad;
      return;
    }
    stats_.bytes_raw += body.size();
    stats_.rows += counted.rows;
    stats_.blocks += counted.blocks;
    stats_.rows_by_table[table] += counted.rows;
  }

  static void reply(Client& client, const std::string& body) {
    client.out +=
        "HTTP/1.1 200 OK\r\nServer: bench_sink\r\nContent-Type: text/plain; "
        "charset=UTF-8\r\nX-ClickHouse-Timezone: UTC\r\n"
        "Content-Length: " +
        std::to_string(body.size()) + "\r\n\r\n" + body;
  }

  void flush(Client& client) {
    while (!client.out.empty()) {
      const ssize_t n = send(client.fd, client.out.data(), client.out.size(), MSG_NOSIGNAL);
      if (n <= 0) {
        client.closing = client.closing || errno != EAGAIN;
        break;
      }
      client.out.erase(0, static_cast<size_t>(n));
    }
    if (client.waits_to_write == !client.out.empty()) return;
    client.waits_to_write = !client.out.empty();
    watch(client.fd, client.waits_to_write ? EPOLLIN | EPOLLOUT : EPOLLIN, EPOLL_CTL_MOD);
  }

  RowCount count_;
  std::string address_;
  int epoll_ = -1;
  bool quit_ = false;
  std::unordered_map<int, Client> clients_;
  std::vector<char> buffer_ = std::vector<char>(kReadBytes);
  std::string raw_;
  Stats stats_;
};

[[noreturn]] void usage() {
  std::fprintf(stderr, "usage: bench_sink [--listen IPV4:PORT] [--rows full|header|none]\n");
  std::exit(2);
}

RowCount row_count_named(std::string_view name) {
  if (name == "full") return RowCount::Full;
  if (name == "header") return RowCount::Header;
  if (name == "none") return RowCount::None;
  usage();
}

}  // namespace
}  // namespace sluice::bench

int main(int argc, char** argv) {
  using namespace sluice::bench;
  std::signal(SIGPIPE, SIG_IGN);
  std::string address = "127.0.0.1:6123";
  RowCount count = RowCount::Full;
  for (int i = 1; i + 1 < argc; i += 2) {
    const std::string_view name = argv[i];
    if (name == "--listen") {
      address = argv[i + 1];
    } else if (name == "--rows") {
      count = row_count_named(argv[i + 1]);
    } else {
      usage();
    }
  }
  if (argc % 2 == 0) usage();
  return Sink(count, address).run();
}
