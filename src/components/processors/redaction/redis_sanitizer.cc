#include "components/processors/redaction/redis_sanitizer.h"

#include <algorithm>
#include <iterator>
#include <vector>

#include "base/ascii.h"
#include "base/utf8.h"

namespace sluice::components::redaction_processor {
namespace {

using Arguments = std::vector<std::string_view>;

/// Which arguments of a command are values.
enum class Values : uint8_t {
  One,       ///< that of this index
  Rest,      ///< all from this index on, as one ?
  Second,    ///< every second one after this many
  Third,     ///< every third one after this many
  Config,    ///< CONFIG SET parameter value
  BitField,  ///< BITFIELD key ... SET type offset value
  Scores,    ///< ZADD key [NX|XX] [CH] [INCR] score member ...
};

struct Rule {
  std::string_view command;
  Values values;
  size_t index = 0;
};

// Sorted by command.
constexpr Rule kRules[] = {
    {"APPEND", Values::One, 1},
    {"AUTH", Values::Rest, 0},
    {"BITFIELD", Values::BitField},
    {"CONFIG", Values::Config},
    {"GEOADD", Values::Third, 1},
    {"GEODIST", Values::Rest, 1},
    {"GEOHASH", Values::Rest, 1},
    {"GEOPOS", Values::Rest, 1},
    {"GEORADIUSBYMEMBER", Values::One, 1},
    {"GETSET", Values::One, 1},
    {"HMSET", Values::Second, 1},
    {"HSET", Values::Second, 1},
    {"HSETNX", Values::One, 2},
    {"LINSERT", Values::One, 3},
    {"LPUSH", Values::Rest, 1},
    {"LPUSHX", Values::One, 1},
    {"LREM", Values::One, 2},
    {"LSET", Values::One, 2},
    {"MSET", Values::Second, 0},
    {"MSETNX", Values::Second, 0},
    {"PSETEX", Values::One, 2},
    {"RESTORE", Values::One, 2},
    {"RPUSH", Values::Rest, 1},
    {"RPUSHX", Values::One, 1},
    {"SADD", Values::Rest, 1},
    {"SET", Values::One, 1},
    {"SETBIT", Values::One, 2},
    {"SETEX", Values::One, 2},
    {"SETNX", Values::One, 1},
    {"SETRANGE", Values::One, 2},
    {"SISMEMBER", Values::One, 1},
    {"SMOVE", Values::One, 2},
    {"SREM", Values::Rest, 1},
    {"ZADD", Values::Scores},
    {"ZINCRBY", Values::One, 2},
    {"ZRANK", Values::One, 1},
    {"ZREM", Values::Rest, 1},
    {"ZREVRANK", Values::One, 1},
    {"ZSCORE", Values::One, 1},
};

std::string upper(std::string_view text) { return ascii::upper(std::string(text)); }

const Rule* rule_of(std::string_view command) {
  const std::string name = upper(command);
  const Rule* found =
      std::lower_bound(std::begin(kRules), std::end(kRules), name,
                       [](const Rule& rule, const std::string& n) { return rule.command < n; });
  return found != std::end(kRules) && found->command == name ? found : nullptr;
}

void mask_one(Arguments& arguments, size_t index) {
  if (index < arguments.size()) arguments[index] = "?";
}

void mask_each(Arguments& arguments, size_t first, size_t step) {
  for (size_t i = first + step - 1; i < arguments.size(); i += step) arguments[i] = "?";
}

/// The value of the first SET that has one.
void mask_bit_field(Arguments& arguments) {
  constexpr size_t kToValue = 3;
  size_t set = 0;
  for (size_t i = 1; i < arguments.size(); ++i) {
    if (upper(arguments[i]) == "SET") set = i;
    if (set != 0 && i == set + kToValue) return mask_one(arguments, i);
  }
}

void mask_members(Arguments& arguments) {
  constexpr std::string_view kOptions[] = {"NX", "XX", "CH", "INCR"};
  size_t first = 1;
  while (first + 1 < arguments.size() && std::find(std::begin(kOptions), std::end(kOptions),
                                                   arguments[first]) != std::end(kOptions))
    ++first;
  mask_each(arguments, first, 2);
}

void mask_values(std::string_view command, Arguments& arguments) {
  const Rule* rule = rule_of(command);
  if (rule == nullptr) return;
  switch (rule->values) {
    case Values::One: return mask_one(arguments, rule->index);
    case Values::Rest:
      mask_one(arguments, rule->index);
      return arguments.resize(std::min(arguments.size(), rule->index + 1));
    case Values::Second: return mask_each(arguments, rule->index, 2);
    case Values::Third: return mask_each(arguments, rule->index, 3);
    case Values::Config:
      if (upper(arguments.front()) == "SET") mask_one(arguments, 2);
      return;
    case Values::BitField: return mask_bit_field(arguments);
    case Values::Scores: return mask_members(arguments);
  }
}

/// Words of commands: the first of a line is its command. REQUIRES: no white space at the ends.
class Reader {
 public:
  explicit Reader(std::string_view text) : text_(text) {}

