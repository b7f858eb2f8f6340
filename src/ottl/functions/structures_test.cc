// Converters of lists, maps and texts that hold structures.

#include "testing/function_cases.h"

namespace sluice::ottl {
namespace {

using testing::check_values;
using testing::cover;
using testing::FunctionCase;

constexpr FunctionCase kCollections[] = {
    {R"~(Coalesce([nil, log.attributes["missing"], "x"]))~", R"~("x")~"},
    {R"~(Coalesce([nil]))~", "nil"},
    {R"~(Coalesce([]))~", "refused"},
    {R"~(ContainsValue([1, 2, 3], 3))~", "true"},
    {R"~(ContainsValue(log.attributes["sl"], "c"))~", "false"},
    {R"~(ContainsValue(log.attributes["l"], 2.0))~", "true"},
    {R"~(Index("hello world", "world"))~", "6"},
    {R"~(Index(log.attributes["l"], 9))~", "-1"},
    {R"~(Index(log.attributes["i"], 1))~", "error"},
    {R"~(Index([{"a": 1}], 1))~", "error"},
    {R"~(Keys(log.attributes["m"]))~", R"~(["k", "n", "sub"])~"},
    {R"~(Keys(log.attributes["l"]))~", "error"},
    {R"~(Values({"a": 1, "b": "x"}))~", R"~([1, "x"])~"},
    {R"~(Sort([3, 1, 2]))~", "[1, 2, 3]"},
    {R"~(Sort(log.attributes["sl"], "desc"))~", R"~(["b", "a"])~"},
    {R"~(Sort([1], "down"))~", "refused"},
    {R"~(Sort([9007199254740993, 9007199254740992]))~", "[9007199254740992, 9007199254740993]"},
    {R"~(Sort([2, 0xff, 1]))~", "[2, 0xff, 1]"},
    {R"~(Sort(["b", 0xff, "a"]))~", R"~(["b", 0xff, "a"])~"},
    {R"~(Sort([nil, true, 1.5, 2, "a"], "desc"))~", R"~([true, "a", 2, 1.5, nil])~"},
    {R"~(Sort([Duration("2s"), Duration("1s")]))~", "error"},
    {R"~(Sort(Split("b,a", ",")))~", R"~(["a", "b"])~"},
    {R"~(Sort([2, [1]]))~", "[2, [1]]"},
    {R"~(Sort([2, {"a": 1}]))~", "error"},
    {R"~(Sort([2, log.attributes["l"]]))~", "error"},
    {R"~(Sort(ParseJSON("[{\"n\":1}]")))~", "[{n: 1.0}]"},
    {R"~(SliceToMap(ParseJSON("[{\"n\":\"a\",\"v\":1}]"), ["n"], ["v"]))~", "{a: 1.0}"},
    {R"~(SliceToMap(log.attributes["l"]))~", "{0: 1, 1: 2, 2: 3}"},
    {R"~(SliceToMap(log.attributes["l"], ["n"]))~", "error"},
    {R"~(SliceToMap([{"n": "a"}], ["n"]))~", "refused"},
    {R"~(SliceToMap([log.attributes["m"]]))~", "error"},
    {R"~(ParseSeverity(404, {"error": [{"range": "4xx"}], "info": [{"equals": ["inf"]}]}))~",
     R"~("error")~"},
    {R"~(ParseSeverity("inf", {"info": [{"equals": ["inf"]}, {"range": {"min": 1, "max": 2}}]}))~",
     R"~("info")~"},
    {R"~(ParseSeverity(7, {"info": [{"range": {"min": 1, "max": 2}}]}))~", "error"},
    {R"~(ParseSeverity("a", {"info": [{"equals": ["a"]}], "warn": [{"range": "1xx"}]}))~", "error"},
    {R"~(ParseSeverity("a", {"info": [{"equals": ["a", 1]}]}))~", "error"},
    {R"~(ParseSeverity("a", {"info": [{"equals": [log.attributes["s"], "a"]}]}))~", "error"},
    {R"~(ParseSeverity("a", log.attributes["m"]))~", "error"},
    {R"~(ParseSeverity("a", [1]))~", "refused"},
};
const bool kCollectionsCovered = cover(kCollections);

TEST(Functions, Collections) { check_values(kCollections); }

constexpr FunctionCase kParsers[] = {
    {R"~(ParseJSON("{\"a\":1,\"b\":[true,null,\"x\"],\"a\":2}"))~",
     R"~({a: 2.0, b: [true, nil, "x"]})~"},
    {R"~(ParseJSON("1"))~", "error"},
    {R"~(ParseJSON("{\"a\":1}")["a"])~", "1.0"},
    {R"~(ParseJSON("{\"a\":1}")["no"])~", "error"},
    {R"~(ParseCSV("1,\"a,b\",3", "x,y,z"))~", R"~({x: "1", y: "a,b", z: "3"})~"},
    {R"~(ParseCSV("1|2", "x;y", "|", ";"))~", R"~({x: "1", y: "2"})~"},
    {R"~(ParseCSV("1,2", "x", mode="strict"))~", "error"},
    {R"~(ParseCSV("a\"b,c", "x,y", mode="lazyQuotes"))~", R"~({x: "a\"b", y: "c"})~"},
    {R"~(ParseCSV("\"a,b\"", "x,y", mode="ignoreQuotes"))~", R"~({x: "\"a", y: "b\""})~"},
    {R"~(ParseCSV("", "x", mode="ignoreQuotes"))~", R"~({x: ""})~"},
    {R"~(ParseCSV("\n1,2", "x,y", mode="ignoreQuotes"))~", R"~({x: "\n1", y: "2"})~"},
    {R"~(ParseCSV("\"1\r\n2\",3\r", "x,y"))~", R"~({x: "1\n2", y: "3"})~"},
    {R"~(ParseCSV("\r", "x"))~", "error"},
    {R"~(ParseCSV("1é2", "xéy", "é"))~", R"~({x: "1", y: "2"})~"},
    {R"~(ParseCSV("1", "x", "\n"))~", "error"},
    {R"~(ParseCSV("1\n2", "x\ny", "\n", mode="ignoreQuotes"))~", R"~({x: "1", y: "2"})~"},
    {R"~(ParseCSV("1,2", "x\"y", header_delimiter="\""))~", R"~({x: "1", y: "2"})~"},
    {R"~(ParseCSV("1", "x", "\""))~", "error"},
    {R"~(ParseCSV("1", "x", "\r"))~", "error"},
    {R"~(ParseCSV("1", "x", "�"))~", "error"},
    {R"~(ParseCSV("1", "x", ",,"))~", "refused"},
    {R"~(ParseCSV("1", "x", mode="other"))~", "refused"},
    {R"~(ParseKeyValue("a=1 b=\"x y\""))~", R"~({a: "1", b: "x y"})~"},
    {R"~(ParseKeyValue("a:1,b:2", ":", ","))~", R"~({a: "1", b: "2"})~"},
    {R"~(ParseKeyValue("a=\\\\\"x y\" b=\\\"z"))~", R"~({a: "\\\\x y", b: "\\\"z"})~"},
    {R"~(ParseKeyValue("a\u2028=\u3000b"))~", R"~({a: "b"})~"},
    {R"~(ParseKeyValue(""))~", "error"},
    {R"~(ParseKeyValue("a=1", "=", "="))~", "refused"},
    {R"~(ToKeyValueString({"b": "1", "a": "x y"}, sort_output=true))~", R"~("a=\"x y\" b=1")~"},
    {R"~(ToKeyValueString({"a": "1"}, ":", ","))~", R"~("a:1")~"},
    {R"~(ToKeyValueString({"a": "1"}, ""))~", "refused"},
    {R"~(Base64Decode("aGk="))~", R"~("hi")~"},
    {R"~(Base64Decode("!!"))~", "error"},
    {R"~(Base64Encode("hi?>"))~", R"~("aGk/Pg==")~"},
    {R"~(Base64Encode("hi?>", "base64-raw-url"))~", R"~("aGk_Pg")~"},
    {R"~(Base64Encode("a", "base32"))~", "error"},
    {R"~(Decode("aGk", "base64-raw"))~", R"~("hi")~"},
    {R"~(Decode(0xe4, "iso-8859-1"))~", R"~("ä")~"},
    {R"~(Decode(0x82a081, "Shift_JIS"))~", "\"あ\xef\xbf\xbd\""},
    {R"~(Decode(0x6100ff, "UTF-16"))~", "\"a\xef\xbf\xbd\""},
    {R"~(Decode(0x5c7e, "Shift_JIS"))~", R"~("\\~")~"},
    {R"~(Decode(0x8141, "EUC-KR"))~", "\"갂\""},
    {R"~(Decode(0x8740, "Big5"))~", "\"䏰\""},
    {R"~(Decode(0x41, "windows-1258"))~", "\"A\""},
    {R"~(Decode(0xd5, "IBM00858"))~", "\"€\""},
    {R"~(Decode(0xe0, "ISO-8859-8-I"))~", "\"א\""},
    {R"~(Decode(0x61ff62, "utf-8"))~",
     "\"a\xef\xbf\xbd"
     "b\""},
    {R"~(Decode(0x61ff62, "utf8-raw"))~",
     "\"a\xff"
     "b\""},
    {R"~(Decode("a", "GB2312"))~", "refused"},
    {R"~(Decode("a", "no-such-charset"))~", "refused"},
    {R"~(ExtractPatterns("a=1", "(?P<k>\\w)=(?P<v>\\d)"))~", R"~({k: "a", v: "1"})~"},
    {R"~(ExtractPatterns("zz", "(?P<k>\\d)"))~", "{}"},
    {R"~(ExtractPatterns("zz", "z"))~", "error"},
    {R"~(ExtractPatterns("ab", "(?P<1x>a)(?<y>b)(?P<z>c)?"))~", R"~({1x: "a", y: "b", z: ""})~"},
    {R"~(ExtractPatterns("ab", "(?P<é>a)"))~", "refused"},
    {R"~(ExtractPatterns("ab", "(?P<x>a)(?P<x>b)"))~", R"~({x: "b"})~"},
    {R"~(ExtractPatterns("a", "(?P<x>a)|(?P<x>b)"))~", R"~({x: ""})~"},
    {R"~(ExtractGrokPatterns("GET 42", "%{WORD:verb} %{INT:n:int}", true))~",
     R"~({verb: "GET", n: 42})~"},
    {R"~(ExtractGrokPatterns("u:p", "%{A:a}", true, ["A=\\w:\\w"]))~", R"~({a: "u:p"})~"},
    {R"~(ExtractGrokPatterns("x", "%{NO_SUCH:a}", true))~", "refused"},
    {R"~(UserAgent("curl/7.81.0"))~",
     R"~({user_agent.name: "curl", user_agent.original: "curl/7.81.0", )~"
     R"~(user_agent.version: "7.81.0", os.name: "Other"})~"},
};
const bool kParsersCovered = cover(kParsers);

