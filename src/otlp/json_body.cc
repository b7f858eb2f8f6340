#include "otlp/json_body.h"

#include <algorithm>
#include <memory>
#include <new>

#include "otlp/json_body_scan.h"

namespace sluice::otlp {
namespace {

/// A larger working memory, 512 KiB, is given back after the body that needed it.
constexpr size_t kNodesKept = 16 * 1024;

}  // namespace

/// One pass over one text. Nothing recurses: a container stands on the stack of nodes before its
/// children, and until it is closed its `size` is the index of the container around it.
class JsonBodyParser::Pass : private JsonBodyScan {
 public:
  Pass(std::string_view text, Arena& arena, std::vector<KeyValue>& nodes)
      : JsonBodyScan(text, arena), nodes_(nodes) {}

  bool run(Value& root, bool takes_array) {
    const char* at = skip_spaces(begin_);
    if (peek(at) != '{' && !(takes_array && peek(at) == '[')) return false;
    at = value(at, {});
    while (at != nullptr && depth_ != 0) at = step(at);
    if (at == nullptr) return false;
    root = nodes_.front().value;
    return peek(skip_spaces(at)) == '\0';
  }

 private:
  /// REQUIRES: has_room().
  void push(std::string_view key, Value value) { nodes_[count_++] = {key, value}; }

  /// Makes room for one more node, unless there are too many.
  bool has_room() {
    if (count_ + closed_ >= kJsonBodyValuesMax) return false;
    if (count_ < nodes_.size()) return true;
    nodes_.resize(std::max(kNodesFirst, 2 * count_));
    return true;
  }
  static constexpr size_t kNodesFirst = 64;

  /// The next child of the innermost container, or its end.
  const char* step(const char* at) {
    const bool is_object = nodes_[innermost_].value.kind == ValueKind::Map;
    at = skip_spaces(at);
    if (peek(at) == (is_object ? '}' : ']')) {
      close();
      return at + 1;
    }
    if (count_ != innermost_ + 1) {  // not the first child
      if (peek(at) != ',') return nullptr;
      at = skip_spaces(at + 1);
    }
    std::string_view key;
    if (is_object) {
      at = name(at, key);
      if (at == nullptr) return nullptr;
    }
    return value(at, key);
  }

  const char* name(const char* at, std::string_view& key) {
    at = peek(at) == '"' ? string(at, key) : word(at, "null");
    if (at == nullptr) return nullptr;
    at = skip_spaces(at);
    return peek(at) == ':' ? skip_spaces(at + 1) : nullptr;
  }

  const char* value(const char* at, std::string_view key) {
    if (!has_room()) return nullptr;
    switch (peek(at)) {
      case '{': push(key, Value::map(nullptr, innermost_)); return open(at);
      case '[': push(key, Value::array(nullptr, innermost_)); return open(at);
      default: {
        Value read;
        at = scalar(at, read);
        push(key, read);
        return at;
      }
    }
  }

  /// REQUIRES: the container was pushed just now.
  const char* open(const char* at) {
    if (depth_ == kJsonBodyDepthMax) return nullptr;
    ++depth_;
    innermost_ = static_cast<uint32_t>(count_ - 1);
    return at + 1;
  }

  /// Moves the innermost container's children to the arena.
  void close() {
    Value& container = nodes_[innermost_].value;
    const KeyValue* first = nodes_.data() + innermost_ + 1;
    const auto size = static_cast<uint32_t>(nodes_.data() + count_ - first);
    count_ = innermost_ + 1;
    innermost_ = container.size;
    container.size = size;
    closed_ += size;
    --depth_;
    if (container.kind == ValueKind::Map) {
      container.members = room<KeyValue>(size);
      std::uninitialized_copy_n(first, size, container.members);
    } else {
      container.elements = room<Value>(size);
      for (uint32_t i = 0; i < size; ++i) new (container.elements + i) Value(first[i].value);
    }
  }

  /// For as many objects, which are not there yet.
  template <typename T>
  T* room(uint32_t count) {
    return static_cast<T*>(arena_.allocate(count * sizeof(T), alignof(T)));
  }

  std::vector<KeyValue>& nodes_;
  size_t count_ = 0;        // of nodes_ in use
  size_t closed_ = 0;       // nodes that are in the arena
  uint32_t innermost_ = 0;  // index of the innermost open container
  size_t depth_ = 0;        // open containers
};

bool JsonBodyParser::parse(std::string_view text, Arena& arena, Value& root, bool takes_array) {
  const bool is_accepted = Pass(text, arena, nodes_).run(root, takes_array);
  if (nodes_.size() > kNodesKept) nodes_ = {};
  return is_accepted;
}

}  // namespace sluice::otlp
