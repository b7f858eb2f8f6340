#include "config/yaml.h"

#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/parser.h>

#include <map>
#include <sstream>
#include <vector>

#include "config/codec.h"

namespace sluice::config {
namespace {

constexpr std::string_view kMergeKey = "<<";

/// The tags that say of which kind a scalar is. With any other it is a text.
const std::map<std::string, Node::Kind> kTags = {{"tag:yaml.org,2002:int", Node::Kind::Int},
                                                 {"tag:yaml.org,2002:float", Node::Kind::Float},
                                                 {"tag:yaml.org,2002:bool", Node::Kind::Bool},
                                                 {"tag:yaml.org,2002:null", Node::Kind::Null},
                                                 {"tag:yaml.org,2002:timestamp", Node::Kind::Time}};

/// How Go prints what a key is: numbers in their usual notation.
std::string key_text(const Node& node) {
  switch (node.kind) {
    case Node::Kind::Null: return "<nil>";
    case Node::Kind::Bool: return node.boolean ? "true" : "false";
    case Node::Kind::Int: return std::to_string(node.integer);
    case Node::Kind::Float: return encode_real(node.real).text;
    default: return node.text;
  }
}

/// Builds the tree from the parser's events. Mistakes are thrown as YAML::ParserException, as the
/// parser does itself; they do not leave this file.
class Builder final : public YAML::EventHandler {
 public:
  explicit Builder(const std::string& source) : source_(source) {}

  Node take() { return std::move(root_); }

  void OnDocumentStart(const YAML::Mark&) override {}
  void OnDocumentEnd() override {}

  void OnNull(const YAML::Mark& at, YAML::anchor_t anchor) override {
    Node node;
    node.mark = mark(at);
    finish(std::move(node), anchor, at);
  }

  void OnAlias(const YAML::Mark& at, YAML::anchor_t anchor) override {
    const auto found = anchors_.find(anchor);
    if (found == anchors_.end()) fail(at, "an alias to something that is not complete");
    finish(Node(found->second), 0, at);
  }

  void OnScalar(const YAML::Mark& at, const std::string& tag, YAML::anchor_t anchor,
                const std::string& value) override {
    const bool is_plain = tag == "?" || tag.empty();
    const bool is_typed = is_plain || kTags.count(tag) != 0;
    Node node = is_typed ? resolve_plain_scalar(value, mark(at)) : Node::string(value, mark(at));
    if (!is_plain && is_typed) check_tag(at, tag, node);
    finish(std::move(node), anchor, at);
  }

  void OnSequenceStart(const YAML::Mark& at, const std::string&, YAML::anchor_t anchor,
                       YAML::EmitterStyle::value) override {
    open(Node::list(mark(at)), anchor, at);
  }
  void OnSequenceEnd() override { close(); }
  void OnMapStart(const YAML::Mark& at, const std::string&, YAML::anchor_t anchor,
                  YAML::EmitterStyle::value) override {
    open(Node::map(mark(at)), anchor, at);
  }
  void OnMapEnd() override { close(); }

 private:
  struct Open {
    Node node;
    YAML::anchor_t anchor = 0;
    YAML::Mark at;
    bool has_key = false;
    std::string key;
    std::vector<Node> merged;  // what stands behind <<
  };

  [[noreturn]] static void fail(const YAML::Mark& at, const std::string& what) {
    throw YAML::ParserException(at, what);
  }

  Mark mark(const YAML::Mark& at) const { return {source_, at.line + 1, at.column + 1}; }

  static void check_tag(const YAML::Mark& at, const std::string& tag, Node& node) {
    const Node::Kind wanted = kTags.at(tag);
    if (wanted == Node::Kind::Float && node.kind == Node::Kind::Int) {
      node.kind = Node::Kind::Float;
      node.real = static_cast<double>(node.integer);
    }
    if (wanted != node.kind)
      fail(at, "\"" + node.text + "\" is no !!" + tag.substr(tag.rfind(':') + 1));
  }

  void open(Node node, YAML::anchor_t anchor, const YAML::Mark& at) {
    if (stack_.size() == kYamlDepthMax) fail(at, "nested too deeply");
    stack_.push_back({std::move(node), anchor, at, false, {}, {}});
  }

  void close() {
    Open done = std::move(stack_.back());
    stack_.pop_back();
    for (Node& from : done.merged) merge_members(from, done);
    finish(std::move(done.node), done.anchor, done.at);
  }

