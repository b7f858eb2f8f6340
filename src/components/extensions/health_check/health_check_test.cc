#include "components/extensions/health_check/health_check.h"

#include <gtest/gtest.h>

#include "http/client.h"
#include "io/tls.h"
#include "testing/extension_rig.h"
#include "testing/test_ca.h"

namespace sluice::components {
namespace {

using testing::ExtensionRig;

/// The extension on a free port, started.
class Health {
 public:
  explicit Health(const std::string& options = "") {
    // Whoever asks the pool for the same address again gets the same socket.
    auto taken = pool_.listen("127.0.0.1:0");
    EXPECT_TRUE(taken.ok());
    const std::string& address = taken->front().address;
    port_ = static_cast<uint16_t>(std::stoi(address.substr(address.rfind(':') + 1)));
    pool_.commit();
    pool_.begin();
    rig_.emplace("health_check", "{endpoint: '127.0.0.1:0'" + options + "}", &pool_);
    EXPECT_EQ(rig_->problem(), "");
    pool_.commit();
    EXPECT_TRUE((*rig_)->start().ok());
  }

  pipeline::Extension& operator*() { return **rig_; }
  http::Reply get(std::string_view path = "/") const {
    http::Client client({"127.0.0.1", port_, ""});
    return get(client, path);
  }
  static http::Reply get(http::Client& client, std::string_view path) {
    http::ClientRequest request;
    request.target = path;
    http::Exchange exchange = client.send(request);
    EXPECT_TRUE(exchange.status.ok()) << exchange.status.to_string();
    return std::move(exchange.reply);
  }
  uint16_t port() const { return port_; }

 private:
  io::ListenerPool pool_;
  uint16_t port_ = 0;
  std::optional<ExtensionRig> rig_;
};

TEST(HealthCheck, IsHealthyWhileThePipelinesRun) {
  Health health;
  EXPECT_EQ(health.get().status, 503);
  (*health).pipelines_started();
  const http::Reply reply = health.get("/any/path");
  EXPECT_EQ(reply.status, 200);
  EXPECT_NE(reply.body.find("\"upSince\""), std::string::npos) << reply.body;
  (*health).pipelines_stopping();
  EXPECT_EQ(health.get().status, 503);
}

TEST(HealthCheck, AnswersAtOnePathWithTextsAndHeadersOfOnesOwn) {
  Health health(
      ", path: /health, response_body: {healthy: fine, unhealthy: ill}, response_headers: {X-A: "
      "b}");
  EXPECT_EQ(health.get("/").status, 404);
  EXPECT_EQ(health.get("/health").body, "ill");
  (*health).pipelines_started();
  const http::Reply reply = health.get("/health");
  EXPECT_EQ(reply.body, "fine");
  EXPECT_EQ(reply.header("x-a"), "b");
}

TEST(HealthCheck, SpeaksTlsWithACertificate) {
  testing::TestCa ca;
  const testing::Identity identity = ca.issue();
  const std::string certificate = testing::write_file("health.pem", identity.certificate);
  const std::string key = testing::write_file("health.key", identity.key);
  Health health(", tls: {cert_file: " + certificate + ", key_file: " + key + "}");
  (*health).pipelines_started();
  io::TlsClientConfig trusting;
  trusting.common.ca_pem = ca.certificate();
  auto tls = io::TlsClient::create(trusting, {"http/1.1"});
  ASSERT_TRUE(tls.ok());
  http::Client client({"localhost", health.port(), ""}, {.tls = std::move(tls).value()});
  EXPECT_EQ(Health::get(client, "/").status, 200);
}

TEST(HealthCheck, RefusesWhatCannotWork) {
  const std::pair<const char*, const char*> cases[] = {
      {"{endpoint: ''}", "health_check::endpoint: expected HOST:PORT"},
      {"{path: health}", "health_check::path: expected a path that begins with /"},
      {"{transport: udp}", "health_check::transport: expected tcp, found the text \"udp\""},
      {"{endpoint: '127.0.0.1:0', tls: {}}", "needs a certificate"},
      {"{endpoint: '127.0.0.1:0', tls: {cert_file: /nonexistent, key_file: /nonexistent}}",
       "/nonexistent"},
  };
  for (const auto& [options, expected] : cases) {
    const ExtensionRig rig("health_check", options);
    EXPECT_NE(rig.problem().find(expected), std::string::npos) << options << rig.problem();
  }
}

}  // namespace
}  // namespace sluice::components
