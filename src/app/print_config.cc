#include "app/print_config.h"

#include "config/yaml_writer.h"

namespace sluice::app {

std::string print_config(const std::vector<Flag>& flags) {
  config::Node root = config::Node::map();
  for (const Flag& flag : flags) {
    const std::string value = flag.show();
    // A listener that is off is not there at all; a value that is not set is left to its default.
    if (flag.info.hidden || value.empty() || value == "off") continue;
    root.set(flag.info.name, config::Node::string(value));
  }
  return config::to_yaml(root);
}

}  // namespace sluice::app
