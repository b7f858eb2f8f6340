#pragma once

// For tests of the HTTP interface: it serves a port, over an engine that answers from a script.

#include <gtest/gtest.h>

#include <chrono>
#include <functional>
#include <string>
#include <thread>
#include <utility>

#include "engine/fake_engine.h"
#include "http/stream_server.h"
#include "server/http_interface.h"
#include "testing/raw_http.h"

namespace sluice::testing {

inline engine::Outcome failure(int code, const std::string& type, const std::string& message) {
  engine::Outcome outcome;
  outcome.error = engine::make_error(code, type, message, "26.5.1.1");
  return outcome;
}

inline bool is_setup(const engine::FakeCall& call) {
  return call.sql.rfind("SET ", 0) == 0 || call.sql.rfind("USE ", 0) == 0;
}

/// Prints the statement, so that a test sees what reached the engine.
inline engine::Outcome print_sql(const engine::FakeCall& call) {
  if (!is_setup(call)) call.print(call.sql + "\n");
  return {};
}

class Interface {
 public:
  explicit Interface(engine::FakeEngine::Script script = print_sql,
                     server::HttpInterfaceOptions options = {})
      : engine_(std::move(script)),
        interface_(engine_, with_defaults(std::move(options)), nullptr),
        server_({}, [this](http::StreamExchange& exchange) { interface_.handle(exchange); }) {
    server_.add_listener(listen_on_loopback(port_), false);
    EXPECT_TRUE(server_.start().ok());
  }

  RawClient connect() const { return RawClient(port_); }
  RawReply request(const std::string& method_and_target, const std::string& body = {},
                   const std::string& header_lines = {}) const {
    return connect().request(method_and_target, body, header_lines);
  }
  engine::FakeEngine& engine() { return engine_; }
  server::HttpInterface& interface() { return interface_; }

 private:
  static server::HttpInterfaceOptions with_defaults(server::HttpInterfaceOptions options) {
    options.account.user = "default";
    options.display_name = "here";
    return options;
  }

  uint16_t port_ = 0;
  engine::FakeEngine engine_;
  server::HttpInterface interface_;
  http::StreamServer server_;
};

inline void wait_until(const std::function<bool()>& condition) {
  while (!condition()) std::this_thread::sleep_for(std::chrono::milliseconds(1));
}

}  // namespace sluice::testing
