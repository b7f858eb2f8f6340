#include "engine/fake_engine.h"

#include <fcntl.h>
#include <unistd.h>

#include <chrono>
#include <cstdlib>

namespace sluice::engine {
namespace {

constexpr std::string_view kDescriptor = "/proc/self/fd/";
constexpr int kNone = -1;

/// The N of "<clause> '/proc/self/fd/N'", or kNone.
int descriptor_after(std::string_view sql, std::string_view clause) {
  const std::string wanted = std::string(clause) + " '" + std::string(kDescriptor);
  const size_t at = sql.find(wanted);
  if (at == std::string_view::npos) return kNone;
  return std::atoi(std::string(sql.substr(at + wanted.size(), 10)).c_str());
}

/// The value in "query_cache_tag = '…'", or nothing.
std::string tag_in(std::string_view sql) {
  const std::string wanted = std::string(kTagSetting) + " = '";
  const size_t at = sql.find(wanted);
  if (at == std::string_view::npos) return {};
  const size_t begin = at + wanted.size();
  return std::string(sql.substr(begin, sql.find('\'', begin) - begin));
}

std::string read_all(int fd) {
  // By its path, as the engine does: from the start, whatever the offset of the descriptor.
  const int again = ::open((std::string(kDescriptor) + std::to_string(fd)).c_str(), O_RDONLY);
  std::string bytes;
  char buffer[4096];
  for (ssize_t n; again >= 0 && (n = ::read(again, buffer, sizeof buffer)) > 0;) {
    bytes.append(buffer, static_cast<size_t>(n));
  }
  if (again >= 0) ::close(again);
  return bytes;
}

void write_all(int fd, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t n = ::write(fd, bytes.data(), bytes.size());
    if (n <= 0) return;  // the reader is gone, which the real engine does not mind either
    bytes.remove_prefix(static_cast<size_t>(n));
  }
}

}  // namespace

class FakeConnection final : public Connection {
 public:
  FakeConnection(FakeEngine& engine, int number) : engine_(engine), number_(number) {}
  ~FakeConnection() override {
    const std::lock_guard lock(engine_.mutex_);
    --engine_.open_;
  }
  Outcome execute(const Statement& statement) override {
    return engine_.execute(number_, tag_, statement);
  }

 private:
  FakeEngine& engine_;
  const int number_;
  std::string tag_;
};

Result<std::unique_ptr<Connection>> FakeEngine::connect() {
  const std::lock_guard lock(mutex_);
  ++open_;
  return std::unique_ptr<Connection>(std::make_unique<FakeConnection>(*this, ++connections_));
}

Outcome FakeEngine::execute(int connection, std::string& tag, const Statement& statement) {
  FakeCall call;
  call.sql = std::string(statement.sql);
  call.default_format = std::string(statement.default_format);
  if (statement.parameters != nullptr) call.parameters = *statement.parameters;
  call.connection = connection;
  if (std::string set = tag_in(call.sql); !set.empty()) tag = std::move(set);
  {
    const std::lock_guard lock(mutex_);
    statements_.push_back(call.sql);
  }
  if (const int in = descriptor_after(call.sql, "FROM INFILE"); in != kNone) {
    call.input = read_all(in);
  }
  const int out = descriptor_after(call.sql, "INTO OUTFILE");
  std::string printed;
  call.print = [&](std::string_view bytes) {
    if (out == kNone) {
      printed += bytes;
    } else {
      write_all(out, bytes);
    }
  };
  call.wait_for_cancel = [&] { wait_for_cancel(tag); };
  Outcome outcome = script_(call);
  if (outcome.ok()) outcome.output += printed;
  return outcome;
}

void FakeEngine::cancel(std::string_view tag) {
  const std::lock_guard lock(mutex_);
  cancelled_.emplace(tag);
  changed_.notify_all();
}

Figures FakeEngine::progress(std::string_view) {
  const std::lock_guard lock(mutex_);
  return progress_;
}

void FakeEngine::set_progress(const Figures& figures) {
  const std::lock_guard lock(mutex_);
  progress_ = figures;
}

void FakeEngine::wait_for_cancel(const std::string& tag) {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [&] { return cancelled_.count(tag) != 0; });
}

std::vector<std::string> FakeEngine::statements() const {
  const std::lock_guard lock(mutex_);
  return statements_;
}

std::set<std::string> FakeEngine::cancelled() const {
  const std::lock_guard lock(mutex_);
  return cancelled_;
}

int FakeEngine::open_connections() const {
  const std::lock_guard lock(mutex_);
  return open_;
}

}  // namespace sluice::engine
