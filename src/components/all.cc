#include "components/all.h"

#include "components/connectors/forward/forward.h"
#include "components/connectors/routing/routing.h"
#include "components/exporters/clickhouse/component.h"
#include "components/exporters/debug/debug.h"
#include "components/exporters/file/file.h"
#include "components/exporters/nop/nop.h"
#include "components/exporters/otlp/otlp.h"
#include "components/exporters/otlp_http/otlp_http.h"
#include "components/extensions/basicauth/basicauth.h"
#include "components/extensions/bearertokenauth/bearertokenauth.h"
#include "components/extensions/health_check/health_check.h"
#include "components/extensions/inert/inert.h"
#include "components/planned.h"
#include "components/processors/attributes/attributes.h"
#include "components/processors/batch/batch.h"
#include "components/processors/cumulativetodelta/cumulativetodelta.h"
#include "components/processors/filter/filter.h"
#include "components/processors/groupbyattrs/groupbyattrs.h"
#include "components/processors/logdedup/logdedup.h"
#include "components/processors/memory_limiter/memory_limiter.h"
#include "components/processors/metricstransform/metricstransform.h"
#include "components/processors/probabilistic_sampler/probabilistic_sampler.h"
#include "components/processors/redaction/redaction.h"
#include "components/processors/resource/resource.h"
#include "components/processors/resourcedetection/resourcedetection.h"
#include "components/processors/span/span.h"
#include "components/processors/tail_sampling/tail_sampling.h"
#include "components/processors/transform/transform.h"
#include "components/receivers/nop/nop.h"
#include "components/receivers/otlp/component.h"

namespace sluice::components {

const pipeline::Registry& all_components() {
  static const pipeline::Registry registry = [] {
    pipeline::Registry all;
    all.add(nop_receiver_factory());
    all.add(otlp_receiver_factory());
    all.add(batch_processor_factory());
    all.add(memory_limiter_processor_factory());
    all.add(transform_processor_factory());
    all.add(attributes_processor_factory());
    all.add(resource_processor_factory());
    all.add(resourcedetection_processor_factory());
    all.add(span_processor_factory());
    all.add(groupbyattrs_processor_factory());
    all.add(filter_processor_factory());
    all.add(redaction_processor_factory());
    all.add(probabilistic_sampler_processor_factory());
    all.add(tail_sampling_processor_factory());
    all.add(cumulativetodelta_processor_factory());
    all.add(metricstransform_processor_factory());
    all.add(logdedup_processor_factory());
    all.add(clickhouse_exporter_factory());
    all.add(debug_exporter_factory());
    all.add(file_exporter_factory());
    all.add(nop_exporter_factory());
    all.add(otlp_exporter_factory());
    all.add(otlp_http_exporter_factory());
    all.add(forward_connector_factory());
    all.add(routing_connector_factory());
    all.add(health_check_extension_factory());
    all.add(bearertokenauth_extension_factory());
    all.add(basicauth_extension_factory());
    all.add(pprof_extension_factory());
    all.add(zpages_extension_factory());
    add_planned_components(all);
    return all;
  }();
  return registry;
}

}  // namespace sluice::components
