#pragma once

#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <vector>

#include "engine/engine.h"

namespace sluice::engine {

/// What a script sees of one statement and says about it.
struct FakeCall {
  std::string sql;
  std::string default_format;
  NameValues parameters;
  int connection = 0;  ///< number of the connection, from 1
  std::string input;   ///< what stands at FROM INFILE '/proc/self/fd/N'
  /// Writes to the descriptor of INTO OUTFILE '/proc/self/fd/N', or to the outcome's output.
  std::function<void(std::string_view)> print;
  /// Blocks until the connection's tag is cancelled.
  std::function<void()> wait_for_cancel;
};

/// An engine without a database: a script answers. It understands just enough SQL to find the tag
/// in SET statements, and the descriptors of INTO OUTFILE and FROM INFILE. For tests, and for
/// sanitizer builds, in which libchdb cannot be loaded.
class FakeEngine final : public Engine {
 public:
  /// Called on the thread of execute(), from several at once. SET and USE come too.
  using Script = std::function<Outcome(const FakeCall&)>;

  explicit FakeEngine(Script script) : script_(std::move(script)) {}

  Result<std::unique_ptr<Connection>> connect() override;
  void cancel(std::string_view tag) override;
  /// What set_progress() was given last, whatever the tag.
  Figures progress(std::string_view tag) override;
  const std::string& version() const override { return version_; }
  const std::string& timezone() const override { return timezone_; }

  void set_progress(const Figures& figures);
  /// Everything that was executed, in order of arrival.
  std::vector<std::string> statements() const;
  std::set<std::string> cancelled() const;
  int open_connections() const;

 private:
  friend class FakeConnection;
  Outcome execute(int connection, std::string& tag, const Statement& statement);
  void wait_for_cancel(const std::string& tag);

  const Script script_;
  const std::string version_ = "26.5.1.1";
  const std::string timezone_ = "Etc/UTC";
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<std::string> statements_;
  std::set<std::string> cancelled_;
  Figures progress_;
  int connections_ = 0;
  int open_ = 0;
};

}  // namespace sluice::engine
