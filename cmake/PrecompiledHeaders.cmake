# The standard library's headers that most files take, parsed once for all targets: a third of what compiling costs.
# GCC only: clang compiles for the fuzzers and clang-tidy, which read the headers themselves.

option(SLUICE_PCH "Precompile the standard library's headers" ON)

function(sluice_precompiled target)
  if(TARGET sluice_std)
    target_precompile_headers(${target} REUSE_FROM sluice_std)
  endif()
endfunction()

if(SLUICE_PCH AND CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  # One precompiled header for libraries and programs, so both are compiled alike.
  set(CMAKE_CXX_COMPILE_OPTIONS_PIE -fPIC)
  add_compile_options(-fpch-preprocess)
  add_library(sluice_std STATIC "${CMAKE_SOURCE_DIR}/cmake/std.cc")
  target_precompile_headers(sluice_std PRIVATE
    <algorithm> <array> <atomic> <chrono> <cstdint> <cstring> <functional> <map> <memory> <mutex> <optional> <set> <span>
    <string> <string_view> <unordered_map> <utility> <variant> <vector>)
endif()
