#include "clickhouse/errors.h"

#include <gtest/gtest.h>

#include <map>
#include <string>

namespace sluice::clickhouse {
namespace {

using enum ErrorClass;

http::Exchange reply(int status, std::string body, std::vector<http::ClientHeader> headers = {}) {
  http::Exchange exchange;
  exchange.reply.status = status;
  exchange.reply.body = std::move(body);
  exchange.reply.headers = std::move(headers);
  return exchange;
}

http::Exchange exception(int code, const std::string& text = "text") {
  const std::string number = std::to_string(code);
  return reply(500, "Code: " + number + ". DB::Exception: " + text + " (NAME) (version 26.5)",
               {{"X-ClickHouse-Exception-Code", number}});
}

TEST(ErrorRules, AreSortedAndUnique) {
  int last = 0;
  for (const ErrorRule& rule : error_rules()) {
    EXPECT_GT(rule.code, last);
    EXPECT_FALSE(rule.name.empty());
    last = rule.code;
  }
}

/// Every code by the class of its first answer, as the design names them.
TEST(ErrorRules, EveryCodeHasItsClass) {
  const std::map<ErrorClass, std::vector<int>> expected = {
      {Done, {389}},
      {Transient, {40,  198, 203, 218, 242, 243, 246, 254, 265, 271, 279, 297,
                   354, 373, 384, 519, 561, 618, 667, 710, 722, 733, 738}},
      {Ambiguous,
       {3,   23,  24,  32,  33,  49,  74,  75,  76,  95,  96,  159, 209, 210, 216,  225,  236,
        244, 285, 286, 289, 294, 319, 369, 394, 425, 659, 677, 696, 735, 999, 1000, 1001, 1002}},
      {BackPressure, {173, 201, 202, 241, 252, 290, 364, 439, 574, 700, 745, 749, 762, 763}},
      {Split, {39, 128, 131, 158, 229, 307, 396}},
      {Park,
       {1,   7,   8,   10,  16,  20,  44,  47,  48,  50,  53,  60,  62,  70,  73,  78,  81,  115,
        116, 164, 192, 193, 194, 195, 291, 344, 395, 497, 503, 516, 565, 692, 712, 720, 724, 764}},
      {Poison, {6,   25,  26,  27,  38,  41,  69,  72,  117, 130, 167, 168,
                306, 321, 349, 376, 407, 467, 469, 563, 675, 676, 691, 718}},
  };
  size_t codes = 0;
  for (const auto& [error_class, list] : expected) {
    for (const int code : list) {
      const Answer answer = understand(exception(code), 1, 10);
      EXPECT_EQ(error_class_name(answer.error_class), error_class_name(error_class)) << code;
      EXPECT_EQ(answer.code, code);
      ++codes;
    }
  }
  EXPECT_EQ(codes, error_rules().size());
}

TEST(ErrorRules, SomeCodesMeanSomethingElseWhenTheyComeAgain) {
  const struct {
    int code;
    int tries;
    ErrorClass then;
  } cases[] = {{3, 1, Poison},   {32, 1, Poison},  {33, 1, Poison},   {40, 3, Poison},
               {49, 3, Poison},  {159, 2, Split},  {173, 3, Split},   {218, 20, Park},
               {241, 3, Split},  {242, 40, Park},  {246, 3, Poison},  {271, 3, Poison},
               {354, 3, Poison}, {561, 3, Poison}, {618, 3, Poison},  {667, 20, Park},
               {722, 20, Park},  {733, 20, Park},  {1000, 3, Poison}, {1001, 3, Poison},
               {1002, 3, Poison}};
  size_t changing = 0;
  for (const ErrorRule& rule : error_rules()) changing += rule.tries != 0 ? 1 : 0;
  EXPECT_EQ(changing, std::size(cases));
  for (const auto& c : cases) {
    EXPECT_NE(classify_exception(c.code, "", c.tries), c.then) << c.code;
    EXPECT_EQ(classify_exception(c.code, "", c.tries + 1), c.then) << c.code;
  }
}

TEST(ErrorRules, TheTextDecidesWhereACodeHasTwoMeanings) {
  EXPECT_EQ(classify_exception(252, "Too many parts (3001)", 1), BackPressure);
  EXPECT_EQ(
      classify_exception(252, "Too many partitions for single INSERT block (more than 100)", 1),
      Split);
  EXPECT_EQ(classify_exception(53, "Type mismatch", 1), Park);
  EXPECT_EQ(classify_exception(53, "Type mismatch: (at row 3)", 1), Poison);
  EXPECT_EQ(classify_exception(70, "Cannot convert (at row 3)", 1), Poison);
}

TEST(ErrorRules, AnUnknownCodeIsAmbiguousAndParksInTheEnd) {
  EXPECT_EQ(classify_exception(31337, "", 1), Ambiguous);
  EXPECT_EQ(classify_exception(31337, "", kUnknownCodeTries), Ambiguous);
  EXPECT_EQ(classify_exception(31337, "", kUnknownCodeTries + 1), Park);
}

TEST(ErrorRules, CredentialsAndQuotasWaitLonger) {
  for (const int code : {164, 192, 193, 194, 195, 291, 497, 516, 720}) {
    EXPECT_EQ(understand(exception(code), 1, 1).pause.count(), 30) << code;
  }
  for (const int code : {201, 290}) {
    EXPECT_EQ(understand(exception(code), 1, 1).pause.count(), 60) << code;
  }
}

TEST(Understand, RepliesWithoutAnException) {
  const struct {
    int status;
    ErrorClass error_class;
  } cases[] = {{200, Done},      {400, Park},      {401, Park},         {403, Park},
               {404, Park},      {413, Split},     {429, BackPressure}, {500, Ambiguous},
               {502, Ambiguous}, {503, Ambiguous}, {504, Ambiguous}};
  for (const auto& c : cases) {
    EXPECT_EQ(understand(reply(c.status, ""), 1, 1).error_class, c.error_class) << c.status;
  }
}

TEST(Understand, AnExceptionBehindA200IsSeen) {
  const Answer insert = understand(reply(200, "Code: 243. DB::Exception: no space"), 1, 5);
  EXPECT_EQ(insert.error_class, Transient);
  EXPECT_EQ(insert.code, 243);
  const Answer header = understand(reply(200, "", {{"X-ClickHouse-Exception-Code", "60"}}), 1, 5);
  EXPECT_EQ(header.error_class, Park);
}

TEST(Understand, AQueryResultThatQuotesAnExceptionIsNone) {
  const std::string data = "Code: 60. DB::Exception: from somebody's log\n";
  EXPECT_TRUE(understand(reply(200, data), 1).done());
  const http::Exchange cut = reply(200,
                                   "1\n2\n\r\n__exception__\r\ntag1\r\nCode: 159. DB::Exception: "
                                   "Timeout\r\n44 tag1\r\n__exception__\r\n",
                                   {{"X-ClickHouse-Exception-Tag", "tag1"}});
  EXPECT_EQ(understand(cut, 1).code, 159);
  const http::Exchange fine = reply(200, "1\n2\n", {{"X-ClickHouse-Exception-Tag", "tag1"}});
  EXPECT_TRUE(understand(fine, 1).done());
}

TEST(Understand, ASummaryWithFewerRowsIsAmbiguous) {
  auto with = [](const std::string& written) {
    return reply(200, "",
                 {{"X-ClickHouse-Summary",
                   "{\"read_rows\":\"0\",\"written_rows\":\"" + written + "\",\"x\":\"1\"}"}});
  };
  EXPECT_EQ(understand(with("9"), 1, 10).error_class, Ambiguous);
  EXPECT_EQ(understand(with("10"), 1, 10).error_class, Done);
  EXPECT_EQ(understand(with("30"), 1, 10).error_class, Done);  // views count too
  EXPECT_EQ(understand(with("0"), 1, 10).error_class, Done);   // does not count
}

TEST(Understand, ABrokenConnectionIsAmbiguousOnlyIfTheRequestWasSent) {
  http::Exchange exchange;
  exchange.status = unavailable("gone");
  EXPECT_EQ(understand(exchange, 1, 1).error_class, Transient);
  exchange.maybe_processed = true;
  EXPECT_EQ(understand(exchange, 1, 1).error_class, Ambiguous);
}

TEST(Understand, TheMessageIsOneLineAndNotTooLong) {
  const Answer answer = understand(exception(27, "first\nsecond"), 1, 1);
  EXPECT_EQ(answer.message, "Code: 27. DB::Exception: first");
  EXPECT_LT(understand(exception(27, std::string(10'000, 'x')), 1, 1).message.size(), 600u);
  EXPECT_EQ(understand(reply(502, ""), 1, 1).message, "HTTP status 502");
}

TEST(FindRow, ReadsTheRowsNumber) {
  EXPECT_EQ(find_row("Cannot parse input: (at row 12)"), 12u);
  EXPECT_EQ(find_row("(at row x)"), std::nullopt);
  EXPECT_EQ(find_row("nothing"), std::nullopt);
  EXPECT_EQ(understand(exception(27, "bad (at row 2)"), 1, 5).row, 2u);
}

TEST(FindExceptionCode, NeedsTheWholeShape) {
  EXPECT_EQ(find_exception_code("Code: 60. DB::Exception: x"), 60);
  EXPECT_EQ(find_exception_code("junk\nCode: 60. DB::NetException: x"), 60);
  EXPECT_EQ(find_exception_code("Code: 60."), std::nullopt);
  EXPECT_EQ(find_exception_code("Code: x. DB::Exception"), std::nullopt);
  EXPECT_EQ(find_exception_code(""), std::nullopt);
}

}  // namespace
}  // namespace sluice::clickhouse
