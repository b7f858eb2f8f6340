// OTLP load from ready-made request bodies: as fast as the server takes them or at a rate, over
// gRPC or HTTP/1.1. One thread. Prints one line of JSON. See bench/README.md.

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>

#include "gen/calibrate.h"
#include "gen/connection.h"
#include "gen/options.h"
#include "gen/schedule.h"
#include "gen/tally.h"

namespace sluice::bench {
namespace {

constexpr size_t kReadBytes = 256 * 1024;
constexpr int kEventsMax = 64;

struct Slot {
  int fd = -1;
  bool wants_write = false;
  std::unique_ptr<Connection> connection;
};

class Generator {
 public:
  explicit Generator(const Options& options)
      : options_(options),
        schedule_(options, tally_),
        epoll_(epoll_create1(EPOLL_CLOEXEC)),
        slots_(static_cast<size_t>(options.connections)) {}
  ~Generator() { ::close(epoll_); }

  /// False if the server could not be reached at all, or not everything was settled in time.
  bool run() {
    for (auto& slot : slots_) {
      if (!dial(slot)) {
        std::perror("bench_gen: connect");
        return false;
      }
    }
    const uint64_t end =
        schedule_.start_ns() + static_cast<uint64_t>(options_.timeout_seconds * 1e9);
    bool timed_out = false;
    while (!schedule_.finished() && !timed_out) {
      turn();
      timed_out = now_ns() > end;
    }
    timed_out = timed_out && !schedule_.finished();
    const double wall = static_cast<double>(now_ns() - schedule_.start_ns()) * 1e-9;
    std::puts(
        tally_.json(options_.requests, options_.records_per_request, wall, timed_out).c_str());
    return !timed_out;
  }

 private:
  bool dial(Slot& slot) {
    const size_t colon = options_.target.rfind(':');
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(static_cast<uint16_t>(std::atoi(options_.target.c_str() + colon + 1)));
    inet_pton(AF_INET, options_.target.substr(0, colon).c_str(), &address.sin_addr);
    const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (::connect(fd, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0) {
      ::close(fd);
      return false;
    }
    const int on = 1;
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    const auto make =
        options_.protocol == Protocol::Grpc ? make_http2_connection : make_http1_connection;
    slot = {fd, false, make(options_, schedule_, tally_, fd)};
    watch(slot, EPOLL_CTL_ADD);
    return true;
  }

  void watch(Slot& slot, int operation) {
    epoll_event event{};
    event.events = EPOLLIN;
    if (slot.wants_write) event.events |= EPOLLOUT;
    event.data.ptr = &slot;
    epoll_ctl(epoll_, operation, slot.fd, &event);
  }

  void heed(Slot& slot, Health health) {
    if (health == Health::Good) {
      if (slot.connection->blocked() == slot.wants_write) return;
      slot.wants_write = !slot.wants_write;
      watch(slot, EPOLL_CTL_MOD);
      return;
    }
    if (health == Health::Lost) tally_.add_lost_connection();
    slot.connection->abandon();
    ::close(slot.fd);
    slot = {};
  }

  /// Sends what may be sent, then waits for answers.
  void turn() {
    bool room = false;
    for (auto& slot : slots_) {
      if (slot.fd >= 0 || dial(slot)) {
        if (!slot.wants_write) heed(slot, slot.connection->send());
      }
      room = room || slot.fd < 0 || slot.connection->room();
    }
    epoll_event events[kEventsMax];
    const int n = epoll_wait(epoll_, events, kEventsMax, schedule_.wait_ms(room));
    for (int i = 0; i < n; ++i) handle(*static_cast<Slot*>(events[i].data.ptr), events[i].events);
  }

  void handle(Slot& slot, uint32_t events) {
    if ((events & (EPOLLIN | EPOLLHUP | EPOLLERR)) != 0) {
      const ssize_t n = recv(slot.fd, buffer_.data(), buffer_.size(), MSG_DONTWAIT);
      if (n < 0 && errno == EAGAIN) return;
      heed(slot, n > 0 ? slot.connection->receive({buffer_.data(), static_cast<size_t>(n)})
                       : Health::Lost);
    }
    if (slot.fd >= 0 && (events & EPOLLOUT) != 0) heed(slot, slot.connection->send());
  }

  const Options& options_;
  Tally tally_;
  Schedule schedule_;
  int epoll_;
  std::vector<Slot> slots_;
  std::vector<char> buffer_ = std::vector<char>(kReadBytes);
};

}  // namespace
}  // namespace sluice::bench

int main(int argc, char** argv) {
  std::signal(SIGPIPE, SIG_IGN);
  if (argc == 2 && std::string(argv[1]) == "--calibrate") {
    std::printf("{\"calibration_s\":%.4f}\n", sluice::bench::calibrate());
    return 0;
  }
  const auto options = sluice::bench::parse_options(argc, argv);
  return sluice::bench::Generator(options).run() ? 0 : 1;
}
