#include "components/receivers/otlp/lane.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "otlp/decode.h"
#include "pipeline/count.h"

namespace sluice::components::otlp_receiver {

namespace {

/// How exactly senders' deadlines are kept; they watch them themselves.
constexpr std::chrono::milliseconds kDeadlineTick{50};

template <typename Request>
Status decode_into(Format format, std::string_view message, Arena& arena, Request*& out) {
  // The struct is trivially destructible, so the arena may hold it.
  out = arena.create<Request>();
  return format == Format::Json ? otlp::decode_json(message, arena, *out)
                                : otlp::decode_protobuf(message, arena, *out);
}

}  // namespace

Status out_of_memory() { return unavailable("data refused due to high memory usage"); }

Status for_sender(const Status& status) {
  switch (status.code()) {
    case Code::Ok:
    case Code::InvalidArgument:
    case Code::ResourceExhausted:
    case Code::Unauthenticated:
    case Code::PermissionDenied:
    case Code::Unimplemented: return status;
    default: return status.retryable() ? status : unavailable(status.message());
  }
}

Lane::Lane(io::Loop& loop, pipeline::Consumer& next, Budget& budget, Instruments& instruments)
    : loop_(loop), next_(next), budget_(budget), instruments_(instruments), deadlines_(loop) {}

Status Lane::replace(Buffer&& expanded, Buffer& body, Budget::Share& memory) {
  // One body at a time is decompressed on a lane, so what is not yet reserved is bounded by the
  // limit of one.
  Budget::Share taken;
  if (!budget_.take(taken, expanded.size())) return out_of_memory();
  body = std::move(expanded);
  memory = std::move(taken);
  return {};
}

Status Lane::decode(otlp::Signal signal, Format format, std::string_view message, Buffer&& body,
                    Budget::Share&& memory, pipeline::Batch& batch) {
  batch.signal = signal;
  batch.body = std::move(body);  // the bytes stay where they are, and so does `message`
  batch.memory = std::move(memory);
  batch.arena = arenas_->take();
  Arena& arena = *batch.arena;
  Status status = internal_error("a signal without a decoder");
  switch (signal) {
    case otlp::Signal::Logs: status = decode_into(format, message, arena, batch.logs); break;
    case otlp::Signal::Traces: status = decode_into(format, message, arena, batch.traces); break;
    case otlp::Signal::Metrics: status = decode_into(format, message, arena, batch.metrics); break;
  }
  // How much that is is known only now, and bounded by otlp::kDecodedBytesMax for each lane.
  budget_.charge(batch.memory, arena.capacity_bytes());
  return status;
}

void Lane::consume(pipeline::Batch&& batch, Transport transport, std::unique_ptr<Reply> reply,
                   std::optional<std::chrono::nanoseconds> timeout) {
  const uint64_t id = ++last_id_;
  Open& open = open_[id];
  open = {std::move(reply), batch.signal, transport, pipeline::count_items(batch), {}};
  if (open.records == 0) {
    instruments_.of(batch.signal, transport).decoded_empty->add();
    answer(id, {});
    return;
  }
  if (timeout.has_value()) {
    open.deadline = Clock::now() + *timeout;
    watch_deadlines();
  }
  batch.ack = pipeline::Ack([lane = shared_from_this(), id](pipeline::Outcome&& outcome) {
    lane->resolved(id, std::move(outcome));
  });
  next_.consume(std::move(batch));
}

void Lane::resolved(uint64_t id, pipeline::Outcome&& outcome) {
  if (loop_.is_current()) {
    answer(id, outcome);
    return;
  }
  loop_.post(
      [lane = shared_from_this(), id, moved = std::move(outcome)] { lane->answer(id, moved); });
}

void Lane::answer(uint64_t id, const pipeline::Outcome& outcome) {
  auto found = open_.extract(id);
  if (found.empty()) return;  // its deadline came first
  count(found.mapped(), outcome);
  found.mapped().reply->answer(outcome);
}

void Lane::count(const Open& open, const pipeline::Outcome& outcome) {
  Instruments::PerSignal& to = instruments_.of(open.signal, open.transport);
  const uint64_t refused =
      outcome.status.ok() ? std::min(open.records, outcome.rejected) : open.records;
  to.items->accepted.add(open.records - refused);
  to.items->refused.add(refused);
  Result result = Result::Ok;
  if (outcome.status.ok()) {
    to.accepted_records->add(open.records - refused);
    to.rejected_records->add(outcome.rejected);
    if (outcome.rejected != 0) result = Result::Partial;
  } else if (outcome.status.code() == Code::DeadlineExceeded) {
    to.retry_records->add(open.records);
    result = Result::Deadline;
  } else if (for_sender(outcome.status).retryable()) {
    to.retry_records->add(open.records);
    result = Result::RetryLater;
  } else {
    to.rejected_records->add(open.records);
    result = Result::Bad;
  }
  to.requests[static_cast<size_t>(result)]->add();
}

void Lane::watch_deadlines() {
  if (watching_) return;
  watching_ = true;
  deadlines_.after(kDeadlineTick, [weak = weak_from_this()] {
    if (const auto lane = weak.lock()) lane->expire();
  });
}

void Lane::expire() {
  watching_ = false;
  const Clock::time_point now = Clock::now();
  std::vector<uint64_t> late;
  bool more = false;
  for (const auto& [id, open] : open_) {
    if (!open.deadline.has_value()) continue;
    if (*open.deadline <= now) {
      late.push_back(id);
    } else {
      more = true;
    }
  }
  for (const uint64_t id : late)
    answer(id, {{Code::DeadlineExceeded, "context deadline exceeded"}, 0, {}});
  if (more) watch_deadlines();
}

}  // namespace sluice::components::otlp_receiver
