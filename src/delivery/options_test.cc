#include "delivery/options.h"

#include <gtest/gtest.h>

#include "config/yaml.h"

namespace sluice::delivery {
namespace {

template <typename Config>
std::string problems(const std::string& yaml) {
  config::Diagnostics diagnostics;
  const auto node = config::parse_yaml(yaml, "test.yaml");
  if (!node.ok()) return node.status().message();
  Config config;
  const config::Place place(diagnostics, "x", {});
  schema_of(static_cast<const Config*>(nullptr)).decode(*node, config, place);
  std::string text;
  for (const auto& entry : diagnostics.errors()) text += entry.to_string() + ";";
  return text;
}

template <typename Config>
std::string without_effect(const std::string& yaml) {
  config::Diagnostics diagnostics;
  Config config;
  schema_of(static_cast<const Config*>(nullptr))
      .decode(config::parse_yaml(yaml, "").value(), config, {diagnostics, "x", {}});
  std::string paths;
  for (const auto& entry : diagnostics.warnings()) {
    EXPECT_EQ(entry.message, "this option has no effect without enabled: true");
    paths += entry.path + ";";
  }
  return paths;
}

TEST(Options, OfWhatIsSwitchedOffHaveNoEffect) {
  EXPECT_EQ(without_effect<QueueConfig>("{enabled: false, queue_size: 5, sizer: items, "
                                        "block_on_overflow: true, num_consumers: 3, batch: {}}"),
            "x::queue_size;x::sizer;x::block_on_overflow;x::batch;");
  EXPECT_EQ(without_effect<QueueConfig>("{enabled: false, queue_size: 1000, batch: }"), "");
  EXPECT_EQ(without_effect<QueueConfig>("{queue_size: 5, batch: {enabled: false, min_size: 1}}"),
            "x::batch::min_size;");
  EXPECT_EQ(without_effect<RetryConfig>("{enabled: false, multiplier: 3}"), "x::multiplier;");
  EXPECT_EQ(without_effect<RetryConfig>("{multiplier: 3}"), "");
}

TEST(QueueOptions, AreChecked) {
  const struct {
    const char* yaml;
    const char* says;  // empty: nothing is wrong
  } cases[] = {
      {"{}", ""},
      {"{num_consumers: 2, queue_size: 100, sizer: requests, batch: {min_size: 10, max_size: 100, "
       "sizer: items}}",
       ""},
      {"{num_consumers: 0}", "num_consumers"},
      {"{queue_size: -1}", "queue_size"},
      {"{enabled: false, queue_size: -1}", ""},
      {"{sizer: grams}", "requests, items or bytes"},
      {"{batch: }", ""},
      {"{batch: {min_size: 10, max_size: 5}}",
       "x::batch::max_size: expected at least the 10 of min_size, found the integer 5"},
      {"{batch: {flush_timeout: 0s}}", "flush_timeout"},
      {"{batch: {enabled: false, flush_timeout: 0s}}", ""},
      {"{sizer: requests, batch: {min_size: 1}}", "x::batch::sizer: batches count items or bytes"},
      {"{sizer: items, queue_size: 10, batch: {min_size: 20}}",
       "x::batch::min_size: 20 is more than the 10 of queue_size"},
      {"{sizer: bytes, queue_size: 10, batch: {min_size: 20, sizer: items}}", ""},
      {"{batch: {partition: {metadata_keys: [a, A]}}}", "twice"},
      {"{storage: file_storage}", "only when the remote end has confirmed"},
  };
  for (const auto& c : cases) {
    const std::string text = problems<QueueConfig>(c.yaml);
    EXPECT_EQ(text.empty(), *c.says == '\0') << c.yaml << ": " << text;
    EXPECT_NE(text.find(c.says), std::string::npos) << c.yaml << ": " << text;
  }
}

TEST(RetryOptions, AreChecked) {
  const struct {
    const char* yaml;
    const char* says;
  } cases[] = {
      {"{initial_interval: 1s, max_interval: 5s, max_elapsed_time: 10s, multiplier: 1.5}", ""},
      {"{multiplier: -1}", "multiplier"},
      {"{enabled: false, multiplier: -1}", ""},
      {"{randomization_factor: 1.5}", "randomization_factor"},
      {"{max_elapsed_time: 10s}", "x::max_elapsed_time: 10s is less than max_interval, 30s"},
      {"{max_elapsed_time: 0s}", ""},
      {"{initial_interval: -1s}", "initial_interval"},
      {"{tries: 5}", "no option"},
  };
  for (const auto& c : cases) {
    const std::string text = problems<RetryConfig>(c.yaml);
    EXPECT_EQ(text.empty(), *c.says == '\0') << c.yaml << ": " << text;
    EXPECT_NE(text.find(c.says), std::string::npos) << c.yaml << ": " << text;
  }
}

TEST(ClientOptions, AreChecked) {
  const struct {
    const char* yaml;
    const char* says;
  } cases[] = {
      {"{compression: gzip, compression_params: {level: 9}}", ""},
      {"{compression: gzip, compression_params: {level: 10}}",
       "x::compression_params::level: expected -2 to 9"},
      {"{compression: zlib, compression_params: {level: -1}}", ""},
      {"{compression: zstd, compression_params: {level: 22}}", ""},
      {"{compression: zstd, compression_params: {level: 23}}", ""},
      {"{compression: zstd, compression_params: {level: -1}}", ""},
      {"{compression: snappy, compression_params: {level: 0}}", ""},
      {"{compression: snappy, compression_params: {level: 1}}", "no levels"},
      {"{compression: none, compression_params: {level: 1}}", ""},
      {"{headers: {a b: c}}", "\"a b\" cannot be a header"},
  };
  for (const auto& c : cases) {
    const std::string text = problems<ClientConfig>(c.yaml);
    EXPECT_EQ(text.empty(), *c.says == '\0') << c.yaml << ": " << text;
    EXPECT_NE(text.find(c.says), std::string::npos) << c.yaml << ": " << text;
  }
}

}  // namespace
}  // namespace sluice::delivery
