// Sources of OTTL: whatever the bytes, they are compiled or refused with a message. The first byte
// chooses the context, the rest is read as a statement, a condition and a value.

#include <string>

#include "base/check.h"
#include "ottl/ast.h"
#include "ottl/inference.h"
#include "ottl/program.h"

namespace sluice::ottl {
namespace {

void compile(const std::string& text, ContextKind kind, bool as_condition, bool relaxed) {
  Program::Source source;
  source.context = kind;
  source.relaxed = relaxed;
  (as_condition ? source.conditions : source.statements).push_back(text);
  const auto program = Program::compile(source, standard_library());
  SLUICE_CHECK(program.ok() || !program.status().message().empty());
}

}  // namespace
}  // namespace sluice::ottl

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace sluice::ottl;  // NOLINT(google-build-using-namespace)
  if (size == 0) return 0;
  const auto kind = static_cast<ContextKind>(data[0] % kContextCount);
  const bool relaxed = (data[0] & 0x80) != 0;
  const std::string text(reinterpret_cast<const char*>(data) + 1, size - 1);
  compile(text, kind, false, relaxed);
  compile(text, kind, true, relaxed);
  static_cast<void>(parse_value(text));
  for (const auto signal :
       {sluice::otlp::Signal::Logs, sluice::otlp::Signal::Traces, sluice::otlp::Signal::Metrics})
    static_cast<void>(infer_context(signal, {text}, {}, standard_library()));
  return 0;
}
