#include "ottl/time.h"

#include <absl/time/time.h>

#include <algorithm>
#include <limits>
#include <map>
#include <mutex>
#include <vector>

namespace sluice::ottl {

class Zone {
 public:
  explicit Zone(absl::TimeZone zone);
  /// An offset without rules; the name may be empty.
  Zone(std::string_view name, int offset)
      : zone_(absl::FixedTimeZone(offset)), fixed_name_(name), is_fixed_(true) {}

  const absl::TimeZone& rules() const { return zone_; }
  std::string name_at(const absl::TimeZone::CivilInfo& at) const {
    if (is_fixed_) return fixed_name_;
    // Zones without letters of their own are shown by their offset.
    const std::string_view name = at.zone_abbr;
    return std::string(name);
  }
  /// Letters and offsets that it ever had, each pair once.
  const std::vector<std::pair<std::string, int>>& letters() const { return letters_; }

 private:
  absl::TimeZone zone_;
  std::string fixed_name_;
  bool is_fixed_ = false;
  std::vector<std::pair<std::string, int>> letters_;
};

Zone::Zone(absl::TimeZone zone) : zone_(zone) {
  // Rules go on for ever, their letters do not.
  constexpr int kChangesMax = 1000;
  constexpr int64_t kBeforeAnyZone = -10'000'000'000;  // the year 1653
  absl::Time at = absl::FromUnixSeconds(kBeforeAnyZone);
  absl::TimeZone::CivilTransition change;
  for (int i = 0; i < kChangesMax; ++i) {
    const absl::TimeZone::CivilInfo info = zone_.At(at);
    const std::pair<std::string, int> pair{info.zone_abbr, info.offset};
    if (std::find(letters_.begin(), letters_.end(), pair) == letters_.end())
      letters_.push_back(pair);
    if (!zone_.NextTransition(at, &change)) break;
    at = zone_.At(change.to).trans;
  }
}

namespace {

/// Zones by name, and by offset and name. Never freed: times point to them.
struct Zones {
  std::mutex mutex;
  std::map<std::string, std::unique_ptr<Zone>, std::less<>> named;
  std::map<std::pair<int, std::string>, std::unique_ptr<Zone>> fixed;
};

Zones& zones() {
  static auto* all = new Zones;
  return *all;
}

absl::Time absl_time(const Time& time) {
  return absl::FromUnixSeconds(time.seconds) + absl::Nanoseconds(time.nanos);
}

}  // namespace

Time Time::plus(int64_t nanoseconds) const {
  const Time step = of_nanos(nanoseconds);
  Time sum{seconds + step.seconds, nanos + step.nanos, zone};
  if (sum.nanos >= kNanosPerSecond) {
    sum.nanos -= static_cast<int32_t>(kNanosPerSecond);
    ++sum.seconds;
  }
  return sum;
}

int64_t Time::minus(const Time& other) const {
  const __int128 difference =
      (static_cast<__int128>(seconds) - other.seconds) * kNanosPerSecond + (nanos - other.nanos);
  constexpr __int128 kMost = std::numeric_limits<int64_t>::max();
  constexpr __int128 kLeast = std::numeric_limits<int64_t>::min();
  return static_cast<int64_t>(std::clamp(difference, kLeast, kMost));
}

Civil civil_of(const Time& time) {
  const absl::TimeZone rules = time.zone == nullptr ? absl::UTCTimeZone() : time.zone->rules();
  const absl::TimeZone::CivilInfo at = rules.At(absl_time(time));
  Civil civil;
  civil.year = at.cs.year();
  civil.month = at.cs.month();
  civil.day = at.cs.day();
  civil.hour = at.cs.hour();
  civil.minute = at.cs.minute();
  civil.second = at.cs.second();
  civil.nanos = time.nanos;
  civil.weekday = (static_cast<int>(absl::GetWeekday(at.cs)) + 1) % 7;
  civil.year_day = absl::GetYearDay(at.cs);
  civil.offset = at.offset;
  civil.zone = time.zone == nullptr ? "UTC" : time.zone->name_at(at);
  return civil;
}

Time time_of_civil(const Civil& civil, const Zone* zone) {
  const absl::TimeZone rules = zone == nullptr ? absl::UTCTimeZone() : zone->rules();
  const absl::CivilSecond second(civil.year, civil.month, civil.day, civil.hour, civil.minute,
                                 civil.second);
  // As in Go: by the offset that holds where the clock would show this time in UTC.
  const int64_t local = absl::ToUnixSeconds(absl::UTCTimeZone().At(second).pre);
  const auto offset_at = [&](int64_t seconds) {
    return rules.At(absl::FromUnixSeconds(seconds)).offset;
  };
  Time time{local - offset_at(local - offset_at(local)), civil.nanos, zone};
  const int64_t carry = civil.nanos / kNanosPerSecond;
  time.seconds += carry;
  time.nanos = static_cast<int32_t>(civil.nanos - carry * kNanosPerSecond);
  return time;
}

Result<const Zone*> zone(std::string_view name) {
  if (name.empty() || name == "UTC") return static_cast<const Zone*>(nullptr);
  if (name == "Local") return local_zone();
  Zones& all = zones();
  const std::lock_guard lock(all.mutex);
  const auto known = all.named.find(name);
  if (known != all.named.end()) return static_cast<const Zone*>(known->second.get());
  absl::TimeZone loaded;
  if (name.find("..") != std::string_view::npos || name.front() == '/' ||
      name.substr(0, 5) == "Fixed" || !absl::LoadTimeZone(std::string(name), &loaded))
    return invalid_argument("unknown time zone " + std::string(name));
  auto& made = all.named[std::string(name)];
  made = std::make_unique<Zone>(loaded);
  return static_cast<const Zone*>(made.get());
}

const Zone* local_zone() {
  static const Zone* const local = [] {
    const absl::TimeZone rules = absl::LocalTimeZone();
    return rules == absl::UTCTimeZone() || rules.name() == "UTC" ? nullptr : new Zone(rules);
  }();
  return local;
}

std::optional<int> offset_of_letters(const Zone* zone, std::string_view letters, int64_t civil) {
  if (zone == nullptr) return std::nullopt;
  std::optional<int> ever;
  for (const auto& [name, offset] : zone->letters()) {
    if (name != letters) continue;
    const Civil then = civil_of({civil - offset, 0, zone});
    if (then.zone == letters) return then.offset;
    if (!ever) ever = offset;
  }
  return ever;
}

const Zone* fixed_zone(std::string_view name, int offset_seconds) {
  Zones& all = zones();
  const std::lock_guard lock(all.mutex);
  // Names come from texts: they must not fill the memory.
  constexpr size_t kNamedMax = 4096;
  std::pair<int, std::string> key{offset_seconds, name};
  if (const auto known = all.fixed.find(key); known != all.fixed.end()) return known->second.get();
  if (all.fixed.size() >= kNamedMax) key.second.clear();
  auto& made = all.fixed[key];
  if (!made) made = std::make_unique<Zone>(key.second, offset_seconds);
  return made.get();
}

int days_in_month(int64_t year, int month) {
  const absl::CivilMonth first(year, month);
  return static_cast<int>(absl::CivilDay(first + 1) - absl::CivilDay(first));
}

std::string rfc3339_nano(const Time& time) {
  const Civil civil = civil_of(time);
  char text[64];
  int size = std::snprintf(text, sizeof text, "%04lld-%02d-%02dT%02d:%02d:%02d",
                           static_cast<long long>(civil.year), civil.month, civil.day, civil.hour,
                           civil.minute, civil.second);
  if (civil.nanos != 0) {
    size +=
        std::snprintf(text + size, sizeof text - static_cast<size_t>(size), ".%09d", civil.nanos);
    while (text[size - 1] == '0') --size;
  }
  std::string out(text, static_cast<size_t>(size));
  if (civil.offset == 0) return out + "Z";
  const int minutes = (civil.offset < 0 ? -civil.offset : civil.offset) / 60;
  std::snprintf(text, sizeof text, "%c%02d:%02d", civil.offset < 0 ? '-' : '+', minutes / 60,
                minutes % 60);
  return out + text;
}

}  // namespace sluice::ottl