  struct Word {
    std::string_view text;
    bool is_command;
  };
  Word next() { return at_line_ ? Word{command(), true} : Word{argument(), false}; }
  bool done() const { return done_; }

 private:
  std::string_view from(size_t start) const { return text_.substr(start, at_ - start); }

  std::string_view command() {
    size_t start = at_;
    for (bool begun = false; at_ < text_.size(); begun = true) {
      const char c = text_[at_];
      if (c == '\n' || (c == ' ' && begun)) {
        const std::string_view word = from(start);
        at_line_ = c == '\n';
        end_word();
        return word;
      }
      ++at_;
      if (c != ' ') continue;
      skip_space();
      start = at_;
    }
    done_ = true;
    return from(start);
  }

  std::string_view argument() {
    const size_t start = at_;
    bool is_quoted = false;
    bool is_escaped = false;
    for (; at_ < text_.size(); ++at_) {
      const char c = text_[at_];
      if (!is_quoted && (c == ' ' || c == '\n')) {
        const std::string_view word = from(start);
        at_line_ = c == '\n';
        end_word();
        return word;
      }
      if (c == '"' && !is_escaped) is_quoted = !is_quoted;
      is_escaped = c == '\\' && !is_escaped;
    }
    done_ = true;
    return from(start);
  }

  /// Takes the byte that ended it, and the space behind that.
  void end_word() {
    if (text_[at_++] == ' ') skip_space();
  }
  /// Also the end of the line, if nothing but space is before it.
  void skip_space() {
    while (at_ < text_.size() && (text_[at_] == ' ' || text_[at_] == '\t' || text_[at_] == '\r'))
      ++at_;
    if (at_ == text_.size() || text_[at_] != '\n') return;
    ++at_;
    at_line_ = true;
  }

  const std::string_view text_;
  size_t at_ = 0;
  bool at_line_ = true;
  bool done_ = false;
};

void append(std::string& out, std::string_view command, Arguments& arguments) {
  out += command;
  if (arguments.empty()) return;
  mask_values(command, arguments);
  for (const std::string_view argument : arguments) {
    out += ' ';
    out += argument;
  }
}

}  // namespace

std::string sanitized_redis(std::string_view commands) {
  std::string out;
  out.reserve(commands.size());
  Reader reader(utf8::trim_space(commands));
  std::string_view command;
  Arguments arguments;
  while (!reader.done()) {
    const Reader::Word word = reader.next();
    if (!word.is_command) {
      arguments.push_back(word.text);
      continue;
    }
    if (!command.empty()) {
      append(out, command, arguments);
      out += '\n';
    }
    command = word.text;
    arguments.clear();
  }
  append(out, command, arguments);
  return out;
}

}  // namespace sluice::components::redaction_processor
