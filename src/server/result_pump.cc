#include "server/result_pump.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <future>
#include <memory>
#include <vector>

#include "server/engine_sql.h"

namespace sluice::server {
namespace {

using std::chrono::milliseconds;

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

/// Moves everything from the pipe to the stream, until the engine has closed its end.
Status drain(const PumpJob& job, int reader, ResultStream& stream) {
  std::vector<char> buffer(kReadBytes);
  Status status;
  for (;;) {
    if (status.ok()) {
      const auto event = job.exchange.wait(reader, kWait);
      if (event == http::StreamExchange::Event::Timeout) continue;
      if (event == http::StreamExchange::Event::PeerGone) {
        status = Status(Code::Cancelled, "the client went away");
      }
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

PumpResult pump_result(const PumpJob& job, std::string_view sql, const StatementShape& shape,
                       const engine::Statement& with, ResultStream& stream) {
  Pipe pipe;
  if (!pipe.ok()) return {{}, errno_status("pipe", errno)};
  const std::string text = with_result_to(sql, shape, pipe.writer());
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
