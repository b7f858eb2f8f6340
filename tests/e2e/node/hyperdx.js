// A small program as ClickStack's manual has it run under its SDK for Node.js, configured by the environment:
//   node -r @hyperdx/node-opentelemetry/build/src/tracing hyperdx.js
// Console lines become logs, spans and metrics come from OpenTelemetry's API, an exception becomes a span.
'use strict';

const HyperDX = require('@hyperdx/node-opentelemetry');
// The SDK brings its own OpenTelemetry API; this is the one that it registered its providers with.
const api = require.resolve('@opentelemetry/api', { paths: [require.resolve('@hyperdx/node-opentelemetry')] });
const { metrics, trace } = require(api);
// Loaded by name, since the SDK instruments modules as they are loaded.
const console = require('console');

async function main() {
  const counter = metrics.getMeter('shop').createCounter('orders');
  trace.getTracer('shop').startActiveSpan('checkout', (span) => {
    HyperDX.setTraceAttributes({ userId: 'user-7' });
    console.log('order 1 placed');
    console.error('card refused for order 2');
    HyperDX.recordException(new TypeError('total is not a number'));
    counter.add(7, { region: 'eu' });
    span.end();
  });
  // shutdown() does not wait for the console's own batch, which leaves after OTEL_BLRP_SCHEDULE_DELAY.
  await new Promise((resolve) => setTimeout(resolve, 1000));
  await HyperDX.shutdown();
}

main().then(() => process.exit(0), (error) => {
  console.error(error);
  process.exit(1);
});
