#include "app/component_pages.h"

#include <algorithm>
#include <map>

#include "config/service.h"

namespace sluice::app {
namespace {

using config::FieldInfo;
using config::Node;
using config::SchemaBase;
using config::Type;
using pipeline::Factory;
using pipeline::Registry;

constexpr std::string_view kGenerated =
    "<!-- Written by `sluice components --docs docs/components` from the tables in the source. "
    "-->\n";
/// A schema that contains itself would go on for ever.
constexpr int kDepthMax = 8;

std::string escaped(std::string text) {
  for (size_t at = 0; (at = text.find('|', at)) != std::string::npos; at += 2)
    text.insert(at, "\\");
  std::replace(text.begin(), text.end(), '\n', ' ');
  return text;
}

std::string shown_type(const Type& type) {
  if (type.name == "word") return config::one_of_text(type.words);
  if (type.name == "list" && !type.element.empty())
    return "list of " + shown_type(type.element.front());
  if (type.name == "dictionary" && !type.element.empty())
    return "map to " + shown_type(type.element.front());
  return type.name;
}

/// "a::b" as the tables have it.
std::string dotted(std::string path) {
  for (size_t at = 0; (at = path.find("::", at)) != std::string::npos;) path.replace(at, 2, ".");
  return path;
}

/// A default in YAML's flow style.
std::string shown_default(const Node& node) {
  std::string out;
  switch (node.kind) {
    case Node::Kind::Null:
    case Node::Kind::Map: return "";
    case Node::Kind::String: return node.text.empty() ? "`\"\"`" : "`" + node.text + "`";
    case Node::Kind::List:
      for (const Node& item : node.items) out += (out.empty() ? "" : ", ") + item.text;
      return "`[" + out + "]`";
    default: return "`" + node.text + "`";
  }
}

/// The rows of the options of a schema, and of what is below them.
class OptionTable {
 public:
  explicit OptionTable(const SchemaBase& schema) { add(schema, "", Node(), 0); }

  std::string text() const {
    std::string out;
    if (rows_.empty()) {
      out += "It has no options.\n";
    } else {
      out += "## Options\n\n| Option | Type | Default | |\n| --- | --- | --- | --- |\n" + rows_;
    }
    if (!refused_.empty())
      out +=
          "\n## Refused\n\nUsing one of these is an error.\n\n| Option | Why |\n| --- | --- |\n" +
          refused_;
    if (!ignored_.empty())
      out +=
          "\n## Without effect\n\nUsing one of these is a warning.\n\n| Option | Why |\n"
          "| --- | --- |\n" +
          ignored_;
    return out;
  }

 private:
  /// `standard`: the defaults where the struct is used; Null: its own.
  void add(const SchemaBase& schema, const std::string& prefix, const Node& standard, int depth) {
    if (depth == kDepthMax) return;
    for (const FieldInfo& field : schema.fields()) {
      const Node* here = standard.find(field.name);
      add_field(field, prefix + field.name, here != nullptr ? *here : field.standard, depth);
    }
  }

  void add_field(const FieldInfo& field, const std::string& name, const Node& at, int depth) {
    const std::string cell = "| `" + name + "` | ";
    for (const auto& [path, because] : field.ignored_below)
      ignored_below_.emplace(name + "." + dotted(path), because);
    const auto below = ignored_below_.find(name);
    if (!field.refused_because.empty()) {
      refused_ += cell + escaped(field.refused_because) + " |\n";
    } else if (!field.ignored_because.empty()) {
      ignored_ += cell + escaped(field.ignored_because) + " |\n";
    } else if (below != ignored_below_.end()) {
      ignored_ += cell + escaped(below->second) + " |\n";
    } else {
      const std::string standard = field.is_required ? "required"
                                   : field.is_secret ? ""
                                                     : shown_default(at);
      rows_ += cell + escaped(shown_type(field.type)) + " | " + escaped(standard) + " | " +
               escaped(field.doc) +
               (field.is_secret       ? " Never printed."
                : field.has_passwords ? " Passwords in it are never printed."
                                      : "") +
               " |\n";
      add_below(field.type, name, at, depth);
    }
  }

  void add_below(const Type& type, const std::string& name, const Node& standard, int depth) {
    if (type.object != nullptr) return add(*type.object, name + ".", standard, depth + 1);
    if (type.element.empty()) return;
    if (type.name == "list") add_below(type.element.front(), name + "[]", Node(), depth);
    if (type.name == "dictionary") add_below(type.element.front(), name + ".NAME", Node(), depth);
  }

  std::string rows_;
  std::string refused_;
  std::string ignored_;
  std::map<std::string, std::string> ignored_below_;  // by the name in the table
};

std::string kind_of(const Factory::About& about) {
  return std::string(config::component_kind(about.section));
}

std::string page_name(const Factory::About& about) {
  return kind_of(about) + "-" + about.type + ".md";
}

std::string signals_of(const pipeline::Signals& signals) {
  std::vector<std::string> names;
  if (signals.logs) names.emplace_back("logs");
  if (signals.metrics) names.emplace_back("metrics");
  if (signals.traces) names.emplace_back("traces");
  std::string out;
  for (const std::string& name : names) out += (out.empty() ? "" : ", ") + name;
  return out;
}

Page page_of(const Factory& factory) {
  const Factory::About& about = factory.about();
  std::string text(kGenerated);
  text += "\n# " + kind_of(about) + " `" + about.type + "`\n\n" + about.doc + "\n\n";
  if (about.section != config::Section::Extensions)
    text += "Signals: " + signals_of(about.signals) + ".\n\n";
  for (const std::string& alias : about.aliases)
    text += "It may also be written `" + alias + "`.\n\n";
  text += OptionTable(factory.schema()).text();
  return {page_name(about), std::move(text)};
}

}  // namespace

std::vector<Page> component_pages(const Registry& registry) {
  std::vector<Page> pages;
  std::string index(kGenerated);
  index +=
      "\n# Components\n\nWhat a configuration may name (`sluice components` prints it, `sluice "
      "schema "
      "config` describes it for\neditors). The folders under src/components have what is to be "
      "said "
      "beyond options.\n\n| Kind | Type | |\n| --- | --- | --- |\n";
  for (const auto& factory : registry.all()) {
    const Factory::About& about = factory->about();
    index += "| " + kind_of(about) + " | [" + about.type + "](" + page_name(about) + ") | " +
             escaped(about.doc) + " |\n";
    pages.push_back(page_of(*factory));
  }
  index +=
      "\n## Not yet\n\nComponents of ClickStack's collector that are not here; a configuration "
      "that "
      "names one is told so.\n\n| Kind | Type | |\n| --- | --- | --- |\n";
  for (const Registry::Planned& planned : registry.planned())
    index += "| " + std::string(config::component_kind(planned.section)) + " | " + planned.type +
             (planned.alias.empty() ? "" : ", " + planned.alias) + " | " + escaped(planned.doc) +
             " |\n";
  pages.push_back({"README.md", std::move(index)});
  return pages;
}

}  // namespace sluice::app
