// What a text in a User-Agent header says about the program and its system.

#include <re2/filtered_re2.h>
#include <re2/re2.h>

#include <unordered_map>

#include "ottl/function.h"
#include "ottl/functions/functions.h"

namespace sluice::ottl {
namespace {

constexpr size_t kParts = 5;  // a name and up to four parts of a version

/// A regular expression and what its groups stand for; where a part is null, the group of the same
/// number is the part.
struct Rule {
  const char* regex;
  const char* parts[kParts] = {};
};

// The rows of the table leave the braces around their parts out.
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wmissing-braces"
#include "ottl/functions/user_agent_data.inc"
#pragma GCC diagnostic pop

struct Product {
  std::string name = "Other";
  std::string version;
};

/// A part with `$1` … `$9` replaced by groups.
std::string expand(std::string_view part, const re2::StringPiece* groups, size_t count) {
  std::string out;
  for (size_t i = 0; i < part.size(); ++i) {
    const bool is_group =
        part[i] == '$' && i + 1 < part.size() && part[i + 1] >= '1' && part[i + 1] <= '9';
    if (!is_group) {
      out += part[i];
      continue;
    }
    const auto group = static_cast<size_t>(part[++i] - '0');
    if (group < count) out.append(groups[group].data(), groups[group].size());
  }
  return out;
}

/// Rules in order, of which the first that matches counts. Only those are tried whose literal parts
/// occur in the text.
class Rules {
 public:
  template <size_t N>
  Rules(const Rule (&rules)[N], size_t version_parts)
      : rules_(rules), version_parts_(version_parts), filter_(kShortestAtom) {
    RE2::Options options;
    options.set_log_errors(false);
    for (const Rule& rule : rules) {
      int id = 0;
      SLUICE_CHECK(filter_.Add(rule.regex, options, &id) == RE2::NoError);
    }
    filter_.Compile(&atoms_);
  }

  Product find(std::string_view text) const {
    Product product;
    for (const int id : candidates(text)) {
      if (match(id, text, product)) break;
    }
    return product;
  }

 private:
  static constexpr int kShortestAtom = 3;

  std::vector<int> candidates(std::string_view text) const {
    std::string lower(text);
    for (char& c : lower) {
      if (c >= 'A' && c <= 'Z') c = static_cast<char>(c + ('a' - 'A'));
    }
    std::vector<int> found;
    for (size_t i = 0; i < atoms_.size(); ++i) {
      if (lower.find(atoms_[i]) != std::string::npos) found.push_back(static_cast<int>(i));
    }
    std::vector<int> rules;
    filter_.AllPotentials(found, &rules);
    return rules;
  }

  bool match(int id, std::string_view text, Product& product) const {
    re2::StringPiece groups[kMostGroups];
    const RE2& regex = filter_.GetRE2(id);
    const auto count =
        std::min(static_cast<size_t>(regex.NumberOfCapturingGroups()) + 1, kMostGroups);
    if (!regex.Match(text, 0, text.size(), RE2::UNANCHORED, groups, static_cast<int>(count)))
      return false;
    std::string parts[kParts];
    for (size_t i = 0; i <= version_parts_; ++i) {
      const char* part = rules_[id].parts[i];
      if (part != nullptr) {
        parts[i] = expand(part, groups, count);
      } else if (i + 1 < count) {
        parts[i].assign(groups[i + 1].data(), groups[i + 1].size());
      }
    }
    if (parts[0].empty()) return false;  // without a name the next rule decides
    product.name = std::move(parts[0]);
    product.version = std::move(parts[1]);
    for (size_t i = 2; i <= version_parts_; ++i) {
      if (!parts[i].empty()) product.version += "." + parts[i];
    }
    return true;
  }

  static constexpr size_t kMostGroups = 10;

  const Rule* rules_;
  size_t version_parts_;
  re2::FilteredRE2 filter_;
  std::vector<std::string> atoms_;
};

struct UserAgent {
  Product agent;
  Product system;
};

UserAgent parse_user_agent(std::string_view text) {
  // Compiled when first needed, so that who does not need them does not wait for them.
  static const Rules agents(kAgents, 3);
  static const Rules systems(kSystems, 4);
  return {agents.find(text), systems.find(text)};
}

/// Few texts make up most of the traffic, so the last ones are remembered.
const UserAgent& cached_user_agent(std::string_view text) {
  constexpr size_t kMost = 1024;
  constexpr size_t kLongest = 1024;
  thread_local std::unordered_map<std::string, UserAgent> cache;
  thread_local UserAgent long_one;
  if (text.size() > kLongest) return long_one = parse_user_agent(text);
  std::string key(text);
  const auto found = cache.find(key);
  if (found != cache.end()) return found->second;
  if (cache.size() >= kMost) cache.clear();
  return cache[std::move(key)] = parse_user_agent(text);
}

Value user_agent(Frame& frame, std::string_view value) {
  const UserAgent& parsed = cached_user_agent(value);
  Attributes out;
  const auto add = [&](std::string_view name, std::string_view text) {
    find_or_add(out, name, *frame.arena) = Value::string(text);
  };
  add("user_agent.name", frame.arena->copy(parsed.agent.name));
  add("user_agent.original", value);
  add("user_agent.version", frame.arena->copy(parsed.agent.version));
  add("os.name", frame.arena->copy(parsed.system.name));
  if (!parsed.system.version.empty()) add("os.version", frame.arena->copy(parsed.system.version));
  return map_value(out);
}

}  // namespace

void add_user_agent_functions(Library& library) {
  library.add("UserAgent", {"user_agent"}, user_agent);
}

}  // namespace sluice::ottl
