#include "io/tls.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/socket.h>

#include <filesystem>
#include <string>

#include "base/fd.h"
#include "testing/test_ca.h"

namespace sluice::io {
namespace {

using State = TlsSession::State;
using testing::Identity;
using testing::TestCa;
using testing::write_file;

struct Pair {
  Pair() {
    int fds[2];
    if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, fds) != 0) abort();
    client = Fd(fds[0]);
    server = Fd(fds[1]);
  }
  Fd client;
  Fd server;
};

TlsServerConfig server_config(const Identity& identity) {
  TlsServerConfig config;
  config.common.cert_pem = identity.certificate;
  config.common.key_pem = identity.key;
  return config;
}

TlsClientConfig client_config(const TestCa& ca) {
  TlsClientConfig config;
  config.common.ca_pem = ca.certificate();
  return config;
}

/// What the two say to each other.
struct Talk {
  bool client_ok = false;
  bool server_ok = false;
  std::string client_error;
  std::string server_error;
  std::string protocol;
  std::string echo;
};

Talk talk(const TlsClientConfig& client_options, const TlsServerConfig& server_options,
          const std::string& host = "localhost", std::vector<std::string> client_protocols = {"h2"},
          std::vector<std::string> server_protocols = {"h2", "http/1.1"}) {
  Talk talk;
  auto client_side = TlsClient::create(client_options, std::move(client_protocols));
  auto server_side = TlsServer::create(server_options, std::move(server_protocols));
  if (!client_side.ok() || !server_side.ok()) {
    talk.client_error = client_side.status().message() + server_side.status().message();
    return talk;
  }
  Pair pair;
  const auto client = (*client_side)->open(pair.client.get(), host);
  const auto server = (*server_side)->accept(pair.server.get());
  constexpr int kRoundsMax = 20;
  for (int i = 0; i < kRoundsMax && !(talk.client_ok && talk.server_ok); ++i) {
    talk.client_ok = client->handshake().state == State::Ok;
    talk.server_ok = server->handshake().state == State::Ok;
  }
  talk.protocol = client->protocol();
  if (talk.client_ok && talk.server_ok) {
    client->write("hello", 5);
    char bytes[16];
    const auto got = server->read(bytes, sizeof bytes);
    talk.echo = std::string(bytes, got.bytes);
    // TLS 1.3 tells a client without a certificate only after its own handshake is done.
    client->read(bytes, sizeof bytes);
  }
  talk.client_error = client->error();
  talk.server_error = server->error();
  return talk;
}

TEST(Tls, SpeaksWithAServerWhoseAuthorityItTrusts) {
  TestCa ca;
  const Talk done = talk(client_config(ca), server_config(ca.issue()));
  EXPECT_TRUE(done.client_ok) << done.client_error;
  EXPECT_TRUE(done.server_ok) << done.server_error;
  EXPECT_EQ(done.echo, "hello");
  EXPECT_EQ(done.protocol, "h2");
}

TEST(Tls, VerifiesTheNameOrAddress) {
  TestCa ca;
  const struct {
    const char* names;
    const char* host;
    bool ok;
  } cases[] = {
      {"DNS:localhost", "localhost", true},         {"DNS:localhost", "elsewhere", false},
      {"DNS:*.example.com", "a.example.com", true}, {"DNS:*.example.com", "a.b.example.com", false},
      {"IP:127.0.0.1", "127.0.0.1", true},          {"IP:127.0.0.1", "127.0.0.2", false},
      {"DNS:127.0.0.1", "127.0.0.1", false},        {"IP:::1", "::1", true},
  };
  for (const auto& c : cases) {
    const Talk done = talk(client_config(ca), server_config(ca.issue(c.names)), c.host);
    EXPECT_EQ(done.client_ok, c.ok) << c.names << " as " << c.host << ": " << done.client_error;
  }
  TlsClientConfig other = client_config(ca);
  other.server_name_override = "elsewhere";
  EXPECT_TRUE(talk(other, server_config(ca.issue("DNS:elsewhere")), "127.0.0.1").client_ok);
}

TEST(Tls, RefusesACertificateThatNobodyTrustedSigned) {
  TestCa ca;
  TestCa other;
  const Talk refused = talk(client_config(other), server_config(ca.issue()));
  EXPECT_FALSE(refused.client_ok);
  EXPECT_NE(refused.client_error.find("certificate"), std::string::npos) << refused.client_error;
  EXPECT_EQ(refused.echo, "");
  // The system's authorities did not sign it either.
  EXPECT_FALSE(talk(TlsClientConfig(), server_config(ca.issue())).client_ok);
  const Talk late = talk(client_config(ca), server_config(ca.issue("DNS:localhost", -60)));
  EXPECT_FALSE(late.client_ok);
  EXPECT_NE(late.client_error.find("expired"), std::string::npos) << late.client_error;
  TlsClientConfig careless;
  careless.insecure_skip_verify = true;
  EXPECT_TRUE(talk(careless, server_config(ca.issue()), "elsewhere").client_ok);
}

