// Times and durations.

#include <time.h>

#include "base/duration.h"
#include "ottl/function.h"
#include "ottl/functions/functions.h"
#include "ottl/functions/go_time.h"

namespace sluice::ottl {
namespace {

Time now() {
  timespec at{};
  clock_gettime(CLOCK_REALTIME, &at);
  return {at.tv_sec, static_cast<int32_t>(at.tv_nsec), local_zone()};
}

/// A location as a parameter; an empty one is none.
struct Location {
  std::optional<const Zone*> zone;
  static Result<Location> make(std::string_view name) {
    if (name.empty()) return Location{};
    auto found = ottl::zone(name);
    if (!found.ok()) return found.status();
    return Location{*found};
  }
};

Value parse_time(Frame& frame, std::string_view target, Setting<TimeLayout> format,
                 std::optional<Setting<Location>> location,
                 std::optional<Setting<TimeNames>> locale) {
  TimeDefaults defaults{format->is_zulu() ? nullptr : local_zone(), now()};
  if (location && (*location)->zone) defaults.zone = *(*location)->zone;
  if (locale) defaults.names = &**locale;
  Time out;
  std::string error;
  if (!format->parse(target, defaults, *frame.arena, out, error)) return frame.fail(error);
  return time_value(out, *frame.arena);
}

Value parse_duration_text(Frame& frame, std::string_view duration) {
  const auto parsed = parse_duration(duration);
  if (!parsed) return frame.fail("\"", duration, "\" is no duration");
  return duration_value(parsed->count());
}

/// Rounded down to a multiple of the duration since year 1, as Go's Truncate.
Value truncate_time(Frame& frame, Time time, Duration duration) {
  if (duration.nanos <= 0) return time_value(time, *frame.arena);
  constexpr int64_t kYearOne = -62'135'596'800;
  const __int128 since =
      (static_cast<__int128>(time.seconds) - kYearOne) * kNanosPerSecond + time.nanos;
  const auto rest =
      static_cast<int64_t>(((since % duration.nanos) + duration.nanos) % duration.nanos);
  return time_value(time.plus(-rest), *frame.arena);
}

template <int64_t Unit>
Value whole_units(Frame&, Duration duration) {
  return Value::integer(duration.nanos / Unit);
}

/// As Go: whole units and the rest are added up, each a double.
template <int64_t Unit>
Value units(Frame&, Duration duration) {
  return Value::real(static_cast<double>(duration.nanos / Unit) +
                     static_cast<double>(duration.nanos % Unit) / static_cast<double>(Unit));
}

template <auto Field>
Value field(Frame&, Time time) {
  return Value::integer(civil_of(time).*Field);
}

template <int64_t PerSecond>
Value unix_units(Frame&, Time time) {
  const uint64_t whole = static_cast<uint64_t>(time.seconds) * PerSecond;
  return Value::integer(static_cast<int64_t>(
      whole + static_cast<uint64_t>(time.nanos / (kNanosPerSecond / PerSecond))));
}

Value unix_time(Frame& frame, int64_t seconds, std::optional<int64_t> nanoseconds) {
  const Time start{seconds, 0, local_zone()};
  return time_value(start.plus(nanoseconds.value_or(0)), *frame.arena);
}

constexpr int64_t kMillisecond = 1'000'000;
constexpr int64_t kMinute = 60 * kNanosPerSecond;

void add_duration_functions(Library& library) {
  library.add("Duration", {"duration"}, parse_duration_text);
  library.add("Hours", {"duration"}, units<60 * kMinute>);
  library.add("Minutes", {"duration"}, units<kMinute>);
  library.add("Seconds", {"duration"}, units<kNanosPerSecond>);
  library.add("Milliseconds", {"duration"}, whole_units<kMillisecond>);
  library.add("Microseconds", {"duration"}, whole_units<1000>);
  library.add("Nanoseconds", {"duration"}, whole_units<1>);
}

void add_field_functions(Library& library) {
  library.add("Year", {"time"}, field<&Civil::year>);
  library.add("Month", {"time"}, field<&Civil::month>);
  library.add("Day", {"time"}, field<&Civil::day>);
  library.add("Hour", {"time"}, field<&Civil::hour>);
  library.add("Minute", {"time"}, field<&Civil::minute>);
  library.add("Second", {"time"}, field<&Civil::second>);
  library.add("Nanosecond", {"time"}, field<&Civil::nanos>);
  library.add("Weekday", {"time"}, field<&Civil::weekday>);
}

}  // namespace

void add_time_functions(Library& library) {
  add_duration_functions(library);
  add_field_functions(library);
  library.add("Now", {}, [](Frame& frame) { return time_value(now(), *frame.arena); }).pure = false;
  library.add("Time", {"time", "format", "location", "locale"}, parse_time);
  library.add("FormatTime", {"time", "format"},
              [](Frame& frame, Time time, Setting<TimeLayout> format) {
                return Value::string(frame.arena->copy(format->format(time)));
              });
  library.add("TruncateTime", {"time", "duration"}, truncate_time);
  library.add("Unix", {"seconds", "nanoseconds"}, unix_time);
  library.add("UnixSeconds", {"time"}, unix_units<1>);
  library.add("UnixMilli", {"time"}, unix_units<1000>);
  library.add("UnixMicro", {"time"}, unix_units<1'000'000>);
  library.add("UnixNano", {"time"},
              [](Frame&, Time time) { return Value::integer(time.unix_nanos()); });
}

}  // namespace sluice::ottl
