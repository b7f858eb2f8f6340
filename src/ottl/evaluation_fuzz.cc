// Statements over records. The first byte chooses the context, the next the records, the rest is a
// statement as it stands, or (second byte odd) the choices of a generator that knows all functions.

#include <string>

#include "ottl/program.h"
#include "pipeline/frames.h"
#include "testing/random_records.h"
#include "testing/random_statement.h"
#include "testing/record_dump.h"

namespace sluice::ottl {
namespace {

/// Numbers from the input; zeros when it is used up.
class Choices {
 public:
  Choices(const uint8_t* data, size_t size) : data_(data), size_(size) {}
  uint32_t operator()(uint32_t below) {
    if (at_ == size_ || below == 0) return 0;
    uint32_t number = data_[at_++];
    if (below > 256 && at_ < size_) number = number << 8 | data_[at_++];
    return number % below;
  }

 private:
  const uint8_t* data_;
  size_t size_;
  size_t at_ = 0;
};

template <typename Request>
void run(const Program& program, ContextKind kind, uint64_t seed) {
  Arena arena;
  Request request;
  testing::fill_at_random(seed, arena, request);
  Frame frame;
  frame.arena = &arena;
  frame.arena_bytes_max = size_t{16} << 20;
  auto visit = [&](Frame& one) {
    program.run(one, ErrorMode::Silent);
    program.any_holds(one, ErrorMode::Silent, true);
    return true;
  };
  pipeline::detail::each_frame(frame, request, kind, visit);
  // Everything that was written can be read.
  static_cast<void>(testing::dump(request));
}

}  // namespace
}  // namespace sluice::ottl

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace sluice::ottl;  // NOLINT(google-build-using-namespace)
  if (size < 3) return 0;
  const auto kind = static_cast<ContextKind>(data[0] % kContextCount);
  std::string statement(reinterpret_cast<const char*>(data) + 2, size - 2);
  if (data[1] % 2 == 1) {
    sluice::testing::RandomStatement generator(standard_library(), kind,
                                               Choices(data + 2, size - 2));
    statement = generator.statement();
  }
  Program::Source source;
  source.context = kind;
  source.relaxed = true;
  source.statements.push_back(statement);
  const auto program = Program::compile(source, standard_library());
  if (!program.ok()) return 0;
  const uint64_t seed = data[1];
  switch (kind) {
    case ContextKind::Span:
    case ContextKind::SpanEvent: run<sluice::otlp::TracesRequest>(*program, kind, seed); break;
    case ContextKind::Metric:
    case ContextKind::DataPoint: run<sluice::otlp::MetricsRequest>(*program, kind, seed); break;
    default: run<sluice::otlp::LogsRequest>(*program, kind, seed);
  }
  return 0;
}
