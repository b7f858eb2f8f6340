#pragma once

#include <memory>
#include <optional>

#include "base/buffer.h"
#include "http/http1_parser.h"
#include "http/incoming.h"
#include "http/session.h"

namespace sluice::http {

/// HTTP/1.0 and 1.1 with keep-alive. Pipelined requests are taken up one after the other, each when
/// the one before it is answered, so that answers are in order and a connection never has more than
/// one request in memory.
class Http1Session final : public Session, public std::enable_shared_from_this<Http1Session> {
 public:
  explicit Http1Session(SessionContext context);

  size_t read_size() const override;
  void receive(std::string_view bytes) override;
  void end_of_input() override;
  void on_sent() override;
  void tick(Clock::time_point now) override;
  void drain() override;
  void respond(uint64_t exchange, Response&& response) override;

 private:
  enum class State : uint8_t { Head, Body, Answering, Ended };

  void process(std::string_view& bytes);
  bool read_head(std::string_view& bytes);
  bool read_body(std::string_view& bytes);
  bool read_chunks(std::string_view& bytes);
  void hand_over();
  void refuse(Refusal reason);
  void refuse_head(const HeadError& error);
  void write(const Response& response, bool close);
  void next_request();
  void read_on();
  void end();
  bool holds_back() const;
  Responder responder();

  SessionContext context_;
  State state_ = State::Head;
  Buffer held_;  // bytes that came and are not used yet: the beginning of a head, or pipelined
                 // requests
  HeadScanner scanner_;
  ChunkedDecoder chunks_;
  Framing framing_;
  Incoming incoming_;
  bool is_head_ = false;  // method HEAD: the answer has no body
  bool is_http10_ = false;
  uint64_t exchange_ = 0;
  bool processing_ = false;
  bool draining_ = false;
  bool first_request_ = true;
  Clock::time_point since_;  // of the state, or of the first byte of a head
};

/// The HTTP date of now, as in "Sun, 06 Nov 1994 08:49:37 GMT".
std::string_view http_date();

}  // namespace sluice::http
