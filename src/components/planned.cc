#include "components/planned.h"

namespace sluice::components {

void add_planned_components(pipeline::Registry& registry) {
  using config::Section;
  // What ClickStack's collector is built with (its builder-config.yaml), without what is registered
  // in all.cc.
  const pipeline::Registry::Planned planned[] = {
      {Section::Receivers, "datadog", "Takes the Datadog agent's telemetry."},
      {Section::Receivers, "docker_stats", "Reads metrics of containers from Docker."},
      {Section::Receivers, "filelog", "Reads lines from files."},
      {Section::Receivers, "fluentforward", "Takes logs over Fluentd's forward protocol."},
      {Section::Receivers, "hostmetrics", "Reads metrics of the host."},
      {Section::Receivers, "k8s_cluster", "Reads metrics and events of a Kubernetes cluster."},
      {Section::Receivers, "k8sobjects", "Reads objects of a Kubernetes cluster."},
      {Section::Receivers, "kubeletstats", "Reads metrics of pods and nodes from the kubelet."},
      {Section::Receivers, "prometheus", "Scrapes Prometheus metrics."},
      {Section::Processors, "k8sattributes", "Adds attributes of pods to what they send."},
      {Section::Exporters, "prometheusremotewrite", "Sends metrics by Prometheus' remote write."},
      {Section::Extensions, "file_storage", "Keeps the state of other components in files."},
      {Section::Extensions, "memory_limiter", "Refuses requests when memory is short."},
      {Section::Extensions, "oidc", "Lets senders with a token of an OpenID provider in."},
      {Section::Extensions, "opamp", "Lets a server manage the collector."},
  };
  for (const pipeline::Registry::Planned& each : planned) registry.add_planned(each);
}

}  // namespace sluice::components
