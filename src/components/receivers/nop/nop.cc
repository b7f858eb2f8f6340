#include "components/receivers/nop/nop.h"

namespace sluice::components {
namespace {

/// It has no options.
struct NopConfig {};

const config::Schema<NopConfig>& schema_of(const NopConfig*) {
  static const config::Schema<NopConfig> schema;
  return schema;
}

class NopReceiver final : public pipeline::Receiver {
 public:
  static Result<std::unique_ptr<pipeline::Receiver>> make(const NopConfig&,
                                                          const pipeline::ComponentId&,
                                                          const pipeline::Inputs&,
                                                          pipeline::Host&) {
    return std::unique_ptr<pipeline::Receiver>(std::make_unique<NopReceiver>());
  }
};

}  // namespace

std::unique_ptr<pipeline::Factory> nop_receiver_factory() {
  return std::make_unique<pipeline::ReceiverFactory<NopConfig>>(
      pipeline::Factory::About{config::Section::Receivers, "nop",
                               "Takes nothing in: a place holder where a pipeline needs one."},
      &NopReceiver::make);
}

}  // namespace sluice::components
