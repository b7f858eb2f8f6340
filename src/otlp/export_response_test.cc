#include "otlp/export_response.h"

#include <gtest/gtest.h>

#include "testing/proto_message.h"

namespace sluice::otlp {
namespace {

using testing::ProtoMessage;

TEST(ExportResponse, ReadsProtobuf) {
  ExportResponse all;
  ASSERT_TRUE(decode_response_protobuf("", all).ok());
  EXPECT_EQ(all.rejected, 0u);

  const std::string body = ProtoMessage()
                               .message(1, ProtoMessage().varint(1, 3).bytes(2, "no room"))
                               .varint(9, 1)
                               .take();
  ExportResponse some;
  ASSERT_TRUE(decode_response_protobuf(body, some).ok());
  EXPECT_EQ(some.rejected, 3u);
  EXPECT_EQ(some.message, "no room");

  ExportResponse cut;
  EXPECT_EQ(decode_response_protobuf(body.substr(0, 5), cut).code(), Code::InvalidArgument);
}

TEST(ExportResponse, ReadsJson) {
  struct Case {
    const char* body;
    bool ok;
    uint64_t rejected;
    const char* message;
  };
  const Case cases[] = {
      {"{}", true, 0, ""},
      {R"({"partialSuccess":{}})", true, 0, ""},
      {R"({"partialSuccess":null,"more":[1]})", true, 0, ""},
      {R"({"partialSuccess":{"rejectedLogRecords":"2","errorMessage":"a\nb"}})", true, 2, "a\nb"},
      {R"({"partialSuccess":{"rejectedSpans":7,"other":{}}})", true, 7, ""},
      {R"({"partialSuccess":{"rejectedDataPoints":-7}})", true, 0, ""},
      {R"({"partialSuccess":)", false, 0, ""},
      {"<html>", false, 0, ""},
  };
  for (const Case& c : cases) {
    ExportResponse response;
    EXPECT_EQ(decode_response_json(c.body, response).ok(), c.ok) << c.body;
    EXPECT_EQ(response.rejected, c.rejected) << c.body;
    EXPECT_EQ(response.message, c.message) << c.body;
  }
}

}  // namespace
}  // namespace sluice::otlp
