#pragma once

// JSON bodies straight into flat attributes: {"a":{"b":1}} becomes a.b = 1. Bodies of one program
// have the same members in nearly the same order, so every member that was met is known by its
// place: which member follows it as a rule, what its path is. A body of a known kind costs one
// comparison a name, and no tree.

#include <cstdint>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/arena.h"
#include "base/buffer.h"
#include "otlp/records.h"

namespace sluice::otlp {

/// Keeps what it learned, within bounds. Not thread-safe.
class JsonBodyFlattener {
 public:
  static constexpr size_t kTextBytesMax = 1 << 20;  ///< longer texts are not tried
  static constexpr int kDepthMax = 32;
  static constexpr size_t kFieldsMax = 2048;  ///< known at a time; then learning starts anew
  static constexpr size_t kPathBytesMax = 256 << 10;
  /// After so many texts for which it was no help, it is given up where that was most of them.
  static constexpr uint64_t kTrial = 4096;

  /// Appends the members of `text`, a JSON object as JsonBodyParser reads it, to `attributes` as it
  /// is left when they are merged in (a member of the same name replaces an attribute) and all is
  /// flattened (a map's members and a list's elements by their paths; of one path the last counts).
  /// Strings are views into `text` or `arena`. False, with nothing done, where that cannot be said
  /// at a glance: the text is not accepted, a name stands twice, two paths are the same text, an
  /// attribute is a map or list already, or one of the bounds is passed.
  bool append(std::string_view text, Arena& arena, ArenaVector<KeyValue>& attributes);

 private:
  class Pass;

  /// Where a member stands: in the attributes themselves, or in the map or list that a field holds.
  using Scope = uint32_t;
  static constexpr Scope kRoot = 0;
  static constexpr Scope kNowhere = UINT32_MAX;
  static Scope map_of(uint32_t field) { return field * 2; }
  static Scope list_of(uint32_t field) { return field * 2 + 1; }
  static bool is_list(Scope scope) { return scope % 2 != 0; }

  struct Field {
    Scope scope;
    uint32_t path_begin;  // in paths_
    uint32_t path_bytes;
    uint32_t name_bytes;  // the path's end
    uint32_t next;        // the field that came after this one last time
    uint32_t seen;        // the text in which it came last
    bool is_plain;        // the name stands in JSON as it is
    bool is_ambiguous;    // another field has the same path
    bool is_dotted_list;  // a point stands before the indexes of a list that it holds
  };

  void forget();
  std::string_view path(const Field& field) const {
    return paths_.view().substr(field.path_begin, field.path_bytes);
  }
  std::string_view name(const Field& field) const {
    return path(field).substr(field.path_bytes - field.name_bytes);
  }
  uint32_t find_or_learn(Scope scope, std::string_view name);
  uint32_t learn(Scope scope, std::string_view name);

  std::vector<Field> fields_;  // the first one stands before the first member, and is in no scope
  Buffer paths_;
  std::unordered_multimap<uint64_t, uint32_t> by_name_;  // by a hash of scope and name
  std::unordered_multimap<uint64_t, uint32_t> by_path_;  // by a hash of the path
  uint32_t text_number_ = 0;
  uint64_t tried_ = 0;
  uint64_t in_vain_ = 0;
};

}  // namespace sluice::otlp
