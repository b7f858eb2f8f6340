#include "app/print_config.h"

#include <sstream>

#include "config/mask.h"
#include "config/yaml_writer.h"

namespace sluice::app {

std::string print_config(const std::vector<Flag>& flags) {
  config::Node root = config::Node::map();
  for (const Flag& flag : flags) {
    const std::string value = flag.show();
    // A listener that is off is not there at all; a value that is not set is left to its default.
    if (flag.info.hidden || value.empty() || value == "off" || flag.info.name == "print-config")
      continue;
    root.set(flag.info.name, config::Node::string(value));
  }
  config::mask_passwords(root);
  return config::to_yaml(root);
}

std::string print_options(const std::vector<Flag>& flags) {
  std::string out = "# Options of the process:\n";
  std::istringstream lines(print_config(flags));
  for (std::string line; std::getline(lines, line);) out += "#   " + line + "\n";
  return out;
}

}  // namespace sluice::app
