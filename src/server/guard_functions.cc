#include "server/guard_functions.h"

#include <string>
#include <unordered_map>

namespace sluice::server {

namespace {

struct Group {
  NameSpace space;
  Verdict verdict;
  std::string_view reason;
  std::string_view names;  // separated by single spaces
};

// A topic of allowed names is for the reader of the list only.
#define SLUICE_ALLOW(space, names) {NameSpace::space, Verdict::Allowed, {}, names},
#define SLUICE_DENY(space, reason, names) {NameSpace::space, Verdict::Denied, reason, names},
#define SLUICE_ALLOW_FUNCTIONS(topic, names) SLUICE_ALLOW(Function, names)
#define SLUICE_DENY_FUNCTIONS(reason, names) SLUICE_DENY(Function, reason, names)
#define SLUICE_ALLOW_TABLE_FUNCTIONS(topic, names) SLUICE_ALLOW(TableFunction, names)
#define SLUICE_DENY_TABLE_FUNCTIONS(reason, names) SLUICE_DENY(TableFunction, reason, names)
#define SLUICE_ALLOW_ENGINES(topic, names) SLUICE_ALLOW(Engine, names)
#define SLUICE_DENY_ENGINES(reason, names) SLUICE_DENY(Engine, reason, names)
#define SLUICE_ALLOW_DATABASE_ENGINES(topic, names) SLUICE_ALLOW(DatabaseEngine, names)
#define SLUICE_DENY_DATABASE_ENGINES(reason, names) SLUICE_DENY(DatabaseEngine, reason, names)
#define SLUICE_ALLOW_SYSTEM_TABLES(topic, names) SLUICE_ALLOW(SystemTable, names)
#define SLUICE_DENY_SYSTEM_TABLES(reason, names) SLUICE_DENY(SystemTable, reason, names)
#define SLUICE_ALLOW_TEXT_SETTINGS(topic, names) SLUICE_ALLOW(Setting, names)
#define SLUICE_DENY_SETTINGS(reason, names) SLUICE_DENY(Setting, reason, names)

constexpr Group kGroups[] = {
#include "server/function_list.inc"
#include "server/name_lists.inc"
};

constexpr size_t kSpaces = static_cast<size_t>(NameSpace::Setting) + 1;

std::string lower(std::string_view text) {
  std::string out(text);
  for (char& c : out) {
    c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  }
  return out;
}

class Names {
 public:
  Names() {
    for (const Group& group : kGroups) {
      add(group);
    }
  }

  Review find(NameSpace space, std::string_view name) const {
    const auto& names = names_[static_cast<size_t>(space)];
    auto found = names.find(lower(name));
    return found == names.end() ? Review{} : found->second;
  }

 private:
  void add(const Group& group) {
    std::string_view rest = group.names;
    while (!rest.empty()) {
      std::string_view name = rest.substr(0, rest.find(' '));
      rest.remove_prefix(name.size() == rest.size() ? rest.size() : name.size() + 1);
      Review& review = names_[static_cast<size_t>(group.space)][lower(name)];
      // Two names that differ in case only: the denial wins.
      if (review.verdict != Verdict::Denied) {
        review = {group.verdict, group.reason};
      }
    }
  }

  std::unordered_map<std::string, Review> names_[kSpaces];
};

}  // namespace

Review review_of(NameSpace space, std::string_view name) {
  static const Names names;
  return names.find(space, name);
}

}  // namespace sluice::server
