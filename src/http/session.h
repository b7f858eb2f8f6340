#pragma once

#include <chrono>
#include <string>
#include <string_view>

#include "base/budget.h"
#include "http/limits.h"
#include "http/message.h"

namespace sluice::http {

using Clock = std::chrono::steady_clock;

/// What a session may do to the connection that carries it.
class Transport {
 public:
  /// Takes bytes for the peer; they leave at flush(), or later as the socket lets them.
  virtual void send(std::string_view bytes) = 0;
  virtual void flush() = 0;
  /// Bytes taken by send() that the socket has not taken yet.
  virtual size_t unsent() const = 0;
  /// The session wants bytes again, after read_size() was 0.
  virtual void resume_reading() = 0;
  /// Nothing more to say: sends what is left, then ends the connection so that the peer still gets
  /// it.
  virtual void finish() = 0;
  /// Ends the connection now.
  virtual void abort() = 0;

 protected:
  ~Transport() = default;
};

/// What every session needs. All of it outlives the session.
struct SessionContext {
  const Limits& limits;
  Budget& budget;
  Handler& handler;
  Transport& transport;
  std::string peer;
};

/// One protocol on one connection: bytes in, requests to the handler, responses and bytes out.
/// Knows nothing of sockets, so that tests and fuzzers can drive it from memory.
class Session : public ResponseSink {
 public:
  virtual ~Session() = default;

  /// How many bytes it will take now; 0 while it has enough to do.
  virtual size_t read_size() const = 0;
  virtual void receive(std::string_view bytes) = 0;
  /// The peer will send no more.
  virtual void end_of_input() = 0;
  /// What was to be sent has left.
  virtual void on_sent() = 0;
  /// Called several times a second; enforces the time limits.
  virtual void tick(Clock::time_point now) = 0;
  /// Takes no new requests; finishes the connection when the open ones are answered.
  virtual void drain() = 0;
};

/// Above so many unsent bytes a session stops taking requests: a peer that does not read gets no
/// more answers.
inline constexpr size_t kUnsentMax = 256 << 10;

}  // namespace sluice::http
