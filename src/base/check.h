#pragma once

namespace sluice {

/// Prints the broken invariant and aborts. For mistakes of ours, never for input.
[[noreturn]] void check_failed(const char* expression, const char* file, int line);

}  // namespace sluice

#define SLUICE_CHECK(expression) \
  ((expression) ? static_cast<void>(0) : ::sluice::check_failed(#expression, __FILE__, __LINE__))
