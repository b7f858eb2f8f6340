#pragma once

// Configuration as a tree, the way the OpenTelemetry Collector's confmap sees it: YAML 1.2 with the
// scalar rules of Go's yaml.v3 (https://pkg.go.dev/gopkg.in/yaml.v3), maps in the order of the
// text.

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace sluice::config {

/// Where something stands: for error messages.
struct Mark {
  std::string source;  ///< file name, "env:NAME", …; empty for what no file says
  int line = 0;        ///< from 1; 0: unknown
  int column = 0;

  /// "config.yaml:12:3", or as much of it as is known.
  std::string to_string() const;
};

struct Node {
  /// Time is a YAML timestamp, which no option takes.
  enum class Kind : uint8_t { Null, Bool, Int, Float, String, Time, List, Map };
  struct Member;

  Kind kind = Kind::Null;
  bool boolean = false;         // Bool
  int64_t integer = 0;          // Int; what is beyond it but within 64 bits has wrapped
  double real = 0;              // Float
  std::string text;             // String; of other scalars how they are written
  std::vector<Node> items;      // List
  std::vector<Member> members;  // Map
  /// The whole value came from ${…}: options that are strings take `text` whatever the kind is.
  bool from_variable = false;
  Mark mark;

  // Out of line: every option of every component makes nodes.
  Node();
  Node(const Node&);
  Node(Node&&) noexcept;
  Node& operator=(const Node&);
  Node& operator=(Node&&) noexcept;
  ~Node();

  static Node string(std::string text, Mark mark = {});
  static Node map(Mark mark = {});
  static Node list(Mark mark = {});
  static Node of_bool(bool value);
  static Node of_int(int64_t value);

  bool is_null() const { return kind == Kind::Null; }
  bool is_map() const { return kind == Kind::Map; }
  bool is_list() const { return kind == Kind::List; }
  bool is_string() const { return kind == Kind::String; }

  /// The member of this name, or null.
  const Node* find(std::string_view name) const;
  Node* find(std::string_view name);
  /// Adds a member, or replaces the one of this name.
  Node& set(std::string_view name, Node value);
};

/// A struct of its own, since no std::pair may be made of a type before it is whole.
struct Node::Member {
  std::string first;  ///< the name
  Node second;

  Member(std::string_view name, Node value) : first(name), second(std::move(value)) {}
};

/// "a map", "the integer 5", "the text \"x\"" …: what was found, for error messages.
std::string describe(const Node& node);

/// What a scalar without quotes is: null, a boolean, a number, a timestamp, or text.
Node resolve_plain_scalar(std::string text, Mark mark);

/// Puts `from` over `into`: maps merge, everything else (lists and nulls too) replaces.
void merge(Node& into, Node from);

}  // namespace sluice::config
