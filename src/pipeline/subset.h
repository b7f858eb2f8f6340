#pragma once

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

  /// A batch of its own, with a promise more to the sender of `batch`.
  Batch to_batch(Batch& batch) const {
    Batch out;
    out.signal = batch.signal;
    auto* copied = out.arena->template create<otlp::Request<Record>>();
    otlp::clone(request_, *out.arena, *copied);
    set_request(out, copied);
    out.metadata = copy_of(batch.metadata, *out.arena);
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
  static void set_request(Batch& batch, otlp::LogsRequest* request) { batch.logs = request; }
  static void set_request(Batch& batch, otlp::TracesRequest* request) { batch.traces = request; }
  static void set_request(Batch& batch, otlp::MetricsRequest* request) { batch.metrics = request; }

  Arena& arena_;
  otlp::Request<Record> request_;
  const otlp::ResourceGroup<Record>* group_ = nullptr;
  const otlp::ScopeGroup<Record>* scope_ = nullptr;
};

}  // namespace sluice::pipeline
