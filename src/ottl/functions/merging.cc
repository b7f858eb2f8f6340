// Functions that put maps together and take them apart: merge_maps, flatten.

#include <algorithm>
#include <limits>
#include <map>
#include <string>

#include "base/buffer.h"
#include "otlp/clone.h"
#include "ottl/function.h"
#include "ottl/functions/functions.h"
#include "wire/number_format.h"

namespace sluice::ottl {
namespace {

using otlp::is_container;

/// A map that a path leads to, to be changed: the record's own, or a copy that is written back.
class Changed {
 public:
  /// The frame gets an error if there is no map.
  Changed(Frame& frame, const Target& target) : frame_(frame), target_(target) {
    own_ = target.attributes(frame);
    if (own_ != nullptr) return;
    const Value map = target.eval(frame);
    if (frame.failed()) return;
    if (map.kind != Kind::Map) {
      frame.fail("expected a map but got ", kind_name(map.kind));
      return;
    }
    copy_.reserve(*frame.arena, map.size);
    for (uint32_t i = 0; i < map.size; ++i) copy_.push_back(*frame.arena, map.members[i]);
  }
  Attributes& map() { return own_ != nullptr ? *own_ : copy_; }
  void write_back() {
    if (own_ == nullptr) target_.set(frame_, map_value(copy_));
  }

 private:
  Frame& frame_;
  const Target& target_;
  Attributes* own_;
  Attributes copy_;
};

// ---- merge_maps ----

struct Strategy {
  bool inserts;
  bool updates;
  static Result<Strategy> make(std::string_view text) {
    if (text == "insert") return Strategy{true, false};
    if (text == "update") return Strategy{false, true};
    if (text == "upsert") return Strategy{true, true};
    return invalid_argument("the strategy is \"insert\", \"update\" or \"upsert\"");
  }
};

/// If the two have no key in common, the members just follow; false, with nothing done, if not.
bool appended_whole(Frame& frame, Attributes& map, const MapArg& source) {
  Arena& arena = *frame.arena;
  const uint32_t before = map.size();
  map.reserve(arena, before + source.value.size);
  for (uint32_t i = 0; i < source.value.size; ++i) map.push_back(arena, source.value.members[i]);
  if (!keys_are_distinct(map.data(), map.size())) {
    map.truncate(before);
    return false;
  }
  for (uint32_t i = before; !source.fresh && i < map.size(); ++i) {
    if (is_container(map[i].value)) map[i].value = own_copy(map[i].value, arena);
  }
  return true;
}

void merge_maps(Frame& frame, const Target* target, MapArg source, Setting<Strategy> strategy) {
  Changed changed(frame, *target);
  if (frame.failed()) return;
  Attributes& map = changed.map();
  const uint32_t before = map.size();
  if (strategy->inserts && appended_whole(frame, map, source)) return changed.write_back();
  KeyIndex index;
  for (uint32_t i = 0; i < before; ++i) index.added(map.data(), i);
  map.reserve(*frame.arena, before + source.value.size);
  for (uint32_t i = 0; i < source.value.size; ++i) {
    const KeyValue& member = source.value.members[i];
    const uint32_t at = index.find(map.data(), map.size(), member.key);
    if (at != KeyIndex::kNone) {
      if (strategy->updates) map[at].value = own_copy(member.value, *frame.arena);
    } else if (strategy->inserts) {
      map.push_back(*frame.arena, {member.key, own_copy(member.value, *frame.arena)});
      index.added(map.data(), map.size() - 1);
    }
  }
  changed.write_back();
}

// ---- flatten ----

/// With all options at their defaults: no prefix, any depth, the last of equal names wins.
class PlainFlattener {
 public:
  PlainFlattener(Arena& arena, Buffer& prefix) : arena_(arena), prefix_(prefix) {}

  Attributes run(const Attributes& from) {
    out_.reserve(arena_, from.size() * 2);
    for (const KeyValue& member : from) {
      if (!is_container(member.value)) {
        out_.push_back(arena_, member);
        continue;
      }
      prefix_.clear();
      prefix_.append(member.key);
      value(member.value);
    }
    return out_;
  }

 private:
  static constexpr size_t kIndexBytesMax = 12;

  /// `value` has the name that prefix_ holds.
  void value(const Value& value) {
    if (value.kind == Kind::Map) {
      map(value);
    } else if (value.kind == Kind::Array) {
      list(value, true);
    } else {
      out_.push_back(arena_, {arena_.copy(prefix_.view()), value});
    }
  }

  void map(const Value& map) {
    const size_t mark = prefix_.size();
    if (mark != 0) prefix_.push_back('.');
    const size_t inner = prefix_.size();
    for (uint32_t i = 0; i < map.size; ++i) {
      prefix_.append(map.members[i].key);
      value(map.members[i].value);
      prefix_.resize(inner);
    }
    prefix_.resize(mark);
  }

