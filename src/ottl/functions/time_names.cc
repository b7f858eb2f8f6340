#include "ottl/functions/time_names.h"

#include <algorithm>

#include "base/ascii.h"
#include "base/take.h"
#include "base/unicode_lower.h"

namespace sluice::ottl {
namespace {

/// Tags in lower case, with a blank between; names with a bar between, none if CLDR has none.
struct Language {
  std::string_view tags;
  std::array<std::string_view, 5> names;  // as in TimeNames::List
};

// The rows of the table leave the braces around their names out.
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wmissing-braces"
#include "ottl/functions/time_names_data.inc"
#pragma GCC diagnostic pop

std::vector<std::string_view> split(std::string_view text, std::string_view at) {
  std::vector<std::string_view> parts;
  while (!text.empty()) parts.push_back(take_until(text, at));
  return parts;
}

const Language* find_language(std::string_view tag) {
  const auto found =
      std::find_if(std::begin(kLanguages), std::end(kLanguages), [&](const Language& language) {
        const auto tags = split(language.tags, " ");
        return std::find(tags.begin(), tags.end(), tag) != tags.end();
      });
  return found == std::end(kLanguages) ? nullptr : &*found;
}

}  // namespace

Result<TimeNames> TimeNames::make(std::string_view tag) {
  std::string wanted = ascii::lower(std::string(tag));
  std::replace(wanted.begin(), wanted.end(), '_', '-');
  const Language* language = find_language(wanted);
  while (language == nullptr && wanted.find('-') != std::string::npos) {
    wanted.resize(wanted.rfind('-'));
    language = find_language(wanted);
  }
  if (language == nullptr)
    return invalid_argument("the locale " + std::string(tag) +
                            " is not known; it is a tag such as en, pt-BR or zh-Hant");
  TimeNames made;
  Arena scratch;
  for (size_t i = 0; i < made.lists_.size(); ++i) {
    for (const std::string_view name : split(language->names[i], "|")) {
      const std::string_view lower = utf8::to_lower(name, scratch);
      made.lists_[i].push_back({std::string(lower), name.size()});
    }
  }
  return made;
}

std::optional<int> TimeNames::take(List list, std::string_view& text, Arena& scratch) const {
  std::string_view rest = text;
  rest.remove_prefix(std::min(rest.find_first_not_of(' '), rest.size()));
  const auto& names = lists_[static_cast<size_t>(list)];
  std::optional<int> longest;
  for (size_t i = 0; i < names.size(); ++i) {
    const Name& name = names[i];
    if (longest && name.size <= names[static_cast<size_t>(*longest)].size) continue;
    if (utf8::to_lower(rest.substr(0, name.size), scratch) == name.lower)
      longest = static_cast<int>(i);
  }
  if (!longest) return std::nullopt;
  text = rest.substr(names[static_cast<size_t>(*longest)].size);
  return longest;
}

}  // namespace sluice::ottl
