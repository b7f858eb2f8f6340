#include "app/flags.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>

namespace sluice::app {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

struct Target {
  ListenAddress address{"localhost:4317"};
  std::chrono::milliseconds interval{200};
  Bytes size{1 << 20};
  bool loud = false;
  pipeline::AckMode ack = pipeline::AckMode::Store;

  std::vector<Flag> flags() {
    return {
        make_flag(address,
                  {.name = "otlp-grpc", .unit = "HOST:PORT", .help = "Where", .env = "ADDR"}),
        make_flag(interval, {.name = "flush-interval", .unit = "DURATION", .help = "How often"}),
        make_flag(size, {.name = "size", .alias = "bytes", .unit = "SIZE", .help = "How much"}),
        make_flag(loud, {.name = "loud", .help = "Be loud", .env = "LOUD OTHER"}),
        make_flag(ack, {.name = "ack", .unit = "MODE", .help = "When"}),
    };
  }
};

TEST(Flags, ReadsBothWritingsAliasesSwitchesAndWhatIsLeft) {
  Target target;
  const auto arguments = parse_arguments({"--otlp-grpc", "0.0.0.0:1", "--flush-interval=5s",
                                          "SELECT", "--bytes", "2MiB", "--loud", "--", "--loud"},
                                         target.flags());
  ASSERT_TRUE(arguments.ok()) << arguments.status().to_string();
  EXPECT_EQ(target.address.text, "0.0.0.0:1");
  EXPECT_EQ(target.interval.count(), 5000);
  EXPECT_EQ(target.size.value, 2u << 20);
  EXPECT_TRUE(target.loud);
  EXPECT_THAT(arguments->positional, ElementsAre("SELECT", "--loud"));
  EXPECT_TRUE(arguments->has("size"));
  EXPECT_FALSE(arguments->has("ack"));
}

TEST(Flags, ErrorsSayWhatToDo) {
  struct Case {
    std::vector<std::string> words;
    std::string message;
  };
  const Case cases[] = {
      {{"--flush-intervall", "1s"},
       "there is no option --flush-intervall; did you mean --flush-interval?"},
      {{"--utterly-else"}, "there is no option --utterly-else"},
      {{"--flush-interval"}, "--flush-interval needs a value: --flush-interval DURATION"},
      {{"--flush-interval", "--loud"}, "--flush-interval needs a value: --flush-interval DURATION"},
      {{"--flush-interval", "soon"},
       "--flush-interval \"soon\" is not understood: it is a duration such as 200ms, 5s or 1m"},
      {{"--flush-interval=10"},
       "--flush-interval \"10\" is not understood: it is a duration such as 200ms, 5s or 1m"},
      {{"--otlp-grpc", "4317"},
       "--otlp-grpc \"4317\" is not understood: it is HOST:PORT, such as localhost:4317, "
       "0.0.0.0:4317 or [::1]:4317, or off"},
      {{"--otlp-grpc", "localhost:70000"},
       "--otlp-grpc \"localhost:70000\" is not understood: it is HOST:PORT, such as "
       "localhost:4317, 0.0.0.0:4317 or [::1]:4317, or off"},
      {{"--otlp-grpc", "::1:4317"},
       "--otlp-grpc \"::1:4317\" is not understood: it is HOST:PORT, such as localhost:4317, "
       "0.0.0.0:4317 or [::1]:4317, or off"},
      {{"--size", "99999999999GiB"},
       "--size \"99999999999GiB\" is not understood: it is a size such as 512KiB, 256MiB or 2GiB"},
      {{"--ack", "never"}, "--ack \"never\" is not understood: it is one of store, memory"},
      {{"--ack", "wal"},
       "--ack \"wal\" is not understood: wal is reserved for the write-ahead log, which this "
       "version does not have; "
       "use store or memory"},
      {{"--loud=maybe"}, "--loud \"maybe\" is not understood: it is true or false"},
      {{"-x"}, "options start with two dashes: -x"},
  };
  for (const Case& c : cases) {
    Target target;
    const auto arguments = parse_arguments(c.words, target.flags());
    ASSERT_FALSE(arguments.ok()) << c.words[0];
    EXPECT_EQ(arguments.status().message(), c.message);
  }
}

TEST(Flags, TheEnvironmentYieldsToTheCommandLine) {
  const std::map<std::string, const char*> variables = {
      {"ADDR", "localhost:9"}, {"LOUD", ""}, {"OTHER", "true"}};
  const Environment get = [&](const char* name) {
    const auto found = variables.find(name);
    return found == variables.end() ? nullptr : found->second;
  };
  Target target;
  ASSERT_TRUE(apply_environment(target.flags(), get, {}).ok());
  EXPECT_EQ(target.address.text, "localhost:9");
  EXPECT_TRUE(target.loud) << "an empty variable counts as not set";

  Target given;
  const auto arguments = parse_arguments({"--otlp-grpc", "localhost:8"}, given.flags());
  ASSERT_TRUE(apply_environment(given.flags(), get, *arguments).ok());
  EXPECT_EQ(given.address.text, "localhost:8");
}

TEST(Flags, AnErrorInTheEnvironmentNamesTheVariable) {
  Target target;
  const Status status = apply_environment(
      target.flags(),
      [](const char* name) { return std::string_view(name) == "ADDR" ? "x" : nullptr; }, {});
  EXPECT_THAT(status.message(), HasSubstr("environment variable ADDR \"x\" is not understood"));
}

TEST(Flags, HelpNamesDefaultsUnitsAndVariables) {
  Target target;
  const std::string help = render_help(target.flags());
  EXPECT_THAT(
      help,
      HasSubstr("  --otlp-grpc HOST:PORT           Where [localhost:4317] (environment: ADDR)\n"));
  EXPECT_THAT(help, HasSubstr("  --flush-interval DURATION       How often [200ms]\n"));
  EXPECT_THAT(help, HasSubstr("How much [1MiB]\n"));
  EXPECT_THAT(help,
              HasSubstr("  --loud                          Be loud (environment: LOUD OTHER)\n"));
}

TEST(Flags, ValuesAreShownAsTheyAreRead) {
  EXPECT_EQ(show_value(std::chrono::milliseconds(1500)), "1500ms");
  EXPECT_EQ(show_value(std::chrono::milliseconds(90'000)), "90s");
  EXPECT_EQ(show_value(std::chrono::milliseconds(0)), "0ms");
  EXPECT_EQ(show_value(Bytes{3 << 10}), "3KiB");
  EXPECT_EQ(show_value(Bytes{1000}), "1000B");
  EXPECT_EQ(show_value(Retention{std::chrono::hours(720)}), "720h");
  EXPECT_EQ(show_value(Secret{"hunter2"}), "[REDACTED]");
  EXPECT_EQ(show_value(Secret{}), "");
}

}  // namespace
}  // namespace sluice::app
