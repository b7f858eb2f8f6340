// Converters of single values: types, texts, hashes, ids.

#include "testing/function_cases.h"

namespace sluice::ottl {
namespace {

using testing::check_values;
using testing::cover;
using testing::FunctionCase;

constexpr FunctionCase kTypes[] = {
    {R"~(Bool("T"))~", "true"},
    {R"~(Bool(0.0))~", "false"},
    {R"~(Bool("yes"))~", "refused"},
    {R"~(Bool(log.attributes["s"]))~", "error"},
    {R"~(Bool(log.attributes["nil"]))~", "nil"},
    {R"~(Int("12"))~", "12"},
    {R"~(Int("1.5"))~", "nil"},
    {R"~(Int(-3.9))~", "-3"},
    {R"~(Int(true))~", "1"},
    {R"~(Int(log.attributes["missing"]))~", "nil"},
    {R"~(Double("1e3"))~", "1000.0"},
    {R"~(Double(log.attributes["i"]))~", "42.0"},
    {R"~(Double("1,5"))~", "refused"},
    {R"~(String(12))~", R"~("12")~"},
    {R"~(String(0.0000001))~", R"~("1e-07")~"},
    {R"~(String(9223372036854775808.0))~", R"~("9223372036854776000")~"},
    {R"~(String(10000000000000000000.0))~", R"~("10000000000000000000")~"},
    {R"~(String(Time("9999-12-31T12", "%Y-%m-%dT%H")))~", R"~("\"9999-12-31T12:00:00Z\"")~"},
    {R"~(String(Time("9999-12-31T12", "%Y-%m-%dT%H") + Duration("12h")))~", "error"},
    {R"~(Len(nil))~", "error"},
    {R"~(Len(0x0102))~", "2"},
    {R"~(Len(log.trace_id))~", "error"},
    {R"~(Len(Duration("1s")))~", "error"},
    {R"~(String({"a": 1, "a b": 2, "a\n": 3, "a.": 4}))~",
     R"~("{\"a b\":2,\"a\":1,\"a.\":4,\"a\\n\":3}")~"},
    {R"~(String(log.attributes["by"]))~", R"~("0001feff")~"},
    {R"~(String(log.attributes["l"]))~", R"~("[1,2,3]")~"},
    {R"~(String(log.attributes["m"]))~",
     R"~("{\"k\":\"v\",\"n\":1,\"sub\":{\"x\":[1,\"two\"]}}")~"},
    {R"~(String(log.attributes["nil"]))~", "nil"},
    {R"~(IsBool(log.attributes["t"]))~", "true"},
    {R"~(IsBool(log.attributes["i"]))~", "false"},
    {R"~(IsBool(1))~", "refused"},
    {R"~(IsInt(log.attributes["i"]))~", "true"},
    {R"~(IsDouble(log.attributes["f"]))~", "true"},
    {R"~(IsString(log.attributes["s"]))~", "true"},
    {R"~(IsString(log.attributes["missing"]))~", "false"},
    {R"~(IsMap(log.attributes["m"]))~", "true"},
    {R"~(IsList(log.attributes["l"]))~", "true"},
    {R"~(IsList(nil))~", "false"},
    {R"~(IsEmpty(log.attributes["e"]))~", "true"},
    {R"~(IsEmpty(log.attributes["em"]))~", "true"},
    {R"~(IsEmpty(0))~", "true"},
    {R"~(IsEmpty(log.attributes["i"]))~", "false"},
    {R"~(IsEmpty(log.attributes["missing"]))~", "true"},
    {R"~(Len("żół"))~", "6"},
    {R"~(Len(log.attributes["l"]))~", "3"},
    {R"~(Len(log.attributes["m"]))~", "3"},
    {R"~(Len(log.attributes["i"]))~", "error"},
    {R"~(Log(1))~", "0.0"},
    {R"~(Log("1"))~", "0.0"},
    {R"~(Log(log.attributes["n"]))~", "error"},
    {R"~(ParseInt("ff", 16))~", "255"},
    {R"~(ParseInt("0b11_00", 0))~", "12"},
    {R"~(ParseInt("-0o17", 0))~", "-15"},
    {R"~(ParseInt("0x_f", 0))~", "15"},
    {R"~(ParseInt("1__0", 0))~", "error"},
    {R"~(ParseInt("_10", 0))~", "error"},
    {R"~(ParseInt("10_", 0))~", "error"},
    {R"~(ParseInt("9", 8))~", "error"},
    {R"~(ParseInt("1", 1))~", "error"},
};
const bool kTypesCovered = cover(kTypes);

TEST(Functions, Types) { check_values(kTypes); }

constexpr FunctionCase kTexts[] = {
    {R"~(Concat(["a", 1, 2.5, true, nil, 0x00ff], "-"))~", R"~("a-1-2.5-true-<nil>-00ff")~"},
    {R"~(Concat([log.attributes["l"]], ""))~", R"~("[1,2,3]")~"},
    {R"~(Concat([], ","))~", R"~("")~"},
    {R"~(Split("a,b,,c", ","))~", R"~(["a", "b", "", "c"])~"},
    {R"~(Split("", ","))~", R"~([""])~"},
    {R"~(Split("żó", ""))~", R"~(["ż", "ó"])~"},
    {R"~(Split(log.attributes["i"], ","))~", "error"},
    {R"~(Substring("123456789", 2, 3))~", R"~("345")~"},
    {R"~(Substring("一二三", 0, 4, true))~", R"~("一")~"},
    {R"~(Substring("abc", 1, 3))~", "error"},
    {R"~(Substring("abc", 0, 0))~", "error"},
    {R"~(Trim("  a b  "))~", R"~("a b")~"},
    {R"~(Trim("!!a!!", "!"))~", R"~("a")~"},
    {R"~(TrimPrefix("ingest_x", "ingest_"))~", R"~("x")~"},
    {R"~(TrimPrefix("x", "ingest_"))~", R"~("x")~"},
    {R"~(TrimSuffix("x_svc", "_svc"))~", R"~("x")~"},
    {R"~(HasPrefix("abc", "ab"))~", "true"},
    {R"~(HasPrefix("abc", ""))~", "true"},
    {R"~(HasPrefix(log.attributes["i"], "4"))~", "error"},
    {R"~(HasSuffix("abc", "bc"))~", "true"},
    {R"~(HasSuffix("c", "bc"))~", "false"},
    {R"~(ConvertCase("ŻÓŁĆ", "lower"))~", R"~("żółć")~"},
    {R"~(ConvertCase("myMetric", "upper"))~", R"~("MYMETRIC")~"},
    {R"~(ConvertCase("a1b2C3", "snake"))~", R"~("a_1_b_2_c_3")~"},
    {R"~(ConvertCase("HTTPServer2Go", "camel"))~", R"~("Httpserver2Go")~"},
    {R"~(ConvertCase("a", "title"))~", "refused"},
    {R"~(ToLowerCase("AbC"))~", R"~("abc")~"},
    {R"~(ToUpperCase("AbC"))~", R"~("ABC")~"},
    {R"~(ToSnakeCase("MyMetricName"))~", R"~("my_metric_name")~"},
    {R"~(ToCamelCase("my_metric_name"))~", R"~("MyMetricName")~"},
    {R"~(Format("%s/%04d", ["a", 7]))~", R"~("a/0007")~"},
    {R"~(Format("%d", ["a"]))~", R"~("%!d(string=a)")~"},
    {R"~(Format("%s|%v", [SpanID(0x0000000000000000), SpanID("00000000000000ab")]))~",
     R"~("|00000000000000ab")~"},
    {R"~(Format("%s", []))~", R"~("%!s(MISSING)")~"},
    {R"~(Format("%6.3v|%.2v|%v", [3.14159, 1234.5, 1234.5]))~", R"~("  3.14|1.2e+03|1234.5")~"},
    {R"~(Format("%x|% x|%#X|% #x|%.1x", ["hi", "hi", "hi", "hi", "hi"]))~",
     R"~("6869|68 69|0X6869|0x68 0x69|68")~"},
    {R"~(Format("%5d|%-5d|%05d", ["a", true, 1.5]))~",
     R"~("%!d(string=    a)|%!d(bool=true )|%!d(float64=001.5)")~"},
    {R"~(Format("%+d|%+s|% s|%.1s|%t", ["a", 1, 1, 1.5, Duration("1s")]))~",
     R"~("%!d(string=a)|%!s(int64=+1)|%!s(int64= 1)|%!s(float64=2)|%!t(time.Duration=1000000000)")~"},
    {R"~(Format("%5s|%5v", [nil, nil]))~", R"~("%!s(<nil>)|<nil>")~"},
    {R"~(Format("%x|%X|%.2x|%12x|%+x|%x", [1.5, 1.5, 1.5, 1.5, 1.5, 0.0]))~",
     R"~("0x1.8p+00|0X1.8P+00|0x1.80p+00|   0x1.8p+00|+0x1.8p+00|0x0p+00")~"},
    {R"~(Format("%b|%20b|%b|%b", [1.5, -2.5, 0.0, Double("inf")]))~",
     R"~("6755399441055744p-52|-5629499534213120p-51|0p-1074|+Inf")~"},
    {R"~(Format("%+v|%+v|%+.2v|%+d|%+q", [1, 1.5, 1.234, 1, "é"]))~",
     R"~("1|1.5|1.2|+1|\"\\u00e9\"")~"},
    {R"~(Format("%d|%03d|%s|%5v", [[1, "a"], [1, 2], ["a", 1], [1, 2.5]]))~",
     R"~("[1 %!d(string=a)]|[001 002]|[a %!s(int64=1)]|[    1   2.5]")~"},
    {R"~(Format("%*d|%*d", [3, 7, 1000001, 7]))~", R"~("  7|%!(BADWIDTH)7")~"},
    {R"~(Format("%v|%3d|%b|%t", [0x010a, 0x010a, 0x0102, 0x01]))~",
     R"~("[1 10]|[  1  10]|[1 10]|[%!t(int64=1)]")~"},
    {R"~(Format("%o|%c|%q", [Duration("8ns"), -1, 1114112]))~",
     "\"10|\xef\xbf\xbd|'\xef\xbf\xbd'\""},
    {R"~(Hex(12))~", R"~("000000000000000c")~"},
    {R"~(Hex(1.1))~", R"~("3ff199999999999a")~"},
    {R"~(Hex("1"))~", R"~("31")~"},
    {R"~(Hex(true))~", R"~("01")~"},
    {R"~(Hex(log.attributes["nil"]))~", R"~("")~"},
    {R"~(Hex(log.span_id))~", "error"},
    {R"~(IsMatch("string", ".*ring"))~", "true"},
    {R"~(IsMatch(log.attributes["i"], "^4"))~", "true"},
    {R"~(IsMatch(log.attributes["missing"], ".*"))~", "false"},
    {R"~(IsMatch("a", "("))~", "refused"},
    {R"~(IsValidLuhn("17893729974"))~", "true"},
    {R"~(IsValidLuhn(17893729975))~", "false"},
    {R"~(IsValidLuhn(""))~", "false"},
    {R"~(IsValidLuhn("12a"))~", "error"},
};
const bool kTextsCovered = cover(kTexts);

TEST(Functions, Texts) { check_values(kTexts); }

constexpr FunctionCase kHashes[] = {
    {R"~(MD5("name"))~", R"~("b068931cc450442b63f5b3d276ea4297")~"},
    {R"~(SHA1("name"))~", R"~("6ae999552a0d2dca14d62e2bc8b764d377b1dd6c")~"},
    {R"~(SHA256("name"))~",
     R"~("82a3537ff0dbce7eec35d69edc3a189ee6f17d82f353a553f9aa96cb0be3ce89")~"},
    {R"~(SHA512(""))~", R"~("cf83e1357eefb8bdf1542850d66d8007d620e4050b5715dc83f4a921d36ce9ce)~"
                        R"~(47d0d13c5d85f2b0ff8318d2877eec2f63b931bd47417a81a538327af927da3e")~"},
    {R"~(FNV("hello world"))~", "8618312879776256743"},
    {R"~(Murmur3Hash("hello"))~", R"~("47fa8b24")~"},
    {R"~(Murmur3Hash128(""))~", R"~("00000000000000000000000000000000")~"},
    {R"~(XXH3(""))~", R"~("2d06800538d394c2")~"},
    {R"~(XXH128(""))~", R"~("99aa06d3014798d86001c324468d497f")~"},
    {R"~(SHA256(log.attributes["i"]))~", "error"},
    {R"~(MD5(1))~", "refused"},
};
const bool kHashesCovered = cover(kHashes);

TEST(Functions, Hashes) { check_values(kHashes); }

constexpr FunctionCase kIds[] = {
    {R"~(TraceID(0x00112233445566778899aabbccddeeff))~", "00112233445566778899aabbccddeeff"},
    {R"~(TraceID("a389023abaa839283293ed323892389d"))~", "a389023abaa839283293ed323892389d"},
    {R"~(TraceID("short"))~", "refused"},
    {R"~(SpanID("0102030405060708"))~", "0102030405060708"},
    {R"~(SpanID(0x01))~", "refused"},
    {R"~(ProfileID(0x00112233445566778899aabbccddeeff))~", "00112233445566778899aabbccddeeff"},
    {R"~(String(ProfileID("aa02030405060708090a0b0c0d0e0f10")))~",
     R"~("[170,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16]")~"},
    {R"~(Format("%T %v", [ProfileID("aa02030405060708090a0b0c0d0e0f10"), 1]))~",
     R"~("pprofile.ProfileID 1")~"},
    {R"~(Len(UUID()))~", "36"},
    {R"~(Substring(UUIDv7(), 14, 1))~", R"~("7")~"},
    {R"~(UUID() == UUIDv7())~", "refused"},
};
const bool kIdsCovered = cover(kIds);

TEST(Functions, Ids) { check_values(kIds); }

}  // namespace
}  // namespace sluice::ottl