TEST(Functions, Parsers) { check_values(kParsers); }

/// Name and version of the program and of its system.
struct UserAgentCase {
  std::string_view text;
  std::string_view expected;
};

TEST(Functions, UserAgents) {
  constexpr UserAgentCase kCases[] = {
      {R"~(Mozilla/5.0 (Linux; Android 4.1.1; SPH-L710 Build/JRO03L) AppleWebKit/535.19 ()~"
       R"~(KHTML, like Gecko) Chrome/18.0.1025.166 Mobile Safari/535.19)~",
       R"~("Chrome Mobile" "18.0.1025" "Android" "4.1.1")~"},
      {R"~(Mozilla/5.0 (X11; Linux x86_64; rv:126.0) Gecko/20100101 Firefox/126.0)~",
       R"~("Firefox" "126.0" "Linux" error)~"},
      {R"~(Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/)~"
       R"~(51.0.2704.103 Safari/537.36)~",
       R"~("Chrome" "51.0.2704" "Linux" error)~"},
      {R"~(Mozilla/5.0 (iPhone; CPU iPhone OS 13_5_1 like Mac OS X) AppleWebKit/605.1.15 )~"
       R"~((KHTML, like Gecko) Version/13.1.1 Mobile/15E148 Safari/604.1)~",
       R"~("Mobile Safari" "13.1.1" "iOS" "13.5.1")~"},
      {R"~(Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Geck)~"
       R"~(o) Chrome/91.0.4472.124 Safari/537.36 Edg/91.0.864.59)~",
       R"~("Edge" "91.0.864" "Windows" "10")~"},
      {R"~(Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/)~"
       R"~(51.0.2704.106 Safari/537.36 OPR/38.0.2220.41)~",
       R"~("Opera" "38.0.2220" "Linux" error)~"},
      {R"~(foobar/1.2.3 (foo; bar baz))~", R"~("Other" "" "Other" error)~"},
      {R"~(OpenTelemetry Collector Contrib/0.106.1 (linux/amd64))~",
       R"~("Other" "" "Linux" error)~"},
      {R"~(ViaFree-DK/3.8.3 (com.MTGx.ViaFree.dk; build:7383; iOS 12.1.0) Alamofire/4.7.0)~",
       R"~("ViaFree" "3.8.3" "iOS" "12.1.0")~"},
      {R"~(ibm-cos-sdk-java/2.3.0 Linux/4.9.0-8-amd64 Java_HotSpot(TM)_64-Bit_Server_VM/9)~"
       R"~(.0.4+11/9.0.4')~",
       R"~("ibm-cos-sdk-java" "2.3.0" "Linux" "4.9.0")~"},
  };
  for (const auto& [text, expected] : kCases) {
    const std::string call = "UserAgent(\"" + std::string(text) + "\")";
    std::string parts;
    for (const char* key : {"user_agent.name", "user_agent.version", "os.name", "os.version"}) {
      const std::string part = testing::evaluate(call + "[\"" + key + "\"]");
      parts += (parts.empty() ? "" : " ") + part;
    }
    EXPECT_EQ(parts, expected) << text;
  }
}

