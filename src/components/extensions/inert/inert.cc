#include "components/extensions/inert/inert.h"

#include <string>

#include "base/log.h"

namespace sluice::components {
namespace {

struct PprofConfig {
  std::string endpoint = "localhost:1777";
  int64_t block_profile_fraction = 0;
  int64_t mutex_profile_fraction = 0;
  std::string save_to_file;
  config::Node dialer;
};

struct ZpagesConfig {
  std::string endpoint = "localhost:55679";
  config::Node expvar;
};

constexpr const char* kNothing = "the extension does nothing here";

const config::Schema<PprofConfig>& schema_of(const PprofConfig*) {
  using C = PprofConfig;
  static const auto schema =
      config::Schema<C>()
          .field("endpoint", &C::endpoint, "HOST:PORT; nothing listens there.")
          .field("block_profile_fraction", &C::block_profile_fraction,
                 "How often waits are counted.")
          .ignored(kNothing)
          .field("mutex_profile_fraction", &C::mutex_profile_fraction,
                 "How often locks are counted.")
          .ignored(kNothing)
          .field("save_to_file", &C::save_to_file, "Where a CPU profile is written.")
          .ignored(kNothing)
          .field("dialer", &C::dialer, "How the address is opened.")
          .ignored(kNothing);
  return schema;
}

const config::Schema<ZpagesConfig>& schema_of(const ZpagesConfig*) {
  static const auto schema =
      config::Schema<ZpagesConfig>()
          .field("endpoint", &ZpagesConfig::endpoint, "HOST:PORT; nothing listens there.")
          .field("expvar", &ZpagesConfig::expvar, "A page of variables.")
          .ignored(kNothing);
  return schema;
}

/// Says once that it does nothing.
class Inert final : public pipeline::Extension {
 public:
  explicit Inert(const char* message) : message_(message) {}
  Status start() override {
    log::info(message_);
    return {};
  }

 private:
  const char* message_;
};

template <typename Config>
std::unique_ptr<pipeline::Factory> inert_factory(
    std::string type, std::string doc,
    Result<std::unique_ptr<pipeline::Extension>> (*make)(const Config&,
                                                         const pipeline::ComponentId&,
                                                         pipeline::Host&)) {
  return std::make_unique<pipeline::ExtensionFactory<Config>>(
      pipeline::Factory::About{config::Section::Extensions, std::move(type), std::move(doc)}, make);
}

Result<std::unique_ptr<pipeline::Extension>> make_pprof(const PprofConfig&,
                                                        const pipeline::ComponentId&,
                                                        pipeline::Host&) {
  return std::unique_ptr<pipeline::Extension>(std::make_unique<Inert>(
      "the pprof extension does nothing here: profile this program with perf"));
}

Result<std::unique_ptr<pipeline::Extension>> make_zpages(const ZpagesConfig&,
                                                         const pipeline::ComponentId&,
                                                         pipeline::Host&) {
  return std::unique_ptr<pipeline::Extension>(std::make_unique<Inert>(
      "the zpages extension does nothing here: what the program does shows in its metrics"));
}

}  // namespace

std::unique_ptr<pipeline::Factory> pprof_extension_factory() {
  return inert_factory<PprofConfig>(
      "pprof", "Is taken for compatibility and does nothing: there is no Go runtime to profile.",
      &make_pprof);
}

std::unique_ptr<pipeline::Factory> zpages_extension_factory() {
  return inert_factory<ZpagesConfig>(
      "zpages",
      "Is taken for compatibility and does nothing: the program makes no spans of itself.",
      &make_zpages);
}

}  // namespace sluice::components
