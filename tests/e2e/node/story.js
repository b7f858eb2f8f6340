// Sends the story of ../story.py with OpenTelemetry's SDK for Node.js:
//   node story.js grpc|proto|json HOST:PORT SERVICE [gzip|none]
'use strict';

const { ROOT_CONTEXT, SpanKind, SpanStatusCode, trace } = require('@opentelemetry/api');
const { SeverityNumber } = require('@opentelemetry/api-logs');
const { resourceFromAttributes } = require('@opentelemetry/resources');
const { BatchLogRecordProcessor, LoggerProvider } = require('@opentelemetry/sdk-logs');
const { AggregationType, MeterProvider, PeriodicExportingMetricReader } = require('@opentelemetry/sdk-metrics');
const { BasicTracerProvider, BatchSpanProcessor } = require('@opentelemetry/sdk-trace-base');

const ORDERS = 3;
const PACKAGE = { grpc: 'grpc', proto: 'proto', json: 'http' };
const [protocol, address, service, compression = 'none'] = process.argv.slice(2);

function exporter(signal, name) {
  const kind = { logs: 'logs', traces: 'trace', metrics: 'metrics' }[signal];
  const Exporter = require(`@opentelemetry/exporter-${kind}-otlp-${PACKAGE[protocol]}`)[name];
  const url = protocol === 'grpc' ? `http://${address}` : `http://${address}/v1/${signal}`;
  return new Exporter({ url, compression });
}

const resource = resourceFromAttributes({ 'service.name': service, 'deployment.environment.name': 'test' });

async function sendTraces() {
  const provider = new BasicTracerProvider({
    resource, spanProcessors: [new BatchSpanProcessor(exporter('traces', 'OTLPTraceExporter'))] });
  const tracer = provider.getTracer('shop', '1.0');
  const root = tracer.startSpan('checkout', { kind: SpanKind.SERVER, attributes: { 'cart.items': 3 } }, ROOT_CONTEXT);
  const context = trace.setSpan(ROOT_CONTEXT, root);
  for (let i = 0; i < ORDERS; i++) {
    tracer.startSpan('charge', { kind: SpanKind.CLIENT, links: [{ context: root.spanContext() }] }, context).end();
  }
  root.addEvent('retry', { attempt: 1 });
  root.setStatus({ code: SpanStatusCode.ERROR, message: 'card refused' });
  await new Promise((resolve) => setTimeout(resolve, 2));
  root.end();
  await provider.forceFlush();
  await provider.shutdown();
  return context;
}

async function sendLogs(context) {
  const provider = new LoggerProvider({
    resource, processors: [new BatchLogRecordProcessor(exporter('logs', 'OTLPLogExporter'))] });
  const logger = provider.getLogger('shop', '1.0');
  for (let i = 0; i < ORDERS; i++) {
    logger.emit({ body: `order ${i} placed`, severityNumber: SeverityNumber.WARN, severityText: 'WARN', context,
      attributes: { 'order.id': i, 'order.total': 12.5, 'order.paid': true } });
  }
  logger.emit({ body: '{"level":"error","user":{"name":"Žofie"},"attempt":2}', context: ROOT_CONTEXT });
  await provider.forceFlush();
  await provider.shutdown();
}

async function sendMetrics() {
  const reader = new PeriodicExportingMetricReader({
    exporter: exporter('metrics', 'OTLPMetricExporter'), exportIntervalMillis: 3600000 });
  const views = [
    { instrumentName: 'latency',
      aggregation: { type: AggregationType.EXPLICIT_BUCKET_HISTOGRAM, options: { boundaries: [10, 100] } } },
    { instrumentName: 'size', aggregation: { type: AggregationType.EXPONENTIAL_HISTOGRAM } },
  ];
  const provider = new MeterProvider({ resource, views, readers: [reader] });
  const meter = provider.getMeter('shop', '1.0');
  meter.createCounter('orders', { unit: '{order}' }).add(7, { region: 'eu' });
  meter.createGauge('temperature').record(21.5, { room: 'kitchen' });
  const latency = meter.createHistogram('latency', { unit: 'ms' });
  const size = meter.createHistogram('size');
  for (const value of [5, 50, 500]) latency.record(value);
  for (const value of [1, 8]) size.record(value);
  await provider.shutdown(); // the last collection: each metric is exported once
}

async function main() {
  await sendLogs(await sendTraces());
  await sendMetrics();
}

main().catch((error) => {
  console.error(error);
  process.exit(1);
});
