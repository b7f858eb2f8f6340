#include "components/planned.h"

namespace sluice::components {

void add_planned_components(pipeline::Registry& registry) {
  using config::Section;
  // What ClickStack's collector is built with (its builder-config.yaml), without what is registered
  // in all.cc. Where 0.155 has a new name, the one before is the alias.
  const pipeline::Registry::Planned planned[] = {
      {Section::Receivers, "datadog", "Takes the Datadog agent's telemetry."},
      {Section::Receivers, "docker_stats", "Reads metrics of containers from Docker."},
      {Section::Receivers, "file_log", "Reads lines from files.", "filelog"},
      {Section::Receivers, "fluent_forward", "Takes logs over Fluentd's forward protocol.",
       "fluentforward"},
      {Section::Receivers, "host_metrics", "Reads metrics of the host.", "hostmetrics"},
      {Section::Receivers, "k8s_cluster", "Reads metrics and events of a Kubernetes cluster."},
      {Section::Receivers, "k8s_objects", "Reads objects of a Kubernetes cluster.", "k8sobjects"},
      {Section::Receivers, "kubelet_stats", "Reads metrics of pods and nodes from the kubelet.",
       "kubeletstats"},
      {Section::Receivers, "prometheus", "Scrapes Prometheus metrics."},
      {Section::Processors, "k8s_attributes", "Adds attributes of pods to what they send.",
       "k8sattributes"},
      {Section::Exporters, "prometheus_remote_write", "Sends metrics by Prometheus' remote write.",
       "prometheusremotewrite"},
      {Section::Extensions, "file_storage", "Keeps the state of other components in files."},
      {Section::Extensions, "memory_limiter", "Refuses requests when memory is short."},
      {Section::Extensions, "oidc", "Lets senders with a token of an OpenID provider in."},
      {Section::Extensions, "opamp", "Lets a server manage the collector."},
  };
  for (const pipeline::Registry::Planned& each : planned) registry.add_planned(each);
}

}  // namespace sluice::components
