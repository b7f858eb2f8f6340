// ClickHouse's HTTP semantics over an engine that answers from a script.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <future>
#include <mutex>
#include <string>
#include <vector>

#include "testing/http_interface.h"

namespace sluice::server {
namespace {

using engine::FakeCall;
using engine::FakeEngine;
using engine::Outcome;
using sluice::testing::failure;
using sluice::testing::Interface;
using sluice::testing::is_setup;
using sluice::testing::print_sql;
using sluice::testing::RawClient;
using sluice::testing::RawReply;
using sluice::testing::wait_until;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

TEST(HttpInterface, HealthNeedsNoEngine) {
  Interface server;
  for (const char* path : {"/", "/ping", "/replicas_status"}) {
    EXPECT_EQ(server.request(std::string("GET ") + path).body, "Ok.\n");
  }
  EXPECT_EQ(server.request("GET /nothing").status, 404);
  EXPECT_EQ(server.request("DELETE /").status, 405);
  EXPECT_TRUE(server.engine().statements().empty());
}

TEST(HttpInterface, TheQueryIsUrlAndBodyTogether) {
  Interface server;
  EXPECT_THAT(server.request("GET /?query=SELECT+1").body, StartsWith("SELECT 1 INTO OUTFILE"));
  EXPECT_THAT(server.request("POST /", "SELECT 2").body, StartsWith("SELECT 2 INTO OUTFILE"));
  EXPECT_THAT(server.request("POST /?query=SELECT+1", "FROM t").body,
              StartsWith("SELECT 1\nFROM t INTO OUTFILE"));
}

TEST(HttpInterface, AnswersCarryClickHousesHeaders) {
  Interface server([](const FakeCall& call) {
    if (!is_setup(call)) call.print("1\n");
    Outcome outcome;
    outcome.figures.read_rows = 3;
    outcome.figures.result_rows = 1;
    return outcome;
  });
  const RawReply reply = server.request("POST /?query_id=my+id", "SELECT 1 FORMAT JSON");
  EXPECT_EQ(reply.status, 200);
  EXPECT_EQ(reply.field("X-ClickHouse-Query-Id"), "my id");
  EXPECT_EQ(reply.field("X-ClickHouse-Format"), "JSON");
  EXPECT_EQ(reply.field("X-ClickHouse-Timezone"), "Etc/UTC");
  EXPECT_EQ(reply.field("X-ClickHouse-Server-Display-Name"), "here");
  EXPECT_EQ(reply.field("Content-Type"), "application/json; charset=UTF-8");
  EXPECT_EQ(reply.field("Content-Length"), "2");
  EXPECT_THAT(reply.field("X-ClickHouse-Summary"), HasSubstr("\"read_rows\":\"3\""));
  EXPECT_EQ(reply.field("X-ClickHouse-Exception-Tag").size(), 16U);
}

TEST(HttpInterface, ParametersBecomeOneSetStatement) {
  Interface server;
  server.request("POST /?max_threads=2&query_id=q1&database=d&role=r&x_y=it%27s", "SELECT 1");
  const auto statements = server.engine().statements();
  ASSERT_EQ(statements.size(), 4U);
  EXPECT_THAT(statements[0], HasSubstr("max_threads = '2', x_y = 'it\\'s'"));
  EXPECT_THAT(statements[0], HasSubstr("query_cache_tag = 'q1'"));
  EXPECT_THAT(statements[0], Not(HasSubstr("readonly")));
  EXPECT_EQ(statements[1], "SET ROLE `r`");
  EXPECT_EQ(statements[2], "USE `d`");
  server.request("GET /?query=SELECT+1");
  EXPECT_THAT(server.engine().statements()[4], HasSubstr("readonly = '2'"));
}

TEST(HttpInterface, NamesOfSettingsCannotCarrySql) {
  Interface server;
  const RawReply reply = server.request("POST /?a+%3D+1%2C+b=2", "SELECT 1");
  EXPECT_EQ(reply.status, 404);
  EXPECT_EQ(reply.field("X-ClickHouse-Exception-Code"), "115");
  EXPECT_TRUE(server.engine().statements().empty());
}

TEST(HttpInterface, QueryParametersAreBound) {
  std::promise<engine::NameValues> bound;
  Interface server([&bound](const FakeCall& call) {
    if (!is_setup(call)) bound.set_value(call.parameters);
    return Outcome();
  });
  server.request("POST /?param_x=1%2C2&param_y=", "SELECT {x:String}");
  EXPECT_EQ(bound.get_future().get(), (engine::NameValues{{"x", "1,2"}, {"y", ""}}));
}

TEST(HttpInterface, InsertSelectIsPassedAsItIs) {
  Interface server;
  EXPECT_EQ(server.request("POST /", "INSERT INTO t SELECT 1;").status, 200);
  EXPECT_EQ(server.engine().statements().back(), "INSERT INTO t SELECT 1");
}

TEST(HttpInterface, ErrorsOfTheEngineGetTheirStatus) {
  Interface server([](const FakeCall& call) {
    return is_setup(call) ? Outcome() : failure(60, "UNKNOWN_TABLE", "Table t does not exist");
  });
  const RawReply reply = server.request("POST /?query_id=q", "SELECT * FROM t");
  EXPECT_EQ(reply.status, 404);
  EXPECT_EQ(reply.field("X-ClickHouse-Exception-Code"), "60");
  EXPECT_EQ(reply.field("X-ClickHouse-Query-Id"), "q");
  EXPECT_EQ(reply.body,
            "Code: 60. DB::Exception: Table t does not exist (UNKNOWN_TABLE) (version 26.5.1.1)\n");
}

struct RefusedCase {
  const char* name;
  const char* target;
  const char* body;
  int status;
  const char* code;
};

class Refused : public ::testing::TestWithParam<RefusedCase> {};

TEST_P(Refused, BeforeTheEngineSeesIt) {
  Interface server;
  const RawReply reply = server.request(std::string("POST ") + GetParam().target, GetParam().body);
  EXPECT_EQ(reply.status, GetParam().status);
  EXPECT_EQ(reply.field("X-ClickHouse-Exception-Code"), GetParam().code);
  EXPECT_THAT(reply.body, StartsWith("Code: " + std::string(GetParam().code)));
  EXPECT_TRUE(server.engine().statements().empty());
}

INSTANTIATE_TEST_SUITE_P(
    All, Refused,
    ::testing::Values(
        RefusedCase{"two_statements", "/", "SELECT 1; SELECT 2", 400, "62"},
        RefusedCase{"nothing", "/", " ", 400, "62"},
        RefusedCase{"bad_escape", "/?query=%zz", "SELECT 1", 400, "36"},
        RefusedCase{"session_timeout", "/?session_timeout=9999", "SELECT 1", 400, "374"},
        RefusedCase{"missing_session", "/?session_id=s&session_check=1", "SELECT 1", 404, "372"},
        // What reaches for a file, the network or a program: no call is made for it.
        RefusedCase{"outfile", "/", "SELECT 1 INTO OUTFILE '/tmp/x'", 403, "497"},
        RefusedCase{"infile", "/", "INSERT INTO t FROM INFILE '/etc/passwd' FORMAT CSV", 403,
                    "497"},
        RefusedCase{"scalar_file", "/", "SELECT file('/etc/passwd')", 403, "497"},
        RefusedCase{"file", "/", "SELECT * FROM file('/etc/passwd')", 403, "497"},
        RefusedCase{"path", "/", "SELECT * FROM '/etc/passwd'", 403, "497"},
        RefusedCase{"quoted_path", "/", "SELECT * FROM `/etc/passwd`", 403, "497"},
        RefusedCase{"url", "/", "SELECT * FROM url('http://127.0.0.1/')", 403, "497"},
        RefusedCase{"remote", "/", "SELECT * FROM remote('127.0.0.1', system.one)", 403, "497"},
        RefusedCase{"s3", "/", "SELECT * FROM s3('http://127.0.0.1/x')", 403, "497"},
        RefusedCase{"mysql", "/", "SELECT * FROM mysql('h', 'd', 't', 'u', 'p')", 403, "497"},
        RefusedCase{"sqlite", "/", "SELECT * FROM sqlite('/x', 't')", 403, "497"},
        RefusedCase{"program", "/", "SELECT * FROM executable('x', TSV, 'a Int8')", 403, "497"}),
    [](const auto& tested) { return tested.param.name; });

TEST(HttpInterface, PostWithoutALengthIs411) {
  Interface server;
  RawClient client = server.connect();
  client.send("POST /?query=SELECT+1 HTTP/1.1\r\nHost: x\r\n\r\n");
  EXPECT_EQ(client.read_reply().status, 411);
}

TEST(HttpInterface, GetDoesNotWrite) {
  Interface server;
  const RawReply reply = server.request("GET /?query=INSERT+INTO+t+SELECT+1");
  EXPECT_EQ(reply.status, 500);
  EXPECT_EQ(reply.field("X-ClickHouse-Exception-Code"), "164");
}

TEST(HttpInterface, CredentialsAreAskedForEverythingButHealth) {
  HttpInterfaceOptions options;
  options.account.password = "s3cret";
  Interface server(print_sql, options);
  EXPECT_EQ(server.request("GET /ping").status, 200);
  const RawReply missing = server.request("GET /?query=SELECT+1");
  EXPECT_EQ(missing.status, 401);
  EXPECT_THAT(missing.field("WWW-Authenticate"), StartsWith("Basic"));
  EXPECT_EQ(server.request("POST /?user=default&password=no", "SELECT 1").status, 403);
  EXPECT_EQ(server.request("POST /?user=default&password=s3cret", "SELECT 1").status, 200);
  EXPECT_EQ(server.request("POST /", "SELECT 1", "X-ClickHouse-Key: s3cret\r\n").status, 200);
}

TEST(HttpInterface, CorsOnlyWhereItIsAskedForOrConfigured) {
  Interface plain;
  EXPECT_FALSE(plain.request("POST /", "SELECT 1").has("Access-Control-Allow-Origin"));
  EXPECT_EQ(plain.request("POST /?add_http_cors_header=1", "SELECT 1")
                .field("Access-Control-Allow-Origin"),
            "*");
  EXPECT_FALSE(plain.request("OPTIONS /").has("Access-Control-Allow-Origin"));
  HttpInterfaceOptions options;
  options.cors = true;
  Interface open(print_sql, options);
  EXPECT_EQ(open.request("OPTIONS /").status, 204);
  EXPECT_EQ(open.request("OPTIONS /").field("Access-Control-Max-Age"), "86400");
  EXPECT_EQ(open.request("POST /", "SELEC").field("Access-Control-Allow-Origin"), "*");
}

TEST(HttpInterface, AClientThatLeavesCancelsItsQuery) {
  Interface server([](const FakeCall& call) {
    if (is_setup(call)) return Outcome();
    call.wait_for_cancel();
    return failure(394, "QUERY_WAS_CANCELLED", "cancelled");
  });
  RawClient client = server.connect();
  client.send("POST /?query_id=gone HTTP/1.1\r\nHost: x\r\nContent-Length: 8\r\n\r\nSELECT 1");
  wait_until([&] { return server.engine().statements().size() == 2; });
  client.close();
  wait_until([&] { return server.engine().open_connections() == 0; });
  EXPECT_THAT(server.engine().cancelled(), Contains("gone"));
}

TEST(HttpInterface, AClientThatLeavesWhileItIsSentRowsCancelsItsQuery) {
  Interface server([](const FakeCall& call) {
    if (is_setup(call)) return Outcome();
    for (int i = 0; i < 100; ++i) call.print(std::string(100'000, 'x'));
    call.wait_for_cancel();
    return failure(394, "QUERY_WAS_CANCELLED", "cancelled");
  });
  RawClient client = server.connect();
  client.send("POST /?query_id=gone HTTP/1.1\r\nHost: x\r\nContent-Length: 8\r\n\r\nSELECT 1");
  client.read_reply(true);
  client.close();
  wait_until([&] { return server.engine().open_connections() == 0; });
  EXPECT_THAT(server.engine().cancelled(), Contains("gone"));
}

/// Holds queries until they are released, and counts them.
struct Gate {
  std::promise<void> release;
  std::shared_future<void> released = release.get_future().share();
  std::atomic<int> inside{0};

  FakeEngine::Script script() {
    return [this](const FakeCall& call) {
      if (is_setup(call)) return Outcome();
      ++inside;
      released.wait();
      return Outcome();
    };
  }
};

TEST(HttpInterface, SixteenQueriesRunAtOnce) {
  Gate gate;
  Interface server(gate.script());
  std::vector<std::future<int>> answers(16);
  for (auto& answer : answers) {
    answer = std::async(std::launch::async,
                        [&server] { return server.request("POST /", "SELECT 1").status; });
  }
  wait_until([&] { return gate.inside == 16; });
  gate.release.set_value();
  for (auto& answer : answers) EXPECT_EQ(answer.get(), 200);
}

TEST(HttpInterface, QueriesAndInsertsHaveLimitsOfTheirOwn) {
  Gate gate;
  HttpInterfaceOptions options;
  options.queries_max = 1;
  options.inserts_max = 1;
  Interface server(gate.script(), options);
  auto query = std::async(std::launch::async, [&] { return server.request("POST /", "SELECT 1"); });
  wait_until([&] { return gate.inside == 1; });
  EXPECT_EQ(server.request("POST /", "SELECT 2").field("X-ClickHouse-Exception-Code"), "202");
  auto insert = std::async(std::launch::async,
                           [&] { return server.request("POST /", "INSERT INTO t FORMAT TSV\n1"); });
  wait_until([&] { return gate.inside == 2; });
  EXPECT_EQ(server.request("POST /", "INSERT INTO t SELECT 1").field("X-ClickHouse-Exception-Code"),
            "202");
  gate.release.set_value();
  EXPECT_EQ(query.get().status, 200);
  EXPECT_EQ(insert.get().status, 200);
}

TEST(HttpInterface, AQueryIdRunsOnce) {
  Gate gate;
  Interface server(gate.script());
  auto first = std::async(std::launch::async,
                          [&] { return server.request("POST /?query_id=twin", "SELECT 1"); });
  wait_until([&] { return gate.inside == 1; });
  EXPECT_EQ(server.request("POST /?query_id=twin", "SELECT 1").field("X-ClickHouse-Exception-Code"),
            "216");
  gate.release.set_value();
  EXPECT_EQ(first.get().status, 200);
}

TEST(HttpInterface, SessionsKeepTheirConnection) {
  std::mutex mutex;
  std::vector<int> connections;
  Interface server([&](const FakeCall& call) {
    const std::lock_guard lock(mutex);
    if (call.sql.rfind("SELECT 1", 0) == 0) connections.push_back(call.connection);
    return Outcome();
  });
  server.request("POST /?session_id=a", "SELECT 1");
  server.request("POST /?session_id=b", "SELECT 1");
  server.request("POST /?session_id=a&session_check=1", "SELECT 1");
  server.request("POST /?session_id=a&close_session=1", "SELECT 1");
  EXPECT_EQ(server.request("POST /?session_id=a&session_check=1", "SELECT 1").status, 404);
  const std::lock_guard lock(mutex);
  EXPECT_THAT(connections, ElementsAre(1, 2, 1, 1));
}

TEST(HttpInterface, ASessionServesOneRequestAtATime) {
  Gate gate;
  Interface server([&gate](const FakeCall& call) {
    if (call.sql.rfind("SELECT 1", 0) != 0) return Outcome();
    return gate.script()(call);
  });
  auto first = std::async(std::launch::async,
                          [&] { return server.request("POST /?session_id=s", "SELECT 1"); });
  wait_until([&] { return gate.inside == 1; });
  EXPECT_EQ(server.request("POST /?session_id=s", "SELECT 1").field("X-ClickHouse-Exception-Code"),
            "373");
  gate.release.set_value();
  EXPECT_EQ(first.get().status, 200);
}

TEST(HttpInterface, SettingsOfARequestAreUndoneInASession) {
  Interface server([](const FakeCall& call) {
    if (call.sql.find("system.settings") != std::string::npos) call.print("SET max_threads = '8'");
    if (call.sql.find("currentDatabase") != std::string::npos) call.print("mine\n");
    return Outcome();
  });
  server.request("POST /?session_id=s&max_threads=2&database=other", "SELECT 1");
  EXPECT_THAT(server.engine().statements(), Contains("USE `other`"));
  wait_until([&] { return server.engine().statements().back() == "USE `mine`"; });
  EXPECT_THAT(server.engine().statements(), Contains("SET max_threads = '8'"));
}

TEST(HttpInterface, StoppingCancelsQueriesAndRefusesNewOnes) {
  Interface server([](const FakeCall& call) {
    if (is_setup(call)) return Outcome();
    call.wait_for_cancel();
    return failure(394, "QUERY_WAS_CANCELLED", "cancelled");
  });
  auto running =
      std::async(std::launch::async, [&] { return server.request("POST /", "SELECT 1"); });
  wait_until([&] { return server.engine().statements().size() == 2; });
  server.interface().stop_queries();
  EXPECT_EQ(running.get().field("X-ClickHouse-Exception-Code"), "394");
  EXPECT_EQ(server.request("POST /", "SELECT 1").field("X-ClickHouse-Exception-Code"), "236");
}

}  // namespace
}  // namespace sluice::server
