#include "server/query_request.h"

#include <gtest/gtest.h>

#include <set>

namespace sluice::server {
namespace {

constexpr char kVersion[] = "26.5.1.1";

QueryRequest read(const engine::NameValues& params, const http::Fields& fields = {},
                  const char* method = "POST") {
  http::StreamHead head;
  head.method = method;
  head.fields = fields;
  QueryRequest request;
  const auto error = read_query_request(head, params, kVersion, request);
  EXPECT_FALSE(error.has_value()) << error->text;
  return request;
}

int error_of(const engine::NameValues& params, const http::Fields& fields = {}) {
  http::StreamHead head;
  head.fields = fields;
  QueryRequest request;
  const auto error = read_query_request(head, params, kVersion, request);
  return error ? error->code : 0;
}

TEST(QueryRequest, KnowsWhatIsForHttpAndPassesTheRestOn) {
  const QueryRequest request = read({{"query", "SELECT 1"},
                                     {"param_x", "5"},
                                     {"max_threads", "2"},
                                     {"database", "d"},
                                     {"default_format", "CSV"},
                                     {"query_id", "id"},
                                     {"user", "u"},
                                     {"password", "p"},
                                     {"quota_key", "q"},
                                     {"client_protocol_version", "54405"},
                                     {"wait_end_of_query", "1"},
                                     {"buffer_size", "100"},
                                     {"role", "a"},
                                     {"role", "b"},
                                     {"add_http_cors_header", "1"}});
  EXPECT_EQ(request.query, "SELECT 1");
  EXPECT_EQ(request.parameters, (engine::NameValues{{"x", "5"}}));
  EXPECT_EQ(request.settings,
            (engine::NameValues{{"max_threads", "2"}, {"add_http_cors_header", "1"}}));
  EXPECT_EQ(request.database, "d");
  EXPECT_EQ(request.default_format, "CSV");
  EXPECT_EQ(request.protocol_version, 54405U);
  EXPECT_EQ(request.query_id, "id");
  EXPECT_EQ(request.roles, (std::vector<std::string>{"a", "b"}));
  EXPECT_EQ(request.buffer_bytes, 100U);
  EXPECT_TRUE(request.wait_end_of_query);
  EXPECT_TRUE(request.cors);
  EXPECT_FALSE(request.readonly);
}

TEST(QueryRequest, HeadersNameDatabaseAndFormatUnlessAParameterDoes) {
  const http::Fields fields = {{"X-ClickHouse-Database", "h"}, {"x-clickhouse-format", "TSV"}};
  EXPECT_EQ(read({}, fields).database, "h");
  EXPECT_EQ(read({}, fields).default_format, "TSV");
  EXPECT_EQ(read({{"database", "p"}}, fields).database, "p");
}

TEST(QueryRequest, GetIsReadonly) {
  EXPECT_TRUE(read({}, {}, "GET").readonly);
  EXPECT_TRUE(read({}, {}, "HEAD").readonly);
}

TEST(QueryRequest, BadNumbersAreErrors) {
  EXPECT_EQ(error_of({{"session_timeout", "3601"}}), 374);
  EXPECT_EQ(error_of({{"session_timeout", "-1"}}), 374);
  EXPECT_EQ(error_of({{"session_timeout", "x"}}), 374);
  EXPECT_EQ(error_of({{"buffer_size", ""}}), 36);
  EXPECT_EQ(error_of({{"session_timeout", "3600"}, {"buffer_size", "0"}}), 0);
}

std::string_view name_of(const wire::StreamEncoding* encoding) {
  return encoding != nullptr ? encoding->name : "none";
}

TEST(QueryRequest, ContentEncodings) {
  for (const char* name : {"zstd", "br", "lz4", "snappy", "gzip", "deflate", "xz", "bz2"}) {
    EXPECT_EQ(name_of(read({}, {{"Content-Encoding", name}}).request_encoding), name);
  }
  EXPECT_EQ(read({}, {{"Content-Encoding", "identity"}}).request_encoding, nullptr);
  EXPECT_EQ(error_of({}, {{"Content-Encoding", "rot13"}}), 48);
}

struct AcceptCase {
  const char* header;
  const char* expected;
};

TEST(QueryRequest, AcceptEncodingCountsWhenCompressionIsEnabled) {
  const AcceptCase cases[] = {{"gzip", "gzip"},
                              {"gzip, deflate, br, zstd", "zstd"},
                              {"gzip, deflate, br", "br"},
                              {"bz2, xz", "xz"},
                              {"gzip;q=0, deflate", "deflate"},
                              {"zstd;q=0.5", "zstd"},
                              {"xgzip", "none"},
                              {"", "none"}};
  for (const AcceptCase& c : cases) {
    const http::Fields fields = {{"Accept-Encoding", c.header}};
    EXPECT_EQ(name_of(read({{"enable_http_compression", "1"}}, fields).response_encoding),
              c.expected)
        << c.header;
    EXPECT_EQ(read({}, fields).response_encoding, nullptr);
  }
}

TEST(QueryRequest, ProgressIsToldWhenAskedFor) {
  using std::chrono::milliseconds;
  const auto interval = [](const char* wanted, const char* milliseconds) {
    return read({{"send_progress_in_http_headers", wanted},
                 {"http_headers_progress_interval_ms", milliseconds}})
        .progress_interval;
  };
  EXPECT_EQ(read({{"send_progress_in_http_headers", "1"}}).progress_interval, milliseconds(100));
  EXPECT_EQ(interval("1", "250"), milliseconds(250));
  EXPECT_EQ(interval("true", "0"), kProgressIntervalMin);
  EXPECT_EQ(interval("1", "9000000000000000000"), kProgressIntervalMax);
  EXPECT_EQ(interval("0", "250"), std::nullopt);
}

TEST(QueryRequest, EveryQueryHasAnId) {
  std::set<std::string> ids;
  for (int i = 0; i < 100; ++i) {
    const std::string id = read({}).query_id;
    EXPECT_EQ(id.size(), 36U);
    EXPECT_EQ(id[14], '4');
    ids.insert(id);
  }
  EXPECT_EQ(ids.size(), 100U);
}

}  // namespace
}  // namespace sluice::server
