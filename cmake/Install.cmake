# `cmake --install` lays the program out so that it runs on a Debian 12 (or any glibc 2.36) machine without packages:
# bin/sluice finds the libraries in lib/ by a path relative to itself. tools/dist adds the engine and makes a tarball.
# DT_RPATH and not DT_RUNPATH, which would not hold for the libraries that those libraries need.
set_target_properties(sluice PROPERTIES INSTALL_RPATH "$ORIGIN/../lib" BUILD_WITH_INSTALL_RPATH ON)
target_link_options(sluice PRIVATE LINKER:--disable-new-dtags)
install(TARGETS sluice RUNTIME_DEPENDENCY_SET sluice_libraries RUNTIME DESTINATION bin)
# What every Linux machine has of its own, and must: the C library and its loader.
install(RUNTIME_DEPENDENCY_SET sluice_libraries
  PRE_EXCLUDE_REGEXES "^ld-linux" "^lib(c|m|dl|rt|pthread|resolv)\\.so"
  LIBRARY DESTINATION lib)
install(FILES "${CMAKE_SOURCE_DIR}/LICENSE" "${CMAKE_SOURCE_DIR}/NOTICE" "${CMAKE_SOURCE_DIR}/README.md"
  "${CMAKE_SOURCE_DIR}/docs/third-party.md" DESTINATION .)
