#include <cstdlib>
#include <string>
#include <vector>

#include "app/cli.h"

int main(int argc, char** argv) {
  const std::vector<std::string> words(argv + 1, argv + argc);
  return sluice::app::run_cli(words, [](const char* name) { return std::getenv(name); });
}
