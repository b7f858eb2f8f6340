#pragma once

#include <cstdint>
#include <memory>
#include <string_view>
#include <unordered_map>

#include "http/incoming.h"
#include "http/session.h"

struct nghttp2_session;

namespace sluice::http {

/// A bucket of tokens: `burst` at once, `per_second` for good.
class RateLimit {
 public:
  RateLimit(uint32_t burst, uint32_t per_second, Clock::time_point now)
      : burst_(burst), per_second_(per_second), tokens_(burst), filled_(now) {}
  /// Takes one token; false if there is none.
  bool take(Clock::time_point now);

 private:
  double burst_;
  double per_second_;
  double tokens_;
  Clock::time_point filled_;
};

/// HTTP/2 over cleartext, the server's side, on nghttp2. Streams are independent of one another;
/// answers go out in the order they are given.
class Http2Session final : public Session, public std::enable_shared_from_this<Http2Session> {
 public:
  /// Sends its SETTINGS with the first flush.
  explicit Http2Session(SessionContext context);
  ~Http2Session() override;

  size_t read_size() const override;
  void receive(std::string_view bytes) override;
  void end_of_input() override;
  void on_sent() override;
  void tick(Clock::time_point now) override;
  void drain() override;
  void respond(uint64_t exchange, Response&& response) override;

 private:
  struct Stream;
  struct Callbacks;  // what nghttp2 calls

  void open_stream(int32_t id);
  void add_field(Stream& stream, std::string_view name, std::string_view value);
  void header_complete(Stream& stream, bool last);
  void data(Stream& stream, std::string_view bytes);
  void request_complete(Stream& stream);
  void refuse(Stream& stream, Refusal reason);
  void submit(Stream& stream);
  bool control_frame();
  void tick_stream(Stream& stream, Clock::time_point now);
  bool keep_alive(Clock::time_point now);
  void retire(Clock::time_point now);
  void pump();

  SessionContext context_;
  nghttp2_session* session_ = nullptr;
  std::unordered_map<int32_t, std::unique_ptr<Stream>> streams_;
  RateLimit control_frames_;
  Clock::time_point begun_;
  Clock::time_point last_received_;
  Clock::time_point last_busy_;  // when there was a stream
  Clock::time_point retired_{};  // when it was told to go away for its age
  Clock::time_point pinged_{};   // when a ping went out that is not answered yet
  bool settings_received_ = false;
  bool busy_ =
      false;  // answers are queued and leave when the caller is done: nghttp2 is not re-entrant
  bool flooded_ = false;
  bool draining_ = false;
  bool goaway_sent_ = false;
  bool ended_ = false;
};

}  // namespace sluice::http
