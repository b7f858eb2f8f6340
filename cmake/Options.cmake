# Compiler and linker options for every target. One place, no per-folder flags.

set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)

set(SLUICE_SANITIZE "" CACHE STRING "Sanitizers for every target, for example address,undefined or thread")
option(SLUICE_FUZZ "Build the libFuzzer targets (clang only)" OFF)

find_program(CCACHE ccache)
if(CCACHE)
  # Clones and build directories share objects: paths below the source tree are told to the compiler as relative ones (by
  # which it also knows functions again, see Profile.cmake), and the folder that debug information names does not count.
  # What is said of precompiled headers is what ccache asks for, to keep them too.
  set(CMAKE_CXX_COMPILER_LAUNCHER "${CMAKE_COMMAND}" -E env "CCACHE_BASEDIR=${CMAKE_SOURCE_DIR}" CCACHE_NOHASHDIR=1
      CCACHE_SLOPPINESS=pch_defines,time_macros "${CCACHE}")
endif()

# -O3 matters for the decoders and column writers (what is no part of a request's way has less: Folder.cmake); symbols
# stay, so that profiles and crash reports can be read.
set(CMAKE_CXX_FLAGS_RELEASE "-O3 -g1")
set(CMAKE_CXX_FLAGS_DEBUG "-O1 -g")

add_compile_options(-Wall -Wextra -Wshadow -Wnon-virtual-dtor -Wundef -Werror -fno-omit-frame-pointer)
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  # Boost 1.81 and the standard library trip these in optimised builds; both only warn about code that is not ours.
  add_compile_options(-Wno-maybe-uninitialized -Wno-stringop-overflow -Wno-stringop-overread -Wno-array-bounds
                      -Wno-restrict)
endif()
if(SLUICE_FUZZ)
  # Of every file, so that the fuzzers see what they reach; the programs themselves link libFuzzer.
  add_compile_options(-fsanitize=fuzzer-no-link)
endif()
if(SLUICE_SANITIZE)
  add_compile_options(-fsanitize=${SLUICE_SANITIZE} -fno-sanitize-recover=all)
  add_link_options(-fsanitize=${SLUICE_SANITIZE})
  if(SLUICE_SANITIZE MATCHES "thread" AND CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
    add_compile_options(-Wno-tsan)  # Asio uses atomic_thread_fence, which GCC warns it does not follow
  endif()
else()
  add_compile_options($<$<CONFIG:Release>:-D_FORTIFY_SOURCE=2> -fstack-protector-strong)
  add_link_options(-Wl,-z,relro,-z,now)
endif()

find_program(MOLD mold)
if(MOLD)
  add_link_options(-fuse-ld=mold)
endif()

find_package(Threads REQUIRED)
find_package(GTest REQUIRED)
find_package(benchmark REQUIRED)

include_directories("${CMAKE_SOURCE_DIR}/src")
add_compile_definitions(SLUICE_VERSION="${PROJECT_VERSION}")
