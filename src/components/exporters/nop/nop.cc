#include "components/exporters/nop/nop.h"

namespace sluice::components {

/// It has no options.
struct NopConfig {};

static const config::Schema<NopConfig>& schema_of(const NopConfig*) {
  static const config::Schema<NopConfig> schema;
  return schema;
}

namespace {

class NopExporter final : public pipeline::Exporter, public pipeline::ReadingStage {
 public:
  static Result<std::unique_ptr<pipeline::Exporter>> make(const NopConfig&,
                                                          const pipeline::ComponentId&,
                                                          pipeline::Host&) {
    return std::unique_ptr<pipeline::Exporter>(std::make_unique<NopExporter>());
  }
  pipeline::Consumer& stage(size_t) override { return *this; }
  void read(const pipeline::BatchView&, pipeline::Ack&& ack) override { ack.resolve({}); }
};

}  // namespace

std::unique_ptr<pipeline::Factory> nop_exporter_factory() {
  return std::make_unique<pipeline::ExporterFactory<NopConfig>>(
      pipeline::Factory::About{config::Section::Exporters, "nop", "Throws everything away."},
      &NopExporter::make);
}

}  // namespace sluice::components