  /// The index of a list in a list follows without a point, as in the original; that of a list in
  /// that one with a point again.
  void list(const Value& list, bool dotted) {
    const size_t mark = prefix_.size();
    if (dotted) prefix_.push_back('.');
    const size_t inner = prefix_.size();
    for (uint32_t i = 0; i < list.size; ++i) {
      char* to = prefix_.tail(kIndexBytesMax);
      prefix_.commit(wire::format_int(i, to));
      if (list.elements[i].kind == Kind::Array) {
        this->list(list.elements[i], !dotted);
      } else {
        value(list.elements[i]);
      }
      prefix_.resize(inner);
    }
    prefix_.resize(mark);
  }

  Arena& arena_;
  Buffer& prefix_;
  Attributes out_;
};

void flatten_plainly(Arena& arena, Attributes& map) {
  thread_local Buffer prefix;
  if (std::any_of(map.begin(), map.end(),
                  [](const KeyValue& member) { return is_container(member.value); }))
    map = PlainFlattener(arena, prefix).run(map);
  map.truncate(keep_last(map.data(), map.size()));
}

/// With any options. Nested maps and lists become members whose names are their paths.
class Flattener {
 public:
  Flattener(Frame& frame, int64_t depth, bool resolve)
      : frame_(frame), depth_(depth), resolve_(resolve), result_(*frame.arena) {}

  void map(const Value& value, const std::string& prefix, int64_t depth) {
    for (uint32_t i = 0; i < value.size; ++i) {
      const KeyValue& member = value.members[i];
      const std::string name =
          prefix.empty() ? std::string(member.key) : prefix + "." + std::string(member.key);
      this->value(member.value, name, depth);
    }
  }
  const Attributes& result() const { return result_.attributes(); }

 private:
  void value(const Value& value, const std::string& name, int64_t depth) {
    if (value.kind == Kind::Map && depth < depth_) {
      map(value, name, depth + 1);
    } else if (value.kind == Kind::Array && depth < depth_) {
      list(value, name, depth);
    } else {
      put(name, value);
    }
  }

  /// The depths are the original's: a list counts once more for what is in it.
  void list(const Value& list, const std::string& name, int64_t depth) {
    for (uint32_t i = 0; i < list.size; ++i) {
      const Value& element = list.elements[i];
      const std::string numbered = name + "." + std::to_string(i);
      if (element.kind == Kind::Map && depth + 1 < depth_) {
        map(element, numbered, depth + 2);
      } else if (element.kind == Kind::Array && depth + 1 < depth_) {
        inner_list(element, numbered, depth + 3);
      } else {
        put(resolve_ ? name : numbered, element);
      }
    }
  }

  /// As PlainFlattener::list() of a list in a list.
  void inner_list(const Value& list, const std::string& name, int64_t depth) {
    for (uint32_t i = 0; i < list.size; ++i)
      value(list.elements[i], name + std::to_string(i), depth);
  }

  void put(const std::string& name, const Value& value) {
    std::string key = name;
    if (resolve_ && result_.find(name) != nullptr) key += "." + std::to_string(conflicts_[name]++);
    result_[frame_.arena->copy(key)] = value;
  }

  Frame& frame_;
  const int64_t depth_;
  const bool resolve_;
  MapBuilder result_;
  std::map<std::string, int> conflicts_;
};

void flatten(Frame& frame, const Target* target, std::optional<Setting<std::string>> prefix,
             std::optional<Setting<int64_t>> depth,
             std::optional<Setting<bool>> resolve_conflicts) {
  Changed changed(frame, *target);
  if (frame.failed()) return;
  if (!prefix && !depth && !resolve_conflicts) {
    flatten_plainly(*frame.arena, changed.map());
    return changed.write_back();
  }
  Flattener flattener(frame, depth ? **depth : std::numeric_limits<int64_t>::max(),
                      resolve_conflicts && **resolve_conflicts);
  flattener.map(map_value(changed.map()), prefix ? **prefix : std::string(), 0);
  changed.map() = flattener.result();
  changed.write_back();
}

}  // namespace

void add_merging_editors(Library& library) {
  library.add("merge_maps", {"target", "source", "strategy"}, merge_maps);
  library.add("flatten", {"target", "prefix", "depth", "resolve_conflicts"}, flatten,
              [](const auto& bound) -> Status {
                const auto& depth = std::get<2>(bound);
                if (depth && **depth < 1) return invalid_argument("the depth must be at least 1");
                return {};
              });
}

}  // namespace sluice::ottl
