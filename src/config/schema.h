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
//             .check([](const FileConfig& c, const Place& place) {
//               if (c.path.empty()) place.of("path").expected("the path of a file"); });
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
  bool has_passwords = false;
  /// Why the option of the original does not work here. It is refused, or warned of.
  std::string refused_because{};
  std::string ignored_because{};
  /// Options further below that have nothing to do where this one is used: their paths from here
  /// ("batch::min_size"), and why.
  std::vector<std::pair<std::string, std::string>> ignored_below{};
};

/// The table without its struct. What reading and writing take is here, once for all structs: a
/// field is a place in the struct and the codec of what is there.
class SchemaBase {
 public:
  // Out of line, as every component has a schema.
  SchemaBase();
  SchemaBase(const SchemaBase&);
  virtual ~SchemaBase();
  const std::vector<FieldInfo>& fields() const { return fields_; }

 protected:
  /// Codec<T> of the value at an address.
  struct AnyCodec {
    Type (*type)();
    void (*decode)(const Node& node, void* out, const Place& place);
    Node (*encode)(const void* value);
  };
  template <typename T>
  static constexpr AnyCodec kCodec = {
      [] { return Codec<T>::type(); },
      [](const Node& node, void* out, const Place& place) {
        Codec<T>::decode(node, *static_cast<T*>(out), place);
      },
      [](const void* value) { return Codec<T>::encode(*static_cast<const T*>(value)); }};

  using Check = std::function<void(const void* config, const Place&)>;
  using Condition = std::function<bool(const void* config)>;

  /// `offset` is from the beginning of the struct, `standard` one with all defaults.
  void add_field(std::string_view name, std::string_view doc, const AnyCodec& codec, size_t offset,
                 const void* standard);
  void add_part(const SchemaBase& part, size_t offset);
  void add_check(Check check) { checks_.push_back(std::move(check)); }
  void add_refused(std::string_view name, std::string_view because);
  /// Reads a value that nobody needs, for what is wrong with it.
  using Probe = void (*)(const Node& node, const Place& place);
  void add_ignored(std::string_view name, std::string_view because, Probe probe);
  FieldInfo& last() { return fields_.back(); }
  void make_conditional(Condition is_unused, std::string_view when);

  void decode_into(const Node& node, void* config, const Place& place) const;
  Node encode_from(const void* config) const;

 private:
  /// Where a field is in the struct. An option that is refused or ignored has no codec.
  struct Slot {
    const AnyCodec* codec = nullptr;
    size_t offset = 0;
    Probe probe = nullptr;
    Condition is_unused{};  ///< the option has nothing to do in this configuration; or none
    std::string when{};     ///< that is so
  };
  /// What of a map could not be read, so that what a check finds is told from what only follows.
  struct Unread {
    std::vector<std::string> options;  ///< of the map itself
    std::vector<std::string> places;   ///< the paths that errors named
  };

  void add(FieldInfo info, Slot slot);
  const FieldInfo* find(std::string_view name) const;
  void decode_member(const Node::Member& member, const Node& whole, void* config,
                     const Place& place, Unread& unread) const;
  /// Says so, with the nearest name that there is, and gives that.
  std::string unknown_key(const std::string& key, const Place& place) const;
  void check_required(const Node& node, const Place& place, Unread& unread) const;
  bool has_no_use(size_t field, const void* config) const;
  void warn_of_unused(const void* config, const Place& place) const;
  /// Passes on what checks of the map at `place` found, less what only follows from what could not
  /// be read.
  void report(const Diagnostics& found, const Unread& unread, const Place& place) const;
  bool only_follows(const Diagnostics::Entry& entry, const Unread& unread,
                    const std::string& whole) const;

  std::vector<FieldInfo> fields_;
  std::vector<Slot> slots_;  // of the fields
  std::vector<Check> checks_;
};

template <typename Config>
class Schema final : public SchemaBase {
 public:
  template <typename T>
  Schema& field(std::string_view name, T Config::*member, std::string_view doc) {
    add_field(name, doc, kCodec<T>, offset_of(member), standard_.get());
    return *this;
  }
  /// All options of a part, at this level. `part` must outlive this.
  template <typename Part>
  Schema& embed(Part Config::*member, const Schema<Part>& part) {
    add_part(part, offset_of(member));
    return *this;
  }
  /// An option of the original that cannot be honoured: using it is an error.
  Schema& refuse(std::string_view name, std::string_view because) {
    add_refused(name, because);
    return *this;
  }
  /// An option of the original that has nothing to do here: using it is a warning, and a value
  /// that is no T an error. With a Node for T anything goes.
  template <typename T>
  Schema& ignore(std::string_view name, std::string_view because) {
    add_ignored(name, because, [](const Node& node, const Place& place) {
      T value{};
      Codec<T>::decode(node, value, place);
    });
    return *this;
  }
  /// For the last field.
  Schema& required() {
    last().is_required = true;
    return *this;
  }
  Schema& secret() {
    last().is_secret = true;
    return *this;
  }
  /// The last field is a URL, or a map of a URL's parameters, and may hold passwords.
  Schema& with_passwords() {
    last().has_passwords = true;
    return *this;
  }
  /// Null is a value of the last field: defaults of a std::optional, none of a word, so refused.
  Schema& given_by_null() {
    last().type.takes_null = true;
    return *this;
  }
  /// The last field is read and checked, and has nothing to do here: using it is a warning.
  Schema& ignored(std::string_view because) {
    last().ignored_because = because;
    return *this;
  }
  /// The last field has nothing to do where `is_unused(const Config&)`: to give it a value then
  /// that is not its default is a warning. `when` says why, with the names of the options that it
  /// is about: "without enabled: true".
  template <typename F>
  Schema& ignored_if(F is_unused, std::string_view when) {
    make_conditional(
        [is_unused = std::move(is_unused)](const void* config) {
          return is_unused(*static_cast<const Config*>(config));
        },
        when);
    return *this;
  }
  /// The same as ignored() for an option further below the last field, which has an effect
  /// elsewhere: of a part that several components share. `path` is from the field on:
  /// "batch::min_size".
  Schema& ignored_below(std::string_view path, std::string_view because) {
    last().ignored_below.emplace_back(path, because);
    return *this;
  }
  /// `find_faults(const Config&, const Place&)` is called after all fields were read, with the
  /// place of the whole. Where one option is at fault it is named by its own place, place.of("…").
  /// What could not be read was named, and has its default here, or what could be read of it. Then
  /// what a check says is passed on if its place, or its words, name an option that could be read,
  /// and none that could not: the names of all options that it is about belong in a message.
  template <typename F>
  Schema& check(F find_faults) {
    add_check([find_faults = std::move(find_faults)](const void* config, const Place& place) {
      find_faults(*static_cast<const Config*>(config), place);
    });
    return *this;
  }

  /// Reads a map over `out`, which holds the defaults; null changes nothing.
  void decode(const Node& node, Config& out, const Place& place) const {
    decode_into(node, &out, place);
  }
  /// What has an effect, secrets masked.
  Node encode(const Config& config) const { return encode_from(&config); }

 private:
  template <typename T>
  size_t offset_of(T Config::*member) const {
    const Config* config = standard_.get();
    return static_cast<size_t>(reinterpret_cast<const char*>(&(config->*member)) -
                               reinterpret_cast<const char*>(config));
  }

  std::shared_ptr<const Config> standard_ = std::make_shared<const Config>();
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
