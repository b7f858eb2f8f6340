#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "base/budget.h"
#include "base/buffer.h"
#include "engine/engine.h"
#include "http/stream_server.h"
#include "native/protocol_blocks.h"
#include "server/mem_file.h"
#include "server/query_request.h"
#include "wire/stream_codec.h"

namespace sluice::server {

/// The Content-Type that ClickHouse gives to results in a format.
std::string_view content_type_of(std::string_view format);

/// Writes a query's answer: holds the first bytes back, so that a query that fails early gets a
/// status of its own and one that ends early its figures; then streams. After the head has gone, a
/// failure is told in the body, in the block that ClickHouse's clients look for, and the connection
/// is cut, so that nobody takes the answer for whole. For one answer, on the handler's thread.
class ResultStream {
 public:
  struct Context {
    engine::Engine& engine;  ///< that runs the query under the request's id as its tag
    std::string_view display_name;
    Budget& budget;  ///< for wait_end_of_query
  };

  ResultStream(http::StreamExchange& exchange, const QueryRequest& request, const Context& context);
  ~ResultStream();

  /// The format of the result, once it is known. Before the first write().
  void set_format(std::string_view format);

  /// Fields for the head of an answer that goes well, in the place of others of the same name.
  /// Before the first write().
  void set_fields(http::Fields fields) { fields_ = std::move(fields); }

  /// How often show_progress() is wanted; no value: not, or not any more.
  std::optional<std::chrono::milliseconds> progress_interval() const;
  /// Sends a header with the query's figures so far, if it runs. Before the head has gone.
  void show_progress();

  /// Bytes of the result. Cancelled: the client is gone; other errors end the answer with fail().
  Status write(std::string_view bytes);
  /// Ends an answer that went well.
  void finish(const engine::Figures& figures);
  /// Ends one that did not.
  void fail(const engine::Error& error);

 private:
  http::Fields common_fields() const;
  Status encode(std::string_view bytes);
  Status send(std::string_view bytes);
  Status pass(std::string_view encoded);
  void start(const engine::Figures& figures, int64_t content_length);

  http::StreamExchange& exchange_;
  const QueryRequest& request_;
  const Context context_;
  const std::string tag_;  // that marks the exception block
  std::string format_;
  http::Fields fields_;
  /// Of FORMAT Native for a client that named its protocol's version.
  std::optional<native::ProtocolBlocks> blocks_;
  Buffer block_;
  std::unique_ptr<wire::StreamCodec> encoder_;
  std::string held_;            // encoded, not sent
  std::optional<MemFile> all_;  // encoded, with wait_end_of_query
  engine::Figures shown_;       // by show_progress()
  bool started_ = false;
};

/// The fields for cross-origin requests, for any answer.
void add_cors_fields(http::Fields& fields);

/// Answers a request that never got as far as a result.
void respond_error(http::StreamExchange& exchange, const engine::Error& error, bool cors,
                   std::string_view query_id = {});

}  // namespace sluice::server
