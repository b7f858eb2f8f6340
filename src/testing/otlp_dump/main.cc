// Decodes OTLP messages from stdin and prints their dump (testing/record_dump.h), for tests in
// other languages.
//
// A message is one byte for the signal ('l', 't', 'm'), one for the format ('p' protobuf, 'j'
// JSON), its length in 4 bytes (little-endian), and its bytes. An answer is the status code in 4
// bytes (0: decoded), the length of a text in 4 bytes, and the text: the dump, or the error.

#include <cstdio>
#include <string>

#include "otlp/decode.h"
#include "testing/record_dump.h"

namespace sluice {
namespace {

struct Answer {
  Code code = Code::Ok;
  std::string text;
};

template <typename Request>
Answer answer(bool is_json, std::string_view body) {
  Arena arena;
  Request request;
  const Status status = is_json ? otlp::decode_json(body, arena, request)
                                : otlp::decode_protobuf(body, arena, request);
  return {status.code(), status.ok() ? testing::dump(request) : status.message()};
}

Answer answer_for(char signal, bool is_json, std::string_view body) {
  switch (signal) {
    case 'l': return answer<otlp::LogsRequest>(is_json, body);
    case 't': return answer<otlp::TracesRequest>(is_json, body);
    case 'm': return answer<otlp::MetricsRequest>(is_json, body);
    default: return {Code::InvalidArgument, "unknown signal: use l, t or m"};
  }
}

bool read_exactly(void* to, size_t size) { return std::fread(to, 1, size, stdin) == size; }

int run() {
  char kind[2];
  while (read_exactly(kind, sizeof kind)) {
    uint32_t size = 0;
    if (!read_exactly(&size, sizeof size)) return 1;
    std::string body(size, '\0');
    if (!read_exactly(body.data(), size)) return 1;
    const Answer answer = answer_for(kind[0], kind[1] == 'j', body);
    const uint32_t head[2] = {static_cast<uint32_t>(answer.code),
                              static_cast<uint32_t>(answer.text.size())};
    std::fwrite(head, 1, sizeof head, stdout);
    std::fwrite(answer.text.data(), 1, answer.text.size(), stdout);
    std::fflush(stdout);
  }
  return 0;
}

}  // namespace
}  // namespace sluice

int main() { return sluice::run(); }
