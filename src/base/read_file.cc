#include "base/read_file.h"

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <memory>

namespace sluice {

Result<std::string> read_file(const std::string& path) {
  const auto failed = [] { return Status(Code::NotFound, std::strerror(errno)); };
  const std::unique_ptr<std::FILE, int (*)(std::FILE*)> file(std::fopen(path.c_str(), "re"),
                                                             &std::fclose);
  if (file == nullptr) return failed();
  std::string text;
  char piece[4096];
  while (const size_t size = std::fread(piece, 1, sizeof piece, file.get()))
    text.append(piece, size);
  if (std::ferror(file.get()) != 0) return failed();
  return text;
}

}  // namespace sluice
