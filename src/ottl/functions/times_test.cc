// Times and durations.

#include "ottl/functions/go_time.h"
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
    {R"~(Duration("9223372036854775807ns"))~", "9223372036854775807ns"},
    {R"~(Duration("-9223372036854775808ns"))~", "-9223372036854775808ns"},
    {R"~(Duration("9223372036854775808ns"))~", "error"},
    {R"~(Format("%v", [Duration("-2562047h47m16.854775808s")]))~",
     R"~("-2562047h47m16.854775808s")~"},
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
    // Letters of a zone: those of the place, and those that the time zone database has a file for.
    {R"~(UnixSeconds(Time("2023-05-26 12:34:56 HST", "%Y-%m-%d %H:%M:%S %Z")))~", "1685140496"},
    {R"~(UnixSeconds(Time("1986-10-01T00:17:33 MST", "%Y-%m-%dT%H:%M:%S %Z", "Asia/Shanghai")))~",
     "528535053"},
    {R"~(UnixSeconds(Time("2023-05-26T12:34:56 GMT", "%Y-%m-%dT%H:%M:%S %Z")))~", "1685104496"},
    {R"~(UnixSeconds(Time("2023-05-26T12:34:56 UTC", "%Y-%m-%dT%H:%M:%S %Z", "Asia/Tokyo")))~",
     "1685104496"},
    {R"~(UnixSeconds(Time("2012-11-01T22:08:41+0000 EST", "%Y-%m-%dT%H:%M:%S%z %Z")))~",
     "1351807721"},
    {R"~(UnixSeconds(Time("2012-11-01T22:08:41+0200 CEST", "%Y-%m-%dT%H:%M:%S%z %Z")))~",
     "1351800521"},
    {R"~(UnixSeconds(Time("2023-07-01 12:00 CEST", "%Y-%m-%d %H:%M %Z", "Europe/Berlin")))~",
     "1688205600"},
    {R"~(UnixSeconds(Time("2023-07-01 12:00 GMT+3", "%Y-%m-%d %H:%M %Z")))~", "1688202000"},
    {R"~(UnixSeconds(Time("2023-07-01 12:00 GMT-11", "%Y-%m-%d %H:%M %Z")))~", "1688252400"},
    {R"~(Time("2023-07-01 12:00 CEST", "%Y-%m-%d %H:%M %Z"))~", "error"},
    {R"~(Time("2023-07-01 12:00 +03", "%Y-%m-%d %H:%M %Z"))~", "error"},
    {R"~(Time("2023-07-01 12:00 ABCD", "%Y-%m-%d %H:%M %Z"))~", "error"},
    {R"~(FormatTime(Time("2023-07-01 +0000", "%Y-%m-%d %z"), "%Z"))~", R"~("UTC")~"},
    {R"~(FormatTime(Time("2023-07-01 +0200", "%Y-%m-%d %z", "Europe/Berlin"), "%Z"))~",
     R"~("CEST")~"},
    // Languages.
    {R"~(UnixSeconds(Time("Febrero 25 lunes, 2002, 02:03:04 p.m.", "%B %d %A, %Y, %r", "", "es-ES")))~",
     "1014645784"},
    {R"~(UnixSeconds(Time("5 марта 2024", "%e %B %Y", "", "ru")))~", "1709596800"},
    {R"~(UnixSeconds(Time("5 МАРТА 2024", "%e %B %Y", "", "ru-RU")))~", "1709596800"},
    {R"~(UnixSeconds(Time("三月 05 2024 下午 01", "%B %d %Y %p %I", "", "zh")))~", "1709643600"},
    {R"~(UnixSeconds(Time("05.März.2024", "%d.%b.%Y", "", "de_DE")))~", "1709596800"},
    {R"~(Time("05.March.2024", "%d.%B.%Y", "", "de"))~", "error"},
    {R"~(Time("4 2024", "%e %Y", "", "foo-bar"))~", "refused"},
    // Layouts.
    {R"~(Time("2007-04-05T06:07:08Z", "%S:%L"))~", "refused"},
    {R"~(FormatTime(log.time, "%S%f"))~", "refused"},
    {R"~(FormatTime(log.time, "%L"))~", R"~("999")~"},
    {R"~(FormatTime(log.time, "%x %e"))~", R"~("11/14/2023 14")~"},
    {R"~(Time("2007-04-05 -1", "%Y-%m-%d %z"))~", "error"},
    {R"~(IsString(FormatTime(Time(" 3pm", "%l%P"), "%H")))~", "true"},
    {R"~(Time("2024年3月5日", "%Y年%m月%d日", "", "ja"))~", "error"},
    {R"~(UnixSeconds(Time("2024年3月5日", "%Y年%m月%d日")))~", "1709596800"},
    {R"~(UnixSeconds(Time("05_2024", "%m_%Y")))~", "1714521600"},
    {R"~(UnixSeconds(Time("Mar  5 2024", "%b  %e %Y")))~", "1709596800"},
    {R"~(FormatTime(log.time, "%b  %e"))~", R"~("Nov  14")~"},
    {R"~(IsMatch(FormatTime(Time("Feb 29", "%b %d"), "%b %d"), "^(Feb 29|Mar 01)$"))~", "true"},
    {R"~(Time("Feb 30", "%b %d"))~", "error"},
    {R"~(UnixSeconds(Time("July 31, 1993", "%B %d, %Y")))~", "744076800"},
    {R"~(UnixSeconds(Time("11/11/11", "%d/%m/%y")))~", "1320969600"},
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
/// A format, and texts that all are the same second.
struct SameTime {
  const char* format;
  int64_t seconds;
  std::vector<const char*> texts;
};

