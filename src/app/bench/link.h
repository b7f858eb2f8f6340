#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "app/values.h"
#include "http/client.h"
#include "otlp/records.h"
#include "wire/compression.h"

namespace sluice::app::bench {

enum class Protocol : uint8_t { Grpc, Http };

/// What a request came to.
struct Answer {
  enum class Kind : uint8_t { Accepted, Refused, Failed };
  uint64_t id = 0;
  Kind kind = Kind::Accepted;
  uint64_t rejected = 0;  ///< records, by partial success
  std::string message;    ///< if not accepted
};

/// One connection to an OTLP receiver. For one thread.
class Link {
 public:
  virtual ~Link() = default;
  virtual Status connect(std::chrono::milliseconds timeout) = 0;
  /// Requests that can be open at once.
  virtual size_t open_max() const = 0;
  virtual size_t open() const = 0;
  /// REQUIRES: connect() was Ok, and open() < open_max().
  virtual void send(uint64_t id, otlp::Signal signal, std::string body) = 0;
  /// Answers that came within `timeout`; returns as soon as there is one.
  virtual std::vector<Answer> wait(std::chrono::milliseconds timeout) = 0;

  /// `open_max` holds for gRPC; over HTTP/1.1 one request is open at a time.
  static std::unique_ptr<Link> make(Protocol protocol, const http::Address& address,
                                    wire::Encoding encoding, size_t open_max);
};

}  // namespace sluice::app::bench

namespace sluice::app {

template <>
struct Names<bench::Protocol> {
  static constexpr std::array<std::pair<std::string_view, bench::Protocol>, 2> kAll = {
      {{"grpc", bench::Protocol::Grpc}, {"http", bench::Protocol::Http}}};
};

template <>
struct Names<wire::Encoding> {
  static constexpr std::array<std::pair<std::string_view, wire::Encoding>, 3> kAll = {
      {{"none", wire::Encoding::Identity},
       {"gzip", wire::Encoding::Gzip},
       {"zstd", wire::Encoding::Zstd}}};
};

}  // namespace sluice::app
