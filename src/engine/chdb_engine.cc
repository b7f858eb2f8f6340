#include "engine/chdb_engine.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <mutex>
#include <sstream>
#include <thread>
#include <utility>

#include "engine/chdb_api.h"
#include "engine/error_text.h"

namespace sluice::engine {
namespace {

namespace fs = std::filesystem;

/// Owns one chdb connection.
class Handle {
 public:
  Handle() = default;
  Handle(const ChdbApi& api, ChdbConnection connection) : api_(&api), connection_(connection) {}
  Handle(Handle&& other) noexcept
      : api_(other.api_), connection_(std::exchange(other.connection_, nullptr)) {}
  Handle& operator=(Handle&& other) noexcept {
    std::swap(api_, other.api_);
    std::swap(connection_, other.connection_);
    return *this;
  }
  ~Handle() {
    if (connection_ != nullptr) api_->close(connection_);
  }
  void* query_handle() const { return *connection_; }

 private:
  const ChdbApi* api_ = nullptr;
  ChdbConnection connection_ = nullptr;
};

struct Parameters {
  std::vector<const char*> names, values;
  std::vector<size_t> name_sizes, value_sizes;

  explicit Parameters(const NameValues* given) {
    if (given == nullptr) return;
    for (const auto& [name, value] : *given) {
      names.push_back(name.data());
      name_sizes.push_back(name.size());
      values.push_back(value.data());
      value_sizes.push_back(value.size());
    }
  }
};

Figures figures_of(const ChdbApi& api, ChdbResult result) {
  Figures figures;
  figures.read_rows = api.read_rows(result);
  figures.read_bytes = api.read_bytes(result);
  figures.written_rows = api.written_rows(result);
  figures.written_bytes = api.written_bytes(result);
  figures.result_rows = api.result_rows(result);
  figures.result_bytes = api.result_bytes(result);
  figures.elapsed_s = api.elapsed(result);
  return figures;
}

class ChdbConnectionImpl final : public Connection {
 public:
  ChdbConnectionImpl(const ChdbApi& api, Handle handle, const std::string& version)
      : api_(api), handle_(std::move(handle)), version_(version) {}

  Outcome execute(const Statement& statement) override {
    const Parameters parameters(statement.parameters);
    ChdbResult result =
        api_.query(handle_.query_handle(), statement.sql.data(), statement.sql.size(),
                   statement.default_format.data(), statement.default_format.size(),
                   parameters.names.data(), parameters.name_sizes.data(), parameters.values.data(),
                   parameters.value_sizes.data(), parameters.names.size());
    Outcome outcome;
    if (const char* error = api_.error(result)) {
      outcome.error = parse_error(error, version_);
    } else {
      // Only a success has figures: libchdb leaves those of an error uninitialised.
      outcome.figures = figures_of(api_, result);
      if (const size_t size = api_.length(result); size != 0) {
        outcome.output.assign(api_.buffer(result), size);
      }
    }
    api_.destroy_result(result);
    return outcome;
  }

 private:
  const ChdbApi& api_;
  Handle handle_;
  const std::string& version_;
};

class ChdbEngine final : public Engine {
 public:
  ChdbEngine(const ChdbApi& api, std::vector<std::string> arguments)
      : api_(api), arguments_(std::move(arguments)) {}

  Status open() {
    Result<Handle> control = connect_handle();
    if (!control.ok()) return control.status();
    control_ = std::make_unique<ChdbConnectionImpl>(api_, std::move(*control), version_);
    Result<std::string> version = ask("SELECT version()");
    if (!version.ok()) return version.status();
    version_ = std::move(*version);
    Result<std::string> timezone = ask("SELECT serverTimezone()");
    if (!timezone.ok()) return timezone.status();
    timezone_ = std::move(*timezone);
    return {};
  }

  Result<std::unique_ptr<Connection>> connect() override {
    Result<Handle> handle = connect_handle();
    if (!handle.ok()) return handle.status();
    return std::unique_ptr<Connection>(
        std::make_unique<ChdbConnectionImpl>(api_, std::move(*handle), version_));
  }

