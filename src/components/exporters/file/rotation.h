#pragma once

// Files that are full become backups with the time in their names: "data.json" becomes
// "data-2022-09-14T05-02-14.173-size.json". The names are those of the original, so that both clean
// up after each other.

#include <chrono>
#include <string>
#include <vector>

#include "base/status.h"
#include "components/exporters/file/config.h"

namespace sluice::components::file_exporter {

using WallClock = std::chrono::system_clock;

/// The backup's name for a file that is full at `time`.
std::string backup_path(const std::string& path, WallClock::time_point time, bool localtime);

/// Backups of the file that there are, the newest first.
std::vector<std::string> backups_of(const std::string& path);

/// Makes the file a backup, and removes the backups that must not stay. The file is not there then;
/// whoever has it open goes on writing into the backup. An error says what could not be renamed;
/// what cannot be removed is logged.
Status rotate(const std::string& path, const RotationConfig& config, WallClock::time_point now);

}  // namespace sluice::components::file_exporter
