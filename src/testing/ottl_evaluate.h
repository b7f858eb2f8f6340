#pragma once

#include <string>
#include <string_view>

#include "ottl/value.h"

namespace sluice::testing {

/// nil, true, 5, 1.5, "text", 0x00ff (bytes), [a, b], {k: v}; times in RFC 3339, durations as 90ns,
/// ids in hex. The members of maps in their order.
std::string dump(const ottl::Value& value);

/// The value of an expression of OTTL over sample_log(), "error" if it fails, or "refused" if it
/// does not compile.
std::string evaluate(std::string_view expression);
/// The same of a condition: "true", "false", "error", "refused".
std::string holds(std::string_view condition);

/// What the compiler says to a statement for log records; empty if it takes it.
std::string refusal(std::string_view statement);

/// A log record of a resource {"r": "v"} and a scope "lib" 1.2. Its body is "The quick brown fox",
/// its time 2023-11-14T22:13:20.123456789Z, its severity 9 "Info", its ids are all 5b and all ee.
/// Its attributes are: s "Hello World", e "", i 42, n -7, f 3.75, t true, by 0x0001feff, nil
/// (empty), m {"k": "v", "n": 1, "sub": {"x": [1, "two"]}}, l [1, 2, 3], sl ["b", "a"], em {}, el
/// [], xml "<a b=\"1\"><c>t</c></a>".
otlp::LogRecord sample_log(Arena& arena);

/// Runs statements over sample_log(), and yields its attributes as they are then, or what went
/// wrong.
std::string attributes_after(std::initializer_list<std::string_view> statements);

}  // namespace sluice::testing
