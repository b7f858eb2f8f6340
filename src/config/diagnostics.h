#pragma once

#include <algorithm>
#include <iterator>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "config/component_id.h"
#include "config/node.h"

namespace sluice::config {

/// What an extension is named for by another component.
enum class ExtensionRole : uint8_t { ServerAuth, ClientAuth };

/// An option that names an extension.
struct ExtensionReference {
  ComponentId id;
  ExtensionRole role;
  Mark mark;
  std::string path;
};

/// Whether the path is the outer one, or leads to something below it.
bool is_within(std::string_view path, std::string_view outer);

/// What is wrong with a configuration, all of it: a person mends everything at once.
class Diagnostics {
 public:
  struct Entry {
    Mark mark;
    std::string path;  ///< "exporters::file::flush_interval"
    std::string message;

    /// "config.yaml:12:3: exporters::file::flush_interval: message".
    std::string to_string() const;
  };

  void error(const Mark& mark, std::string_view path, std::string message);
  void warning(const Mark& mark, std::string_view path, std::string message);
  /// Adds what was found elsewhere, but for what `only_follows(entry)` from something known.
  template <typename OnlyFollows>
  void add(const Diagnostics& found, OnlyFollows only_follows) {
    std::remove_copy_if(found.errors_.begin(), found.errors_.end(), std::back_inserter(errors_),
                        only_follows);
    std::remove_copy_if(found.warnings_.begin(), found.warnings_.end(),
                        std::back_inserter(warnings_), only_follows);
  }

  /// Notes that an extension was named, and gives what was noted since the last call.
  void refer(ExtensionReference reference) { references_.push_back(std::move(reference)); }
  std::vector<ExtensionReference> take_references() { return std::exchange(references_, {}); }

  bool ok() const { return errors_.empty(); }
  const std::vector<Entry>& errors() const { return errors_; }
  const std::vector<Entry>& warnings() const { return warnings_; }
  /// All errors, a line each.
  std::string to_string() const;

 private:
  std::vector<Entry> errors_;
  std::vector<Entry> warnings_;
  std::vector<ExtensionReference> references_;
};

/// A place in the configuration while it is read: where it is, and whom to tell.
class Place {
 public:
  Place(Diagnostics& diagnostics, std::string path, Mark mark, const Node* node = nullptr)
      : diagnostics_(diagnostics), path_(std::move(path)), mark_(std::move(mark)), node_(node) {}

  /// The place of a member: "path::key".
  Place at(std::string_view key, const Node& node) const;
  /// The place of an element: "path[2]".
  Place at(size_t index, const Node& node) const;
  /// For checks: the place of an option, or of an element, of what is read here; where it was not
  /// given its path, and the mark of this place.
  Place of(std::string_view key) const;
  Place of(size_t index) const;
  /// Whether an option of what is read here was given.
  bool has(std::string_view key) const { return node_ != nullptr && node_->find(key) != nullptr; }

  void error(std::string message) const { diagnostics_.error(mark_, path_, std::move(message)); }
  void warning(std::string message) const {
    diagnostics_.warning(mark_, path_, std::move(message));
  }
  /// "expected WHAT, found …".
  void expected(std::string_view what, const Node& found) const;
  /// For checks: the same of what stands here.
  void expected(std::string_view what) const;

  const std::string& path() const { return path_; }
  const Mark& mark() const { return mark_; }
  Diagnostics& diagnostics() const { return diagnostics_; }

 private:
  Place below(std::string path, const Node& node) const;

  Diagnostics& diagnostics_;
  std::string path_;
  Mark mark_;
  const Node* node_;  // null: not known
};

}  // namespace sluice::config
