#include "server/result_pump.h"

#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <future>
#include <memory>
#include <vector>

namespace sluice::server {
namespace {

using std::chrono::milliseconds;
using Event = http::StreamExchange::Event;

/// What Linux lets anybody ask for: the engine then writes without waiting for us each 64 KiB.
constexpr int kPipeBytes = 1 << 20;
constexpr size_t kReadBytes = 256 << 10;
/// How long the engine may take to end a cancelled statement before it is asked again: it does not
/// find one that it has not begun yet.
constexpr milliseconds kCancelAgain{200};
/// Only a bound: wait() returns at once when something happens.
constexpr milliseconds kWait{60'000};

class Pipe {
 public:
  Pipe() {
    if (::pipe2(fds_, O_CLOEXEC) != 0) return;
    ::fcntl(fds_[1], F_SETPIPE_SZ, kPipeBytes);
  }
  ~Pipe() {
    close_end(0);
    close_end(1);
  }
  Pipe(const Pipe&) = delete;
  Pipe& operator=(const Pipe&) = delete;
  bool ok() const { return fds_[0] >= 0; }
  int reader() const { return fds_[0]; }
  int writer() const { return fds_[1]; }
  void close_writer() { close_end(1); }

 private:
  void close_end(int end) {
    if (fds_[end] >= 0) ::close(fds_[end]);
    fds_[end] = -1;
  }
  int fds_[2] = {-1, -1};
};

/// Waits for bytes from the engine or its end, and, where it matters, for the client to go.
Event wait(const PumpJob& job, int reader, milliseconds timeout) {
  if (job.cancel_if_left) return job.exchange.wait(reader, timeout);
  pollfd poll_fd{reader, POLLIN, 0};
  return ::poll(&poll_fd, 1, static_cast<int>(timeout.count())) > 0 ? Event::Readable
                                                                    : Event::Timeout;
}

/// Says when progress is to be told.
class ProgressTimer {
 public:
  explicit ProgressTimer(ResultStream& stream) : stream_(stream) {}

  milliseconds left() const {
    const auto interval = stream_.progress_interval();
    if (!interval) return kWait;
    return std::clamp(std::chrono::ceil<milliseconds>(told_ + *interval - Clock::now()),
                      milliseconds(0), kWait);
  }
  void tell_if_due() {
    const auto interval = stream_.progress_interval();
    if (!interval || Clock::now() < told_ + *interval) return;
    stream_.show_progress();
    told_ = Clock::now();
  }

 private:
  using Clock = std::chrono::steady_clock;
  ResultStream& stream_;
  Clock::time_point told_ = Clock::now();
};

/// Moves everything from the pipe to the stream, until the engine has closed its end.
Status drain(const PumpJob& job, int reader, ResultStream& stream) {
  std::vector<char> buffer(kReadBytes);
  ProgressTimer progress(stream);
  Status status;
  for (;;) {
    if (status.ok()) {
      const Event event = wait(job, reader, progress.left());
      progress.tell_if_due();
      if (event == Event::Timeout) continue;
      if (event == Event::PeerGone) status = Status(Code::Cancelled, "the client went away");
    }
    if (!status.ok()) {
      job.engine.cancel(job.tag);
      return status;
    }
    const ssize_t n = ::read(reader, buffer.data(), buffer.size());
    if (n == 0) return status;
    if (n < 0) {
      if (errno != EINTR) status = errno_status("read from the engine's pipe", errno);
      continue;
    }
    status = stream.write({buffer.data(), static_cast<size_t>(n)});
  }
}

/// Takes what a cancelled statement still writes, so that it does not block on a full pipe.
void discard_until_done(const PumpJob& job, int reader, std::future<engine::Outcome>& done) {
  ::fcntl(reader, F_SETFL, O_NONBLOCK);
  std::vector<char> buffer(kReadBytes);
  while (done.wait_for(kCancelAgain) != std::future_status::ready) {
    while (::read(reader, buffer.data(), buffer.size()) > 0) {
    }
    job.engine.cancel(job.tag);
  }
}

}  // namespace

PumpResult run_statement(const PumpJob& job, const SqlWithResultTo& sql,
                         const engine::Statement& with, ResultStream& stream) {
  Pipe pipe;
  if (!pipe.ok()) return {{}, errno_status("pipe", errno)};
  const std::string text = sql(pipe.writer());
  // Shared, since a std::function must be copyable.
  const auto task = std::make_shared<std::packaged_task<engine::Outcome()>>([&] {
    engine::Statement statement = with;
    statement.sql = text;
    engine::Outcome outcome = job.connection.execute(statement);
    pipe.close_writer();
    return outcome;
  });
  std::future<engine::Outcome> done = task->get_future();
  job.threads.run([task] { (*task)(); });
  PumpResult result;
  result.output = drain(job, pipe.reader(), stream);
  if (!result.output.ok()) discard_until_done(job, pipe.reader(), done);
  result.outcome = done.get();
  return result;
}

}  // namespace sluice::server
