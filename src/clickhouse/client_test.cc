#include "clickhouse/client.h"

#include <gtest/gtest.h>

#include <array>
#include <string>

#include "base/buffer.h"
#include "clickhouse/dsn.h"
#include "io/tls.h"
#include "testing/fake_clickhouse.h"
#include "testing/fake_server.h"
#include "testing/test_ca.h"
#include "wire/lz4_frame.h"

namespace sluice::clickhouse {
namespace {

using testing::FakeClickHouse;
using testing::FakeReply;
using testing::FakeRequest;

Endpoint endpoint_of(const FakeClickHouse& server, const std::string& more = "") {
  return Endpoint::parse(server.url() + more).value();
}

FakeReply ok(const FakeRequest&) { return FakeReply::ok(); }

TEST(Client, AnInsertNamesTableColumnsAndSettings) {
  FakeClickHouse server(ok);
  Endpoint endpoint = endpoint_of(server, "/my`db?max_threads=2");
  endpoint.user = "u";
  endpoint.password = "p";
  Client client(endpoint);
  const std::array<std::string_view, 2> body = {"ab", "c"};
  const Settings settings = {{"materialize_skip_indexes_on_insert", "0"},
                             {"max_threads", "9"}};  // the endpoint's wins
  InsertRequest request;
  request.table = "otel_logs";
  request.columns = "`a`, `b`";
  request.body = body;
  request.settings = &settings;
  EXPECT_TRUE(client.insert(request).done());

  const FakeRequest seen = server.stored().at(0);
  EXPECT_EQ(seen.sql, "INSERT INTO `my\\`db`.`otel_logs` (`a`, `b`) FORMAT Native");
  EXPECT_EQ(seen.body, "abc");
  EXPECT_EQ(seen.parameters.at("async_insert"), "0");
  EXPECT_EQ(seen.parameters.at("insert_deduplicate"), "0");
  EXPECT_EQ(seen.parameters.at("max_threads"), "2");
  EXPECT_EQ(seen.parameters.at("materialize_skip_indexes_on_insert"), "0");
  EXPECT_EQ(seen.headers.at("content-type"), "application/octet-stream");
  EXPECT_EQ(seen.headers.at("content-length"), "3");
  EXPECT_EQ(seen.headers.at("x-clickhouse-user"), "u");
  EXPECT_EQ(seen.headers.at("x-clickhouse-key"), "p");
  EXPECT_EQ(seen.headers.count("content-encoding"), 0u);
}

void lz4_blocks(std::string_view bytes, Buffer& out) {
  wire::Lz4BlocksOutput blocks(out);
  blocks.append(bytes);
  blocks.finish();
}

TEST(Client, AnInsertCanBeAnLz4FrameWithAToken) {
  FakeClickHouse server(ok);
  Client client(endpoint_of(server));
  Buffer one;
  Buffer two;
  lz4_blocks("hello ", one);
  lz4_blocks(std::string(10'000, 'x'), two);
  const std::array<std::string_view, 4> body = {wire::kLz4FrameHeader, one.view(), two.view(),
                                                wire::kLz4FrameEnd};
  InsertRequest request;
  request.table = "t";
  request.body = body;
  request.lz4 = true;
  request.token = "token-1";
  EXPECT_TRUE(client.insert(request).done());
  const FakeRequest seen = server.stored().at(0);
  EXPECT_EQ(seen.body, "hello " + std::string(10'000, 'x'));
  EXPECT_EQ(seen.parameters.at("insert_deduplication_token"), "token-1");
  EXPECT_EQ(seen.parameters.at("insert_deduplicate"), "1");
  EXPECT_EQ(seen.headers.count("x-clickhouse-user"), 0u);
}

TEST(Client, AnInsertsAnswerIsClassified) {
  const struct {
    FakeReply reply;
    ErrorClass error_class;
  } cases[] = {
      {FakeReply::ok(), ErrorClass::Done},
      {FakeReply::exception(60, "no table", 404), ErrorClass::Park},
      {FakeReply::exception(202, "too many"), ErrorClass::BackPressure},
      {FakeReply::lost(), ErrorClass::Ambiguous},
  };
  for (const auto& c : cases) {
    FakeClickHouse server([&](const FakeRequest&) { return c.reply; });
    Client client(endpoint_of(server));
    InsertRequest request;
    request.table = "t";
    request.rows = 1;
    EXPECT_EQ(client.insert(request).error_class, c.error_class);
  }
  Client nobody(Endpoint::parse("http://127.0.0.1:1").value());
  InsertRequest request;
  request.table = "t";
  EXPECT_EQ(nobody.insert(request).error_class, ErrorClass::Transient);
}

TEST(Client, AQueryCarriesParametersAndSettings) {
  FakeClickHouse server([](const FakeRequest& r) { return FakeReply::ok(r.sql + "!"); });
  Client client(endpoint_of(server));
  QueryRequest request;
  request.sql = "SELECT {x:String}";
  request.params = {{"x", "a&b=c%"}};
  request.settings = {{"database", "d"}};
  const auto result = client.query(request);
  ASSERT_TRUE(result.ok()) << result.status().to_string();
  EXPECT_EQ(*result, "SELECT {x:String}!");
  EXPECT_EQ(server.requests()[0].parameters.at("param_x"), "a&b=c%");
  EXPECT_EQ(server.requests()[0].parameters.at("database"), "d");
}

TEST(Client, AQuerysErrorSaysWhoseFaultItIs) {
  const struct {
    int code;
    Code status;
  } cases[] = {{516, Code::Unauthenticated},
               {497, Code::PermissionDenied},
               {60, Code::NotFound},
               {202, Code::Unavailable},
               {62, Code::InvalidArgument}};
  for (const auto& c : cases) {
    FakeClickHouse server([&](const FakeRequest&) { return FakeReply::exception(c.code, "why"); });
    Client client(endpoint_of(server));
    const auto result = client.query("SELECT 1");
    EXPECT_EQ(result.status().code(), c.status) << c.code;
    EXPECT_NE(result.status().message().find("why"), std::string::npos);
  }
}

TEST(Client, SpeaksHttpsWithAServerThatItTrusts) {
  testing::TestCa ca;
  const testing::Identity identity = ca.issue();
  io::TlsServerConfig server_config;
  server_config.common.cert_pem = identity.certificate;
  server_config.common.key_pem = identity.key;
  auto server_tls = io::TlsServer::create(server_config, {"http/1.1"});
  ASSERT_TRUE(server_tls.ok());
  testing::FakeServer server(
      [](const http::Request& request) {
        http::Response response;
        response.body = std::string(request.body.view());
        return response;
      },
      {std::move(server_tls).value()});
  auto endpoint = Endpoint::parse("https://u:secret@localhost:" + std::to_string(server.port()));
  ASSERT_TRUE(endpoint.ok());
  Client wary(*endpoint);
  const auto refused = wary.query("SELECT 1");
  EXPECT_EQ(refused.status().code(), Code::Unavailable);
  EXPECT_NE(refused.status().message().find("certificate"), std::string::npos)
      << refused.status().message();

  io::TlsClientConfig trusting;
  trusting.common.ca_pem = ca.certificate();
  auto tls = io::TlsClient::create(trusting, {"http/1.1"});
  ASSERT_TRUE(tls.ok());
  endpoint->tls = std::move(tls).value();
  Client client(*endpoint);
  const auto answer = client.query("SELECT 1");
  ASSERT_TRUE(answer.ok()) << answer.status().to_string();
  EXPECT_EQ(*answer, "SELECT 1");

  const auto url = "https://localhost:" + std::to_string(server.port()) + "?skip_verify=true";
  const auto dsn = parse_dsn(url);
  ASSERT_TRUE(dsn.ok());
  Client trustful(dsn->endpoints.front());
  EXPECT_TRUE(trustful.query("SELECT 1").ok());
}

}  // namespace
}  // namespace sluice::clickhouse
