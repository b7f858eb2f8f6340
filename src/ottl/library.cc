#include "ottl/library.h"

#include "ottl/functions/functions.h"

namespace sluice::ottl {

const Function* Library::find(std::string_view name, ContextKind context) const {
  const auto found = functions_.find(name);
  if (found == functions_.end() || (found->second.contexts & in(context)) == 0) return nullptr;
  return &found->second;
}

std::vector<std::string> Library::names(ContextKind context, bool editors) const {
  std::vector<std::string> names;
  for (const auto& [name, function] : functions_) {
    const bool is_editor = name.front() >= 'a' && name.front() <= 'z';
    if (is_editor == editors && (function.contexts & in(context)) != 0) names.push_back(name);
  }
  return names;
}

namespace {

/// The converters that statements and conditions everywhere share.
void add_converters(Library& library) {
  add_type_functions(library);
  add_string_functions(library);
  add_pattern_functions(library);
  add_collection_functions(library);
  add_time_functions(library);
  add_hash_functions(library);
  add_id_functions(library);
  add_parse_functions(library);
  add_xml_functions(library);
  add_network_functions(library);
  add_user_agent_functions(library);
}

}  // namespace

const Library& standard_library() {
  static const Library library = [] {
    Library all;
    add_converters(all);
    add_editors(all);
    add_metric_functions(all);
    add_span_functions(all);
    add_log_functions(all);
    return all;
  }();
  return library;
}

const Library& routing_library() {
  static const Library library = [] {
    Library all;
    add_converters(all);
    add_span_functions(all);
    add_routing_editors(all);
    return all;
  }();
  return library;
}

const Library& filter_library() {
  static const Library library = [] {
    Library all;
    add_converters(all);
    add_span_functions(all);
    add_filter_functions(all);
    return all;
  }();
  return library;
}

}  // namespace sluice::ottl
