// The inputs of tests/conformance, as far as decoding goes: what the original decoded is decoded,
// what it refused is refused, and a case's JSON and protobuf forms are the same records.

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "otlp/decode.h"
#include "otlp/json_body.h"
#include "testing/record_dump.h"

namespace sluice::otlp {
namespace {

namespace fs = std::filesystem;

std::string read_file(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

template <typename Request>
Status decode(std::string_view body, bool is_json, std::string& dump) {
  Arena arena;
  Request request;
  Status status =
      is_json ? decode_json(body, arena, request) : decode_protobuf(body, arena, request);
  if (status.ok()) dump = testing::dump(request);
  return status;
}

Status decode_signal(std::string_view signal, std::string_view body, bool is_json,
                     std::string& dump) {
  if (signal == "logs") return decode<LogsRequest>(body, is_json, dump);
  if (signal == "traces") return decode<TracesRequest>(body, is_json, dump);
  return decode<MetricsRequest>(body, is_json, dump);
}

struct Case {
  fs::path path;
  std::string signal;
};

std::vector<Case> all_cases() {
  std::vector<Case> cases;
  for (const char* signal : {"logs", "traces", "metrics"}) {
    const fs::path folder = fs::path(SLUICE_SOURCE_DIR) / "tests/conformance/rows" / signal;
    for (const auto& entry : fs::directory_iterator(folder))
      cases.push_back({entry.path(), signal});
  }
  return cases;
}

/// A JSON file of the suite, read with the parser for bodies, which takes any JSON object.
class Document {
 public:
  explicit Document(const fs::path& path) : text_(read_file(path)) {
    EXPECT_TRUE(parser_.parse(text_, arena_, root_)) << path;
  }
  /// The value at a path of names, or null.
  const Value* find(std::initializer_list<std::string_view> path) const {
    const Value* at = &root_;
    for (const std::string_view name : path) {
      const Value* found = nullptr;
      for (uint32_t i = 0; at->kind == ValueKind::Map && i < at->size; ++i) {
        if (at->members[i].key == name) found = &at->members[i].value;
      }
      if (found == nullptr) return nullptr;
      at = found;
    }
    return at;
  }

 private:
  std::string text_;
  Arena arena_;
  JsonBodyParser parser_;
  Value root_;
};

TEST(Conformance, JsonAndProtobufFormsOfACaseAreTheSameRecords) {
  int compared = 0;
  for (const Case& c : all_cases()) {
    if (!fs::exists(c.path / "input.json") || !fs::exists(c.path / "input.pb")) continue;
    std::string from_json;
    std::string from_protobuf;
    const Status json = decode_signal(c.signal, read_file(c.path / "input.json"), true, from_json);
    const Status protobuf =
        decode_signal(c.signal, read_file(c.path / "input.pb"), false, from_protobuf);
    EXPECT_EQ(json.code(), protobuf.code())
        << c.path << ": " << json.message() << protobuf.message();
    EXPECT_EQ(from_json, from_protobuf) << c.path;
    ++compared;
  }
  EXPECT_GT(compared, 100);
}

TEST(Conformance, RawJsonBodiesAreTakenOrRefusedAsExpected) {
  int taken = 0;
  int refused = 0;
  for (const Case& c : all_cases()) {
    if (!fs::exists(c.path / "input.bin")) continue;
    const Document request(c.path / "request.json");
    const Value* type = request.find({"headers", "Content-Type"});
    if (type == nullptr || type->view() != "application/json") continue;
    if (request.find({"headers", "Content-Encoding"}) != nullptr) continue;
    const Document expected(c.path / "expected.json");
    const Value* status = expected.find({"reply", "raw", "status"});
    const bool is_taken = status == nullptr || status->double_value == 200;
    const std::string_view signal = request.find({"path"})->view().substr(sizeof "/v1/" - 1);
    std::string dump;
    const Status decoded = decode_signal(signal, read_file(c.path / "input.bin"), true, dump);
    EXPECT_EQ(decoded.ok(), is_taken) << c.path << ": " << decoded.message();
    ++(is_taken ? taken : refused);
  }
  EXPECT_GT(taken, 10);
  EXPECT_GT(refused, 10);
}

}  // namespace
}  // namespace sluice::otlp
