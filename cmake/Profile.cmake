# What a gateway under load was seen to do (which way its branches go, what is called how often) tells GCC how to compile
# it: a sixth less CPU. cmake/profile.tar.xz holds what was seen, as x.cc.gcda beside where x.cc.o goes, and in profile/ the
# `compiler` that reads these files, and a copy of profile.specs with a time of its own, which ccache looks at. A function
# that has changed since is compiled without; tools/train sees anew.

set(SLUICE_PROFILE "use" CACHE STRING "use what cmake/profile.tar.xz holds, make it (tools/train), or off")
set_property(CACHE SLUICE_PROFILE PROPERTY STRINGS use make off)

set(SLUICE_PROFILED FALSE)
set(archive "${CMAKE_SOURCE_DIR}/cmake/profile.tar.xz")
if(SLUICE_PROFILE STREQUAL "make")
  add_compile_options(-fprofile-generate)
  add_link_options(-fprofile-generate)
elseif(SLUICE_PROFILE STREQUAL "use" AND CMAKE_BUILD_TYPE STREQUAL "Release" AND EXISTS "${archive}")
  set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS "${archive}")
  file(ARCHIVE_EXTRACT INPUT "${archive}" DESTINATION "${CMAKE_BINARY_DIR}" PATTERNS profile/compiler)
  file(READ "${CMAKE_BINARY_DIR}/profile/compiler" made_by)
  if(made_by STREQUAL "${CMAKE_CXX_COMPILER_ID} ${CMAKE_CXX_COMPILER_VERSION}")
    file(ARCHIVE_EXTRACT INPUT "${archive}" DESTINATION "${CMAKE_BINARY_DIR}")
    set(SLUICE_PROFILED TRUE)
  else()
    message(STATUS "The profile of the gateway is for ${made_by}: compiling without")
  endif()
endif()

# Has a source of the library sluice_NAME compiled by its profile, if there is one.
function(sluice_profile name source path)
  set(seen "${CMAKE_BINARY_DIR}/src/${name}/CMakeFiles/sluice_${name}.dir/${path}.gcda")
  if(SLUICE_PROFILED AND EXISTS "${seen}")
    set_property(SOURCE "${source}" APPEND PROPERTY OBJECT_DEPENDS "${seen}")
    # What was not seen is compiled as without a profile (profile.specs). Threads may have lost a count.
    set_property(SOURCE "${source}" APPEND PROPERTY COMPILE_OPTIONS -fprofile-use -specs=profile/specs -fprofile-correction
                 -Wno-coverage-mismatch -Wno-missing-profile)
  endif()
endfunction()
