// What becomes of a request's body: data of inserts, forms, external tables.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <mutex>
#include <string>

#include "testing/http_interface.h"

namespace sluice::server {
namespace {

using engine::FakeCall;
using engine::Outcome;
using sluice::testing::Interface;
using sluice::testing::is_setup;
using sluice::testing::print_sql;
using sluice::testing::RawReply;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

TEST(HttpInterfaceBody, DataOfAnInsertGoesThroughAFile) {
  std::mutex mutex;
  std::string sql;
  std::string input;
  Interface server([&](const FakeCall& call) {
    if (is_setup(call)) return Outcome();
    const std::lock_guard lock(mutex);
    sql = call.sql;
    input = call.input;
    return Outcome();
  });
  struct Case {
    std::string target, body, clause, data;
  };
  const Case cases[] = {
      {"/?query=INSERT+INTO+t+FORMAT+CSV", "1,2\n", "FORMAT CSV", "1,2\n"},
      {"/", "INSERT INTO t FORMAT CSV\n1,2\n", "FORMAT CSV", "1,2\n"},
      {"/?query=INSERT+INTO+t+FORMAT+CSV%0A1,2%0A", "3,4\n", "FORMAT CSV", "1,2\n3,4\n"},
      {"/", "INSERT INTO t VALUES (1)", "FORMAT Values", " (1)"},
      {"/?query=INSERT+INTO+t", "FORMAT TSV\n1", "FORMAT TSV", "1"},
      {"/", "INSERT INTO t FORMAT TSV\n" + std::string(1 << 20, 'x'), "FORMAT TSV",
       std::string(1 << 20, 'x')},
  };
  for (const Case& c : cases) {
    EXPECT_EQ(server.request("POST " + c.target, c.body).status, 200) << c.target;
    const std::lock_guard lock(mutex);
    EXPECT_THAT(sql, HasSubstr("INSERT INTO t"));
    EXPECT_THAT(sql, HasSubstr("FROM INFILE '/proc/self/fd/"));
    EXPECT_THAT(sql, HasSubstr(c.clause));
    EXPECT_TRUE(input == c.data) << c.target << " " << c.body.substr(0, 40);
  }
}

TEST(HttpInterfaceBody, MultipartFieldsAreParameters) {
  Interface server;
  const std::string body =
      "--b\r\nContent-Disposition: form-data; name=\"query\"\r\n\r\nSELECT {x:Int32}\r\n--b--\r\n";
  const RawReply reply = server.request("POST /?default_format=CSV", body,
                                        "Content-Type: multipart/form-data; boundary=b\r\n");
  EXPECT_THAT(reply.body, StartsWith("SELECT {x:Int32} INTO OUTFILE"));
  EXPECT_EQ(reply.field("X-ClickHouse-Format"), "CSV");
  EXPECT_EQ(
      server.request("POST /", "no parts", "Content-Type: multipart/form-data; boundary=b\r\n")
          .status,
      400);
}

std::string form_part(const std::string& name, const std::string& value) {
  return "--b\r\nContent-Disposition: form-data; name=\"" + name + "\"\r\n\r\n" + value + "\r\n";
}

const char kFormType[] = "Content-Type: multipart/form-data; boundary=b\r\n";

TEST(HttpInterfaceBody, FilesOfAMultipartBodyAreTemporaryTables) {
  Interface server;
  const std::string body = form_part("query", "SELECT * FROM t") +
                           form_part("t\"; filename=\"t.csv", "1,2\r\n") +
                           form_part("t_format", "CSV") + "--b--\r\n";
  EXPECT_EQ(
      server.request("POST /?t_structure=a+UInt8,+b+UInt8&max_threads=2", body, kFormType).status,
      200);
  EXPECT_THAT(server.engine().statements(),
              ElementsAre("CREATE TEMPORARY TABLE `t` (a UInt8, b UInt8) ENGINE = Memory",
                          HasSubstr("FROM INFILE"), Not(HasSubstr("t_structure")),
                          StartsWith("SELECT * FROM t INTO OUTFILE")));
}

TEST(HttpInterfaceBody, TheGuardSeesWhatTablesOfARequestAreMadeOf) {
  Interface server;
  const std::string body = form_part("t\"; filename=\"t", "(file('/etc/passwd'))") + "--b--\r\n";
  for (const char* params :
       {"t_structure=a+String+DEFAULT+file('/etc/passwd')", "t_types=String&t_format=values"}) {
    const RawReply reply =
        server.request("POST /?query=SELECT+1&" + std::string(params), body, kFormType);
    EXPECT_EQ(reply.status, 403) << reply.body;
    EXPECT_EQ(reply.field("X-ClickHouse-Exception-Code"), "497");
  }
  EXPECT_EQ(server.request("POST /?query=SELECT+1", body, kFormType).status, 400);
  EXPECT_TRUE(server.engine().statements().empty());
}

TEST(HttpInterfaceBody, MalformedChunksAreAnsweredAndTheConnectionEnds) {
  Interface server;
  for (const char* target : {"/", "/?query=INSERT+INTO+t+FORMAT+TSV"}) {
    sluice::testing::RawClient client = server.connect();
    client.send("POST " + std::string(target) +
                " HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nSxx");
    const RawReply reply = client.read_reply();
    EXPECT_EQ(reply.status, 400);
    EXPECT_EQ(reply.field("X-ClickHouse-Exception-Code"), "36");
    EXPECT_TRUE(client.at_end());
  }
  EXPECT_TRUE(server.engine().statements().empty());
}

TEST(HttpInterfaceBody, BodiesShareABudget) {
  HttpInterfaceOptions options;
  options.body_budget_bytes = 1000;
  Interface server(print_sql, options);
  const RawReply reply =
      server.request("POST /?query=INSERT+INTO+t+FORMAT+TSV", std::string(2000, 'x'));
  EXPECT_EQ(reply.status, 500);
  EXPECT_EQ(reply.field("X-ClickHouse-Exception-Code"), "241");
  EXPECT_TRUE(server.engine().statements().empty());
  EXPECT_EQ(server.request("POST /?query=INSERT+INTO+t+FORMAT+TSV", "1").status, 200);
}

}  // namespace
}  // namespace sluice::server