TEST(Functions, TimesAreReadAsStrptimeReadsThem) {
  const SameTime kCases[] = {
      {"%a %b %e %H:%M:%S %z %Y", 1136214245, {"Mon Jan 2 15:04:05 Z 2006"}},
      {"%Y-%m-%dT%H:%M:%S%z",
       1175789228,
       {"2007-04-05T06:07:08-10:00", "2007-04-05T06:07:08-1000", "2007-04-05T06:07:08-10",
        "2007-04-05T06:07:08  -10:00", "2007-4-5T6:7:8  -10", "2007-4-5T6:7:8-10:00",
        "2007- 04-\\t05T06: 7:8-1000"}},
      {"%y-%m-%dT%H:%M:%S%z", 1175789228, {"07-04-05T06:07:08-10:00"}},
      {"%Y-%m-%dT%H:%M:%S%z",
       1175776246,
       {"2007-4-5T12:30:46+0000", "2007-04-05T12:30:46+00:00", "2007-04-05T12:30:46+00",
        "2007-04-05T12:30:46Z", "2007-04-05T12:30:46  Z"}},
      {"%Y%m%d%H%M%S", 1675400767, {"20230203050607"}},
      {"%Y-%o-%g %l:%M:%S %P", 1546441445, {"2019-1-2 3:4:5 pm", "2019-01-02 03:04:05 pm"}},
      {"%D %T", 1546441445, {"01/02/2019 15:04:05", "1/2/19 15:4:5", "01/02/2019  15:04:05"}},
      {"%x %R:%S", 1546441445, {"1/2/19 15:4:5", "01/02/2019 15:04:05.9"}},
      {"%F %r", 1546441445, {"2019-1-2 3:4:5 pm"}},
      {"%c", 1546441445, {"Wed Jan 02 15:04:05 2019", "Wed Jan 2 15:4:5 2019"}},
      {"%Y_%m_%d_%H%M%S", 1546441445, {"2019_01_02_150405"}},
      {"%F %X.%L %z", 1546441445, {"2019-01-02 15:04:05.666 +00", "2019-01-02 15:04:05 Z"}},
  };
  for (const SameTime& one : kCases) {
    for (const char* text : one.texts) {
      const std::string call =
          std::string("UnixSeconds(Time(\"") + text + "\", \"" + one.format + "\"))";
      EXPECT_EQ(testing::evaluate(call), std::to_string(one.seconds)) << call;
    }
  }
}

TEST(Functions, AFormatThatEndsWithAZMeansUtc) {
  EXPECT_TRUE(TimeLayout::make("%Y-%m-%dT%H:%M:%SZ")->is_zulu());
  EXPECT_TRUE(TimeLayout::make("%H%%Z")->is_zulu());
  for (const char* format : {"%H %Z", "%H%z", "Z%H", "%S"})
    EXPECT_FALSE(TimeLayout::make(format)->is_zulu()) << format;
}

const bool kTimesCovered = cover(kTimes);

TEST(Functions, Times) { check_values(kTimes); }

}  // namespace
}  // namespace sluice::ottl
