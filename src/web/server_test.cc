#include "web/server.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "http/client.h"

namespace sluice::web {
namespace {

using testing::HasSubstr;

http::Reply get(const std::string& address, std::string_view target) {
  const size_t colon = address.rfind(':');
  http::Client client(
      {address.substr(0, colon), static_cast<uint16_t>(std::stoi(address.substr(colon + 1))), ""});
  http::ClientRequest request;
  request.target = target;
  http::Exchange exchange = client.send(request);
  EXPECT_TRUE(exchange.status.ok()) << exchange.status.to_string();
  return std::move(exchange.reply);
}

TEST(Server, ServesEachListenersPage) {
  metrics::Registry registry;
  registry.counter("sluice_x_total", "X.").add(3);
  registry.counter("otelcol_x_total", "X.").add(4);
  Server server;
  auto metrics = io::listen("127.0.0.1:0");
  auto health = io::listen("127.0.0.1:0");
  ASSERT_TRUE(metrics.ok() && health.ok());
  const std::string metrics_at = metrics->front().address;
  const std::string health_at = health->front().address;
  server.add(std::move(metrics).value(), metrics_page(registry));
  server.add(std::move(health).value(), [](const http::Request& request) {
    http::Response response;
    response.body = std::string(request.path());
    return response;
  });
  server.start();

  const http::Reply page = get(metrics_at, "/metrics?x=1");
  EXPECT_EQ(page.status, 200);
  EXPECT_THAT(page.body, HasSubstr("sluice_x_total 3\n"));
  EXPECT_THAT(page.body, HasSubstr("\notelcol_x 4\n"));
  EXPECT_EQ(page.header("content-type"), "text/plain; version=0.0.4; charset=utf-8");
  EXPECT_EQ(get(metrics_at, "/").status, 404);
  EXPECT_EQ(get(health_at, "/ready").body, "/ready");
}

}  // namespace
}  // namespace sluice::web
