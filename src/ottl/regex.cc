#include "ottl/regex.h"

#include <re2/re2.h>

#include <algorithm>
#include <optional>

#include "base/utf8.h"
#include "ottl/literal_pattern.h"

namespace sluice::ottl {
namespace {

/// Go writes named groups in two ways, RE2 knows one; RE2 knows \C, which Go does not.
Result<std::string> to_re2(std::string_view pattern) {
  std::string out;
  bool in_class = false;
  for (size_t i = 0; i < pattern.size(); ++i) {
    const char c = pattern[i];
    if (c == '\\' && i + 1 < pattern.size()) {
      const char escaped = pattern[i + 1];
      if (escaped == 'C') return invalid_argument("invalid escape sequence: `\\C`");
      if (escaped == 'Q') {  // all text up to \E is literal
        const size_t end = std::min(pattern.find("\\E", i), pattern.size());
        out += pattern.substr(i, end - i);
        i = end - 1;
        continue;
      }
      out += c;
      out += escaped;
      ++i;
      continue;
    }
    if (c == '[' && !in_class) {
      in_class = true;
      out += c;
      // A bracket that stands first belongs to the class.
      if (i + 1 < pattern.size() && pattern[i + 1] == '^') out += pattern[++i];
      if (i + 1 < pattern.size() && pattern[i + 1] == ']') out += pattern[++i];
      continue;
    }
    if (c == '[' && pattern.substr(i, 2) == "[:") {
      const size_t end = pattern.find(":]", i);
      if (end != std::string_view::npos) {
        out += pattern.substr(i, end + 2 - i);
        i = end + 1;
        continue;
      }
    }
    if (c == ']') in_class = false;
    const bool named = !in_class && pattern.substr(i, 3) == "(?<";
    out += named ? "(?P<" : std::string_view(&c, 1);
    if (named) i += 2;
  }
  return out;
}

bool is_word_byte(char c) {
  return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '_';
}

/// What follows a `$`: the name of a group, and how many bytes of the template it takes.
std::string_view group_reference(std::string_view text, size_t& taken) {
  const bool braced = !text.empty() && text.front() == '{';
  const size_t start = braced ? 1 : 0;
  size_t end = start;
  while (end < text.size() && is_word_byte(text[end])) ++end;
  if (end == start || (braced && (end == text.size() || text[end] != '}'))) return {};
  taken = braced ? end + 1 : end;
  return text.substr(start, end - start);
}

/// The group's number; -1 for a name.
int group_number(std::string_view name) {
  int number = 0;
  for (const char c : name) {
    if (c < '0' || c > '9' || number > 100'000'000) return -1;
    number = number * 10 + (c - '0');
  }
  return name.size() > 1 && name.front() == '0' ? -1 : number;
}

}  // namespace

struct Regex::Impl {
  Impl(const std::string& pattern, const RE2::Options& options)
      : re(pattern, options), group_count(re.NumberOfCapturingGroups()) {}
  RE2 re;
  int group_count;
  std::optional<LiteralPattern> literal;
};

namespace {

/// Text in which every byte that is not UTF-8 stands as U+FFFD, which is how Go sees it and RE2
/// does not.
class Mended {
 public:
  explicit Mended(std::string_view text) : original_(text) {
    for (size_t at = 0; at < text.size();) {
      const utf8::Rune rune = utf8::decode(text.substr(at));
      if (rune.valid) {
        text_.append(text, at, rune.size);
      } else {
        bad_.push_back(text_.size());
        text_ += utf8::kReplacement;
      }
      at += rune.size;
    }
  }
  std::string_view text() const { return text_; }
  /// REQUIRES: `at` is where a character or a bad byte of the original begins, or its end.
  size_t to_mended(size_t at) const {
    for (const size_t bad : bad_) {
      if (bad >= at) break;  // both counted with the replacements before them
      at += utf8::kReplacement.size() - 1;
    }
    return at;
  }
  /// The same part of the original.
  std::string_view to_original(re2::StringPiece part) const {
    const auto begin = static_cast<size_t>(part.data() - text_.data());
    const size_t from = to_original(begin);
    return original_.substr(from, to_original(begin + part.size()) - from);
  }

 private:
  size_t to_original(size_t at) const {
    const auto before = std::lower_bound(bad_.begin(), bad_.end(), at) - bad_.begin();
    return at - static_cast<size_t>(before) * (utf8::kReplacement.size() - 1);
  }