  /// Members behind << count where the map has none of the name itself.
  static void merge_members(Node& from, Open& into) {
    if (from.is_list()) {
      for (Node& item : from.items) merge_members(item, into);
      return;
    }
    if (!from.is_map()) fail(into.at, "<< takes a map or a list of maps");
    for (Node::Member& member : from.members) {
      if (into.node.find(member.first) == nullptr) into.node.members.push_back(member);
    }
  }

  size_t count(const Node& node) const {
    size_t total = 1;
    for (const Node& item : node.items) total += count(item);
    for (const Node::Member& member : node.members) total += count(member.second);
    return total;
  }

  void finish(Node node, YAML::anchor_t anchor, const YAML::Mark& at) {
    // Containers were counted child by child; an alias counts as a whole.
    nodes_ += node.is_map() || node.is_list() ? count(node) : 1;
    if (nodes_ > kYamlNodesMax) fail(at, "too many values");
    if (anchor != 0) anchors_[anchor] = node;
    if (stack_.empty()) {
      root_ = std::move(node);
      return;
    }
    Open& parent = stack_.back();
    if (parent.node.is_list()) {
      parent.node.items.push_back(std::move(node));
    } else if (!parent.has_key) {
      take_key(parent, node, at);
    } else {
      parent.has_key = false;
      if (parent.key == kMergeKey) {
        parent.merged.push_back(std::move(node));
      } else {
        parent.node.members.emplace_back(std::move(parent.key), std::move(node));
      }
    }
  }

  static void take_key(Open& parent, const Node& node, const YAML::Mark& at) {
    if (node.is_map() || node.is_list()) fail(at, "a key of a map must be a word");
    parent.key = key_text(node);
    if (parent.node.find(parent.key) != nullptr)
      fail(at, "the key \"" + parent.key + "\" stands twice in this map");
    parent.has_key = true;
  }

  const std::string& source_;
  std::vector<Open> stack_;
  std::map<YAML::anchor_t, Node> anchors_;
  size_t nodes_ = 0;
  Node root_;
};

/// Learns where a second document begins.
class Probe final : public YAML::EventHandler {
 public:
  void OnDocumentStart(const YAML::Mark& at) override { start = at; }
  void OnDocumentEnd() override {}
  void OnNull(const YAML::Mark&, YAML::anchor_t) override {}
  void OnAlias(const YAML::Mark&, YAML::anchor_t) override {}
  void OnScalar(const YAML::Mark&, const std::string&, YAML::anchor_t,
                const std::string&) override {}
  void OnSequenceStart(const YAML::Mark&, const std::string&, YAML::anchor_t,
                       YAML::EmitterStyle::value) override {}
  void OnSequenceEnd() override {}
  void OnMapStart(const YAML::Mark&, const std::string&, YAML::anchor_t,
                  YAML::EmitterStyle::value) override {}
  void OnMapEnd() override {}

  YAML::Mark start = YAML::Mark::null_mark();
};

/// The parser stops at what cannot go on a document, and takes it for the next one. A further
/// document, which is not read, begins with ---.
bool ends_there(YAML::Parser& parser, std::string_view text) {
  Probe probe;
  try {
    if (!parser || !parser.HandleNextDocument(probe)) return true;
  } catch (const YAML::Exception&) {
    // Mistakes in the next document do not count; those before it do.
    if (probe.start.is_null())
      return text.find("\n---") != text.npos || text.find("\n...") != text.npos;
  }
  const auto at = static_cast<size_t>(probe.start.pos);
  return at >= text.size() || text.substr(at, 3) == "---" ||
         text.substr(0, at).find("\n...") != text.npos;
}

}  // namespace

Result<Node> parse_yaml(std::string_view text, const std::string& source) {
  std::istringstream in{std::string(text)};
  Builder builder(source);
  try {
    YAML::Parser parser(in);
    const bool has_document = parser.HandleNextDocument(builder);
    const bool is_directive = !has_document && !text.empty() && text.front() == '%';
    if (is_directive || (has_document && !ends_there(parser, text)))
      return invalid_argument(source + ": this is no YAML: something stands before or behind it");
  } catch (const YAML::Exception& e) {
    const Mark at{source, e.mark.line + 1, e.mark.column + 1};
    return invalid_argument(at.to_string() + ": this is no YAML: " + e.msg);
  }
  return builder.take();
}

}  // namespace sluice::config
