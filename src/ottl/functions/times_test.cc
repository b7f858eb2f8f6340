// Times and durations.

#include "testing/function_cases.h"

namespace sluice::ottl {
namespace {

using testing::check_values;
using testing::cover;
using testing::FunctionCase;

constexpr FunctionCase kTimes[] = {
    {R"~(Duration("1h30m"))~", "5400000000000ns"},
    {R"~(Duration("1.5µs"))~", "1500ns"},
    {R"~(Duration("1d"))~", "error"},
    {R"~(Duration(1))~", "refused"},
    {R"~(Hours(Duration("90m")))~", "1.5"},
    {R"~(Minutes(Duration("90s")))~", "1.5"},
    {R"~(Seconds(Duration("1500ms")))~", "1.5"},
    {R"~(Milliseconds(Duration("1500us")))~", "1"},
    {R"~(Microseconds(Duration("2ms")))~", "2000"},
    {R"~(Nanoseconds(Duration("1us")))~", "1000"},
    {R"~(Hours("1h"))~", "refused"},
    {R"~(Time("2024-03-15 10:20:30", "%Y-%m-%d %H:%M:%S"))~", "2024-03-15T10:20:30Z"},
    {R"~(UnixNano(Time("2024-07-01 12:00", "%Y-%m-%d %H:%M", "Europe/Berlin")))~",
     "1719828000000000000"},
    {R"~(UnixSeconds(Time("1986-10-01T00:17:33 +0200", "%Y-%m-%dT%H:%M:%S %z")))~", "528502653"},
    {R"~(UnixSeconds(Time("mercoledì set 4 2024", "%A %h %e %Y", "", "it")))~", "1725408000"},
    {R"~(UnixSeconds(Time("4 2024", "%e %Y", "", "xx-notalocale")))~", "refused"},
    {R"~(Time("2024", "2006"))~", "refused"},
    {R"~(Time("x", "%Y"))~", "error"},
    {R"~(Time(log.attributes["s"], "%Y-%m-%d"))~", "error"},
    {R"~(Time("2024-02-30", "%Y-%m-%d"))~", "error"},
    {R"~(FormatTime(log.time, "%Y-%m-%dT%H:%M:%S.%L"))~", R"~("2023-11-14T22:13:20.123")~"},
    {R"~(FormatTime(log.time, "%j %z %b %A %I %p"))~", R"~("+00:00 Z Nov Tuesday 10 PM")~"},
    {R"~(FormatTime(log.attributes["i"], "%Y"))~", "error"},
    {R"~(TruncateTime(log.time, Duration("1h")))~", "2023-11-14T22:00:00Z"},
    {R"~(UnixNano(log.time))~", "1700000000123456789"},
    {R"~(UnixMicro(log.time))~", "1700000000123456"},
    {R"~(UnixMilli(log.time))~", "1700000000123"},
    {R"~(UnixSeconds(log.time))~", "1700000000"},
    {R"~(UnixNano(Unix(1, 2)))~", "1000000002"},
    {R"~(Unix("1"))~", "refused"},
    {R"~(Year(log.time))~", "2023"},
    {R"~(Month(log.time))~", "11"},
    {R"~(Day(log.time))~", "14"},
    {R"~(Hour(log.time))~", "22"},
    {R"~(Minute(log.time))~", "13"},
    {R"~(Second(log.time))~", "20"},
    {R"~(Nanosecond(log.time))~", "123456789"},
    {R"~(Weekday(log.time))~", "2"},
    {R"~(Weekday("x"))~", "refused"},
    {R"~(Year(log.attributes["nil"]))~", "error"},
    {R"~(log.time + Duration("1s"))~", "2023-11-14T22:13:21.123456789Z"},
    {R"~(log.time - log.time)~", "0ns"},
    {R"~(Seconds(Now() - Now()) * 0.0)~", "-0.0"},
};
const bool kTimesCovered = cover(kTimes);

TEST(Functions, Times) { check_values(kTimes); }

}  // namespace
}  // namespace sluice::ottl
