#pragma once

#include <string>
#include <vector>

#include "pipeline/factory.h"

namespace sluice::app {

struct Page {
  std::string name;  ///< "receiver-otlp.md"
  std::string text;  ///< Markdown
};

/// A page for each component with the options of its schema, and README.md, which lists them all.
std::vector<Page> component_pages(const pipeline::Registry& registry);

}  // namespace sluice::app
