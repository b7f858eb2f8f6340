#include "config/service.h"

#include <algorithm>
#include <set>

#include "base/ascii.h"
#include "base/nearest.h"
#include "base/utf8.h"
#include "config/telemetry.h"

namespace sluice::config {
namespace {

constexpr std::array<std::string_view, kSectionCount> kSectionNames = {
    "receivers", "processors", "exporters", "connectors", "extensions"};
constexpr std::array<std::string_view, kSectionCount> kKinds = {"receiver", "processor", "exporter",
                                                                "connector", "extension"};
constexpr size_t kTypeBytesMax = 63;
constexpr size_t kNameBytesMax = 1024;

using ascii::is_digit;
using ascii::is_letter;

std::string_view trim(std::string_view text) {
  constexpr std::string_view kSpaces = " \t\r\n";
  const size_t first = text.find_first_not_of(kSpaces);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(kSpaces) - first + 1);
}

/// A name holds no separators, control characters or symbols (Unicode's classes Z, C and S).
bool in_name(char32_t rune) {
  constexpr std::string_view kSymbols = " $+<=>^`|~";
  if (rune < 0x80)
    return rune > 0x20 && rune != 0x7f &&
           kSymbols.find(static_cast<char>(rune)) == std::string_view::npos;
  struct Range {
    char32_t first, last;
  };
  // Latin-1 controls and symbols, general punctuation's spaces and marks, currency, arrows, maths
  // and dingbats, surrogates and private use, specials, pictographs.
  constexpr Range kRefused[] = {
      {0x80, 0xa0},     {0xa2, 0xa6},     {0xa8, 0xa9},       {0xac, 0xad},
      {0xae, 0xb1},     {0xb4, 0xb4},     {0xb8, 0xb8},       {0xd7, 0xd7},
      {0xf7, 0xf7},     {0x2000, 0x200f}, {0x2028, 0x202f},   {0x2060, 0x206f},
      {0x20a0, 0x20c0}, {0x2190, 0x2bff}, {0x3000, 0x3000},   {0xd800, 0xf8ff},
      {0xfeff, 0xfeff}, {0xfff0, 0xffff}, {0x1f000, 0x1faff}, {0xe0000, 0x10ffff}};
  return std::none_of(std::begin(kRefused), std::end(kRefused),
                      [&](const Range& r) { return rune >= r.first && rune <= r.last; });
}

bool is_type(std::string_view type) {
  if (type.empty() || type.size() > kTypeBytesMax || !is_letter(type.front())) return false;
  return std::all_of(type.begin(), type.end(),
                     [](char c) { return is_letter(c) || is_digit(c) || c == '_'; });
}

bool is_name(std::string_view name) {
  if (name.empty() || name.size() > kNameBytesMax) return false;
  while (!name.empty()) {
    const utf8::Rune rune = utf8::decode(name);
    if (!rune.valid || !in_name(rune.value)) return false;
    name.remove_prefix(rune.size);
  }
  return true;
}

class ConfigurationReader {
 public:
  ConfigurationReader(const Node& root, Diagnostics& diagnostics, std::string_view on_offer)
      : root_(root),
        diagnostics_(diagnostics),
        on_offer_(on_offer),
        top_(diagnostics, "", root.mark) {}

  Configuration run() {
    const size_t before = diagnostics_.errors().size();
    check_keys(root_, top_,
               {"receivers", "processors", "exporters", "connectors", "extensions", "service"});
    for (size_t i = 0; i < kSectionCount; ++i) read_section(static_cast<Section>(i));
    read_service();
    check_presence();
    for (const PipelineConfig& pipeline : out_.pipelines) check_pipeline(pipeline);
    check_references(out_.extensions, Section::Extensions);
    const size_t errors = diagnostics_.errors().size() - before - telemetry_errors_;
    out_.is_whole = errors == 0;
    out_.inputs_are_known = errors == output_errors_;
    if (out_.is_whole) warn_of_unused();
    return std::move(out_);
  }

 private:
  /// What is wrong below this path was named: what it has, or has not, says nothing.
  void leave_unread(std::string path) { unread_.insert(std::move(path)); }
  bool is_read(const std::string& path) const { return unread_.count(path) == 0; }
  /// Reads what stands at the place, and notes if it could not.
  template <typename Read>
  void note_errors(const Place& place, Read read) {
    const size_t before = diagnostics_.errors().size();
    read();
    if (diagnostics_.errors().size() != before) leave_unread(place.path());
  }

  void check_keys(const Node& node, const Place& place,
                  std::initializer_list<std::string_view> known) {
    for (const auto& [key, value] : node.members) {
      if (std::find(known.begin(), known.end(), key) != known.end()) continue;
      std::string message = "there is no section of this name";
      const std::string nearest = nearest_name(key, known);
      message += nearest.empty() ? "; there are:" : "; did you mean \"" + nearest + "\"?";
      for (const std::string_view name : known)
        if (nearest.empty()) message += " " + std::string(name);
      place.at(key, value).error(std::move(message));
      if (!nearest.empty()) leave_unread(place.of(nearest).path());
    }
  }

