// The target that owns the precompiled header (PrecompiledHeaders.cmake) needs a source.
