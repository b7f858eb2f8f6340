#pragma once

#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "testing/native_reader.h"

namespace sluice::testing {

/// A request as the fake understood it.
struct FakeRequest {
  std::string sql;
  std::map<std::string, std::string> parameters;  ///< of the URL, decoded
  std::map<std::string, std::string> headers;     ///< names in lower case
  std::string body;                               ///< decompressed; an insert's data

  bool is_insert() const { return sql.rfind("INSERT", 0) == 0 && parameters.count("query") != 0; }
  /// The table of an insert, without database and quotes.
  std::string table() const;
  std::vector<NativeBlock> blocks() const { return read_native(body); }
  size_t rows() const;
};

/// What the fake does with a request.
struct FakeReply {
  enum class Cut { None, BeforeReply, InsideReply };

  int status = 200;
  int code = 0;  ///< exception code, sent as a header if not 0
  std::string body;
  std::chrono::milliseconds delay{0};
  Cut cut = Cut::None;
  bool store = true;   ///< an insert's rows count as stored; by default with status 200
  bool close = false;  ///< close the connection afterwards

  static FakeReply ok(std::string body = {});
  /// As ClickHouse words it.
  static FakeReply exception(int code, std::string_view text, int status = 500);
  /// Stored, but the answer gets lost.
  static FakeReply lost();
};

/// Something like ClickHouse's HTTP interface on a free port of 127.0.0.1, or a Unix socket, which
/// answers from a script. One thread a connection.
class FakeClickHouse {
 public:
  using Script = std::function<FakeReply(const FakeRequest&)>;

  /// `script` runs on the fake's threads, one call at a time.
  explicit FakeClickHouse(Script script, std::string unix_path = {});
  ~FakeClickHouse();
  FakeClickHouse(const FakeClickHouse&) = delete;
  FakeClickHouse& operator=(const FakeClickHouse&) = delete;

  /// "http://127.0.0.1:PORT" or "unix://PATH".
  std::string url() const;

  /// Inserts whose rows were stored, in order.
  std::vector<FakeRequest> stored() const;
  /// All requests, in order.
  std::vector<FakeRequest> requests() const;
  size_t connections() const;
  /// Closes the connections that wait for a request.
  void close_idle();

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace sluice::testing
