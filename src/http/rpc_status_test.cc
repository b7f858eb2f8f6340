#include "http/rpc_status.h"

#include <gtest/gtest.h>

namespace sluice::http {
namespace {

using std::chrono::seconds;

TEST(RpcStatus, IsReadAsItIsWritten) {
  const Status busy = unavailable("come later");
  const auto plain = read_rpc_status_protobuf(rpc_status_protobuf(busy));
  ASSERT_TRUE(plain.has_value());
  EXPECT_EQ(plain->message, "come later");
  EXPECT_FALSE(plain->retry_delay.has_value());

  const auto with_delay = read_rpc_status_protobuf(rpc_status_protobuf(busy, seconds(7)));
  ASSERT_TRUE(with_delay.has_value());
  EXPECT_EQ(with_delay->message, "come later");
  EXPECT_EQ(with_delay->retry_delay, seconds(7));

  const auto json = read_rpc_status_json(rpc_status_json(busy));
  ASSERT_TRUE(json.has_value());
  EXPECT_EQ(json->message, "come later");
}

TEST(RpcStatus, OtherBytesAreNone) {
  const std::string whole = rpc_status_protobuf(unavailable("come later"), seconds(7));
  for (size_t cut = 1; cut < whole.size(); ++cut) {
    const auto status = read_rpc_status_protobuf(std::string_view(whole).substr(0, cut));
    if (status) {
      EXPECT_FALSE(status->retry_delay.has_value()) << cut;
    }
  }
  EXPECT_FALSE(read_rpc_status_protobuf("<html>no</html>").has_value());
  EXPECT_FALSE(read_rpc_status_json("<html>no</html>").has_value());
  EXPECT_FALSE(read_rpc_status_json(R"({"message":)").has_value());
}

}  // namespace
}  // namespace sluice::http
