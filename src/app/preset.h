#pragma once

#include <string_view>

#include "app/options.h"
#include "config/node.h"

namespace sluice::app {

/// ClickStack's collector as it runs on its own, in the OpenTelemetry Collector's YAML
/// (presets/clickstack.yaml).
std::string_view clickstack_yaml();

/// What messages call it.
inline constexpr std::string_view kPresetName = "clickstack.yaml";

/// The same as the options of `serve` or `gateway` would have it: what a user's configuration is
/// put over. `store_url`: the ClickHouse to write to.
config::Node clickstack_preset(const Options& options, const std::string& store_url);

/// The clickhouse exporter's `clickstack_schema`, as ClickStack's migration tool is told.
config::Node clickstack_schema(const Options& options);

/// The clickhouse exporter's `tls`.
config::Node clickhouse_tls(const ClickHouseTls& tls);

}  // namespace sluice::app