TEST(Tls, AsksClientsForTheirCertificate) {
  TestCa ca;
  TestCa clients;
  TlsServerConfig server = server_config(ca.issue());
  server.client_ca_file = write_file("clients.pem", clients.certificate());
  const Talk nobody = talk(client_config(ca), server);
  EXPECT_FALSE(nobody.server_ok && nobody.server_error.empty());
  EXPECT_EQ(nobody.echo, "");

  TlsClientConfig client = client_config(ca);
  const Identity known = clients.issue("DNS:agent");
  client.common.cert_pem = known.certificate;
  client.common.key_pem = known.key;
  EXPECT_EQ(talk(client, server).echo, "hello");

  const Identity stranger = ca.issue("DNS:agent");
  client.common.cert_pem = stranger.certificate;
  client.common.key_pem = stranger.key;
  EXPECT_EQ(talk(client, server).echo, "");
}

TEST(Tls, KeepsToVersionsAndSuites) {
  TestCa ca;
  const struct {
    const char* client_min;
    const char* client_max;
    const char* server_min;
    const char* server_max;
    std::vector<std::string> suites;  // of the client
    bool ok;
  } cases[] = {
      {"", "1.2", "", "", {}, true},
      {"1.3", "", "", "1.2", {}, false},
      {"", "1.2", "1.3", "", {}, false},
      {"1.0", "1.1", "1.0", "1.2", {}, true},
      {"1.0", "1.1", "", "", {}, false},
      {"", "1.2", "", "", {"TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256"}, true},
      {"", "1.2", "", "", {"TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256"}, false},  // the key is EC
      {"", "", "", "1.2", {"TLS_AES_128_GCM_SHA256"}, false},                 // of TLS 1.3 only
      {"", "", "", "", {"TLS_AES_128_GCM_SHA256"}, true},
  };
  for (const auto& c : cases) {
    TlsClientConfig client = client_config(ca);
    TlsServerConfig server = server_config(ca.issue());
    client.common.min_version = c.client_min;
    client.common.max_version = c.client_max;
    client.common.cipher_suites = c.suites;
    server.common.min_version = c.server_min;
    server.common.max_version = c.server_max;
    const Talk done = talk(client, server);
    EXPECT_EQ(done.echo == "hello", c.ok)
        << c.client_min << "-" << c.client_max << " with " << c.server_min << "-" << c.server_max
        << ": " << done.client_error << done.server_error;
  }
}

TEST(Tls, AgreesOnAProtocolOrRefuses) {
  TestCa ca;
  const auto protocol = [&](std::vector<std::string> offered, std::vector<std::string> served) {
    return talk(client_config(ca), server_config(ca.issue()), "localhost", std::move(offered),
                std::move(served));
  };
  EXPECT_EQ(protocol({"http/1.1", "h2"}, {"h2", "http/1.1"}).protocol, "h2");
  EXPECT_EQ(protocol({"http/1.1"}, {"h2", "http/1.1"}).protocol, "http/1.1");
  EXPECT_FALSE(protocol({"http/1.1"}, {"h2"}).client_ok);
  const Talk none = protocol({}, {"h2"});
  EXPECT_EQ(none.echo, "hello");
  EXPECT_EQ(none.protocol, "");
}