constexpr FunctionCase kLogFormats[] = {
    {R"~(ParseCLF("::1 - u [d] \"GET / HTTP/1.0\" 200 -"))~",
     R"~({clf.remote_host: "::1", clf.rfc931: "-", clf.auth_user: "u", clf.timestamp: "d", )~"
     R"~(clf.request: "GET / HTTP/1.0", clf.method: "GET", clf.request_uri: "/", )~"
     R"~(clf.protocol: "HTTP/1.0", clf.status: 200})~"},
    {R"~(ParseCLF(" h - - [d] \"GET /a b HTTP/1.0 \\a\" +99 -5\n"))~",
     R"~({clf.remote_host: "h", clf.rfc931: "-", clf.auth_user: "-", clf.timestamp: "d", )~"
     R"~(clf.request: "GET /a b HTTP/1.0 \\a", clf.method: "GET", clf.request_uri: "/a", )~"
     R"~(clf.protocol: "b HTTP/1.0 \\a", clf.status: 99, clf.bytes: -5})~"},
    {R"~(ParseCLF("h - - [d] \"GET /\" abc 5"))~", "error"},
    {R"~(ParseCLF("h - - [] \"GET /\" 200 5"))~", "error"},
    {R"~(ParseCLF("x", "other"))~", "refused"},
    {R"~(ParseLEEF("<13>host LEEF:1.0|V|P|1|id|a=1\t=2\tb=x=y"))~",
     R"~({leef.version: "1.0", leef.vendor: "V", leef.product.name: "P", )~"
     R"~(leef.product.version: "1", leef.event.id: "id", leef.attributes: {a: "1", b: "x=y"}})~"},
    {R"~(ParseLEEF("LEEF:2.0|V|P|1|id|0x5e|a=1^b=2")["leef.attributes"])~",
     R"~({a: "1", b: "2"})~"},
    {R"~(ParseLEEF("LEEF:2.0|V|P|1|id|a=1\tb=2|3")["leef.attributes"])~",
     R"~({a: "1", b: "2|3"})~"},
    {R"~(ParseLEEF("LEEF:3.0|V|P|1|id|"))~", "error"},
    {R"~(ParseCEF("CEF:0|a\\|b|p|1|100|worm stopped|10|src=10.0.0.1 msg=two words\\=x spt=1"))~",
     R"~({cef.version: "0", cef.device_vendor: "a|b", cef.device_product: "p", )~"
     R"~(cef.device_version: "1", cef.device_event_class_id: "100", cef.name: "worm stopped", )~"
     R"~(cef.severity: "10", cef.extensions: {src: "10.0.0.1", msg: "two words=x", spt: "1"}})~"},
    {R"~(ParseLEEF("LEEF:2.0|V|P|1|id|0X5E|a=1^b=2")["leef.attributes"])~",
     R"~({a: "1", b: "2"})~"},
    {R"~(ParseLEEF("LEEF:2.0|V|P|1|id")["leef.event.id"])~", R"~("id")~"},
    {R"~(ParseLEEF("LEEF:2.0|V|P|1|id|ab")["leef.attributes"])~", "error"},
    {R"~(ParseLEEF("LEEF:1.0|V|P|1"))~", "error"},
    {R"~(ParseCEF("CEF:0|a|b"))~", "error"},
    {R"~(ParseCEF("CEF:|a|p|1|100|n|5|"))~", "error"},
    {R"~(ParseCEF("x CEF:1.x|a|p|1|100|n|5"))~",
     R"~({cef.version: "1.x", cef.device_vendor: "a", cef.device_product: "p", )~"
     R"~(cef.device_version: "1", cef.device_event_class_id: "100", cef.name: "n", )~"
     R"~(cef.severity: "5", cef.extensions: {}})~"},
    {R"~(ParseCEF("CEF:0|a|p|1|100|n|5|a=1 b.c=2 d=3 ")["cef.extensions"])~",
     R"~({a: "1 b.c=2", d: "3"})~"},
    {R"~(ParseELF("#Version: 1.0\n#Fields: time cs-uri\n00:34 \"/a b\"\n00:35"))~",
     R"~({elf.version: "1.0", elf.fields: ["time", "cs-uri"], elf.entries: )~"
     R"~([{time: "00:34", cs-uri: "/a b"}, {time: "00:35", cs-uri: "-"}]})~"},
    {R"~(ParseELF("#VERSION : 2\r#Start-date:x:y\r\n#Remark\n#fields: a \"b c\"\r1 \"x\"\"y\"z"))~",
     R"~({elf.version: "2", elf.start_date: "x:y", elf.fields: ["a", "\"b", "c\""], elf.entries: )~"
     R"~([{a: "1", "b: "x\"y", c": "z"}]})~"},
    {R"~(ParseELF("#Fields: a\n1"))~", "error"},
    {R"~(ParseELF("#Version: 1\n1"))~", "error"},
    {R"~(ParseELF("#Version: 1\n#Fields a\n"))~", "error"},
    {R"~(ParseELF("#Version: 1\n#Fields: a\n\"1"))~", "error"},
};
const bool kLogFormatsCovered = cover(kLogFormats);

TEST(Functions, LogFormats) { check_values(kLogFormats); }

constexpr FunctionCase kXml[] = {
    {R"~(ParseXML("<?xml version='1.0'?><p:a x='1'> t <b/>u</p:a>"))~",
     R"~({tag: "a", content: "tu", attributes: {x: "1"}, children: [{tag: "b"}]})~"},
    {R"~(ParseXML("<a>&nope;</a>"))~", "error"},
    {R"~(ParseXML("<a/>\n"))~", "error"},
    {R"~(ParseXML("<a></a><a></a>"))~", "error"},
    {R"~(ParseXML("<?xml version='1.0' encoding='ISO-8859-1'?><a/>"))~", "error"},
    {R"~(ParseXML("plain"))~", "error"},
    {R"~(ParseSimplifiedXML("<a><b>1</b><b/><c> x </c></a>"))~", R"~({a: {b: ["1"], c: " x "}})~"},
    {R"~(ParseSimplifiedXML("<a><b/><b><c/></b></a>"))~", "{a: {b: []}}"},
    {R"~(GetXML(log.attributes["xml"], "/a/c"))~", R"~("<c>t</c>")~"},
    {R"~(GetXML(log.attributes["xml"], "//@b"))~", R"~("1")~"},
    {R"~(GetXML("<a><![CDATA[h<i]]></a>", "/a/text()"))~", R"~("h&lt;i")~"},
    {R"~(GetXML("<x:a/>", "//*"))~", "error"},
    {R"~(GetXML("<a/>", "/a["))~", "refused"},
    {R"~(GetXML("<a/>", "count(//a)"))~", R"~("")~"},
    {R"~(GetXML("", "/a"))~", R"~("")~"},
    {R"~(RemoveXML("", "/a"))~", R"~("")~"},
    {R"~(InsertXML("", "/", "<b/>"))~", R"~("<b></b>")~"},
    {R"~(RemoveXML("<a>&#xd800;<?p  q ?><!X \"<\" <!-- > --> ><!-- \r\n --></a>", "/b"))~",
     "\"<a>\xef\xbf\xbd<?p q?><!X \\\"<\\\"   ><!-- \\x0d\\n --></a>\""},
    {R"~(RemoveXML("<a><![CDATA x]]></a>", "/b"))~", "error"},
    {R"~(InsertXML("<a/>", "/a", "<?xml version='1.0'?><b/>"))~",
     R"~("<a><?xml version=\"1.0\"?><b></b></a>")~"},
    {R"~(InsertXML("<a><b/><b/></a>", "//b", "<c/>"))~",
     R"~("<a><b><c></c></b><b><c></c></b></a>")~"},
    {R"~(InsertXML("<a x='1'/>", "//@x", "<c/>"))~", "error"},
    {R"~(RemoveXML("<a x='1' y='2'><b>1</b><!-- c --></a>", "//@y | //comment()"))~",
     R"~("<a x=\"1\"><b>1</b></a>")~"},
    {R"~(RemoveXML("<a><b><b/></b></a>", "//b"))~", R"~("<a></a>")~"},
    {R"~(RemoveXML("<a xmlns='u' xmlns:p='v' p:x='1'/>", "//@*"))~",
     R"~("<a xmlns:p=\"v\" p:x=\"1\"></a>")~"},
    {R"~(ConvertAttributesToElementsXML("<?xml version='1.0'?><a xmlns:p='v' p:x='1'/>"))~",
     R"~("<?xml version=\"1.0\"?><a xmlns:p=\"v\" p:x=\"1\"><p>v</p><x>1</x></a>")~"},
    {R"~(ConvertAttributesToElementsXML("<a foo='b'><c/></a>"))~",
     R"~("<a><c></c><foo>b</foo></a>")~"},
    {R"~(ConvertAttributesToElementsXML("<a x='1'><b y='2'/></a>", "/a/b/@*"))~",
     R"~("<a x=\"1\"><b><y>2</y></b></a>")~"},
    {R"~(ConvertTextToElementsXML("<a>x<b/>y</a>"))~",
     R"~("<a><value>x</value><b></b><value>y</value></a>")~"},
    {R"~(ConvertTextToElementsXML("<a>x<b/></a>", "/a", "v"))~", R"~("<a><v>x</v><b></b></a>")~"},
};
const bool kXmlCovered = cover(kXml);

TEST(Functions, Xml) { check_values(kXml); }

constexpr FunctionCase kNetwork[] = {
    {R"~(URL("http://u:p@h:80/f.gif?q#x"))~",
     R"~({url.original: "http://u:p@h:80/f.gif?q#x", url.domain: "h", url.scheme: "http", )~"
     R"~(url.path: "/f.gif", url.port: 80, url.fragment: "x", url.user_info: "u:p", )~"
     R"~(url.username: "u", url.password: "p", url.query: "q", url.extension: "gif"})~"},
    {R"~(URL("?a=1&a=2&b=%20"))~", R"~({query: {a: ["1", "2"], b: [" "]}})~"},
    {R"~(URL("http://::1/"))~", "error"},
    {R"~(URL(""))~", "error"},
    {R"~(IsInCIDR("10.1.2.3", ["192.168.0.0/16", "10.0.0.0/8"]))~", "true"},
    {R"~(IsInCIDR("::ffff:10.0.0.1", ["10.0.0.0/8"]))~", "true"},
    {R"~(IsInCIDR("10.0.0.1", ["::/0"]))~", "false"},
    {R"~(IsInCIDR("bad", ["::/0"]))~", "false"},
    {R"~(IsInCIDR("10.0.0.1", ["10.0.0.0/33"]))~", "refused"},
    {R"~(IsInCIDR("10.0.0.1", ["10.0.0.0/8", log.attributes["s"]]))~", "true"},
    {R"~(IsInCIDR("11.0.0.1", ["10.0.0.0/8", log.attributes["s"]]))~", "error"},
    {R"~(IsInCIDR("no address", [log.attributes["s"]]))~", "false"},
    {R"~(CommunityID("192.168.1.1", 54321, "10.0.0.1", 90, "UDP", 2))~",
     R"~("1:sAf4Y22Cz0Pq28qyrJYFQGhlvp4=")~"},
    {R"~(CommunityID("::1", 80, "10.0.0.1", 1, "UDP"))~", R"~("1:YNIwSzX9Ff8Dx5ZH9NqIbiJl9ok=")~"},
    {R"~(CommunityID("1.2.3.4", 80, "5.6.7.8", 70000))~", "error"},
    {R"~(CommunityID("1.2.3.4", 80, "5.6.7.8", 80, "tcp"))~", "error"},
};
const bool kNetworkCovered = cover(kNetwork);

TEST(Functions, Network) { check_values(kNetwork); }

}  // namespace
}  // namespace sluice::ottl
