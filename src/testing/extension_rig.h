#pragma once

// Makes one extension the way a configuration does, for tests.

#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "components/all.h"
#include "config/yaml.h"
#include "http/message.h"
#include "pipeline/factory.h"

namespace sluice::testing {

/// An extension and what it is made in; there are no lanes.
class ExtensionRig {
 public:
  ExtensionRig(std::string_view type, std::string_view yaml,
               io::ListenerPool* listeners = nullptr) {
    host_.listeners = listeners;
    const pipeline::Factory* factory =
        components::all_components().find(config::Section::Extensions, type);
    config::Diagnostics diagnostics;
    const auto options = factory->read(config::parse_yaml(yaml, "").value(),
                                       config::Place(diagnostics, std::string(type), {}));
    for (const auto& warning : diagnostics.warnings()) warnings_ += warning.to_string() + "\n";
    problem_ = diagnostics.to_string();
    if (!diagnostics.ok()) return;
    auto made = factory->extension(options, {std::string(type), ""}, host_);
    problem_ = made.status().message();
    if (made.ok()) extension_ = std::move(made).value();
  }

  /// Why it could not be made; empty if it could. REQUIRES of all else: it could.
  const std::string& problem() const { return problem_; }
  const std::string& warnings() const { return warnings_; }
  pipeline::Extension& operator*() const { return *extension_; }
  pipeline::Extension* operator->() const { return extension_.get(); }

  /// What it says of a request with these headers.
  Status check(const std::vector<std::pair<std::string, std::string>>& headers) const {
    http::Headers all;
    for (const auto& [name, value] : headers) all.add(name, value);
    return extension_->server_auth()->check(all);
  }
  /// What it adds to a request, a line each.
  std::string added_headers() const {
    pipeline::ClientAuth::Headers headers;
    extension_->client_auth()->add_headers(headers);
    std::string out;
    for (const auto& [name, value] : headers) out += name + ": " + value + "\n";
    return out;
  }

 private:
  Budget budget_{1 << 20};
  metrics::Registry metrics_;
  pipeline::Host host_{{}, budget_, metrics_};
  std::string problem_;
  std::string warnings_;
  std::unique_ptr<pipeline::Extension> extension_;
};

}  // namespace sluice::testing
