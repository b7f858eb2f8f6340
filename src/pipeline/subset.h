#pragma once

#include <type_traits>

#include "otlp/clone.h"
#include "pipeline/fan_out.h"

namespace sluice::pipeline {

/// Some of a request's records, under their resources and scopes, in the order of adding. It shares
/// what the records hold with the request.
template <typename Record>
class Subset {
 public:
  explicit Subset(Arena& arena) : arena_(arena) {}

  bool empty() const { return request_.resources.empty(); }
  /// REQUIRES: the groups stay where they are between additions from one scope.
  void add(const otlp::ResourceGroup<Record>& group, const otlp::ScopeGroup<Record>& scope,
           const Record& record) {
    if (group_ != &group || scope_ != &scope) begin(group, scope);
    request_.resources.back().scopes.back().records.push_back(arena_, record);
  }
  void add(const otlp::ResourceGroup<Record>& group) {
    request_.resources.push_back(arena_, group);
    group_ = nullptr;
  }
  const otlp::Request<Record>& request() const { return request_; }

  /// What a reader sees of it. REQUIRES: `batch` is the one whose records it has.
  BatchView view(const Batch& batch) const {
    BatchView view = batch.view();
    set_request(view, &request_);
    return view;
  }
  /// Makes it all that is left of the batch. REQUIRES: the batch is the one whose records it has,
  /// and the arena the batch's.
  void replace_in(Batch& batch) const {
    set_request(batch, batch.arena->template create<otlp::Request<Record>>(request_));
  }
  /// A batch of its own, with a promise more to the sender of `batch`.
  Batch to_batch(Batch& batch) const {
    Batch out;
    out.signal = batch.signal;
    auto* copied = out.arena->template create<otlp::Request<Record>>();
    otlp::clone(request_, *out.arena, *copied);
    set_request(out, copied);
    out.metadata = copy_of(batch.metadata, *out.arena);
    out.memory = batch.memory.another(out.arena->capacity_bytes());
    out.ack = batch.ack.split();
    return out;
  }

 private:
  void begin(const otlp::ResourceGroup<Record>& group, const otlp::ScopeGroup<Record>& scope) {
    if (group_ != &group) {
      auto& made = request_.resources.push_back(arena_, group);
      made.scopes = {};
    }
    auto& made = request_.resources.back().scopes.push_back(arena_, scope);
    made.records = {};
    group_ = &group;
    scope_ = &scope;
  }
  template <typename SomeBatch, typename Request>
  static void set_request(SomeBatch& batch, Request* request) {
    if constexpr (std::is_same_v<Record, otlp::LogRecord>) {
      batch.logs = request;
    } else if constexpr (std::is_same_v<Record, otlp::Span>) {
      batch.traces = request;
    } else {
      batch.metrics = request;
    }
  }

  Arena& arena_;
  otlp::Request<Record> request_;
  const otlp::ResourceGroup<Record>* group_ = nullptr;
  const otlp::ScopeGroup<Record>* scope_ = nullptr;
};

}  // namespace sluice::pipeline
