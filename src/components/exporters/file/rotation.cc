#include "components/exporters/file/rotation.h"

#include <algorithm>
#include <cstdio>
#include <ctime>
#include <filesystem>
#include <system_error>

#include "base/log.h"

namespace sluice::components::file_exporter {
namespace {

namespace fs = std::filesystem;
using std::chrono::milliseconds;

/// Why a backup was made, in its name; the original knows other reasons, too.
constexpr char kReason[] = "-size";
/// "2022-09-14T05-02-14.173".
constexpr size_t kTimeSize = 23;

std::string time_text(WallClock::time_point time, bool localtime) {
  const auto ms = std::chrono::floor<milliseconds>(time.time_since_epoch()).count();
  const std::time_t seconds = ms / 1000;
  std::tm parts{};
  if (localtime) {
    localtime_r(&seconds, &parts);
  } else {
    gmtime_r(&seconds, &parts);
  }
  char text[64];
  const size_t size = std::strftime(text, sizeof text, "%Y-%m-%dT%H-%M-%S", &parts);
  std::snprintf(text + size, sizeof text - size, ".%03d", static_cast<int>(ms % 1000));
  return text;
}

/// Digits where the form has them, and its other characters in their places.
bool is_time(std::string_view text) {
  constexpr std::string_view kForm = "0000-00-00T00-00-00.000";
  static_assert(kForm.size() == kTimeSize);
  return text.size() == kTimeSize &&
         std::equal(text.begin(), text.end(), kForm.begin(), [](char c, char form) {
           return form == '0' ? c >= '0' && c <= '9' : c == form;
         });
}

void remove_backup(const std::string& path) {
  std::error_code error;
  if (!fs::remove(path, error) && error)
    log::warn("an old backup cannot be removed", {{"path", path}, {"error", error.message()}});
}

}  // namespace

std::string backup_path(const std::string& path, WallClock::time_point time, bool localtime) {
  const fs::path file(path);
  const std::string name =
      file.stem().string() + "-" + time_text(time, localtime) + kReason + file.extension().string();
  return (file.parent_path() / name).string();
}

std::vector<std::string> backups_of(const std::string& path) {
  const fs::path file(path);
  const std::string begin = file.stem().string() + "-";
  const std::string end = file.extension().string();
  const fs::path folder = file.has_parent_path() ? file.parent_path() : fs::path(".");
  std::vector<std::string> found;
  std::error_code error;
  for (const fs::directory_entry& entry : fs::directory_iterator(folder, error)) {
    const std::string name = entry.path().filename().string();
    // At least "-x" stands between the time and the extension.
    if (name.size() < begin.size() + kTimeSize + 2 + end.size()) continue;
    const bool fits = name.compare(0, begin.size(), begin) == 0 &&
                      name[begin.size() + kTimeSize] == '-' &&
                      name.compare(name.size() - end.size(), end.size(), end) == 0;
    if (fits && is_time(std::string_view(name).substr(begin.size(), kTimeSize)))
      found.push_back((file.parent_path() / name).string());
  }
  std::sort(found.rbegin(), found.rend());
  return found;
}

Status rotate(const std::string& path, const RotationConfig& config, WallClock::time_point now) {
  std::error_code error;
  std::string backup = backup_path(path, now, config.localtime);
  for (auto time = now; fs::exists(backup, error);)
    backup = backup_path(path, time += milliseconds(1), config.localtime);
  fs::rename(path, backup, error);
  if (error) return errno_status("rename " + path, error.value());
  std::vector<std::string> backups = backups_of(path);
  if (config.max_backups > 0) {
    while (backups.size() > static_cast<size_t>(config.max_backups)) {
      remove_backup(backups.back());
      backups.pop_back();
    }
  }
  if (config.max_days <= 0) return {};
  // Names that sort before this one are older.
  const std::string oldest =
      backup_path(path, now - std::chrono::hours(24) * config.max_days, config.localtime);
  for (const std::string& each : backups) {
    if (each < oldest) remove_backup(each);
  }
  return {};
}

}  // namespace sluice::components::file_exporter