  std::string_view original_;
  std::string text_;
  std::vector<size_t> bad_;  // where replacements begin in text_
};

}  // namespace

Regex::Regex() = default;
Regex::Regex(Regex&&) noexcept = default;
Regex& Regex::operator=(Regex&&) noexcept = default;
Regex::~Regex() = default;

Result<Regex> Regex::compile(std::string_view pattern) {
  auto translated = to_re2(pattern);
  if (!translated.ok()) return translated.status();
  RE2::Options options;
  options.set_log_errors(false);
  Regex regex;
  regex.pattern_ = pattern;
  regex.impl_ = std::make_unique<Impl>(*translated, options);
  if (!regex.impl_->re.ok()) {
    return invalid_argument("the regular expression " + std::string(pattern) +
                            " is wrong: " + regex.impl_->re.error());
  }
  regex.impl_->literal = LiteralPattern::parse(pattern);
  regex.names_.resize(static_cast<size_t>(regex.impl_->group_count));
  for (const auto& [number, name] : regex.impl_->re.CapturingGroupNames()) {
    // RE2 takes all letters of Unicode, Go does not.
    if (!std::all_of(name.begin(), name.end(), is_word_byte)) {
      return invalid_argument("the regular expression " + std::string(pattern) +
                              " is wrong: the name of a group has ASCII letters and digits only");
    }
    regex.names_[static_cast<size_t>(number - 1)] = name;
  }
  regex.has_named_groups_ = !regex.impl_->re.CapturingGroupNames().empty();
  return regex;
}

bool Regex::matches(std::string_view text) const {
  if (impl_->literal) return impl_->literal->find(text, 0).data() != nullptr;
  if (!utf8::is_valid(text)) {
    const Mended mended(text);
    return impl_->re.Match({mended.text().data(), mended.text().size()}, 0, mended.text().size(),
                           RE2::UNANCHORED, nullptr, 0);
  }
  return impl_->re.Match(text, 0, text.size(), RE2::UNANCHORED, nullptr, 0);
}

bool Regex::find(std::string_view text, size_t from, Groups& groups) const {
  const size_t count = names_.size() + 1;
  if (impl_->literal) {
    const std::string_view whole = impl_->literal->find(text, from);
    if (whole.data() == nullptr) return false;
    groups.assign(count, whole);
    return true;
  }
  constexpr size_t kFew = 16;
  re2::StringPiece few[kFew];
  std::vector<re2::StringPiece> many;
  re2::StringPiece* found = few;
  if (count > kFew) {
    many.resize(count);
    found = many.data();
  }
  const auto match = [&](std::string_view in, size_t at) {
    return impl_->re.Match(in, at, in.size(), RE2::UNANCHORED, found, static_cast<int>(count));
  };
  groups.clear();
  if (utf8::is_valid(text)) {
    if (!match(text, from)) return false;
    for (size_t i = 0; i < count; ++i) groups.emplace_back(found[i].data(), found[i].size());
    return true;
  }
  const Mended mended(text);
  if (!match(mended.text(), mended.to_mended(from))) return false;
  for (size_t i = 0; i < count; ++i) {
    groups.push_back(found[i].data() == nullptr ? std::string_view()
                                                : mended.to_original(found[i]));
  }
  return true;
}

void Regex::expand(std::string_view replacement, const Groups& groups, std::string& out) const {
  for (size_t i = 0; i < replacement.size(); ++i) {
    if (replacement[i] != '$') {
      out += replacement[i];
      continue;
    }
    if (replacement.substr(i + 1, 1) == "$") {
      out += '$';
      ++i;
      continue;
    }
    size_t taken = 0;
    const std::string_view name = group_reference(replacement.substr(i + 1), taken);
    if (name.empty()) {
      out += '$';
      continue;
    }
    i += taken;
    const int number = group_number(name);
    if (number >= 0) {
      if (static_cast<size_t>(number) < groups.size()) out += groups[static_cast<size_t>(number)];
      continue;
    }
    for (size_t group = 0; group < names_.size(); ++group) {
      if (names_[group] == name && groups[group + 1].data() != nullptr) {
        out += groups[group + 1];
        break;
      }
    }
  }
}

std::string Regex::replace_all(std::string_view text, std::string_view replacement) const {
  std::string out;
  const char* copied = text.data();
  for_each(text, [&](const Groups& groups) {
    out.append(copied, static_cast<size_t>(groups[0].data() - copied));
    expand(replacement, groups, out);
    copied = groups[0].data() + groups[0].size();
  });
  out.append(copied, static_cast<size_t>(text.data() + text.size() - copied));
  return out;
}

}  // namespace sluice::ottl
