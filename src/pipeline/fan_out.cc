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

otlp::Metadata::Entries copy(const otlp::Metadata::Entries& entries, Arena& arena) {
  otlp::Metadata::Entries copied;
  for (const otlp::Metadata::Entry& entry : entries) {
    otlp::Metadata::Entry& to = copied.emplace_back(arena);
    to.name = arena.copy(entry.name);
    for (const std::string_view value : entry.values) to.values.push_back(arena, arena.copy(value));
  }
  return copied;
}

}  // namespace

const otlp::Metadata* copy_of(const otlp::Metadata* metadata, Arena& arena) {
  if (metadata == nullptr) return nullptr;
  auto* copied = arena.create<otlp::Metadata>();
  copied->client_address = arena.copy(metadata->client_address);
  copied->entries = copy(metadata->entries, arena);
  copied->grpc = copy(metadata->grpc, arena);
  for (const auto& [name, value] : metadata->auth)
    copied->auth.push_back(arena, {arena.copy(name), arena.copy(value)});
  return copied;
}

Batch copy_of(Batch& batch) {
  Batch copied;
  copied.signal = batch.signal;
  copied.logs = copy(batch.logs, *copied.arena);
  copied.traces = copy(batch.traces, *copied.arena);
  copied.metrics = copy(batch.metrics, *copied.arena);
  copied.metadata = copy_of(batch.metadata, *copied.arena);
  copied.memory = batch.memory.another(copied.arena->capacity_bytes());
  copied.ack = batch.ack.split();
  return copied;
}

FanOut::FanOut(const std::vector<Consumer*>& next) {
  for (Consumer* each : next) {
    if (Reader* reader = each->reader()) {
      readers_.push_back(reader);
    } else {
      takers_.push_back(each);
    }
  }
}

void FanOut::read(const BatchView& batch, Ack&& ack) {
  for (size_t i = 0; i + 1 < readers_.size(); ++i) readers_[i]->read(batch, ack.split());
  readers_.back()->read(batch, std::move(ack));
}

void FanOut::consume(Batch&& batch) {
  if (takers_.empty()) return read(batch.view(), std::move(batch.ack));
  for (Reader* reader : readers_) reader->read(batch.view(), batch.ack.split());
  for (size_t i = 0; i + 1 < takers_.size(); ++i) takers_[i]->consume(copy_of(batch));
  takers_.back()->consume(std::move(batch));
}

}  // namespace sluice::pipeline
