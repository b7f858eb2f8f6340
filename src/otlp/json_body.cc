#include "otlp/json_body.h"

#include <algorithm>
#include <cstring>
#include <memory>
#include <new>

#include "wire/json_scan.h"
#include "wire/json_string.h"
#include "wire/number_parse.h"

namespace sluice::otlp {
namespace {

using wire::JsonStop;

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool in_number(char c) {
  return is_digit(c) || c == '.' || c == 'e' || c == 'E' || c == '+' || c == '-';
}

/// A larger working memory, 512 KiB, is given back after the body that needed it.
constexpr size_t kNodesKept = 16 * 1024;

}  // namespace

/// One pass over one text. Functions take the position and return the next one, or null if the text
/// is not accepted; so the position stays in a register. Nothing recurses: a container stands on
/// the stack of nodes before its children, and until it is closed its `size` is the index of the
/// container around it.
class JsonBodyParser::Pass {
 public:
  Pass(std::string_view text, Arena& arena, std::vector<KeyValue>& nodes)
      : begin_(text.data()), end_(text.data() + text.size()), arena_(arena), nodes_(nodes) {}

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
  /// NUL at the end, and NUL is never right inside, so one comparison covers both.
  char peek(const char* at) const { return at != end_ ? *at : '\0'; }

  const char* skip_spaces(const char* at) const {
    if (at == end_ || static_cast<unsigned char>(*at) > ' ') return at;  // as a rule
    while (at != end_ && (*at == ' ' || *at == '\n' || *at == '\t' || *at == '\r')) ++at;
    return at;
  }

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
      case '"': {
        std::string_view text;
        at = string(at, text);
        push(key, Value::string(text));
        return at;
      }
      case '{': push(key, Value::map(nullptr, innermost_)); return open(at);
      case '[': push(key, Value::array(nullptr, innermost_)); return open(at);
      case 't': push(key, Value::boolean(true)); return word(at, "true");
      case 'f': push(key, Value::boolean(false)); return word(at, "false");
      case 'n': push(key, Value()); return word(at, "null");
      default: {
        double read = 0;
        at = number(at, read);
        push(key, Value::real(read));
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

  const char* word(const char* at, std::string_view expected) const {
    if (static_cast<size_t>(end_ - at) < expected.size()) return nullptr;
    return std::memcmp(at, expected.data(), expected.size()) == 0 ? at + expected.size() : nullptr;
  }

  /// REQUIRES: a quote stands at `at`.
  const char* string(const char* at, std::string_view& out) {
    const char* start = at + 1;
    at = wire::json_find_stop<JsonStop::Nul>(start, end_);
    if (peek(at) == '"') {
      out = {start, static_cast<size_t>(at - start)};
      return at + 1;
    }
    return string_with_escapes(start, at, out);
  }

  const char* string_with_escapes(const char* start, const char* at, std::string_view& out) {
    while (peek(at) == '\\' && end_ - at >= 2)
      at = wire::json_find_stop<JsonStop::Nul>(at + 2, end_);
    if (peek(at) != '"') return nullptr;
    const std::string_view raw(start, static_cast<size_t>(at - start));
    const char* bad = nullptr;
    return wire::json_unescape(raw, wire::JsonSurrogates::Alone, arena_, out, bad) ? at + 1
                                                                                   : nullptr;
  }

  const char* number(const char* at, double& out) const {
    const char* start = at;
    const bool is_negative = peek(at) == '-';
    if (is_negative) ++at;
    if (!is_negative && !is_digit(peek(at))) return nullptr;
    if (wire::scan_short_decimal(at, end_, out) && !in_number(peek(at))) {
      if (is_negative) out = -out;
      return at;
    }
    while (in_number(peek(at))) ++at;
    return wire::parse_double({start, static_cast<size_t>(at - start)}, out) ? at : nullptr;
  }

  const char* begin_;
  const char* end_;
  Arena& arena_;
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
