#pragma once

// A second, slow implementation of OTTL's core that the compiled program must agree with: it walks
// the tree anew for every record, over values of its own that are copied wherever they go. It knows
// log records, the editors set, append, delete_key and keep_keys, and a few converters.

#include <string>
#include <utility>
#include <vector>

#include "otlp/records.h"
#include "ottl/ast.h"

namespace sluice::ottl::reference {

struct Value {
  enum class Kind { Nil, Bool, Int, Double, String, List, Map };
  Kind kind = Kind::Nil;
  bool boolean = false;
  int64_t integer = 0;
  double real = 0;
  std::string text;
  std::vector<Value> list;
  std::vector<std::pair<std::string, Value>> map;
};

struct Record {
  Value body;
  Value attributes;
  Value cache;
  std::string severity_text;
  int64_t severity_number = 0;
};

/// REQUIRES: no bytes in it.
Record record_of(const otlp::LogRecord& log);
std::string dump(const Record& record);

enum class Outcome { Done, Failed, Unknown };
/// Runs a statement. Unknown: it uses what this interpreter does not know.
Outcome run(const ast::Statement& statement, Record& record);

}  // namespace sluice::ottl::reference
