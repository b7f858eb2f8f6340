#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "base/buffer.h"
#include "http/session.h"
#include "io/loop.h"
#include "io/stream.h"

namespace sluice::http {

/// Told about the connections of one kind of listener, by all lanes: thread-safe.
class ConnectionObserver {
 public:
  virtual ~ConnectionObserver() = default;
  virtual void opened() = 0;
  virtual void closed() = 0;
  virtual void received(size_t bytes) = 0;
};

/// Who answers on a listener: requests over HTTP/1.x, and those over HTTP/2 with prior knowledge,
/// which may be the same.
struct Endpoint {
  Handler* http1 = nullptr;
  Handler* http2 = nullptr;
  ConnectionObserver* observer = nullptr;
  const io::TlsServer* tls = nullptr;  ///< null: in plain text; outlives the connections
};

/// A connection that was accepted: finds out by its first bytes which protocol it speaks, and moves
/// bytes between the socket and the session. On its lane's thread.
class Connection final : public io::Stream::Events,
                         public Transport,
                         public std::enable_shared_from_this<Connection> {
 public:
  struct Env {
    io::Loop& loop;
    const Limits& limits;
    Budget& budget;
    Buffer& scratch;  ///< the lane's read buffer, of kScratchBytes
    std::function<void(Connection&)>
        closed;  ///< called once, last; may forget the connection later, not at once
  };
  static constexpr size_t kScratchBytes = 512 << 10;

  Connection(const Env& env, int fd, Endpoint endpoint);
  ~Connection();

  void start();
  void tick(Clock::time_point now);
  void drain();

  // Transport
  void send(std::string_view bytes) override;
  void flush() override;
  size_t unsent() const override { return out_.size() - sent_; }
  void resume_reading() override;
  void finish() override;
  void abort() override;

 private:
  enum class State : uint8_t { Detecting, Open, Finishing, Lingering, Closed };

  void on_readable() override;
  void on_writable() override;
  bool read_once();
  void take(std::string_view bytes);
  void detect(std::string_view bytes);
  void begin_session(std::shared_ptr<Session> session, std::string_view bytes);
  void all_sent();
  SessionContext context(Handler& handler);

  const Env& env_;
  io::Stream stream_;
  Endpoint endpoint_;
  std::string peer_;
  State state_ = State::Detecting;
  std::string first_;  // what came while detecting
  std::shared_ptr<Session> session_;
  Buffer out_;
  size_t sent_ = 0;   // of out_
  int batching_ = 0;  // flush() waits for the end of the event
  bool input_ended_ = false;
  std::optional<Clock::time_point> drain_asked_;  // before it was known what is spoken
  size_t lingered_ = 0;                           // bytes read and dropped after our end
  Clock::time_point since_;  // of the start, of the last progress in writing, or of lingering
};

}  // namespace sluice::http
