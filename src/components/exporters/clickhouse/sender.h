#pragma once

#include <atomic>
#include <functional>
#include <memory>

#include "clickhouse/client.h"
#include "components/exporters/clickhouse/exporter_metrics.h"
#include "components/exporters/clickhouse/insert_queue.h"

namespace sluice::components {

/// What sender threads share with the exporter. Thread-safe.
class SenderHost {
 public:
  virtual ~SenderHost() = default;
  /// The columns to name in inserts into the table. They change when an older schema is found.
  virtual std::string columns(mapping::Table table) const = 0;
  /// A table, column or database is missing: whether the schema was found different from what was
  /// believed, so that the same rows may go in at once.
  virtual bool schema_missed(mapping::Table table, int code) = 0;
  /// The store was reached, or not.
  virtual void reached(bool yes) = 0;
};

/// As it is named in statements, where it may be left out of the endpoint.
std::string user_of(const clickhouse::Endpoint& endpoint);
/// "grant the right: GRANT INSERT ON …", with the names quoted.
std::string grant_advice(std::string_view right, std::string_view database, std::string_view table,
                         std::string_view user);

/// "'sluice schema'", with what makes it print tables with these attributes.
std::string_view schema_command(mapping::AttributeType attributes);

struct SenderOptions {
  mapping::TableNames tables = mapping::standard_table_names();
  mapping::AttributeType attributes = mapping::AttributeType::Map;
  bool lz4 = true;
  bool tokens = true;  ///< let replicated tables keep one copy of an insert that was sent twice
  clickhouse::Settings settings;
  std::chrono::milliseconds timeout{30'000};
  bool retries = true;   ///< else senders are told to come again after the first failure
  std::string database;  ///< this and the next: for advice
  std::string user;
};

/// One thread's work: takes inserts from the queue, sends them, and decides by the answer what
/// becomes of them.
class Sender {
 public:
  using Send = std::function<clickhouse::Answer(const clickhouse::InsertRequest&)>;

  /// All but `send` is shared with other senders and must outlive this one.
  Sender(Send send, const SenderOptions& options, InsertQueue& queue, SenderHost& host,
         ExporterMetrics& metrics);

  /// Until the queue is stopped. An insert whose try was broken off goes back to the queue.
  void run();

 private:
  void work(std::unique_ptr<Insert> insert);
  const std::string& name_of(const Insert& insert) const {
    return options_.tables[static_cast<size_t>(insert.table())];
  }
  /// What a person can do about a table that takes no rows.
  std::string advice(const Insert& insert, int code) const;
  std::string describe(const Insert& insert, const clickhouse::Answer& answer) const;
  clickhouse::Answer send_piece(Insert& insert);
  /// Deals with an answer that is not Done; false: the insert has left our hands.
  bool failed(std::unique_ptr<Insert>& insert, const clickhouse::Answer& answer);
  void retry(std::unique_ptr<Insert> insert, const clickhouse::Answer& answer);
  void park(std::unique_ptr<Insert>& insert, const clickhouse::Answer& answer);
  void hand_back(std::unique_ptr<Insert> insert, const std::string& why);
  void finish(std::unique_ptr<Insert> insert, const Status& rest);

  const Send send_;
  const SenderOptions& options_;
  InsertQueue& queue_;
  SenderHost& host_;
  ExporterMetrics& metrics_;
  InsertBody body_;
};

}  // namespace sluice::components