  std::optional<ComponentId> read_id(std::string_view text, const Place& place) {
    std::string reason;
    auto id = parse_component_id(text, reason);
    if (!id) place.error("\"" + std::string(text) + "\" is no component id: " + reason);
    return id;
  }

  void read_section(Section section) {
    const Node* node = root_.find(section_name(section));
    if (node == nullptr || node->is_null()) return;
    const Place place = top_.at(section_name(section), *node);
    note_errors(place, [&] { read_components(section, *node, place); });
  }

  void read_components(Section section, const Node& node, const Place& place) {
    if (!node.is_map()) return place.expected("a map of components", node);
    std::set<ComponentId> seen;
    for (const auto& [key, value] : node.members) {
      const Place here = place.at(key, value);
      const auto id = read_id(key, here);
      if (!id) continue;
      if (!seen.insert(*id).second) {
        here.error("the id " + id->to_string() + " stands twice");
        continue;
      }
      // As in the original, settings under a key with spaces around its parts are not found.
      const bool is_exact = id->to_string() == key;
      if (!is_exact) here.warning("its settings do not count: write the id without spaces");
      out_.sections[static_cast<size_t>(section)].push_back(
          {*id, is_exact ? value : Node(), std::string(section_name(section)) + "::" + key});
    }
  }

  void read_service() {
    const Node* service = root_.find("service");
    const Place place = top_.at("service", service != nullptr ? *service : root_);
    if (service == nullptr || service->is_null()) {
      if (is_read("service")) no_pipeline(place);
      return;
    }
    if (!service->is_map()) return place.expected("a map", *service);
    check_keys(*service, place, {"extensions", "pipelines", "telemetry"});
    if (const Node* node = service->find("extensions"))
      read_references(*node, place.at("extensions", *node), out_.extensions);
    if (const Node* node = service->find("telemetry")) {
      const size_t before = diagnostics_.errors().size();
      out_.telemetry = read_telemetry(*node, place.at("telemetry", *node));
      telemetry_errors_ = diagnostics_.errors().size() - before;
    }
    const Node* pipelines = service->find("pipelines");
    if (pipelines == nullptr || pipelines->is_null()) {
      if (is_read("service::pipelines")) no_pipeline(place);
      return;
    }
    read_pipelines(*pipelines, place.at("pipelines", *pipelines));
  }

  static void no_pipeline(const Place& place) {
    place.error("there must be at least one pipeline under service::pipelines");
  }

  void read_pipelines(const Node& node, const Place& place) {
    if (!node.is_map()) return place.expected("a map of pipelines", node);
    if (node.members.empty()) return no_pipeline(place);
    std::set<ComponentId> seen;
    for (const auto& [key, value] : node.members) {
      const Place here = place.at(key, value);
      const auto id = read_id(key, here);
      if (!id) continue;
      static constexpr std::string_view kSignals[] = {"logs", "metrics", "traces"};
      if (std::find(std::begin(kSignals), std::end(kSignals), id->type) == std::end(kSignals)) {
        here.error("a pipeline is one of logs, metrics, traces, or one of these with /name");
      } else if (!seen.insert(*id).second) {
        here.error("the pipeline " + id->to_string() + " stands twice");
      } else {
        read_pipeline(*id, value, here);
      }
    }
  }

  void read_pipeline(const ComponentId& id, const Node& node, const Place& place) {
    PipelineConfig pipeline;
    pipeline.id = id;
    pipeline.mark = place.mark();
    if (!node.is_map() && !node.is_null()) return place.expected("a map", node);
    check_keys(node, place, {"receivers", "processors", "exporters"});
    for (const auto& [key, list] : {std::pair("receivers", &pipeline.receivers),
                                    std::pair("processors", &pipeline.processors),
                                    std::pair("exporters", &pipeline.exporters)}) {
      const Node* names = node.find(key);
      if (names == nullptr) continue;
      const Place here = place.at(key, *names);
      note_errors(here, [&, to = list] { read_references(*names, here, *to); });
    }
    out_.pipelines.push_back(std::move(pipeline));
  }

  void read_references(const Node& node, const Place& place, std::vector<Reference>& out) {
    if (node.is_null()) return;
    if (!node.is_list()) return place.expected("a list of component ids", node);
    for (size_t i = 0; i < node.items.size(); ++i) {
      const Place here = place.at(i, node.items[i]);
      std::string text;
      if (node.items[i].is_null()) {
        here.error("an empty reference");
      } else if (decode_text(node.items[i], text, here)) {
        if (auto id = read_id(text, here))
          out.push_back({*std::move(id), node.items[i].mark, here.path()});
      }
    }
  }

  void check_presence() {
    for (const Section section : {Section::Receivers, Section::Exporters}) {
      if (out_.of(section).empty() && is_read(std::string(section_name(section)))) {
        const Node* node = root_.find(section_name(section));
        const Place place = node == nullptr ? top_ : top_.at(section_name(section), *node);
        place.error("no " + std::string(component_kind(section)) + " is configured: the section " +
                    std::string(section_name(section)) + " is empty or missing");
      }
    }
  }