  void cancel(std::string_view tag) override {
    // SYNC may never return: it waits for a query that waits for its reader.
    const std::string sql = "KILL QUERY WHERE Settings[" + quoted(kTagSetting) +
                            "] = " + quoted(tag) + " ASYNC FORMAT Null";
    const std::lock_guard lock(control_mutex_);
    control_->execute({sql});
  }

  Figures progress(std::string_view tag) override {
    const std::string sql =
        "SELECT read_rows, read_bytes, written_rows, written_bytes, total_rows_approx, "
        "memory_usage, elapsed FROM system.processes WHERE Settings[" +
        quoted(kTagSetting) + "] = " + quoted(tag) + " LIMIT 1 FORMAT TSVRaw";
    const std::lock_guard lock(control_mutex_);
    const Outcome outcome = control_->execute({sql});
    Figures figures;
    std::istringstream(outcome.output) >> figures.read_rows >> figures.read_bytes >>
        figures.written_rows >> figures.written_bytes >> figures.total_rows_to_read >>
        figures.memory_bytes >> figures.elapsed_s;
    return figures;
  }

  const std::string& version() const override { return version_; }
  const std::string& timezone() const override { return timezone_; }

 private:
  Result<Handle> connect_handle() {
    std::vector<char*> arguments;
    for (std::string& argument : arguments_) arguments.push_back(argument.data());
    ChdbConnection connection = api_.connect(static_cast<int>(arguments.size()), arguments.data());
    if (connection == nullptr || *connection == nullptr) {
      return Status(Code::FailedPrecondition,
                    "the engine cannot open its data directory (" + arguments_[1] + ")");
    }
    return Handle(api_, connection);
  }

  Result<std::string> ask(const std::string& sql) {
    Outcome outcome = control_->execute({sql});
    if (!outcome.ok()) return Status(Code::FailedPrecondition, outcome.error->text);
    while (!outcome.output.empty() && outcome.output.back() == '\n') outcome.output.pop_back();
    return std::move(outcome.output);
  }

  const ChdbApi& api_;
  std::vector<std::string> arguments_;
  std::string version_;
  std::string timezone_;
  std::mutex control_mutex_;
  std::unique_ptr<Connection> control_;  // also keeps the engine open between requests
};

Status write_file(const fs::path& path, std::string_view text) {
  const int fd = ::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  if (fd < 0) return errno_status("open " + path.string(), errno);
  const ssize_t n = ::write(fd, text.data(), text.size());
  const int error = errno;
  ::close(fd);
  if (n != static_cast<ssize_t>(text.size())) return errno_status("write " + path.string(), error);
  return {};
}

/// libchdb keeps the database `system` in memory unless its definition lies on disk; on disk it can
/// hold tables of ours that live on, such as system.query_log.
Status define_system_database(const fs::path& data) {
  const fs::path definition = data / "metadata" / "system.sql";
  std::error_code error;
  if (fs::exists(definition, error)) return {};
  fs::create_directories(definition.parent_path(), error);
  if (error) return errno_status("mkdir " + definition.parent_path().string(), error.value());
  // Any UUID does; every directory has its own engine, so they may all share one.
  return write_file(definition,
                    "ATTACH DATABASE _ UUID '5fd4ca91-3b0c-4c43-8a4e-6d2a0d5b7a10'\n"
                    "ENGINE = Atomic\n");
}

}  // namespace

Status load_libchdb(const std::string& library) { return load_chdb_api(library).status(); }

Result<std::unique_ptr<Engine>> open_chdb(const ChdbOptions& options) {
  Result<const ChdbApi*> api = load_chdb_api(options.library);
  if (!api.ok()) return api.status();
  const fs::path data(options.data_dir);
  SLUICE_RETURN_IF_ERROR(define_system_database(data));
  const fs::path config = data / "engine.xml";
  SLUICE_RETURN_IF_ERROR(
      write_file(config, engine_config(options, std::thread::hardware_concurrency())));
  (*api)->set_signal_handlers_enabled(0);  // signals are the server's business
  auto engine = std::make_unique<ChdbEngine>(
      **api, std::vector<std::string>{"clickhouse", "--path=" + data.string(),
                                      "--config-file=" + config.string()});
  SLUICE_RETURN_IF_ERROR(engine->open());
  return std::unique_ptr<Engine>(std::move(engine));
}

}  // namespace sluice::engine
