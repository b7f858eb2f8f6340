#pragma once

// One table per component names its options: from it come reading a configuration, the effective
// configuration, the JSON Schema for editors and the option tables of the documents.
//
//   struct FileConfig { std::string path; std::chrono::nanoseconds flush_interval = 1s; };
//   const Schema<FileConfig>& schema_of(const FileConfig*) {
//     static const auto schema =
//         Schema<FileConfig>()
//             .field("path", &FileConfig::path, "The file to write.").required()
//             .field("flush_interval", &FileConfig::flush_interval, "How often it is flushed.")
//             .check([](const FileConfig& c, const Place& place) { … place.error("…"); });
//     return schema;
//   }
//
// A struct whose schema_of() is found by its type may be a field of another, an element of a
// std::vector, a value of a Dictionary, or a std::optional.

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "config/codec.h"
#include "config/diagnostics.h"
#include "config/node.h"

namespace sluice::config {

/// What a table says about one option, for documents.
struct FieldInfo {
  std::string name;
  std::string doc;  ///< one sentence
  Type type{};
  Node standard{};  ///< the default
  bool is_required = false;
  bool is_secret = false;
  /// Why the option of the original does not work here. It is refused, or warned of.
  std::string refused_because{};
  std::string ignored_because{};
  /// Options further below that have nothing to do where this one is used: their paths from here
  /// ("batch::min_size"), and why.
  std::vector<std::pair<std::string, std::string>> ignored_below{};
};

/// The table without its struct.
class SchemaBase {
 public:
  virtual ~SchemaBase() = default;
  const std::vector<FieldInfo>& fields() const { return fields_; }

 protected:
  /// What of a map could not be read, so that what a check finds is told from what only follows.
  struct Unread {
    std::vector<std::string> options;  ///< of the map itself
    std::vector<std::string> places;   ///< the paths that errors named
  };

  const FieldInfo* find(std::string_view name) const;
  /// Says so, with the nearest name that there is, and gives that.
  std::string unknown_key(const std::string& key, const Place& place) const;
  void check_required(const Node& node, const Place& place, Unread& unread) const;
  /// Passes on what checks of the map at `place` found, less what only follows from what could not
  /// be read.
  void report(const Diagnostics& found, const Unread& unread, const Place& place) const;
  /// Warns of what was given without effect below an option.
  static void warn_below(const FieldInfo& field, const Place& place);
  /// Takes that out of what is shown.
  static void leave_out_below(const FieldInfo& field, Node& shown);
  /// Puts [REDACTED] in the place of all texts, and leaves the form.
  static void mask(Node& secret);

  std::vector<FieldInfo> fields_;

 private:
  bool only_follows(const Diagnostics::Entry& entry, const Unread& unread,
                    const std::string& whole) const;
};

template <typename Config>
class Schema final : public SchemaBase {
 public:
  template <typename T>
  Schema& field(std::string name, T Config::*member, std::string doc) {
    add({std::move(name), std::move(doc), Codec<T>::type(), Codec<T>::encode(Config().*member)},
        {[member](const Node& node, Config& out, const Place& place) {
           Codec<T>::decode(node, out.*member, place);
         },
         [member](const Config& config) { return Codec<T>::encode(config.*member); }});
    return *this;
  }
  /// All options of a part, at this level.
  template <typename Part>
  Schema& embed(Part Config::*member, const Schema<Part>& part) {
    for (size_t i = 0; i < part.fields_.size(); ++i) {
      const typename Schema<Part>::Access& access = part.access_[i];
      if (!access.encode) {  // one that is refused or ignored
        add(part.fields_[i], {});
        continue;
      }
      add(part.fields_[i],
          {[member, access](const Node& node, Config& out, const Place& place) {
             access.decode(node, out.*member, place);
           },
           [member, access](const Config& config) { return access.encode(config.*member); }});
    }
    check([member, &part](const Config& config, const Place& place) {
      part.check_all(config.*member, place);
    });
    return *this;
  }
  /// An option of the original that cannot be honoured: using it is an error.
  Schema& refuse(std::string name, std::string because) {
    FieldInfo info;
    info.name = std::move(name);
    info.refused_because = std::move(because);
    add(std::move(info), {});
    return *this;
  }
  /// An option of the original that has nothing to do here: using it is a warning.
  Schema& ignore(std::string name, std::string because) {
    FieldInfo info;
    info.name = std::move(name);
    info.ignored_because = std::move(because);
    add(std::move(info), {});
    return *this;
  }
  /// For the last field.
  Schema& required() {
    fields_.back().is_required = true;
    return *this;
  }
  Schema& secret() {
    fields_.back().is_secret = true;
    return *this;
  }
  /// The last field is read and checked, and has nothing to do here: using it is a warning.
  Schema& ignored(std::string because) {
    fields_.back().ignored_because = std::move(because);
    return *this;
  }
  /// The same for an option further below the last field, which has an effect elsewhere: of a part
  /// that several components share. `path` is from the field on: "batch::min_size".
  Schema& ignored_below(std::string path, std::string because) {
    fields_.back().ignored_below.emplace_back(std::move(path), std::move(because));
    return *this;
  }
  /// Called after all fields were read, with the place of the whole, which knows those of its
  /// options. What could not be read was named, and has its default here, or what could be read of
  /// it. Then what a check says is passed on if its place, or its words, name an option that could
  /// be read, and none that could not: the names of all options that it is about belong in a
  /// message.
  Schema& check(std::function<void(const Config&, const Place&)> check) {
    checks_.push_back(std::move(check));
    return *this;
  }