  void check_pipeline(const PipelineConfig& pipeline) {
    const std::string path = "service::pipelines::" + pipeline.id.to_string();
    if (pipeline.receivers.empty() && is_read(path + "::receivers"))
      diagnostics_.error(pipeline.mark, path, "a pipeline needs at least one receiver");
    if (pipeline.exporters.empty() && is_read(path + "::exporters"))
      diagnostics_.error(pipeline.mark, path, "a pipeline needs at least one exporter");
    check_references(pipeline.receivers, Section::Receivers);
    const size_t before = diagnostics_.errors().size();
    check_references(pipeline.processors, Section::Processors);
    check_references(pipeline.exporters, Section::Exporters);
    output_errors_ += diagnostics_.errors().size() - before;
    std::set<ComponentId> seen;
    for (const Reference& reference : pipeline.processors) {
      if (!seen.insert(reference.id).second) {
        diagnostics_.error(reference.mark, reference.path,
                           "the processor " + reference.id.to_string() + " stands twice");
      }
    }
  }

  void check_references(const std::vector<Reference>& references, Section section) {
    const bool may_connect = section == Section::Receivers || section == Section::Exporters;
    if (!is_read(std::string(section_name(section))) || (may_connect && !is_read("connectors")))
      return;
    for (const Reference& reference : references) {
      if (out_.find(section, reference.id) != nullptr) continue;
      if (may_connect && out_.find(Section::Connectors, reference.id) != nullptr) continue;
      diagnostics_.error(
          reference.mark, reference.path,
          "the " + std::string(component_kind(section)) + " " + reference.id.to_string() +
              " is not configured: there is no such key under " +
              std::string(section_name(section)) + out_.nearest(section, reference.id));
    }
  }

  void warn_of_unused() {
    for (size_t i = 0; i < kSectionCount; ++i) {
      for (const ComponentConfig& component : out_.sections[i]) {
        if (out_.is_used(static_cast<Section>(i), component.id)) continue;
        if (!on_offer_.empty() && component.options.mark.source == on_offer_) continue;
        diagnostics_.warning(component.options.mark, component.path,
                             "no pipeline uses this component");
      }
    }
  }

  const Node& root_;
  Diagnostics& diagnostics_;
  const std::string_view on_offer_;
  const Place top_;
  Configuration out_;
  std::set<std::string> unread_;  // paths
  size_t telemetry_errors_ = 0;
  size_t output_errors_ = 0;  // of what pipelines send to that is nowhere
};

}  // namespace

std::optional<ComponentId> parse_component_id(std::string_view text, std::string& reason) {
  const size_t slash = text.find('/');
  ComponentId id;
  id.type = trim(text.substr(0, slash));
  if (!is_type(id.type)) {
    reason = id.type.empty() ? "the type before the / is missing"
                             : "a type is a letter and then letters, digits and _";
    return {};
  }
  if (slash == std::string_view::npos) return id;
  id.name = trim(text.substr(slash + 1));
  if (!is_name(id.name)) {
    reason = id.name.empty() ? "the name after the / is missing"
                             : "a name has no spaces, control characters or symbols";
    return {};
  }
  return id;
}

std::string_view section_name(Section section) {
  return kSectionNames[static_cast<size_t>(section)];
}
std::string_view component_kind(Section section) { return kKinds[static_cast<size_t>(section)]; }

const ComponentConfig* Configuration::find(Section section, const ComponentId& id) const {
  for (const ComponentConfig& component : of(section)) {
    if (component.id == id) return &component;
  }
  return nullptr;
}

std::string Configuration::nearest(Section section, const ComponentId& id) const {
  const bool may_connect = section == Section::Receivers || section == Section::Exporters;
  std::vector<std::string> names;
  for (const ComponentConfig& component : of(section)) names.push_back(component.id.to_string());
  if (may_connect) {
    for (const ComponentConfig& component : of(Section::Connectors))
      names.push_back(component.id.to_string());
  }
  return did_you_mean(id.to_string(), names);
}

bool contains(const std::vector<Reference>& references, const ComponentId& id) {
  return std::any_of(references.begin(), references.end(),
                     [&](const Reference& r) { return r.id == id; });
}

bool Configuration::is_used(Section section, const ComponentId& id) const {
  const auto in = [&](const std::vector<Reference>& list) { return contains(list, id); };
  if (section == Section::Extensions) return in(extensions);
  return std::any_of(pipelines.begin(), pipelines.end(), [&](const PipelineConfig& p) {
    switch (section) {
      case Section::Receivers: return in(p.receivers);
      case Section::Processors: return in(p.processors);
      case Section::Exporters: return in(p.exporters);
      default: return in(p.receivers) || in(p.exporters);
    }
  });
}

Configuration read_configuration(const Node& root, Diagnostics& diagnostics,
                                 std::string_view on_offer) {
  return ConfigurationReader(root, diagnostics, on_offer).run();
}

}  // namespace sluice::config
