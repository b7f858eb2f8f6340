#include "app/options.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>
#include <fstream>
#include <map>
#include <set>

#include "app/print_config.h"

namespace sluice::app {
namespace {

using testing::HasSubstr;
using testing::Not;

Environment environment(std::map<std::string, std::string> variables) {
  return [variables = std::move(variables)](const char* name) -> const char* {
    const auto found = variables.find(name);
    return found == variables.end() ? nullptr : found->second.c_str();
  };
}

TEST(Options, EveryNameStandsOnce) {
  for (Command command : {kServe, kGateway, kServer, kQuery, kSchema}) {
    Options options;
    std::set<std::string_view> names;
    for (const Flag& flag : option_table(options, command)) {
      EXPECT_TRUE(names.insert(flag.info.name).second) << flag.info.name;
      EXPECT_TRUE(flag.info.hidden || !flag.info.help.empty()) << flag.info.name;
    }
  }
}

TEST(Options, ReadsClickStacksEnvironment) {
  Options options;
  const Status status =
      apply_environment(option_table(options, kGateway),
                        environment({{"CLICKHOUSE_ENDPOINT", "http://db:8123"},
                                     {"CLICKHOUSE_USER", "otel"},
                                     {"CLICKHOUSE_PASSWORD", "hunter2"},
                                     {"HYPERDX_OTEL_EXPORTER_CLICKHOUSE_DATABASE", "telemetry"},
                                     {"HYPERDX_OTEL_EXPORTER_TABLES_TTL", "48h"},
                                     {"HYPERDX_OTEL_EXPORTER_LOGS_TTL", "7d"},
                                     {"HYPERDX_OTEL_EXPORTER_SESSIONS_TTL", "0"},
                                     {"HYPERDX_LOG_LEVEL", "debug"}}),
                        {});
  ASSERT_TRUE(status.ok()) << status.to_string();
  EXPECT_EQ(options.clickhouse_endpoint, "http://db:8123");
  EXPECT_EQ(options.user, "otel");
  EXPECT_EQ(options.password.value, "hunter2");
  EXPECT_EQ(options.database, "telemetry");
  EXPECT_EQ(options.log_level, log::Level::Debug);
  const mapping::Ttl ttl = options.retention.ttl();
  EXPECT_EQ(ttl.logs, std::chrono::hours(7 * 24));
  EXPECT_EQ(ttl.traces, std::chrono::hours(48));
  EXPECT_EQ(ttl.metrics, std::chrono::hours(48));
  EXPECT_EQ(ttl.sessions.count(), 0);
}

TEST(Options, ClickHouseOnTheNetworkNeedsAPassword) {
  struct Case {
    std::string address;
    std::string password;
    bool allowed;
  };
  const Case cases[] = {
      {"localhost:8123", "", true},
      {"127.0.0.1:8123", "", true},
      {"127.1.2.3:0", "", true},
      {"[::1]:8123", "", true},
      {"off", "", true},
      {"0.0.0.0:8123", "", false},
      {"[::]:8123", "", false},
      {":8123", "", false},
      {"db.example:8123", "", false},
      {"0.0.0.0:8123", "x", true},
  };
  for (const Case& c : cases) {
    Options options;
    options.clickhouse_http.text = c.address;
    options.password.value = c.password;
    for (Command command : {kServe, kServer}) {
      EXPECT_EQ(check_options(options, command).ok(), c.allowed) << c.address;
    }
  }
}

TEST(Options, BindMovesWhatIsNotGiven) {
  const std::pair<const char*, const char*> hosts[] = {
      {"0.0.0.0", "0.0.0.0"}, {"::", "[::]"}, {"[::1]", "[::1]"}, {"db.example", "db.example"}};
  for (const auto& [given, written] : hosts) {
    Options options;
    const auto arguments =
        parse_arguments({"--bind", given, "--otlp-http", "localhost:1", "--metrics=off"},
                        option_table(options, kServe));
    ASSERT_TRUE(arguments.ok()) << arguments.status().message();
    bind_listeners(options, *arguments);
    EXPECT_EQ(options.otlp_grpc.text, std::string(written) + ":4317");
    EXPECT_EQ(options.clickhouse_http.text, std::string(written) + ":8123");
    EXPECT_EQ(options.health.text, std::string(written) + ":13133");
    EXPECT_EQ(options.otlp_http.text, "localhost:1");
    EXPECT_TRUE(options.metrics.off());
  }
  Options options;
  for (const char* wrong : {"0.0.0.0:4317", "", "a:b"})
    EXPECT_FALSE(parse_arguments({"--bind", wrong}, option_table(options, kGateway)).ok()) << wrong;
}

TEST(Options, AGatewayNeedsAnEndpoint) {
  Options options;
  EXPECT_THAT(check_options(options, kGateway).message(), HasSubstr("--clickhouse-endpoint"));
  options.clickhouse_endpoint = "http://db:8123";
  EXPECT_TRUE(check_options(options, kGateway).ok());
}

TEST(Options, JsonColumnsAreAskedForByNameOrByTheGateThatTheyHad) {
  const struct {
    const char* variable;
    const char* value;
    bool wants;
  } cases[] = {{"HYPERDX_OTEL_EXPORTER_CLICKHOUSE_JSON_ENABLE", "true", true},
               {"HYPERDX_OTEL_EXPORTER_CLICKHOUSE_JSON_ENABLE", "false", false},
               {"OTEL_AGENT_FEATURE_GATE_ARG", "--feature-gates=a,clickhouse.json", true},
               {"OTEL_AGENT_FEATURE_GATE_ARG", "--feature-gates=a", false}};
  for (const auto& c : cases) {
    Options options;
    const std::vector<Flag> flags = option_table(options, kGateway);
    ASSERT_TRUE(apply_environment(flags, environment({{c.variable, c.value}}), Arguments()).ok());
    EXPECT_EQ(wants_json(options), c.wants) << c.variable << "=" << c.value;
  }
}

class PasswordFile : public testing::Test {
 protected:
  void SetUp() override {
    path_ = testing::TempDir() + "sluice_password_" + std::to_string(getpid());
    std::ofstream(path_) << "hunter2\n";
    chmod(path_.c_str(), S_IRUSR | S_IWUSR);
  }
  void TearDown() override { unlink(path_.c_str()); }
  std::string path_;
};

TEST_F(PasswordFile, IsReadWithoutItsLineEnd) {
  Options options;
  options.password_file = path_;
  ASSERT_TRUE(load_password(options).ok());
  EXPECT_EQ(options.password.value, "hunter2");
}

TEST_F(PasswordFile, OpenToOthersIsRefused) {
  chmod(path_.c_str(), S_IRUSR | S_IWUSR | S_IRGRP);
  Options options;
  options.password_file = path_;
  EXPECT_THAT(load_password(options).message(), HasSubstr("chmod 600"));
}

TEST_F(PasswordFile, EmptyOrMissingIsAnError) {
  std::ofstream(path_, std::ios::trunc).close();
  Options options;
  options.password_file = path_;
  EXPECT_THAT(load_password(options).message(), HasSubstr("is empty"));
  options.password_file = path_ + ".missing";
  EXPECT_THAT(load_password(options).message(), HasSubstr("No such file"));
}

TEST_F(PasswordFile, FromTheSupervisorsDescriptorIsReadAgainAfterARestart) {
  for (int round = 0; round < 2; ++round) {
    Options options;
    options.password_fd = open(path_.c_str(), O_RDONLY);
    ASSERT_TRUE(load_password(options).ok());
    EXPECT_EQ(options.password.value, "hunter2");
  }
}

TEST(PrintConfig, ShowsWhatIsInEffectButNoSecret) {
  Options options;
  options.clickhouse_http.text = "off";
  options.password.value = "hunter2";
  options.data = "/var/lib/my data";
  const std::string yaml = print_config(option_table(options, kServer));
  EXPECT_THAT(yaml, HasSubstr("data: \"/var/lib/my data\"\n"));
  EXPECT_THAT(yaml, HasSubstr("password: \"[REDACTED]\"\n"));
  EXPECT_THAT(yaml, Not(HasSubstr("hunter2")));
  EXPECT_THAT(yaml, Not(HasSubstr("clickhouse-http")));
}

TEST(PrintConfig, WhatStandsInNoConfigurationIsAComment) {
  Options options;
  options.ack = pipeline::AckMode::Memory;
  options.clickhouse_endpoint = "http://u:hunter2@ch:8123";
  const std::string text = print_options(option_table(options, kGateway));
  EXPECT_THAT(text, HasSubstr("#   ack: memory\n"));
  EXPECT_THAT(text, HasSubstr("@ch:8123"));
  EXPECT_THAT(text, Not(HasSubstr("hunter2")));
}

}  // namespace
}  // namespace sluice::app
