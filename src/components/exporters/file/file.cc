#include "components/exporters/file/file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <mutex>
#include <set>
#include <string>

#include "base/fd.h"
#include "base/log.h"
#include "components/exporters/file/config.h"
#include "otlp/json_encode.h"
#include "pipeline/collector_metrics.h"
#include "pipeline/count.h"

namespace sluice::components {
namespace {

using file_exporter::Config;

/// Beyond this, data is written without waiting for the timer.
constexpr size_t kBufferedBytesMax = 1 << 20;
constexpr mode_t kFileMode = 0644;

/// Whether this process has opened the file before. Then its configuration was reloaded, and what
/// it has written itself must not go.
bool opened_before(const std::string& path) {
  static std::mutex mutex;
  static std::set<std::string> opened;
  const std::lock_guard lock(mutex);
  return !opened.insert(path).second;
}

/// What open_file() would say, as far as it can be told without making anything.
Status check_file(const Config& config) {
  const std::filesystem::path path(config.path);
  std::error_code error;
  if (std::filesystem::is_directory(path, error))
    return errno_status("open " + config.path, EISDIR);
  const bool is_there = std::filesystem::exists(path, error);
  if (!is_there && config.create_directory) return {};
  const std::string folder = path.has_parent_path() ? path.parent_path().string() : ".";
  if (::access(is_there ? config.path.c_str() : folder.c_str(), W_OK) == 0) return {};
  return errno_status("open " + config.path, errno);
}

Result<Fd> open_file(const Config& config) {
  if (config.create_directory) {
    std::error_code error;
    std::filesystem::create_directories(std::filesystem::path(config.path).parent_path(), error);
    if (error) return errno_status("make the directory of " + config.path, error.value());
  }
  const bool keeps = config.append || opened_before(config.path);
  const int flags = O_WRONLY | O_CREAT | O_CLOEXEC | O_APPEND | (keeps ? 0 : O_TRUNC);
  Fd file(::open(config.path.c_str(), flags, kFileMode));
  if (!file) return errno_status("open " + config.path, errno);
  return file;
}

/// Writes requests as lines. All lanes share the file, so read() is thread-safe. A sender is
/// answered when its data is in the buffer, as the original does.
class FileExporter final : public pipeline::Exporter, public pipeline::ReadingStage {
 public:
  FileExporter(const Config& config, const pipeline::ComponentId& id, Fd file,
               const pipeline::Host& host)
      : config_(config),
        items_(pipeline::exporter_items(host.metrics, id.to_string())),
        file_(std::move(file)),
        loop_(*host.lanes.front()),
        timer_(loop_) {}

  static Result<std::unique_ptr<pipeline::Exporter>> make(const Config& config,
                                                          const pipeline::ComponentId& id,
                                                          pipeline::Host& host) {
    if (host.is_trial) SLUICE_RETURN_IF_ERROR(check_file(config));
    auto file = host.is_trial ? Result<Fd>(Fd()) : open_file(config);
    if (!file.ok()) return file.status();
    return std::unique_ptr<pipeline::Exporter>(
        std::make_unique<FileExporter>(config, id, std::move(*file), host));
  }

  Status start() override {
    loop_.post([this] { arm(); });
    return {};
  }

  void stop(std::function<void()> done) override {
    loop_.post([this, done = std::move(done)] {
      timer_.cancel();
      flush();
      done();
    });
  }

  pipeline::Consumer& stage(size_t) override { return *this; }

  void read(const pipeline::BatchView& batch, pipeline::Ack&& ack) override {
    Buffer line;
    switch (batch.signal) {
      case otlp::Signal::Logs: otlp::encode_json(*batch.logs, line); break;
      case otlp::Signal::Traces: otlp::encode_json(*batch.traces, line); break;
      case otlp::Signal::Metrics: otlp::encode_json(*batch.metrics, line); break;
    }
    line.push_back('\n');
    Status status;
    {
      const std::lock_guard lock(mutex_);
      pending_.append(line.view());
      if (pending_.size() > kBufferedBytesMax) status = write_pending();
    }
    const pipeline::ExporterItems& items = items_[static_cast<size_t>(batch.signal)];
    (status.ok() ? items.sent : items.send_failed).add(pipeline::count_items(batch));
    ack.resolve({std::move(status), 0, {}});
  }

 private:
  void arm() {
    timer_.after(std::chrono::ceil<std::chrono::milliseconds>(config_.flush_interval), [this] {
      flush();
      arm();
    });
  }

  /// For who has nobody to tell: write_pending() has logged it.
  void flush() {
    const std::lock_guard lock(mutex_);
    [[maybe_unused]] const Status status = write_pending();
  }

  /// REQUIRES: mutex_ is held. What could not be written stays for the next time.
  Status write_pending() {
    size_t written = 0;
    Status status;
    while (written < pending_.size()) {
      const ssize_t n = ::write(file_.get(), pending_.data() + written, pending_.size() - written);
      if (n < 0 && errno == EINTR) continue;
      if (n < 0) {
        status = unavailable(errno_status("write " + config_.path, errno).message());
        log::error("telemetry could not be written", {{"error", status.message()}});
        break;
      }
      written += static_cast<size_t>(n);
    }
    std::memmove(pending_.data(), pending_.data() + written, pending_.size() - written);
    pending_.resize(pending_.size() - written);
    return status;
  }

  const Config config_;
  const pipeline::ExporterItemsBySignal items_;
  const Fd file_;
  io::Loop& loop_;
  io::Loop::Timer timer_;
  std::mutex mutex_;
  Buffer pending_;
};

}  // namespace

std::unique_ptr<pipeline::Factory> file_exporter_factory() {
  return std::make_unique<pipeline::ExporterFactory<Config>>(
      pipeline::Factory::About{config::Section::Exporters, "file",
                               "Writes requests to a file, as a line of OTLP/JSON each."},
      &FileExporter::make);
}

}  // namespace sluice::components