TEST(Tls, RefusesConfigurationsThatCannotWork) {
  TestCa ca;
  const Identity identity = ca.issue();
  const struct {
    const char* why;
    void (*spoil)(TlsConfig&, const Identity&, TestCa&);
    const char* says;
  } cases[] = {
      {"both", [](TlsConfig& c, const Identity&, TestCa&) { c.cert_file = "/x"; }, "exclude"},
      {"no key", [](TlsConfig& c, const Identity&, TestCa&) { c.key_pem = ""; }, "needs its key"},
      {"other key", [](TlsConfig& c, const Identity&, TestCa& o) { c.key_pem = o.issue().key; },
       "is not that of the certificate"},
      {"no PEM", [](TlsConfig& c, const Identity&, TestCa&) { c.cert_pem = "x"; },
       "holds no certificate"},
      {"key is none", [](TlsConfig& c, const Identity& i, TestCa&) { c.key_pem = i.certificate; },
       "holds no private key"},
      {"cut chain",
       [](TlsConfig& c, const Identity& i, TestCa&) {
         c.cert_pem = i.certificate + i.certificate.substr(0, i.certificate.size() - 60);
       },
       "damaged certificate"},
      {"no file",
       [](TlsConfig& c, const Identity&, TestCa&) {
         c.cert_pem = "";
         c.cert_file = "/there/is/none.pem";
       },
       "/there/is/none.pem"},
      {"version", [](TlsConfig& c, const Identity&, TestCa&) { c.min_version = "9"; },
       "\"9\" is no version"},
      {"range",
       [](TlsConfig& c, const Identity&, TestCa&) {
         c.min_version = "1.3";
         c.max_version = "1.2";
       },
       "lower than min_version"},
      {"suite", [](TlsConfig& c, const Identity&, TestCa&) { c.cipher_suites = {"ROT13"}; },
       "\"ROT13\""},
      {"curve", [](TlsConfig& c, const Identity&, TestCa&) { c.curve_preferences = {"P1"}; },
       "\"P1\""},
  };
  for (const auto& c : cases) {
    TlsServerConfig config = server_config(identity);
    c.spoil(config.common, identity, ca);
    const auto made = TlsServer::create(config, {"h2"});
    ASSERT_FALSE(made.ok()) << c.why;
    EXPECT_NE(made.status().message().find(c.says), std::string::npos)
        << c.why << ": " << made.status().message();
  }
  EXPECT_FALSE(TlsServer::create({}, {"h2"}).ok());
  TlsServerConfig curves = server_config(identity);
  curves.common.curve_preferences = {"P384", "X25519"};
  EXPECT_TRUE(TlsServer::create(curves, {"h2"}).ok());
}

TEST(Tls, ReadsFilesAgainAndKeepsWhatWorked) {
  TestCa ca;
  TlsServerConfig config;
  const Identity first = ca.issue("DNS:first");
  config.common.cert_file = write_file("reload-cert.pem", first.certificate);
  config.common.key_file = write_file("reload-key.pem", first.key);
  config.common.reload_interval = std::chrono::nanoseconds(1);
  const auto server = TlsServer::create(config, {"h2"});
  ASSERT_TRUE(server.ok());
  const auto reaches = [&](const std::string& host) {
    Pair pair;
    const auto client_side = TlsClient::create(client_config(ca), {"h2"});
    const auto client = (*client_side)->open(pair.client.get(), host);
    const auto accepted = (*server)->accept(pair.server.get());
    bool ok = false;
    for (int i = 0; i < 10 && !ok; ++i) {
      ok = client->handshake().state == State::Ok;
      accepted->handshake();
    }
    return ok;
  };
  EXPECT_TRUE(reaches("first"));
  const Identity second = ca.issue("DNS:second");
  write_file("reload-cert.pem", second.certificate);
  EXPECT_TRUE(reaches("first")) << "the key is not there yet";
  write_file("reload-key.pem", second.key);
  EXPECT_TRUE(reaches("second"));
  EXPECT_FALSE(reaches("first"));
}

TEST(Tls, AClosedConnectionIsNotQuiet) {
  TestCa ca;
  const auto client_side = TlsClient::create(client_config(ca), {"h2"});
  const auto server_side = TlsServer::create(server_config(ca.issue()), {"h2"});
  Pair pair;
  const auto client = (*client_side)->open(pair.client.get(), "localhost");
  auto server = (*server_side)->accept(pair.server.get());
  for (int i = 0; i < 10; ++i) {
    client->handshake();
    server->handshake();
  }
  EXPECT_TRUE(client->is_quiet());
  server->write("x", 1);
  EXPECT_FALSE(client->is_quiet());
  char byte;
  EXPECT_EQ(client->read(&byte, 1).bytes, 1u);
  EXPECT_TRUE(client->is_quiet());
  server->say_goodbye();
  EXPECT_FALSE(client->is_quiet());
  EXPECT_EQ(client->read(&byte, 1).state, State::Ended);
}

TEST(Tls, AConnectionThatIsCutIsAnError) {
  TestCa ca;
  const auto client_side = TlsClient::create(client_config(ca), {"h2"});
  const auto server_side = TlsServer::create(server_config(ca.issue()), {"h2"});
  Pair pair;
  const auto client = (*client_side)->open(pair.client.get(), "localhost");
  auto server = (*server_side)->accept(pair.server.get());
  for (int i = 0; i < 10; ++i) {
    client->handshake();
    server->handshake();
  }
  server.reset();
  pair.server.reset();
  char byte;
  EXPECT_EQ(client->read(&byte, 1).state, State::Failed);
  EXPECT_FALSE(client->error().empty());
}

}  // namespace
}  // namespace sluice::io
