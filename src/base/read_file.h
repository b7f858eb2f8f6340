#pragma once

#include <string>

#include "base/status.h"

namespace sluice {

/// All of a file. NotFound if that does not work; the message is the system's reason alone ("No
/// such file or directory"), since the caller knows what the file was for.
Result<std::string> read_file(const std::string& path);

}  // namespace sluice
