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
#include "components/exporters/file/rotation.h"
#include "otlp/json_encode.h"
#include "otlp/protobuf_encode.h"
#include "pipeline/collector_metrics.h"
#include "pipeline/count.h"
#include "wire/compression.h"

namespace sluice::components {
namespace {

using file_exporter::Compression;
using file_exporter::Config;
using file_exporter::Format;

/// Beyond this, data is written without waiting for the timer.
constexpr size_t kBufferedBytesMax = 1 << 20;
constexpr mode_t kFileMode = 0644;
constexpr uint64_t kMegabyte = 1 << 20;
/// Where rotation::max_megabytes is 0.
constexpr uint64_t kMegabytesStandard = 100;

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

uint64_t size_max(const Config& config) {
  if (!config.rotation) return UINT64_MAX;
  const uint64_t megabytes = config.rotation->max_megabytes;
  return (megabytes != 0 ? megabytes : kMegabytesStandard) * kMegabyte;
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

/// A request as the file has it: a line, or four bytes with its length, the first the highest, and
/// then the request.
void encode_request(const pipeline::BatchView& batch, const Config& config, Buffer& out) {
  wire::ProtoBackwardWriter protobuf;
  Buffer json;
  const auto encode = [&](const auto& request) {
    if (config.format == Format::Proto) {
      otlp::encode_protobuf(request, protobuf);
    } else {
      otlp::encode_json(request, config.writes_lines() ? out : json);
    }
  };
  switch (batch.signal) {
    case otlp::Signal::Logs: encode(*batch.logs); break;
    case otlp::Signal::Traces: encode(*batch.traces); break;
    case otlp::Signal::Metrics: encode(*batch.metrics); break;
  }
  if (config.writes_lines()) return out.push_back('\n');
  const std::string_view encoded = config.format == Format::Proto ? protobuf.view() : json.view();
  constexpr size_t kLengthBytes = 4;
  out.resize(kLengthBytes);
  if (config.compression == Compression::Zstd) {
    wire::compress(wire::Encoding::Zstd, encoded, out);
  } else {
    out.append(encoded);
  }
  const auto length = static_cast<uint32_t>(out.size() - kLengthBytes);
  for (size_t i = 0; i < kLengthBytes; ++i)
    out.data()[i] = static_cast<char>(length >> (8 * (kLengthBytes - 1 - i)));
}

/// Writes requests. All lanes share the file, so read() is thread-safe. A sender is
/// answered when its data is in the buffer, as the original does.
class FileExporter final : public pipeline::Exporter, public pipeline::ReadingStage {
 public:
  FileExporter(const Config& config, const pipeline::ComponentId& id, Fd file,
               const pipeline::Host& host)
      : config_(config),
        items_(pipeline::exporter_items(host.metrics, id.to_string())),
        file_(std::move(file)),
        size_(size_of(file_)),
        size_max_(size_max(config)),
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
    Buffer encoded;
    encode_request(batch, config_, encoded);
    Status status;
    {
      const std::lock_guard lock(mutex_);
      if (size_ + pending_.size() + encoded.size() > size_max_) rotate();
      pending_.append(encoded.view());
      if (pending_.size() > kBufferedBytesMax) status = write_pending();
    }
    const pipeline::ExporterItems& items = items_[static_cast<size_t>(batch.signal)];
    (status.ok() ? items.sent : items.send_failed).add(pipeline::count_items(batch));
    ack.resolve({std::move(status), 0, {}});
  }

 private:
  static uint64_t size_of(const Fd& file) {
    struct stat about {};
    return file && ::fstat(file.get(), &about) == 0 ? static_cast<uint64_t>(about.st_size) : 0;
  }

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

  /// REQUIRES: mutex_ is held. The file goes on where it cannot be made a backup, or where what
  /// belongs into it is not all written.
  void rotate() {
    if (!write_pending().ok() || size_ == 0) return;
    Status status =
        file_exporter::rotate(config_.path, *config_.rotation, file_exporter::WallClock::now());
    if (status.ok()) {
      auto file = open_file(config_);
      status = file.status();
      if (file.ok()) {
        file_ = std::move(*file);
        size_ = 0;
      }
    }
    if (!status.ok()) log::error("a file cannot be rotated", {{"error", status.message()}});
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
    size_ += written;
    std::memmove(pending_.data(), pending_.data() + written, pending_.size() - written);
    pending_.resize(pending_.size() - written);
    return status;
  }

  const Config config_;
  const pipeline::ExporterItemsBySignal items_;
  Fd file_;
  uint64_t size_;  // of the file
  const uint64_t size_max_;
  io::Loop& loop_;
  io::Loop::Timer timer_;
  std::mutex mutex_;
  Buffer pending_;
};

}  // namespace

std::unique_ptr<pipeline::Factory> file_exporter_factory() {
  return std::make_unique<pipeline::ExporterFactory<Config>>(
      pipeline::Factory::About{config::Section::Exporters, "file",
                               "Writes requests to a file, as OTLP/JSON or protobuf."},
      &FileExporter::make);
}

}  // namespace sluice::components
