#include "components/exporters/debug/outputs.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>

#include "base/log.h"

namespace sluice::components::debug_exporter {
namespace {

Result<Fd> open_one(std::string_view path) {
  constexpr std::string_view kFileScheme = "file://";
  Fd file;
  if (path == "stdout") {
    file = Fd(::dup(STDOUT_FILENO));
  } else if (path == "stderr") {
    file = Fd(::dup(STDERR_FILENO));
  } else {
    if (path.substr(0, kFileScheme.size()) == kFileScheme) path.remove_prefix(kFileScheme.size());
    if (path.find("://") != std::string_view::npos)
      return invalid_argument("output_paths has files, stdout and stderr only, not " +
                              std::string(path));
    file = Fd(::open(std::string(path).c_str(), O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0666));
  }
  if (!file) return errno_status("open " + std::string(path), errno);
  return file;
}

}  // namespace

Result<Outputs> Outputs::open(const std::vector<std::string>& paths) {
  Outputs outputs;
  for (const std::string& path : paths) {
    auto file = open_one(path);
    if (!file.ok()) return file.status();
    outputs.outputs_.push_back({path, std::move(*file)});
  }
  return outputs;
}

void Outputs::write(std::string_view text) {
  for (const Output& output : outputs_) {
    for (size_t written = 0; written < text.size();) {
      const ssize_t n = ::write(output.file.get(), text.data() + written, text.size() - written);
      if (n < 0 && errno == EINTR) continue;
      if (n < 0) {
        log::warn("the debug exporter cannot write",
                  {{"error", errno_status("write " + output.path, errno).message()}});
        break;
      }
      written += static_cast<size_t>(n);
    }
  }
}

}  // namespace sluice::components::debug_exporter
