#include "config/schema.h"

#include <gtest/gtest.h>

#include "config/yaml.h"
#include "config/yaml_writer.h"

namespace sluice::config {

enum class Colour : uint8_t { Red, Green };

template <>
struct Words<Colour> {
  static constexpr std::array<std::pair<std::string_view, Colour>, 3> kAll = {
      {{"red", Colour::Red}, {"", Colour::Red}, {"green", Colour::Green}}};
};

struct Part {
  int64_t depth = 3;
  int64_t width = 1;
};

struct Options {
  bool on = true;
  uint32_t size = 7;
  double ratio = 0.5;
  std::string name = "standard";
  std::string token;
  std::chrono::nanoseconds wait{7};
  Colour colour = Colour::Red;
  std::vector<std::string> names{"d"};
  std::vector<int64_t> numbers;
  Dictionary<std::string> headers;
  std::vector<PlacedText> rules;
  Part part;
  std::optional<Part> extra;
  std::optional<Part> spare;
  std::string path;
  bool old = false;
  int64_t width_min = 0;
  int64_t width_max = 9;
};

static const Schema<Part>& schema_of(const Part*) {
  static const auto schema = Schema<Part>()
                                 .field("depth", &Part::depth, "How deep.")
                                 .field("width", &Part::width, "How wide.");
  return schema;
}

static const Schema<Options>& schema_of(const Options*) {
  using O = Options;
  static const auto schema = Schema<O>()
                                 .field("on", &O::on, "Whether.")
                                 .field("size", &O::size, "How large.")
                                 .field("ratio", &O::ratio, "How much.")
                                 .field("name", &O::name, "What.")
                                 .field("token", &O::token, "A secret.")
                                 .secret()
                                 .field("wait", &O::wait, "How long.")
                                 .field("colour", &O::colour, "Which.")
                                 .field("names", &O::names, "Several.")
                                 .field("numbers", &O::numbers, "Several.")
                                 .field("headers", &O::headers, "Pairs.")
                                 .secret()
                                 .field("rules", &O::rules, "Several, looked at later.")
                                 .field("part", &O::part, "A part.")
                                 .ignored_below("width", "it has no width here")
                                 .field("extra", &O::extra, "A part that need not be there.")
                                 .given_by_null()
                                 .field("spare", &O::spare, "Another, which null does not give.")
                                 .field("path", &O::path, "Where.")
                                 .ignored_if([](const O& o) { return !o.on; }, "without on: true")
                                 .ignore<int64_t>("cache", "nothing is cached")
                                 .field("old", &O::old, "Once.")
                                 .ignored("it is old")
                                 .field("width_min", &O::width_min, "The least.")
                                 .field("width_max", &O::width_max, "The most.")
                                 .refuse("unsafe", "it would be unsafe")
                                 .check([](const O& o, const Place& place) {
                                   if (o.size == 13) place.error("13 is unlucky");
                                   if (o.width_max < o.width_min)
                                     place.error("width_max must be at least width_min");
                                   if (o.names.empty()) place.of("names").error("needs one");
                                   if (o.size != 17) return;
                                   if (place.has("size")) place.of("size").error("is given");
                                   place.of("names").of(1).error("second");
                                   if (!place.has("wait")) place.of("wait").error("is not");
                                 });
  return schema;
}

namespace {

struct Read {
  Options options;
  Diagnostics diagnostics;
  std::string error() const {
    return diagnostics.ok() ? "" : diagnostics.errors().front().to_string();
  }
};

Read read(const std::string& yaml) {
  Read out;
  const auto node = parse_yaml(yaml, "c.yaml");
  EXPECT_TRUE(node.ok()) << yaml;
  if (node.ok())
    Codec<Options>::decode(*node, out.options, Place(out.diagnostics, "exporters::x", node->mark));
  return out;
}

TEST(Schema, WhatIsWrongInAPartHidesNoCheckOfTheWhole) {
  const auto is_checked = [](const std::string& yaml) {
    const std::string errors = read(yaml).diagnostics.to_string();
    return errors.find("13 is unlucky") != std::string::npos;
  };
  EXPECT_TRUE(is_checked("{size: 13, part: {depth: x}}"));
  EXPECT_TRUE(is_checked("{size: 13, extra: {deep: 1}}"));
  EXPECT_TRUE(is_checked("{size: 13, unsafe: true}"));
  EXPECT_TRUE(is_checked("{size: 13, sise: 5}")) << "the right one is there too";
  // What the check goes by may be what is not known.
  EXPECT_FALSE(is_checked("{size: 13, on: 5}"));
  EXPECT_FALSE(is_checked("{size: 13, nmae: a}"));
  EXPECT_FALSE(is_checked("{size: 13, part: 5}"));
  EXPECT_FALSE(is_checked("{size: 13, numbers: [x]}"));
}

TEST(Schema, WhatCouldNotBeReadHidesNoCheckOfAnythingElse) {
  const auto errors = [](const std::string& yaml) {
    const Read got = read(yaml);
    std::string out;
    for (const auto& error : got.diagnostics.errors()) {
      std::string path = error.path.substr(std::string("exporters::x").size());
      out += (path.empty() ? "" : path.substr(2) + ": ") +
             error.message.substr(0, error.message.find(" (put it")).substr(0, 36) + "\n";
    }
    return out;
  };
  const std::string narrow = "width_max must be at least width_min\n";
  const std::string unknown = "there is no option of this name; the";
  const std::string meant = "there is no option of this name; did";
  const std::pair<std::string, std::string> cases[] = {
      // An option that there is not, and is like none, has nothing to do with any.
      {"{size: 13, blargh: 1}", "blargh: " + unknown + "\n13 is unlucky\n"},
      {"{width_max: -1, blargh: 1}", "blargh: " + unknown + "\n" + narrow},
      // One that is misspelt, or wrong, has its default: what is about it only follows.
      {"{width_max: -1, sise: 1}", "sise: " + meant + "\n" + narrow},
      {"{width_max: -1, width_mn: -2}", "width_mn: " + meant + "\n"},
      {"{width_max: -1, width_min: x}", "width_min: expected an integer, found the text \n"},
      {"{width_max: -1, on: 5}", "on: expected true or false, found the in\n" + narrow},
      {"{names: [], on: 5}", "on: expected true or false, found the in\nnames: needs one\n"},
      {"{names: {a: b}, on: true}", "names: expected a list, found a map\n"},
      {"{size: 17, names: [a, 5], wait: 1s}", "names[1]: expected a text\nsize: is given\n"},
      {"{size: 17, names: [5, b], wait: 1s}",
       "names[0]: expected a text\nsize: is given\nnames[1]: second\n"},
  };
  for (const auto& [yaml, expected] : cases) EXPECT_EQ(errors(yaml), expected) << yaml;
}

struct Required {
  std::string path;
  int64_t size = 0;
};
static const Schema<Required>& schema_of(const Required*) {
  static const auto schema = Schema<Required>()
                                 .field("path", &Required::path, "Where.")
                                 .required()
                                 .field("size", &Required::size, "How much.")
                                 .check([](const Required& r, const Place& place) {
                                   if (r.path.empty()) place.error("path must not be empty");
                                   if (r.size < 0) place.error("size must not be negative");
                                 });
  return schema;
}

TEST(Schema, AnOptionThatIsMissingIsSaidOnceAndNotWhereItIsMisspelt) {
  const std::pair<const char*, const char*> cases[] = {
      {"{size: -1}",
       "c.yaml:1:1: x: the option \"path\" is missing\n"
       "c.yaml:1:1: x: size must not be negative\n"},
      {"{pth: a, size: -1}",
       "c.yaml:1:7: x::pth: there is no option of this name; did you mean \"path\"?\n"
       "c.yaml:1:1: x: size must not be negative\n"},
      {"{path: '', size: 1}", "c.yaml:1:1: x: path must not be empty\n"},
  };
  for (const auto& [yaml, expected] : cases) {
    Diagnostics diagnostics;
    Required out;
    const auto node = parse_yaml(yaml, "c.yaml");
    schema_of(&out).decode(*node, out, Place(diagnostics, "x", node->mark));
    EXPECT_EQ(diagnostics.to_string(), expected);
  }
}

TEST(Schema, APartThatIsNullIsNotGiven) {
  EXPECT_FALSE(read("{spare: }").options.spare);
  EXPECT_TRUE(read("{spare: {}}").options.spare);
  EXPECT_TRUE(read("{extra: }").options.extra);
}

TEST(Schema, AnOptionWithoutEffectIsReadAllTheSame) {
  EXPECT_EQ(read("{cache: 5}").error(), "");
  EXPECT_NE(read("{cache: much}").error(), "");
}

TEST(Schema, ReadsEveryType) {
  const Read got = read(
      "{on: false, size: 5.5, ratio: 2, name: n, wait: 1m30s, colour: green, names: [a, b], "
      "numbers: "
      "[1, null, 0x10], headers: {k: v}, part: {depth: 4}, extra: }");
  ASSERT_EQ(got.error(), "");
  const Options& o = got.options;
  EXPECT_FALSE(o.on);
  EXPECT_EQ(o.size, 5u);
  EXPECT_EQ(o.ratio, 2.0);
  EXPECT_EQ(o.name, "n");
  EXPECT_EQ(o.wait, std::chrono::seconds(90));
  EXPECT_EQ(o.colour, Colour::Green);
  EXPECT_EQ(o.names, (std::vector<std::string>{"a", "b"}));
  EXPECT_EQ(o.numbers, (std::vector<int64_t>{1, 0, 16}));
  EXPECT_EQ(o.headers, (Dictionary<std::string>{{"k", "v"}}));
  EXPECT_EQ(o.part.depth, 4);
  ASSERT_TRUE(o.extra.has_value());
  EXPECT_EQ(o.extra->depth, 3);
}

TEST(Schema, NullIsZeroForScalarsAndTheDefaultForTheRest) {
  const Options o = read("{on: , size: , name: , wait: , colour: , names: , part: }").options;
  EXPECT_FALSE(o.on);
  EXPECT_EQ(o.size, 0u);
  EXPECT_EQ(o.name, "");
  EXPECT_EQ(o.wait.count(), 0);
  EXPECT_EQ(o.colour, Colour::Red);
  EXPECT_EQ(o.names, std::vector<std::string>{"d"});
  EXPECT_EQ(o.part.depth, 3);
}

TEST(Schema, WhatIsTooMuchForANumberIsItsGreatestAndAWarning) {
  constexpr int64_t kMost = std::numeric_limits<int64_t>::max();
  const Read got = read(
      "{size: 4294967296, numbers: [9223372036854775807, 9223372036854775808, "
      "18446744073709551615, 1e30, .inf], wait: 1e30}");
  ASSERT_EQ(got.error(), "");
  EXPECT_EQ(got.options.size, 4294967295u);
  EXPECT_EQ(got.options.numbers, std::vector<int64_t>(5, kMost));
  EXPECT_EQ(got.options.wait.count(), kMost);
  EXPECT_EQ(got.diagnostics.warnings().size(), 7u) << "a unit is missing, too";
}

TEST(Schema, AListOfTextsTakesOneTextWithCommas) {
  EXPECT_EQ(read("names: 'a, b'").options.names, (std::vector<std::string>{"a", " b"}));
  EXPECT_TRUE(read("names: ''").options.names.empty());
  EXPECT_NE(read("numbers: '1,2'").error(), "");
}

TEST(Schema, AMapOfTextsMayBeAListOfPairs) {
  const Dictionary<std::string> pairs = {{"a", "b"}, {"c", ""}};
  EXPECT_EQ(read("headers: [{name: a, value: b}, {name: c}]").options.headers, pairs);
  EXPECT_TRUE(read("headers: []").options.headers.empty());
  for (const char* wrong : {"[a]", "[{a: b}]", "[{name: a, value: b, more: c}]", "[{name: 5}]",
                            "[{name: a, value: {}}]", "[{name: a}, {name: a}]"})
    EXPECT_NE(read("headers: " + std::string(wrong)).error(), "") << wrong;
}

TEST(Schema, APlacedTextKnowsWhereItStands) {
  const auto rules = read("rules:\n- a\n- b\n").options.rules;
  ASSERT_EQ(rules.size(), 2u);
  EXPECT_EQ(rules[1].value, "b");
  EXPECT_EQ(rules[1].path, "exporters::x::rules[1]");
  EXPECT_EQ(rules[1].mark.to_string(), "c.yaml:3:3");
  const auto short_form = read("rules: 'a,b'").options.rules;
  ASSERT_EQ(short_form.size(), 2u);
  EXPECT_EQ(short_form[1].value, "b");
  EXPECT_EQ(short_form[1].mark.to_string(), "c.yaml:1:8");
}

struct ErrorCase {
  const char* yaml;
  const char* error;
};

class Errors : public testing::TestWithParam<ErrorCase> {};

TEST_P(Errors, NameThePlaceWhatWasFoundAndWhatIsAllowed) {
  EXPECT_EQ(read(GetParam().yaml).error(), GetParam().error);
}

INSTANTIATE_TEST_SUITE_P(
    All, Errors,
    testing::Values(
        ErrorCase{"on: yes",
                  "c.yaml:1:5: exporters::x::on: expected true or false, found the text \"yes\""},
        ErrorCase{
            "size: -1",
            "c.yaml:1:7: exporters::x::size: expected an integer from 0 on, found the integer -1"},
        ErrorCase{"size: '5'",
                  "c.yaml:1:7: exporters::x::size: expected an integer, found the text \"5\""},
        ErrorCase{"size: .nan",
                  "c.yaml:1:7: exporters::x::size: expected an integer, found the number .nan"},
        ErrorCase{"wait: .nan",
                  "c.yaml:1:7: exporters::x::wait: expected an integer, found the number .nan"},
        ErrorCase{"name: 5",
                  "c.yaml:1:7: exporters::x::name: expected a text (put it in quotes), found the "
                  "integer 5"},
        ErrorCase{"wait: 1d",
                  "c.yaml:1:7: exporters::x::wait: expected a duration such as 300ms, 5s or 1h30m, "
                  "found the text \"1d\""},
        ErrorCase{
            "colour: blue",
            "c.yaml:1:9: exporters::x::colour: expected red or green, found the text \"blue\""},
        ErrorCase{"numbers: {a: 1}",
                  "c.yaml:1:10: exporters::x::numbers: expected a list, found a map"},
        ErrorCase{
            "numbers: [a]",
            "c.yaml:1:11: exporters::x::numbers[0]: expected an integer, found the text \"a\""},
        ErrorCase{"part: [1]", "c.yaml:1:7: exporters::x::part: expected a map, found a list"},
        ErrorCase{"part:\n  depht: 1",
                  "c.yaml:2:10: exporters::x::part::depht: there is no option of this name; did "
                  "you mean \"depth\"?"},
        ErrorCase{"unsafe: 1", "c.yaml:1:9: exporters::x::unsafe: it would be unsafe"},
        ErrorCase{"size: 13", "c.yaml:1:1: exporters::x: 13 is unlucky"}));

TEST(Schema, SaysAllThatIsWrongAtOnce) {
  const Read got = read("{on: 1, size: x, naem: y, part: {depth: z}}");
  EXPECT_EQ(got.diagnostics.errors().size(), 4u) << got.diagnostics.to_string();
}

TEST(Schema, WhatHasNoEffectIsAWarningAndStillChecked) {
  const Read got = read("old: true");
  ASSERT_EQ(got.diagnostics.warnings().size(), 1u);
  EXPECT_EQ(got.diagnostics.warnings()[0].message, "this option has no effect: it is old");
  EXPECT_NE(read("old: 5").error(), "");
}

TEST(Schema, WhatHasNoEffectWhereItIsUsedIsAWarningThere) {
  const Read got = read("part:\n  depth: 1\n  width: 2");
  EXPECT_EQ(got.error(), "");
  ASSERT_EQ(got.diagnostics.warnings().size(), 1u);
  EXPECT_EQ(got.diagnostics.warnings()[0].to_string(),
            "c.yaml:3:10: exporters::x::part::width: this option has no effect: it has no width "
            "here");
  EXPECT_TRUE(read("extra: {width: 2}").diagnostics.warnings().empty()) << "there it has";
  EXPECT_TRUE(read("part: {depth: 1}").diagnostics.warnings().empty());
  const Node shown = Codec<Options>::encode(got.options);
  EXPECT_EQ(shown.find("part")->find("width"), nullptr);
  EXPECT_NE(shown.find("part")->find("depth"), nullptr);
}

TEST(Schema, WhatHasNoEffectBesideOthersIsAWarningAndNotShown) {
  const Read got = read("on: false\npath: a");
  EXPECT_EQ(got.error(), "");
  ASSERT_EQ(got.diagnostics.warnings().size(), 1u);
  EXPECT_EQ(got.diagnostics.warnings()[0].to_string(),
            "c.yaml:2:7: exporters::x::path: this option has no effect without on: true");
  EXPECT_EQ(Codec<Options>::encode(got.options).find("path"), nullptr);
  EXPECT_EQ(Codec<Options>::encode(read("path: a").options).find("path")->text, "a");
  for (const char* silent : {"path: a", "on: false", "{on: false, path: ''}", "{on: x, path: a}",
                             "{onn: false, path: a}"})
    EXPECT_TRUE(read(silent).diagnostics.warnings().empty()) << silent;
}

struct Around {
  int64_t before = 0;
  Options options;
};

TEST(Schema, APartKnowsWhatHasNoEffectInIt) {
  const auto schema = Schema<Around>()
                          .field("before", &Around::before, "Something else.")
                          .embed(&Around::options, schema_of(static_cast<Options*>(nullptr)));
  Around around;
  Diagnostics diagnostics;
  const Node node = parse_yaml("{on: false, path: a, size: 13}", "").value();
  schema.decode(node, around, Place(diagnostics, "x", {}));
  EXPECT_EQ(diagnostics.to_string(), "x: 13 is unlucky\n");
  ASSERT_EQ(diagnostics.warnings().size(), 1u);
  EXPECT_EQ(diagnostics.warnings()[0].path, "x::path");
}

TEST(Schema, AChecksPlaceKnowsThoseOfTheOptions) {
  const Read got = read("size: 17\nnames:\n- a\n- b\n");
  ASSERT_EQ(got.diagnostics.errors().size(), 3u) << got.diagnostics.to_string();
  EXPECT_EQ(got.diagnostics.errors()[0].to_string(), "c.yaml:1:7: exporters::x::size: is given");
  EXPECT_EQ(got.diagnostics.errors()[1].to_string(), "c.yaml:4:3: exporters::x::names[1]: second");
  EXPECT_EQ(got.diagnostics.errors()[2].to_string(), "c.yaml:1:1: exporters::x::wait: is not");
}

TEST(Schema, ADurationWithoutAUnitIsAWarning) {
  const std::pair<const char*, const char*> cases[] = {
      {"wait: 200", "200 without a unit is 200 ns; did you mean 200ms?"},
      {"wait: 0.5e2", "0.5e2 without a unit is 50 ns; did you mean 0.5e2ms?"},
      {"wait: -5", "-5 without a unit is -5 ns; did you mean -5ms?"},
      {"wait: 90_000_000_000", "90_000_000_000 without a unit is 90000000000 ns; write 1m30s"},
      {"wait: 0", ""},
      {"wait: 200ms", ""},
  };
  for (const auto& [yaml, expected] : cases) {
    const Read got = read(yaml);
    EXPECT_EQ(got.error(), "");
    const auto& warnings = got.diagnostics.warnings();
    ASSERT_EQ(warnings.size(), *expected == '\0' ? 0u : 1u) << yaml;
    if (warnings.empty()) continue;
    EXPECT_EQ(warnings[0].to_string(), std::string("c.yaml:1:7: exporters::x::wait: ") + expected);
  }
}

TEST(Schema, ShowsWhatIsInForceButNoSecrets) {
  const Node shown = Codec<Options>::encode(read("{token: abc, size: 9}").options);
  EXPECT_EQ(shown.find("token")->text, "[REDACTED]");
  EXPECT_EQ(shown.find("size")->integer, 9);
  EXPECT_EQ(shown.find("name")->text, "standard");
  EXPECT_EQ(shown.find("wait")->text, "7ns");
  EXPECT_EQ(shown.find("unsafe"), nullptr);
  EXPECT_EQ(shown.find("old"), nullptr) << "it has no effect";
  EXPECT_EQ(Codec<Options>::encode(Options()).find("token")->text, "");
  const Node headers = Codec<Options>::encode(read("headers: {a: abc, b: ''}").options);
  EXPECT_EQ(to_yaml(*headers.find("headers")), "a: \"[REDACTED]\"\nb: \"\"\n");
}

}  // namespace
}  // namespace sluice::config
