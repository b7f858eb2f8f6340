#pragma once

#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/arena.h"
#include "base/status.h"

namespace sluice::ottl {

/// What months, days and the halves of a day are called in a language, by Unicode's CLDR.
class TimeNames {
 public:
  enum class List : uint8_t { Months, ShortMonths, Days, ShortDays, Halves };

  /// By BCP 47 tag; of a region or script without names of its own, those of the language.
  /// InvalidArgument for a language that is not known.
  static Result<TimeNames> make(std::string_view tag);

  /// Takes the longest name that the text begins with, in whatever case and behind any blanks, off
  /// it. Its index: January, Sunday and the morning are 0.
  std::optional<int> take(List list, std::string_view& text, Arena& scratch) const;

 private:
  struct Name {
    std::string lower;
    size_t size;  ///< bytes as it is written
  };
  std::array<std::vector<Name>, 5> lists_;
};

}  // namespace sluice::ottl
