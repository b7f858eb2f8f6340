#include "config/diagnostics.h"

namespace sluice::config {

bool is_within(std::string_view path, std::string_view outer) {
  if (path.substr(0, outer.size()) != outer) return false;
  const std::string_view rest = path.substr(outer.size());
  return rest.empty() || rest.front() == '[' || rest.substr(0, 2) == "::";
}

std::string Diagnostics::Entry::to_string() const {
  std::string out = mark.to_string();
  if (!out.empty()) out += ": ";
  if (!path.empty()) out += path + ": ";
  return out + message;
}

void Diagnostics::error(const Mark& mark, std::string_view path, std::string message) {
  errors_.push_back({mark, std::string(path), std::move(message)});
}

void Diagnostics::warning(const Mark& mark, std::string_view path, std::string message) {
  warnings_.push_back({mark, std::string(path), std::move(message)});
}

std::string Diagnostics::to_string() const {
  std::string out;
  for (const Entry& entry : errors_) out += entry.to_string() + "\n";
  return out;
}

Place Place::below(std::string path, const Node& node) const {
  return {diagnostics_, std::move(path), node.mark.line != 0 ? node.mark : mark_, &node};
}

Place Place::at(std::string_view key, const Node& node) const {
  return below(path_ + (path_.empty() ? "" : "::") + std::string(key), node);
}

Place Place::at(size_t index, const Node& node) const {
  return below(path_ + "[" + std::to_string(index) + "]", node);
}

Place Place::of(std::string_view key) const {
  static const Node kNothing;
  const Node* node = node_ != nullptr ? node_->find(key) : nullptr;
  return at(key, node != nullptr ? *node : kNothing);
}

Place Place::of(size_t index) const {
  static const Node kNothing;
  const bool is_there = node_ != nullptr && index < node_->items.size();
  return at(index, is_there ? node_->items[index] : kNothing);
}

void Place::expected(std::string_view what, const Node& found) const {
  error("expected " + std::string(what) + ", found " + describe(found));
}

void Place::expected(std::string_view what) const {
  expected(what, node_ != nullptr ? *node_ : Node());
}

}  // namespace sluice::config
