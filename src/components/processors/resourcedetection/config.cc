#include "components/processors/resourcedetection/config.h"

#include <algorithm>

#include "base/utf8.h"
#include "components/processors/resourcedetection/detect.h"

namespace sluice::components::resourcedetection_processor {
namespace {

using config::Place;

/// Of the original, without those that are here.
constexpr const char* kOtherDetectors[] = {"akamai",
                                           "aks",
                                           "alibaba_ecs",
                                           "azure",
                                           "azurecontainerapps",
                                           "consul",
                                           "digitalocean",
                                           "dynatrace",
                                           "ec2",
                                           "ecs",
                                           "eks",
                                           "elasticbeanstalk",
                                           "gcp",
                                           "heroku",
                                           "hetzner",
                                           "ibmcloud_classic",
                                           "ibmcloud_vpc",
                                           "k8s_api",
                                           "k8snode",
                                           "kubeadm",
                                           "lambda",
                                           "nova",
                                           "openshift",
                                           "oraclecloud",
                                           "scaleway",
                                           "tencent_cvm",
                                           "upcloud",
                                           "vultr"};

constexpr const char* kClientOptions[] = {"endpoint",
                                          "tls",
                                          "headers",
                                          "compression",
                                          "proxy_url",
                                          "auth",
                                          "cookies",
                                          "middlewares",
                                          "read_buffer_size",
                                          "write_buffer_size",
                                          "max_idle_conns",
                                          "max_idle_conns_per_host",
                                          "max_conns_per_host",
                                          "idle_conn_timeout",
                                          "disable_keep_alives",
                                          "http2_read_idle_timeout",
                                          "http2_ping_timeout",
                                          "compression_params",
                                          "force_attempt_http2"};

bool contains(const std::vector<std::string>& names, const std::string& name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

/// For the options of a detector.
auto unless_used(const char* detector) {
  return [detector](const Config& config) {
    return std::none_of(config.detectors.begin(), config.detectors.end(),
                        [&](const auto& name) { return utf8::trim_space(name) == detector; });
  };
}

void check_attributes(const config::Dictionary<AttributeSwitch>& switches,
                      const std::vector<std::string>& known, const Place& place) {
  for (const auto& [name, wanted] : switches) {
    if (wanted.enabled && !contains(known, name))
      place.of(name).error("this is not detected here; there are " + config::one_of_text(known));
  }
}

}  // namespace

const config::Schema<AttributeSwitch>& schema_of(const AttributeSwitch*) {
  static const auto schema = config::Schema<AttributeSwitch>().field(
      "enabled", &AttributeSwitch::enabled, "Whether the attribute is added.");
  return schema;
}

const config::Schema<EnvConfig>& schema_of(const EnvConfig*) {
  static const auto schema = config::Schema<EnvConfig>().field(
      "allowlist", &EnvConfig::allowlist, "Only these keys are taken; all, if there is no list.");
  return schema;
}

const config::Schema<SystemConfig>& schema_of(const SystemConfig*) {
  using C = SystemConfig;
  static const auto schema =
      config::Schema<C>()
          .field("hostname_sources", &C::hostname_sources,
                 "Where the host's name is looked for, in this order: dns, os, cname, lookup. "
                 "Without any, dns and then os.")
          .field("resource_attributes", &C::resource_attributes,
                 "Switches attributes on and off; host.name and os.type are on.")
          .check([](const C& config, const Place& place) {
            for (size_t i = 0; i < config.hostname_sources.size(); ++i) {
              if (!contains({"dns", "os", "cname", "lookup"}, config.hostname_sources[i]))
                place.of("hostname_sources").of(i).expected("dns, os, cname or lookup");
            }
            check_attributes(config.resource_attributes, system_attributes(),
                             place.of("resource_attributes"));
          });
  return schema;
}

const config::Schema<DockerConfig>& schema_of(const DockerConfig*) {
  static const auto schema =
      config::Schema<DockerConfig>()
          .field("resource_attributes", &DockerConfig::resource_attributes,
                 "Switches attributes on and off; host.name and os.type are on.")
          .check([](const DockerConfig& config, const Place& place) {
            check_attributes(config.resource_attributes, {"host.name", "os.type"},
                             place.of("resource_attributes"));
          });
  return schema;
}

const config::Schema<Config>& schema_of(const Config*) {
  using C = Config;
  static const auto schema = [] {
    config::Schema<C> s;
    s.field("detectors", &C::detectors,
            "Where attributes come from: env, system, docker. The first that has one gives it.")
        .field("override", &C::override_existing,
               "Whether they go over attributes that a resource has already.")
        .field("timeout", &C::timeout, "How long a detector may take.")
        .field("attributes", &C::attributes,
               "Only these attributes are added; all that are detected, if there is no list.")
        .field("fail_on_missing_metadata", &C::fail_on_missing_metadata,
               "Whether it is an error that a detector's source does not answer.")
        .field("env", &C::env, "The detector env: OTEL_RESOURCE_ATTRIBUTES.")
        .ignored_if(unless_used("env"), "unless env is one of detectors")
        .field("system", &C::system, "The detector system: the host.")
        .ignored_if(unless_used("system"), "unless system is one of detectors")
        .field("docker", &C::docker,
               "The detector docker: what the Docker daemon says of its host.")
        .ignored_if(unless_used("docker"), "unless docker is one of detectors")
        .field("refresh_interval", &C::refresh_interval, "How often it is detected again.")
        .ignored("attributes are detected at the start, and when the configuration is reloaded")
        .field("retry", &C::retry, "How a detector that fails is tried again.")
        .ignored("the sources of these detectors are on this machine and answer at once");
    for (const char* name : kOtherDetectors)
      s.ignore<config::Node>(name, "there is no such detector here: only env, system and docker");
    for (const char* name : kClientOptions)
      s.ignore<config::Node>(name, "nothing is fetched over the network");
    s.check([](const C& config, const Place& place) {
      const Place here = place.of("detectors");
      for (size_t i = 0; i < config.detectors.size(); ++i) {
        const std::string& name = config.detectors[i];
        if (!contains({"env", "system", "docker"}, std::string(utf8::trim_space(name))))
          here.of(i).error("there is no detector \"" + name +
                           "\" here: only env, system and docker");
      }
      if (config.detectors.empty()) here.warning("without a detector nothing is added");
    });
    return s;
  }();
  return schema;
}

}  // namespace sluice::components::resourcedetection_processor