  /// Reads a map over `out`, which holds the defaults; null changes nothing.
  void decode(const Node& node, Config& out, const Place& place) const {
    if (!node.is_null() && !node.is_map()) return place.expected("a map", node);
    Unread unread;
    for (const Node::Member& member : node.members) read(member, node, out, place, unread);
    check_required(node, place, unread);
    Diagnostics found;
    check_all(out, {found, place.path(), place.mark(), &node});
    report(found, unread, place);
  }

  /// What has an effect, secrets masked.
  Node encode(const Config& config) const {
    Node node = Node::map();
    for (size_t i = 0; i < fields_.size(); ++i) {
      if (!access_[i].encode || !fields_[i].ignored_because.empty()) continue;
      Node value = access_[i].encode(config);
      if (value.is_null()) continue;  // an option that was not given and has no default
      if (fields_[i].is_secret) mask(value);
      leave_out_below(fields_[i], value);
      node.set(fields_[i].name, std::move(value));
    }
    return node;
  }

 private:
  template <typename>
  friend class Schema;

  struct Access {
    std::function<void(const Node&, Config&, const Place&)> decode;
    std::function<Node(const Config&)> encode;
  };

  void add(FieldInfo info, Access access) {
    fields_.push_back(std::move(info));
    access_.push_back(std::move(access));
  }

  void read(const Node::Member& member, const Node& whole, Config& out, const Place& place,
            Unread& unread) const {
    const Place here = place.at(member.first, member.second);
    const FieldInfo* info = find(member.first);
    if (info == nullptr) {
      const std::string meant = unknown_key(member.first, here);
      if (meant.empty() || whole.find(meant) != nullptr) return;
      unread.options.push_back(meant);
      unread.places.push_back(place.of(meant).path());
      return;
    }
    if (!info->refused_because.empty()) {
      if (!member.second.is_null()) here.error(info->refused_because);
      return;
    }
    if (!info->ignored_because.empty())
      here.warning("this option has no effect: " + info->ignored_because);
    const size_t before = here.diagnostics().errors().size();
    const Access& access = access_[static_cast<size_t>(info - fields_.data())];
    if (access.decode && (!member.second.is_null() || info->type.takes_null))
      access.decode(member.second, out, here);
    warn_below(*info, here);
    const auto& errors = here.diagnostics().errors();
    if (errors.size() == before) return;
    for (size_t i = before; i < errors.size(); ++i) unread.places.push_back(errors[i].path);
    // What is wrong within a map with keys of its own concerns nothing beside it.
    if (info->type.object == nullptr || !(member.second.is_map() || member.second.is_null()))
      unread.options.push_back(info->name);
  }

  void check_all(const Config& config, const Place& place) const {
    for (const auto& check : checks_) check(config, place);
  }

  std::vector<Access> access_;
  std::vector<std::function<void(const Config&, const Place&)>> checks_;
};

template <HasSchema T>
struct Codec<T> {
  static Type type() {
    Type type{"map"};
    type.object = &schema_of(static_cast<const T*>(nullptr));
    return type;
  }
  static void decode(const Node& node, T& out, const Place& place) {
    schema_of(static_cast<const T*>(nullptr)).decode(node, out, place);
  }
  static Node encode(const T& value) {
    return schema_of(static_cast<const T*>(nullptr)).encode(value);
  }
};

}  // namespace sluice::config
