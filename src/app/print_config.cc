#include "app/print_config.h"

#include <memory>
#include <string_view>
#include <utility>

namespace sluice::app {
namespace {

/// A YAML mapping that keeps the order in which its keys came. A leaf has text instead of children.
class Node {
 public:
  Node& child(std::string_view name) {
    for (auto& [key, node] : children_) {
      if (key == name) return *node;
    }
    children_.emplace_back(name, std::make_unique<Node>());
    return *children_.back().second;
  }

  /// Walks down a path of names separated by dots.
  Node& at(std::string_view path) {
    Node* node = this;
    while (!path.empty()) {
      const size_t dot = std::min(path.find('.'), path.size());
      node = &node->child(path.substr(0, dot));
      path.remove_prefix(std::min(dot + 1, path.size()));
    }
    return *node;
  }

  /// YAML text, as it stands behind the colon.
  void set(std::string yaml) { text_ = std::move(yaml); }

  void render(std::string& out, size_t depth) const {
    for (const auto& [key, node] : children_) {
      out.append(depth * 2, ' ').append(key).append(":");
      if (node->children_.empty()) {
        out.append(" ").append(node->text_).append("\n");
      } else {
        out.append("\n");
        node->render(out, depth + 1);
      }
    }
  }

 private:
  std::string text_ = "{}";
  std::vector<std::pair<std::string, std::unique_ptr<Node>>> children_;
};

/// Plain where YAML reads the text as itself, else in double quotes.
std::string scalar(const std::string& text) {
  static constexpr std::string_view kPlain =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._/:-";
  // ": " cannot occur without a space; a plain text must not begin or end with a mark, nor read as
  // another type.
  const bool plain = !text.empty() && text.find_first_not_of(kPlain) == std::string::npos &&
                     text.front() != '-' && text.front() != ':' && text.back() != ':' &&
                     text != "null" && text != "off" && text != "on" && text != "yes" &&
                     text != "no";
  if (plain) return text;
  static constexpr char kHex[] = "0123456789abcdef";
  std::string out = "\"";
  for (char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') {
      out += '\\';
      out += c;
    } else if (byte < 0x20) {
      out += "\\x";
      out += kHex[byte >> 4];
      out += kHex[byte & 15];
    } else {
      out += c;
    }
  }
  return out + "\"";
}

void add_pipelines(Node& root, const Options& options, bool with_server) {
  std::string extensions;
  if (with_server) extensions = "clickhouse_server";
  if (!options.health.off())
    extensions += (extensions.empty() ? "" : ", ") + std::string("health_check");
  root.at("service.extensions").set("[" + extensions + "]");
  for (std::string_view signal : {"logs", "traces", "metrics"}) {
    Node& pipeline = root.at("service.pipelines").child(signal);
    pipeline.child("receivers").set("[otlp]");
    pipeline.child("processors")
        .set(signal == "logs" ? "[memory_limiter, clickstack_logs]" : "[memory_limiter]");
    pipeline.child("exporters").set("[clickhouse]");
  }
}

}  // namespace

std::string print_config(const Options& options, const std::vector<Flag>& flags, Command command) {
  Node root;
  const bool collects = command == kServe || command == kGateway;
  if (collects) {
    for (std::string_view section : {"receivers", "processors", "exporters", "extensions"}) {
      root.child(section);
    }
  }
  for (const Flag& flag : flags) {
    if (flag.info.yaml.empty()) continue;
    const std::string value = flag.show();
    // A listener that is off is not there at all; a value that is not set is left to its default.
    if (value.empty() || (value == "off" && flag.info.unit == "HOST:PORT")) continue;
    root.at(flag.info.yaml).set(scalar(value));
  }
  if (collects) {
    root.at("processors.clickstack_logs");
    if (command == kServe)
      root.at("exporters.clickhouse.endpoint").set("extension:clickhouse_server");
    add_pipelines(root, options, command == kServe);
  }
  std::string out;
  root.render(out, 0);
  return out;
}

}  // namespace sluice::app
