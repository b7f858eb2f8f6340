#include "pipeline/fan_out.h"

#include "otlp/clone.h"

namespace sluice::pipeline {
namespace {

template <typename Request>
Request* copy(const Request* request, Arena& arena) {
  if (request == nullptr) return nullptr;
  auto* copied = arena.create<Request>();
  otlp::clone(*request, arena, *copied);
  return copied;
}

}  // namespace

const otlp::Metadata* copy_of(const otlp::Metadata* metadata, Arena& arena) {
  if (metadata == nullptr) return nullptr;
  auto* copied = arena.create<otlp::Metadata>();
  copied->client_address = arena.copy(metadata->client_address);
  for (const otlp::Metadata::Entry& entry : metadata->entries) {
    otlp::Metadata::Entry& to = copied->entries.emplace_back(arena);
    to.name = arena.copy(entry.name);
    for (const std::string_view value : entry.values) to.values.push_back(arena, arena.copy(value));
  }
  return copied;
}

Batch copy_of(Batch& batch) {
  Batch copied;
  copied.signal = batch.signal;
  copied.logs = copy(batch.logs, *copied.arena);
  copied.traces = copy(batch.traces, *copied.arena);
  copied.metrics = copy(batch.metrics, *copied.arena);
  copied.metadata = copy_of(batch.metadata, *copied.arena);
  copied.ack = batch.ack.split();
  return copied;
}

void FanOut::consume(Batch&& batch) {
  for (size_t i = 0; i + 1 < next_.size(); ++i) next_[i]->consume(copy_of(batch));
  next_.back()->consume(std::move(batch));
}

}  // namespace sluice::pipeline
