// Several servers, and TLS.

#include "io/tls.h"
#include "testing/exporter_rig.h"
#include "testing/fake_server.h"
#include "testing/test_ca.h"

namespace sluice::components {
namespace {

using pipeline::Outcome;
using testing::accepting;
using testing::ExporterRig;
using testing::FakeClickHouse;
using testing::FakeReply;
using testing::FakeRequest;
using testing::quick;
using testing::script;

/// Two servers, of which the first is asked first.
struct Pair {
  explicit Pair(FakeClickHouse::Script first)
      : second(accepting()), rig(std::move(first), with(second.url())) {
    while (!rig.exporter->ready()) std::this_thread::yield();
  }
  static ClickHouseExporterConfig with(const std::string& url) {
    ClickHouseExporterConfig config = quick();
    config.schema = SchemaWork::None;
    config.strategy = clickhouse::OpenStrategy::InOrder;
    config.endpoints = {clickhouse::Endpoint::parse(url).value()};
    return config;
  }
  size_t inserts_at_first() const {
    size_t inserts = 0;
    for (const FakeRequest& request : rig.server.requests()) inserts += request.is_insert() ? 1 : 0;
    return inserts;
  }

  FakeClickHouse second;
  ExporterRig rig;
};

FakeReply cut(FakeReply::Cut where) {
  FakeReply reply;
  reply.cut = where;
  reply.store = false;
  return reply;
}

TEST(ClickHouseExporter, WhatOneServerDoesNotTakeAnotherOneDoes) {
  const struct {
    const char* what;
    FakeReply reply;
    bool at_once;  // nothing was stored, so that it is no second try
  } cases[] = {
      {"transient: read only", FakeReply::exception(242, "Table is in readonly mode"), true},
      {"back-pressure: busy", FakeReply::exception(202, "Too many simultaneous queries"), true},
      {"back-pressure: too many parts", FakeReply::exception(252, "Too many parts"), true},
      {"park: no table", FakeReply::exception(60, "Unknown table", 404), true},
      {"park: no right", FakeReply::exception(497, "Not enough privileges", 403), true},
      {"park: wrong password", FakeReply::exception(516, "Authentication failed", 403), true},
      {"ambiguous: time-out", FakeReply::exception(209, "Socket timeout"), false},
      {"ambiguous: a proxy's 502", {.status = 502, .body = "bad gateway", .store = false}, false},
      {"cut connection", cut(FakeReply::Cut::BeforeReply), false},
      {"half response", cut(FakeReply::Cut::InsideReply), false},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.what);
    Pair pair(script([&](const FakeRequest&) { return c.reply; }));
    pair.rig.send({"a", "b"});
    EXPECT_TRUE(pair.rig.answers.wait().at(0).status.ok());
    EXPECT_EQ(pair.inserts_at_first(), 1u);
    EXPECT_EQ(pair.rig.stored_rows(), 0u);
    ASSERT_EQ(pair.second.stored().size(), 1u);
    EXPECT_EQ(pair.second.stored()[0].rows(), 2u);
    EXPECT_EQ(pair.rig.registry.counter("sluice_exporter_retries_total", "").value(),
              c.at_once ? 0u : 1u);
    // It is left alone for a while.
    pair.rig.send({"c"});
    EXPECT_TRUE(pair.rig.answers.wait().at(1).status.ok());
    EXPECT_EQ(pair.inserts_at_first(), 1u);
  }
}

TEST(ClickHouseExporter, RowsThatAreToBlameAreNotTriedElsewhere) {
  Pair pair(script([](const FakeRequest&) { return FakeReply::exception(117, "Incorrect data"); }));
  pair.rig.send({"bad"});
  EXPECT_EQ(pair.rig.answers.wait().at(0).rejected, 1u);
  EXPECT_TRUE(pair.second.stored().empty());
}

TEST(ClickHouseExporter, WhatNoServerTakesIsTheLastOnesAnswer) {
  FakeClickHouse second(script(
      [](const FakeRequest&) { return FakeReply::exception(497, "Not enough privileges", 403); }));
  ExporterRig rig(script([](const FakeRequest&) { return FakeReply::exception(202, "busy"); }),
                  Pair::with(second.url()));
  rig.send({"a"});
  const Outcome outcome = rig.answers.wait().at(0);
  EXPECT_EQ(outcome.status.code(), Code::Unavailable);
  EXPECT_NE(outcome.status.message().find("code 497"), std::string::npos)
      << outcome.status.message();
}

/// A ClickHouse that takes everything, over TLS, with a certificate of the authority.
std::unique_ptr<testing::FakeServer> tls_server(testing::TestCa& ca, std::atomic<int>& inserts) {
  const testing::Identity identity = ca.issue();
  io::TlsServerConfig config;
  config.common.cert_pem = identity.certificate;
  config.common.key_pem = identity.key;
  auto tls = io::TlsServer::create(config, {"http/1.1"});
  EXPECT_TRUE(tls.ok());
  return std::make_unique<testing::FakeServer>(
      [&inserts](const http::Request& request) {
        if (request.target.find("INSERT") != std::string::npos) ++inserts;
        return http::Response();
      },
      testing::FakeServer::Options{std::move(tls).value()});
}

clickhouse::Endpoint tls_endpoint(const testing::FakeServer& server, const testing::TestCa& ca) {
  auto endpoint =
      clickhouse::Endpoint::parse("https://localhost:" + std::to_string(server.port())).value();
  io::TlsClientConfig config;
  config.common.ca_pem = ca.certificate();
  endpoint.tls = io::TlsClient::create(config, {"http/1.1"}).value();
  return endpoint;
}

TEST(ClickHouseExporter, OverTlsAServerOfTheAuthorityGetsTheRowsAndAnotherDoesNot) {
  testing::TestCa ours;
  testing::TestCa others;
  std::atomic<int> inserts_there{0};
  std::atomic<int> inserts_at_stranger{0};
  const auto there = tls_server(ours, inserts_there);
  const auto stranger = tls_server(others, inserts_at_stranger);
  ExporterRig rig(script([](const FakeRequest&) { return FakeReply::exception(202, "busy"); }),
                  [&] {
                    ClickHouseExporterConfig config = quick();
                    config.schema = SchemaWork::None;
                    config.strategy = clickhouse::OpenStrategy::InOrder;
                    config.endpoints = {tls_endpoint(*stranger, ours), tls_endpoint(*there, ours)};
                    return config;
                  }());
  rig.send({"a"});
  EXPECT_TRUE(rig.answers.wait().at(0).status.ok());
  EXPECT_EQ(inserts_there, 1);
  EXPECT_EQ(inserts_at_stranger, 0);
}

}  // namespace
}  // namespace sluice::components
