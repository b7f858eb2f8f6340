#include "ottl/library.h"

#include <gtest/gtest.h>

#include <fstream>
#include <set>
#include <sstream>

#include "ottl/function.h"
#include "ottl/paths.h"
#include "testing/function_cases.h"

namespace sluice::ottl {
namespace {

using testing::covered_sources;

std::vector<ContextKind> all_contexts() {
  std::vector<ContextKind> all;
  for (size_t i = 0; i < kContextCount; ++i) all.push_back(static_cast<ContextKind>(i));
  return all;
}

std::set<std::string> all_names(bool editors) {
  std::set<std::string> names;
  for (const ContextKind kind : all_contexts()) {
    for (const std::string& name : standard_library().names(kind, editors)) names.insert(name);
  }
  return names;
}

TEST(Library, EveryFunctionStandsInATableOfCases) {
  for (const bool editors : {true, false}) {
    for (const std::string& name : all_names(editors)) {
      const std::string call = name + "(";
      const auto& sources = covered_sources();
      EXPECT_TRUE(std::any_of(sources.begin(), sources.end(), [&](std::string_view source) {
        return source.find(call) != std::string_view::npos;
      })) << name;
    }
  }
}

/// "- `limit(target, limit, priority_keys)`", optional parameters in brackets, and the contexts of
/// those that are not everywhere.
std::string described(const std::string& name) {
  const Function* function = nullptr;
  std::string contexts;
  for (const ContextKind kind : all_contexts()) {
    const Function* found = standard_library().find(name, kind);
    if (found == nullptr) continue;
    function = found;
    contexts += (contexts.empty() ? "" : ", ") + std::string(context_name(kind));
  }
  std::string text = "- `" + name + "(";
  for (size_t i = 0; i < function->parameters.size(); ++i) {
    const bool optional = i >= function->required;
    text += i == 0 ? "" : ", ";
    text += (optional ? "[" : "") + function->parameters[i] + (optional ? "]" : "");
  }
  return text + ")`" + (function->contexts == kEverywhere ? "" : ": " + contexts) + "\n";
}

std::string described_paths(std::string_view context, const PathTable& table) {
  std::string text = "- `" + std::string(context) + "`: ";
  const size_t start = text.size();
  const auto add = [&](std::string_view name, std::string_view suffix) {
    text += (text.size() == start ? "`" : ", `") + std::string(name) + std::string(suffix) + "`";
  };
  for (const MapPath& path : table.maps) add(path.name, "[…]");
  for (const ValuePath& path : table.values) add(path.name, "[…]");
  for (const KeyedPath& path : table.keyed) add(path.name, "[…]");
  for (const ScalarPath& path : table.scalars) add(path.name, "");
  return text + "\n";
}

/// The part of docs/ottl.md that the code decides.
std::string described_library() {
  std::string text = "### Editors\n\n";
  for (const std::string& name : all_names(true)) text += described(name);
  text += "\n### Converters\n\n";
  for (const std::string& name : all_names(false)) text += described(name);
  text += "\n## Paths\n\n";
  text += described_paths("resource", resource_paths());
  text += described_paths("scope", scope_paths());
  text += described_paths("log", log_paths());
  text += described_paths("span", span_paths());
  text += described_paths("spanevent", span_event_paths());
  text += described_paths("metric", metric_paths());
  text += described_paths("datapoint", data_point_paths());
  text += described_paths("otelcol", collector_paths());
  return text;
}

TEST(Library, TheDocumentationListsWhatThereIs) {
  std::ifstream file(SLUICE_SOURCE_DIR "/docs/ottl.md");
  ASSERT_TRUE(file.is_open());
  std::stringstream page;
  page << file.rdbuf();
  const std::string expected = described_library();
  EXPECT_NE(page.str().find(expected), std::string::npos) << "docs/ottl.md must hold this:\n"
                                                          << expected;
}

TEST(Library, OtherLibrariesHaveTheConvertersButNotTheEditors) {
  EXPECT_EQ(filter_library().names(ContextKind::Log, true), std::vector<std::string>{});
  EXPECT_NE(filter_library().find("IsMatch", ContextKind::Log), nullptr);
  EXPECT_NE(routing_library().find("route", ContextKind::Log), nullptr);
  EXPECT_EQ(routing_library().names(ContextKind::Log, true),
            (std::vector<std::string>{"append", "delete_index", "delete_key",
                                      "delete_matching_keys", "route"}));
}

}  // namespace
}  // namespace sluice::ottl
