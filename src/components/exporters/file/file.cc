#include "components/exporters/file/file.h"

#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <mutex>
#include <string>
#include <unordered_map>
#include <vector>

#include "base/arena.h"
#include "base/log.h"
#include "components/exporters/file/config.h"
#include "components/exporters/file/grouped_path.h"
#include "components/exporters/file/output_files.h"
#include "otlp/json_encode.h"
#include "otlp/protobuf_encode.h"
#include "pipeline/collector_metrics.h"
#include "pipeline/count.h"
#include "pipeline/records.h"
#include "wire/compression.h"

namespace sluice::components {
namespace {

using file_exporter::Compression;
using file_exporter::Config;
using file_exporter::Format;
using file_exporter::GroupedPath;
using file_exporter::OutputFiles;

/// What opening the file would say, as far as it can be told without making anything.
Status check_file(const Config& config) {
  const std::filesystem::path path(config.path);
  std::error_code error;
  if (std::filesystem::is_directory(path, error))
    return errno_status("open " + config.path, EISDIR);
  const bool is_there = std::filesystem::exists(path, error);
  if (!is_there && config.makes_directory()) return {};
  const std::string folder = path.has_parent_path() ? path.parent_path().string() : ".";
  if (::access(is_there ? config.path.c_str() : folder.c_str(), W_OK) == 0) return {};
  return errno_status("open " + config.path, errno);
}

/// The folder that stands before the * of group_by, where something stands at all.
Status check_group_folder(const std::string& prefix, bool is_trial) {
  const std::filesystem::path folder = std::filesystem::path(prefix).parent_path();
  if (folder.empty()) return {};
  std::error_code error;
  if (!is_trial) std::filesystem::create_directories(folder, error);
  if (error) return errno_status("make the directory " + folder.string(), error.value());
  if (!std::filesystem::exists(folder, error)) return {};
  if (::access(folder.c_str(), W_OK) == 0) return {};
  return errno_status("write into " + folder.string(), errno);
}

/// A request as the file has it: a line, or four bytes with its length, the first the highest, and
/// then the request.
template <typename Request>
void encode_request(const Request& request, const Config& config, Buffer& out) {
  wire::ProtoBackwardWriter protobuf;
  Buffer json;
  if (config.format == Format::Proto) {
    otlp::encode_protobuf(request, protobuf);
  } else {
    otlp::encode_json(request, config.writes_lines() ? out : json);
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

/// The resources of a request that go into one file.
template <typename Request>
struct Group {
  std::string_view segment;
  Request request;
};

/// In the order of the first of each; those without the attribute are in none.
template <typename Request>
std::vector<Group<Request>> grouped(const Request& request, const std::string& attribute,
                                    Arena& arena) {
  std::vector<Group<Request>> groups;
  std::unordered_map<std::string_view, size_t> known;
  for (const auto& resource : request.resources) {
    const otlp::Attributes& attributes = resource.resource.attributes;
    const auto* found = std::find_if(attributes.begin(), attributes.end(),
                                     [&](const otlp::KeyValue& kv) { return kv.key == attribute; });
    if (found == attributes.end() || !found->value.is_string()) continue;
    const auto [at, is_new] = known.emplace(found->value.view(), groups.size());
    if (is_new) groups.push_back({found->value.view(), {}});
    groups[at->second].request.resources.push_back(arena, resource);
  }
  return groups;
}

/// Writes requests. All lanes share the files, so read() is thread-safe. A sender is
/// answered when its data is in the buffer, as the original does.
class FileExporter final : public pipeline::Exporter, public pipeline::ReadingStage {
 public:
  FileExporter(const Config& config, const pipeline::ComponentId& id, const pipeline::Host& host)
      : config_(config),
        path_(config.group_by.enabled ? GroupedPath(config.path) : GroupedPath()),
        items_(pipeline::exporter_items(host.metrics, id.to_string())),
        loop_(*host.lanes.front()),
        timer_(loop_),
        files_(config_, config.group_by.enabled ? config.group_by.max_open_files : 1) {}

  static Result<std::unique_ptr<pipeline::Exporter>> make(const Config& config,
                                                          const pipeline::ComponentId& id,
                                                          pipeline::Host& host) {
    auto exporter = std::make_unique<FileExporter>(config, id, host);
    if (config.group_by.enabled) {
      SLUICE_RETURN_IF_ERROR(check_group_folder(exporter->path_.prefix(), host.is_trial));
    } else {
      SLUICE_RETURN_IF_ERROR(host.is_trial ? check_file(config)
                                           : exporter->files_.open(config.path));
    }
    return std::unique_ptr<pipeline::Exporter>(std::move(exporter));
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
    const pipeline::ExporterItems& items = items_[static_cast<size_t>(batch.signal)];
    pipeline::Outcome outcome;
    pipeline::visit_request(batch, [&](const auto& request) {
      if (config_.group_by.enabled) {
        write_groups(request, items, outcome);
      } else {
        write(request, config_.path, items, outcome);
      }
    });
    ack.resolve(std::move(outcome));
  }

 private:
  void arm() {
    timer_.after(std::chrono::ceil<std::chrono::milliseconds>(config_.flushed_after()), [this] {
      flush();
      arm();
    });
  }

  /// For who has nobody to tell: what goes wrong is logged where it does.
  void flush() {
    const std::lock_guard lock(mutex_);
    static_cast<void>(files_.flush());
  }

  template <typename Request>
  void write_groups(const Request& request, const pipeline::ExporterItems& items,
                    pipeline::Outcome& outcome) {
    Arena arena;
    const std::string& attribute = config_.group_by.resource_attribute;
    uint64_t count = pipeline::count_items(request);
    for (const Group<Request>& group : grouped(request, attribute, arena)) {
      write(group.request, path_.of(group.segment), items, outcome);
      count -= pipeline::count_items(group.request);
    }
    if (count != 0) reject(count, "resources without a text as " + attribute, items, outcome);
  }

  template <typename Request>
  void write(const Request& request, const std::string& path, const pipeline::ExporterItems& items,
             pipeline::Outcome& outcome) {
    Buffer encoded;
    encode_request(request, config_, encoded);
    Status status;
    {
      const std::lock_guard lock(mutex_);
      status = files_.append(path, encoded.view());
    }
    const uint64_t count = pipeline::count_items(request);
    if (status.ok()) return items.sent.add(count);
    if (!status.retryable()) return reject(count, status.message(), items, outcome);
    items.send_failed.add(count);
    outcome.status = std::move(status);
  }

  static void reject(uint64_t count, const std::string& reason,
                     const pipeline::ExporterItems& items, pipeline::Outcome& outcome) {
    items.send_failed.add(count);
    log::warn("the file exporter rejects records", {{"records", count}, {"because", reason}});
    outcome.rejected += count;
    if (outcome.reason.empty()) outcome.reason = reason;
  }

  const Config config_;
  const GroupedPath path_;
  const pipeline::ExporterItemsBySignal items_;
  io::Loop& loop_;
  io::Loop::Timer timer_;
  std::mutex mutex_;
  OutputFiles files_;
};

}  // namespace

std::unique_ptr<pipeline::Factory> file_exporter_factory() {
  return std::make_unique<pipeline::ExporterFactory<Config>>(
      pipeline::Factory::About{config::Section::Exporters, "file",
                               "Writes requests to a file, as OTLP/JSON or protobuf."},
      &FileExporter::make);
}

}  // namespace sluice::components
