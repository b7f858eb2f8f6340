#pragma once

// Requests, responses and the promise to answer, the same for HTTP/1.1, HTTP/2 and (above them)
// gRPC.

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/budget.h"
#include "base/buffer.h"

namespace sluice::http {

/// ASCII, without regard to case.
bool equal_fold(std::string_view a, std::string_view b);
/// ASCII letters in lower case.
std::string lower_case(std::string_view text);

/// The fields of a request's header, in the order they came, in one piece of memory.
class Headers {
 public:
  void add(std::string_view name, std::string_view value);
  void clear();
  size_t size() const { return fields_.size(); }
  /// RFC 9113's measure: names, values and 32 for each field.
  size_t list_bytes() const { return text_.size() + kFieldOverhead * fields_.size(); }

  /// The first field of that name (any case), or nullptr's view: `found.data() == nullptr`.
  std::string_view get(std::string_view name) const;
  bool has(std::string_view name) const { return get(name).data() != nullptr; }
  size_t count(std::string_view name) const;

  std::string_view name(size_t i) const { return view(fields_[i].name, fields_[i].name_size); }
  std::string_view value(size_t i) const { return view(fields_[i].value, fields_[i].value_size); }

 private:
  static constexpr size_t kFieldOverhead = 32;
  struct Field {
    uint32_t name;
    uint32_t name_size;
    uint32_t value;
    uint32_t value_size;
  };
  std::string_view view(uint32_t at, uint32_t size) const { return {text_.data() + at, size}; }

  std::string text_;
  std::vector<Field> fields_;
};

enum class Version : uint8_t { Http10, Http11, Http2 };

struct Request {
  Version version = Version::Http11;
  std::string method;
  std::string target;  ///< as sent, without scheme and authority: "/v1/logs?x=1"
  Headers headers;
  Buffer body;           ///< as sent: framed and compressed still
  Budget::Share memory;  ///< what `body` takes of the budget
  std::string peer;      ///< "127.0.0.1:51234"

  /// The target up to the '?', and what follows it.
  std::string_view path() const;
  std::string_view query() const;
};

/// A field of a response. Names are literals, in the writing of HTTP/1.1 ("Content-Type").
struct Field {
  std::string_view name;
  std::string value;
};

struct Response {
  int status = 200;
  std::vector<Field> headers;  ///< without Content-Length, Date and Connection, which are added
  std::string body;
  std::vector<Field>
      trailers;        ///< HTTP/2 only; with neither body nor trailers the header ends the stream
  bool close = false;  ///< HTTP/1.1: end the connection afterwards
};

/// Where a response goes: a session of a connection. On the lane's thread.
class ResponseSink {
 public:
  virtual void respond(uint64_t exchange, Response&& response) = 0;

 protected:
  ~ResponseSink() = default;
};

/// The promise to answer one request, on the thread that gave it. Answering after the connection or
/// stream has ended does nothing. A responder that is destroyed unused answers 503, so that the
/// sender tries again. Move-only.
class Responder {
 public:
  Responder() = default;
  Responder(std::weak_ptr<ResponseSink> sink, uint64_t exchange)
      : sink_(std::move(sink)), exchange_(exchange) {}
  Responder(Responder&&) noexcept = default;
  Responder& operator=(Responder&& other) noexcept;
  ~Responder();

  void respond(Response&& response);

 private:
  std::weak_ptr<ResponseSink> sink_;
  uint64_t exchange_ = 0;
};

/// Why a connection did not read a body to its end.
enum class Refusal : uint8_t {
  TooLarge,        ///< over the plan's limit
  NoMemory,        ///< the budget is used up: "retry later"
  TooSlow,         ///< slower than Limits asks for
  HeaderTooLarge,  ///< HTTP/2 only: HTTP/1.1 answers such a header itself
  NotAdmitted      ///< the plan said so
};

/// What a handler wants to read.
struct BodyPlan {
  size_t limit = 0;  ///< more bytes than this are refused as TooLarge
  /// The whole size, where it is known: memory is set aside in one piece. If it is beyond the limit
  /// the body is refused at once, with what has come of it up to the limit.
  size_t expected = 0;
  bool admitted = true;  ///< false: nothing of the body is read, and refuse() called at once
};

/// Decides about requests. Called on the lane's thread.
class Handler {
 public:
  virtual ~Handler() = default;

  /// The header is there: called once with nothing of the body, when it may be refused as a whole,
  /// and again with the first bytes of a body whose size is not known, which for a framed body tell
  /// it.
  virtual BodyPlan plan(const Request& request, std::string_view first) = 0;

  /// A whole request.
  virtual void handle(Request&& request, Responder responder) = 0;

  /// The body was not read to its end; request.body is what came of it.
  virtual void refuse(Refusal reason, Request&& request, Responder responder) = 0;
};

/// The reason phrase of a status: "Not Found".
std::string_view reason_phrase(int status);

}  // namespace sluice::http
