#include "pipeline/factory.h"

#include <algorithm>

namespace sluice::pipeline {
namespace {

Status wrong_section(const Factory& factory) {
  return internal_error(factory.about().type + " was asked for what it is not");
}

}  // namespace

Result<std::unique_ptr<Receiver>> Factory::receiver(const Options&, const ComponentId&,
                                                    const Inputs&, Host&) const {
  return wrong_section(*this);
}
Result<std::unique_ptr<Processor>> Factory::processor(const Options&, const ComponentId&,
                                                      otlp::Signal, Host&) const {
  return wrong_section(*this);
}
Result<std::unique_ptr<Exporter>> Factory::exporter(const Options&, const ComponentId&,
                                                    Host&) const {
  return wrong_section(*this);
}
Result<std::unique_ptr<Connector>> Factory::connector(const Options&, const ComponentId&,
                                                      otlp::Signal, Host&) const {
  return wrong_section(*this);
}
Result<std::unique_ptr<Extension>> Factory::extension(const Options&, const ComponentId&,
                                                      Host&) const {
  return wrong_section(*this);
}

const Factory* Registry::find(config::Section section, std::string_view type) const {
  for (const auto& factory : factories_) {
    const Factory::About& about = factory->about();
    if (about.section != section) continue;
    const bool is_alias =
        std::find(about.aliases.begin(), about.aliases.end(), type) != about.aliases.end();
    if (about.type == type || is_alias) return factory.get();
  }
  return nullptr;
}

const Registry::Planned* Registry::find_planned(config::Section section,
                                                std::string_view type) const {
  for (const Planned& planned : planned_) {
    if (planned.section == section && (planned.type == type || planned.alias == type))
      return &planned;
  }
  return nullptr;
}

}  // namespace sluice::pipeline
