// YAML texts: read or refused with a message; what was read can be expanded and merged with itself.

#include <string>

#include "base/check.h"
#include "config/expand.h"
#include "config/yaml.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace sluice::config;  // NOLINT(google-build-using-namespace)
  const std::string text(reinterpret_cast<const char*>(data), size);
  auto tree = parse_yaml(text, "fuzz");
  if (!tree.ok()) {
    SLUICE_CHECK(!tree.status().message().empty());
    return 0;
  }
  if (text.find("file") != std::string::npos) return 0;  // no files are read here
  const Environment environment = [](const std::string& name) -> std::optional<std::string> {
    if (name == "NOTHING") return std::nullopt;
    return name == "SELF" ? "${env:SELF}" : "[1, {a: \"${env:NOTHING:-b}\"}]";
  };
  Node expanded = *tree;
  Diagnostics diagnostics;
  expand(expanded, environment, diagnostics);
  for (const auto& error : diagnostics.errors()) SLUICE_CHECK(!error.message.empty());
  if (diagnostics.ok()) escape(expanded);
  merge(expanded, std::move(*tree));
  static_cast<void>(describe(expanded));
  return 0;
}
