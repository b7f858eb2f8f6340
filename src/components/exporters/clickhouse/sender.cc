#include "components/exporters/clickhouse/sender.h"

#include <chrono>
#include <string>
#include <utility>

#include "base/log.h"

namespace sluice::components {
namespace {

using clickhouse::Answer;
using clickhouse::ErrorClass;

/// A sender's own buffers are for retries and halves; what a large one leaves behind is given back.
constexpr size_t kScratchBytesKept = 256 << 10;

}  // namespace

std::string user_of(const clickhouse::Endpoint& endpoint) {
  return endpoint.user.empty() ? "default" : endpoint.user;
}

std::string grant_advice(std::string_view right, std::string_view database, std::string_view table,
                         std::string_view user) {
  using clickhouse::quote_identifier;
  return "grant the right: GRANT " + std::string(right) + " ON " + quote_identifier(database) +
         "." + quote_identifier(table) + " TO " + quote_identifier(user);
}

std::string_view schema_command(mapping::AttributeType attributes) {
  return attributes == mapping::AttributeType::Json ? "'sluice schema --json-columns true'"
                                                    : "'sluice schema'";
}

Sender::Sender(Send send, const SenderOptions& options, InsertQueue& queue, SenderHost& host,
               ExporterMetrics& metrics)
    : send_(std::move(send)), options_(options), queue_(queue), host_(host), metrics_(metrics) {}

std::string Sender::advice(const Insert& insert, int code) const {
  const std::string command(schema_command(options_.attributes));
  switch (code) {
    case 60:
    case 81:
      return "create ClickStack's tables: " + command +
             " prints them, create_schema: true makes them";
    case 192:
    case 193:
    case 194:
    case 516: return "check the name and password of the ClickHouse user " + options_.user;
    case 164:
    case 195:
    case 291:
    case 497: return grant_advice("INSERT", options_.database, name_of(insert), options_.user);
    case 115: return "remove the setting from the endpoint's parameters";
    default: return "compare the table with ClickStack's schema: " + command + " prints it";
  }
}

std::string Sender::describe(const Insert& insert, const Answer& answer) const {
  std::string text = name_of(insert);
  if (answer.code != 0) text += ", code " + std::to_string(answer.code);
  return text + ": " + answer.message;
}

void Sender::run() {
  for (;;) {
    Schedule::Pick pick = queue_.take();
    if (pick.insert == nullptr) return;
    switch (pick.verdict) {
      case Schedule::Verdict::Try: work(std::move(pick.insert)); break;
      case Schedule::Verdict::Expired:
        hand_back(std::move(pick.insert), "ClickHouse did not take the rows in time");
        break;
      case Schedule::Verdict::Parked: hand_back(std::move(pick.insert), pick.reason); break;
    }
  }
}

void Sender::work(std::unique_ptr<Insert> insert) {
  const mapping::Table table = insert->table();
  while (!insert->finished()) {
    const Answer answer = send_piece(*insert);
    if (answer.done()) {
      host_.reached(true);
      metrics_.of(table).rows->add(insert->piece().rows());
      metrics_.items_of(table).sent.add(insert->piece().rows());
      insert->piece_stored();
    } else if (!failed(insert, answer)) {
      return;
    }
  }
  queue_.succeeded(table);
  finish(std::move(insert), Status());
}

Answer Sender::send_piece(Insert& insert) {
  insert.count_try();
  insert.encode_piece(options_.lz4, body_);
  const std::string token = options_.tokens ? insert.piece_token() : std::string();
  const std::string columns = host_.columns(insert.table());
  clickhouse::InsertRequest request;
  request.table = name_of(insert);
  request.columns = columns;
  request.body = body_.segments;
  request.lz4 = options_.lz4;
  request.token = token;
  request.rows = insert.piece().rows();
  request.try_number = insert.piece().tries;
  request.settings = &options_.settings;
  request.timeout = options_.timeout;
  size_t bytes = 0;
  for (const std::string_view segment : body_.segments) bytes += segment.size();

  metrics_.in_flight.add(1);
  metrics_.queue_of(insert.table()).in_flight.add(1);
  const auto start = Insert::Clock::now();
  Answer answer = send_(request);
  const std::chrono::duration<double> took = Insert::Clock::now() - start;
  metrics_.in_flight.add(-1);
  metrics_.queue_of(insert.table()).in_flight.add(-1);
  metrics_.of(insert.table()).insert_seconds->observe(took.count());
  metrics_.inserts[static_cast<size_t>(answer.error_class)]->add();
  if (answer.done()) metrics_.of(insert.table()).bytes->add(bytes);
  if (body_.scratch.capacity() > kScratchBytesKept) body_.scratch.release();
  return answer;
}

bool Sender::failed(std::unique_ptr<Insert>& insert, const Answer& answer) {
  const uint32_t rejected_before = insert->rejected_rows();
  switch (answer.error_class) {
    case ErrorClass::Done: return true;
    case ErrorClass::Split: insert->divide_piece(describe(*insert, answer)); break;
    case ErrorClass::Poison: insert->divide_piece(describe(*insert, answer), answer.row); break;
    case ErrorClass::Park:
      if (host_.schema_missed(insert->table(), answer.code)) return true;
      park(insert, answer);
      return false;
    case ErrorClass::Ambiguous: metrics_.in_doubt.add(); [[fallthrough]];
    case ErrorClass::Transient:
    case ErrorClass::BackPressure:
      // An answer with a code came from a living server.
      host_.reached(answer.code != 0);
      log::warn("ClickHouse did not take an insert",
                {{"table", name_of(*insert)},
                 {"class", clickhouse::error_class_name(answer.error_class)},
                 {"code", answer.code},
                 {"error", answer.message},
                 {"rows", uint64_t{insert->unsent_rows()}}});
      retry(std::move(insert), answer);
      return false;
  }
  const uint32_t rejected = insert->rejected_rows() - rejected_before;
  if (rejected != 0) {
    metrics_.of(insert->table()).rejected->add(rejected);
    metrics_.items_of(insert->table()).send_failed.add(rejected);
    log::warn("ClickHouse cannot store some rows; they are left out",
              {{"table", name_of(*insert)},
               {"code", answer.code},
               {"error", answer.message},
               {"rows", uint64_t{rejected}}});
  }
  return true;
}

void Sender::retry(std::unique_ptr<Insert> insert, const Answer& answer) {
  const mapping::Table table = insert->table();
  insert->set_last_failure(describe(*insert, answer));
  if (!options_.retries && insert->deadline()) {
    queue_.retry(table, nullptr, answer.pause);
    hand_back(std::move(insert), "ClickHouse did not take the rows");
    return;
  }
  metrics_.retries.add();
  insert->release_unpacked();
  queue_.retry(table, std::move(insert), answer.pause);
}

void Sender::park(std::unique_ptr<Insert>& insert, const Answer& answer) {
  const mapping::Table table = insert->table();
  log::error("ClickHouse refuses a table's rows until this is put right",
             {{"table", name_of(*insert)},
              {"code", answer.code},
              {"error", answer.message},
              {"do", advice(*insert, answer.code)}});
  const std::string reason = "ClickHouse cannot take rows now (" + describe(*insert, answer) + ")";
  insert->set_last_failure({});  // the reason says it
  if (!insert->deadline()) {
    metrics_.retries.add();
    insert->release_unpacked();
    queue_.park(table, std::move(insert), reason, answer.pause);
    return;
  }
  queue_.park(table, nullptr, reason, answer.pause);
  hand_back(std::move(insert), reason);
}

void Sender::hand_back(std::unique_ptr<Insert> insert, const std::string& why) {
  metrics_.handed_back.add(insert->unsent_rows());
  metrics_.items_of(insert->table()).send_failed.add(insert->unsent_rows());
  std::string message = why;
  if (!insert->last_failure().empty()) message += " (" + insert->last_failure() + ")";
  finish(std::move(insert), unavailable(message + "; send them again"));
}

void Sender::finish(std::unique_ptr<Insert> insert, const Status& rest) {
  metrics_.left(insert->table(), insert->rows(), insert->bytes());
  insert->resolve(rest);
}

}  // namespace sluice::components
