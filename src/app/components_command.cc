#include "app/components_command.h"

#include <cstdio>
#include <filesystem>
#include <fstream>

#include "app/cli.h"
#include "app/component_pages.h"
#include "components/all.h"
#include "config/json.h"
#include "config/service.h"
#include "config/telemetry.h"

namespace sluice::app {
namespace {

using config::Node;
using config::Section;
using pipeline::Factory;
using pipeline::Registry;

constexpr Section kSections[] = {Section::Receivers, Section::Processors, Section::Exporters,
                                 Section::Connectors, Section::Extensions};

void print_line(Section section, const std::string& type, const std::string& doc) {
  constexpr size_t kDocColumn = 34;
  std::string line = std::string(config::component_kind(section)) + " " + type;
  line.append(line.size() < kDocColumn ? kDocColumn - line.size() : 1, ' ');
  std::printf("%s%s\n", line.c_str(), doc.c_str());
}

void list_components(const Registry& registry) {
  for (const Section section : kSections) {
    for (const auto& factory : registry.all()) {
      if (factory->about().section == section)
        print_line(section, factory->about().type, factory->about().doc);
    }
  }
  std::printf("\nNot yet:\n");
  for (const Registry::Planned& planned : registry.planned())
    print_line(planned.section, planned.type, planned.doc);
}

int write_pages(const std::string& folder) {
  std::error_code error;
  std::filesystem::create_directories(folder, error);
  for (const Page& page : component_pages(components::all_components())) {
    const std::string path = folder + "/" + page.name;
    std::ofstream out(path, std::ios::binary);
    out << page.text;
    if (!out.flush()) return fail("cannot write " + path, kExitFailure);
  }
  return kExitOk;
}

Node typed(const char* type) {
  Node node = Node::map();
  node.set("type", Node::string(type));
  return node;
}

/// An object whose members are named TYPE or TYPE/NAME.
Node section_schema(const Registry& registry, Section section) {
  Node patterns = Node::map();
  for (const auto& factory : registry.all()) {
    if (factory->about().section != section) continue;
    std::string types = factory->about().type;
    for (const std::string& alias : factory->about().aliases) types += "|" + alias;
    Node component = config::json_schema(factory->schema());
    component.set("description", Node::string(factory->about().doc));
    patterns.set("^(" + types + ")(/.+)?$", std::move(component));
  }
  Node node = Node::map();
  node.set("patternProperties", std::move(patterns));
  node.set("additionalProperties", Node::of_bool(false));
  return node;
}

Node list_of_ids() {
  Node list = typed("array");
  list.set("items", typed("string"));
  Node null = typed("null");
  Node choices = Node::list();
  choices.items = {std::move(list), std::move(null)};
  Node node = Node::map();
  node.set("anyOf", std::move(choices));
  return node;
}

Node service_schema() {
  Node pipeline = typed("object");
  Node lists = Node::map();
  for (const char* name : {"receivers", "processors", "exporters"}) lists.set(name, list_of_ids());
  pipeline.set("properties", std::move(lists));
  pipeline.set("additionalProperties", Node::of_bool(false));
  Node patterns = Node::map();
  patterns.set("^(logs|metrics|traces)(/.+)?$", std::move(pipeline));
  Node pipelines = typed("object");
  pipelines.set("patternProperties", std::move(patterns));
  pipelines.set("additionalProperties", Node::of_bool(false));
  Node properties = Node::map();
  properties.set("extensions", list_of_ids());
  properties.set("pipelines", std::move(pipelines));
  properties.set("telemetry", config::json_schema(config::telemetry_schema()));
  Node node = typed("object");
  node.set("properties", std::move(properties));
  node.set("additionalProperties", Node::of_bool(false));
  return node;
}

Node configuration_schema(const Registry& registry) {
  Node properties = Node::map();
  for (const Section section : kSections)
    properties.set(config::section_name(section), section_schema(registry, section));
  properties.set("service", service_schema());
  Node definitions = Node::map();
  definitions.set("reference", config::json_schema_reference());
  Node root = Node::map();
  root.set("$schema", Node::string("https://json-schema.org/draft/2020-12/schema"));
  root.set("title", Node::string("A configuration of Sluice " SLUICE_VERSION));
  root.set("type", Node::string("object"));
  root.set("properties", std::move(properties));
  root.set("additionalProperties", Node::of_bool(false));
  root.set("$defs", std::move(definitions));
  return root;
}

}  // namespace

int run_components(const std::vector<std::string>& words, const Environment& environment) {
  static constexpr std::string_view kIntro =
      "sluice components [--docs DIR]\n\n"
      "Lists what a configuration may name, and what of ClickStack's collector is not here yet.\n";
  std::string docs;
  std::vector<Flag> flags;
  flags.push_back(make_flag(docs, {.name = "docs",
                                   .unit = "DIR",
                                   .help = "Writes a page with the options of each component "
                                           "there instead"}));
  int exit_code = kExitOk;
  const auto arguments = read_options("components", kIntro, flags, words, environment, exit_code);
  if (!arguments) return exit_code;
  if (!arguments->positional.empty())
    return fail("sluice components takes no further words", kExitUsage);
  if (!docs.empty()) return write_pages(docs);
  list_components(components::all_components());
  return kExitOk;
}

int run_config_schema(const std::vector<std::string>& words, const Environment&) {
  if (!words.empty()) return fail("sluice schema config takes no options", kExitUsage);
  std::fputs(config::to_json(configuration_schema(components::all_components())).c_str(), stdout);
  return kExitOk;
}

}  // namespace sluice::app
