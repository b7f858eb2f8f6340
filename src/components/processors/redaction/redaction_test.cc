#include "components/processors/redaction/redaction.h"

#include <gtest/gtest.h>

#include "testing/rig.h"

namespace sluice::components {
namespace {

using testing::Rig;

struct Case {
  const char* name;
  const char* options;
  const char* in;
  const char* out;
};

const Case kCases[] = {
    {"only allowed keys stay", "{allowed_keys: [a]}", "[{attributes: {a: 1, b: 2}}]",
     "- {attributes: {a: 1}}\n"},
    {"with a summary", "{allowed_keys: [a], summary: debug}", "[{attributes: {a: 1, c: 2, b: 3}}]",
     "- {attributes: {a: 1, redaction.redacted.keys: 'b,c', redaction.redacted.count: 2}}\n"},
    {"with a short summary", "{allowed_keys: [a], summary: info}", "[{attributes: {a: 1, b: 3}}]",
     "- {attributes: {a: 1, redaction.redacted.count: 1}}\n"},
    {"of resources, too", "{allowed_keys: [a]}", "[{resource: {r: 1}, attributes: {a: 1}}]",
     "- {attributes: {a: 1}}\n"},
    {"masks in texts", "{allow_all_keys: true, blocked_values: ['4\\d+']}",
     "[{attributes: {a: 'x 4111 y 42', b: 4111}}]",
     "- {attributes: {a: 'x **** y ****', b: 4111}}\n"},
    {"masks in all types",
     "{allow_all_keys: true, blocked_values: ['4\\d+'], redact_all_types: "
     "true}",
     "[{attributes: {b: 4111}}]", "- {attributes: {b: '****'}}\n"},
    {"but not what is allowed",
     "{allow_all_keys: true, blocked_values: ['4\\d+'], allowed_values: "
     "['^4111$']}",
     "[{attributes: {a: '4111', b: '4112'}}]", "- {attributes: {a: '4111', b: '****'}}\n"},
    {"masks whole values by key", "{allow_all_keys: true, blocked_key_patterns: ['.*token.*']}",
     "[{attributes: {my_token: 12}}]", "- {attributes: {my_token: '****'}}\n"},
    {"hashes", "{allow_all_keys: true, blocked_values: [x], hash_function: MD5}",
     "[{attributes: {a: x}}]", "- {attributes: {a: '9dd4e461268c8034f5c8564e155c67a6'}}\n"},
    {"ignored keys are not looked at",
     "{allow_all_keys: true, ignored_keys: [a], blocked_values: "
     "[x]}",
     "[{attributes: {a: x, b: x}}]", "- {attributes: {a: x, b: '****'}}\n"},
    {"bodies", "{allow_all_keys: true, blocked_values: [x], summary: debug}", "[{body: axb}]",
     "- {body: 'a****b', attributes: {redaction.body.masked.keys: body, "
     "redaction.body.masked.count: 1}}\n"},
    {"maps and lists in bodies", "{allow_all_keys: true, blocked_values: [x], summary: debug}",
     "[{body: {a: {b: x}, c: [y, x]}}]",
     "- {body: {a: {b: '****'}, c: [y, '****']}, attributes: {redaction.body.masked.keys: "
     "'a.b,c.[1]', redaction.body.masked.count: 2}}\n"},
    {"lists at the top of bodies",
     "{allow_all_keys: true, blocked_values: [x], allowed_values: [z], summary: debug}",
     "[{body: [x, {a: z}]}]",
     "- {body: ['****', {a: z}], attributes: {redaction.body.masked.keys: '[0]', "
     "redaction.body.masked.count: 1, redaction.body.allowed.keys: '[1].a', "
     "redaction.body.allowed.count: 1}}\n"},
    {"numbers in bodies", "{allow_all_keys: true, blocked_values: ['^41']}", "[{body: 4111}]",
     "- {body: '****11'}\n"},
    {"an allowed body is not told of",
     "{allow_all_keys: true, blocked_values: [x], allowed_values: [x], summary: debug}",
     "[{body: x}]", "- {body: x}\n"},
    {"blocked keys in bodies, whatever they hold",
     "{allow_all_keys: true, blocked_key_patterns: [t]}", "[{body: {t: 1, u: {t: [1]}}}]",
     "- {body: {t: '****', u: {t: '****'}}}\n"},
    {"line by line", "{allow_all_keys: true, blocked_key_patterns: [t]}",
     "[{attributes: {t: \"a\\nb\"}}]", "- {attributes: {t: '****\n****'}}\n"},
    {"the last attribute moves into the gap", "{allowed_keys: [b, c]}",
     "[{attributes: {a: 1, b: 2, c: 3}}]", "- {attributes: {c: 3, b: 2}}\n"},
    {"what an earlier processor said is added to", "{allowed_keys: [a], summary: debug}",
     "[{attributes: {b: 1, redaction.redacted.keys: 'x,a', redaction.redacted.count: 2}}]",
     "- {attributes: {redaction.redacted.count: 3, redaction.redacted.keys: 'a,b,x'}}\n"},
    {"ids in URLs are masked",
     "{allow_all_keys: true, summary: debug, url_sanitizer: {enabled: true, attributes: [u]}}",
     "[{attributes: {u: '/v1/a.b/123/x?id=1', v: /1}}]",
     "- {attributes: {u: '/v1/a.b/*/x', v: '/1', redaction.masked.keys: u, "
     "redaction.masked.count: 1}}\n"},
    {"after what is blocked, unless they are allowed",
     "{allow_all_keys: true, blocked_values: [a], allowed_values: [z], url_sanitizer: {enabled: "
     "true, attributes: [u, v]}}",
     "[{attributes: {u: /a/b, v: /z/1}}]", "- {attributes: {u: '/*/b', v: '/z/1'}}\n"},
    {"ten parts of URLs",
     "{allow_all_keys: true, url_sanitizer: {enabled: true, attributes: [u, v]}}",
     "[{attributes: {u: /a/b/c/d/e/f/g/h/i/j, v: /a/b/c/d/e/f/g/h/1/j}}]",
     "- {attributes: {u: '/a/b/c/d/e/f/g/h/i', v: '/a/b/c/d/e/f/g/h/**'}}\n"},
    {"any text in a body may be a URL",
     "{allow_all_keys: true, url_sanitizer: {enabled: true}, summary: debug}",
     "[{body: {a: /x/12, b: [7]}}]",
     "- {body: {a: '/x/*', b: ['*']}, attributes: {redaction.body.masked.keys: 'a,b.[0]', "
     "redaction.body.masked.count: 2}}\n"},
    {"what is no text is an empty one",
     "{allow_all_keys: true, blocked_values: ['^$'], allowed_values: [x], summary: info}",
     "[{body: x, attributes: {a: 1}}]",
     "- {body: x, attributes: {a: '****', redaction.masked.count: 1}}\n"},
    {"nothing allowed", "{}", "[{attributes: {a: 1}}]", "- {}\n"},
};

TEST(Redaction, Changes) {
  for (const Case& c : kCases) {
    SCOPED_TRACE(c.name);
    Rig rig("redaction", c.options, otlp::Signal::Logs);
    ASSERT_EQ(rig.problem(), "");
    EXPECT_EQ(rig.change(c.in), c.out);
  }
}

TEST(Redaction, SanitizesNamesOfRequests) {
  Rig rig("redaction", "{allow_all_keys: true, url_sanitizer: {enabled: true}}",
          otlp::Signal::Traces);
  EXPECT_EQ(rig.change("[{name: GET /user/1, kind: 2}, {name: /u/2, kind: 3}, {name: /u/3, kind: "
                       "1}, {name: u4, kind: 2}, {name: /12/34/, kind: 2}]"),
            "- {name: 'GET /user/*', kind: 2}\n- {name: '/u/*', kind: 3}\n- {name: '/u/3', kind: "
            "1}\n- {name: u4, kind: 2}\n- {name: '/12/34/', kind: 2}\n");
  Rig off("redaction",
          "{allow_all_keys: true, url_sanitizer: {enabled: true, sanitize_span_name: false}}",
          otlp::Signal::Traces);
  EXPECT_EQ(off.change("[{name: /u/1, kind: 2}]"), "- {name: '/u/1', kind: 2}\n");
}

TEST(Redaction, SpansOfHttpNeedNoSlash) {
  Rig rig("redaction", "{allow_all_keys: true, url_sanitizer: {enabled: true}}",
          otlp::Signal::Traces);
  EXPECT_EQ(
      rig.change("[{name: 'GET?a=1', kind: 2}, {name: 'GET?a=1', kind: 2, attributes: "
                 "{http.method: GET}}, {name: okey-0, kind: 2, attributes: {http.method: GET}}]"),
      "- {name: 'GET?a=1', kind: 2}\n- {name: GET, kind: 2, attributes: {http.method: "
      "GET}}\n- {name: okey-0, kind: 2, attributes: {http.method: GET}}\n");
}

// ---- Statements of databases ----

constexpr const char* kAllDatabases =
    "{allow_all_keys: true, db_sanitizer: {sql: {enabled: true, attributes: [q]}, redis: {enabled: "
    "true, attributes: [q]}, valkey: {enabled: true, attributes: [q]}, memcached: {enabled: true, "
    "attributes: [q]}, mongo: {enabled: true, attributes: [q]}, opensearch: {enabled: true, "
    "attributes: [q]}, es: {enabled: true, attributes: [q]}}}";

/// Records as the processor writes them when it has nothing to do.
std::string unchanged(const std::string& records, otlp::Signal signal) {
  return Rig("redaction", "{allow_all_keys: true}", signal).change(records);
}

TEST(Redaction, StatementsInAttributesByTheirSystem) {
  const std::pair<const char*, const char*> cases[] = {
      {"{db.system: mysql, q: 'SELECT 1'}", "{db.system: mysql, q: 'SELECT ?'}"},
      {"{db.system.name: PostgreSQL, q: 'SELECT 1'}",
       "{db.system.name: PostgreSQL, q: 'SELECT ?'}"},
      {"{db.system: redis, db.system.name: mariadb, q: 'SET a \"b\"'}",
       "{db.system: redis, db.system.name: mariadb, q: 'SET a ?'}"},
      {"{db.system: other_sql, q: '\"b\"'}", "{db.system: other_sql, q: '\"b\"'}"},
      {"{db.system: redis, q: 'SET a1 b'}", "{db.system: redis, q: 'SET a1 ?'}"},
      {"{db.system: valkey, q: 'SET a1 b'}", "{db.system: valkey, q: 'SET a1 ?'}"},
      {"{db.system: memcached, q: \"set a 0 60 5\\r\\nsecret\\r\\n\"}",
       "{db.system: memcached, q: set a 0 60 5}"},
      {"{db.system: mongodb, q: '{\"a\": 1}'}", "{db.system: mongodb, q: '{\"a\":\"?\"}'}"},
      {"{db.system: opensearch, q: '{\"a\": 1}'}", "{db.system: opensearch, q: '{\"a\":\"?\"}'}"},
      {"{db.system: elasticsearch, q: '{\"a\": 1}'}",
       "{db.system: elasticsearch, q: '{\"a\":\"?\"}'}"},
      {"{db.system: elasticsearch, q: /a/1}", "{db.system: elasticsearch, q: /a/1}"},
      {"{db.system: mysql, p: SELECT 1}", "{db.system: mysql, p: SELECT 1}"},
      {"{db.system: cassandra, q: SELECT 1}", "{db.system: cassandra, q: SELECT 1}"},
      {"{db.system: 7, q: SELECT 1}", "{db.system: 7, q: SELECT 1}"},
      {"{q: SELECT 1}", "{q: SELECT 1}"},
  };
  for (const auto signal : {otlp::Signal::Traces, otlp::Signal::Metrics}) {
    const bool is_trace = signal == otlp::Signal::Traces;
    const std::string begin =
        is_trace ? "[{name: n, attributes: " : "[{name: n, points: [{attributes: ";
    const char* const end = is_trace ? "}]" : "}]}]";
    const auto records = [&](const char* attributes) {
      std::string text = begin;
      return text.append(attributes).append(end);
    };
    for (const auto& [in, out] : cases) {
      SCOPED_TRACE(in);
      Rig rig("redaction", kAllDatabases, signal);
      ASSERT_EQ(rig.problem(), "");
      EXPECT_EQ(rig.change(records(in)), unchanged(records(out), signal));
    }
  }
}

TEST(Redaction, StatementsInLogsWithoutASystemByEveryLanguage) {
  const std::pair<const char*, const char*> cases[] = {
      {"{attributes: {q: 'SET user:1 john', r: 'SET user:1 john', s: SET a b}}",
       "{attributes: {q: 'SET user:? ?', r: 'SET user:1 ?', s: SET a b, redaction.masked.keys: "
       "'q,r', redaction.masked.count: 2}}"},
      {"{attributes: {db.system: redis, q: 'SET user:1 john'}}",
       "{attributes: {db.system: redis, q: 'SET user:1 ?', redaction.masked.keys: q, "
       "redaction.masked.count: 1}}"},
      {"{attributes: {db.system: oracle, q: 'SET user:1 john'}}",
       "{attributes: {db.system: oracle, q: 'SET user:1 john'}}"},
      {"{body: SELECT a FROM b WHERE c = 42}",
       "{body: 'SELECT a FROM b WHERE c = ?', attributes: {redaction.body.masked.keys: body, "
       "redaction.body.masked.count: 1}}"},
      {"{body: {a: [7, x]}}",
       "{body: {a: ['?', x]}, attributes: {redaction.body.masked.keys: 'a.[0]', "
       "redaction.body.masked.count: 1}}"},
  };
  for (const auto& [in, out] : cases) {
    Rig rig(
        "redaction",
        "{allow_all_keys: true, summary: debug, db_sanitizer: {sql: {enabled: true, attributes: "
        "[q]}, redis: {enabled: true, attributes: [q, r]}, mongo: {enabled: true}}}",
        otlp::Signal::Logs);
    EXPECT_EQ(rig.change(std::string("[") + in + "]"),
              unchanged(std::string("[") + out + "]", otlp::Signal::Logs));
  }
}

TEST(Redaction, StatementsInNamesOfSpans) {
  struct NameCase {
    const char* name;
    int kind;
    const char* system;
    const char* expected;
  };
  const NameCase cases[] = {
      {"a = 1", 1, "mysql", "a = ?"},
      {"a = 1", 2, "mysql", "a = ?"},
      {"a = 1", 3, "mysql", "a = ?"},
      {"a = 1", 4, "mysql", "a = 1"},
      {"a = 1", 5, "mysql", "a = 1"},
      {"a = 1", 3, "", "a = 1"},
      {"a = 1", 3, "redis", "a = 1"},  // not enabled
      {"SHOW TABLES", 3, "mysql", "SHOW TABLES"},
      {"fine = 1", 3, "mysql", "fine = 1"},
      {"{\\\"a\\\": 1}", 3, "mongodb", "{\\\"a\\\":\\\"?\\\"}"},
      {"GET /orders/12?sql=SELECT+1", 3, "mysql", "GET /orders/*"},  // a URL, too
      {"\\0a", 3, "mysql", "\\0a"},                                  // nothing would be left
      {"a = 1", 3, "sqlite", "a = ?"},
  };
  const auto span = [](const NameCase& c, const char* name) {
    return std::string("[{name: \"") + name + "\", kind: " + std::to_string(c.kind) +
           ", attributes: {db.system: " + (*c.system != 0 ? c.system : "''") + "}}]";
  };
  for (const NameCase& c : cases) {
    SCOPED_TRACE(c.name);
    Rig rig("redaction",
            "{allow_all_keys: true, allowed_values: [fine], url_sanitizer: {enabled: true}, "
            "db_sanitizer: {sql: {enabled: true}, mongo: {enabled: true}}}",
            otlp::Signal::Traces);
    EXPECT_EQ(rig.change(span(c, c.name)), unchanged(span(c, c.expected), otlp::Signal::Traces));
  }
  Rig off("redaction",
          "{allow_all_keys: true, db_sanitizer: {sql: {enabled: true}, sanitize_span_name: false}}",
          otlp::Signal::Traces);
  const std::string same = span(cases[0], "a = 1");
  EXPECT_EQ(off.change(same), unchanged(same, otlp::Signal::Traces));
}

TEST(Redaction, SaysWhatHasNoEffect) {
  const std::pair<const char*, const char*> cases[] = {
      {"{db_sanitizer: {sql: {attributes: [a]}, es: {enabled: true}}}",
       ":1:35: redaction::db_sanitizer::sql::attributes: this option has no effect without "
       "enabled: "
       "true\n"},
      {"{url_sanitizer: {attributes: [a], sanitize_span_name: true}}",
       ":1:30: redaction::url_sanitizer::attributes: this option has no effect without enabled: "
       "true\n"},
      {"{url_sanitizer: {enabled: true, attributes: [a]}}", ""},
      {"{allow_all_keys: true, allowed_keys: [a]}",
       ":1:38: redaction::allowed_keys: this option has no effect beside allow_all_keys: true\n"},
      {"{allow_all_keys: true, allowed_keys: []}", ""},
      {"{hash_function: md5, hmac_key: k}",
       ":1:32: redaction::hmac_key: this option has no effect with this hash_function, which has "
       "no "
       "key\n"},
  };
  for (const auto& [options, expected] : cases) {
    const Rig rig("redaction", options, otlp::Signal::Logs);
    EXPECT_EQ(rig.warnings(), expected) << options;
  }
}

TEST(Redaction, LooksAtEventsAndDataPoints) {
  Rig spans("redaction", "{allowed_keys: [a]}", otlp::Signal::Traces);
  EXPECT_EQ(spans.change("[{attributes: {b: 1}, events: [{name: e, attributes: {a: 1, b: 2}}]}]"),
            "- {events: [{name: e, attributes: {a: 1}}]}\n");
  Rig metrics("redaction", "{allowed_keys: [a]}", otlp::Signal::Metrics);
  EXPECT_EQ(metrics.change("[{name: m, points: [{attributes: {a: 1, b: 2}}]}]"),
            "- {name: m, points: [{attributes: {a: 1}}]}\n");
}

TEST(Redaction, SaysOfAllPatternsWhatIsWrong) {
  const Rig rig("redaction",
                "{blocked_values: ['(', 'a', '['], allowed_values: ['('], blocked_key_patterns: "
                "['('], ignored_key_patterns: [a, '(']}",
                otlp::Signal::Logs);
  for (const char* place :
       {"redaction::blocked_values[0]: ", "redaction::blocked_values[2]: ", "allowed_values[0]: ",
        "blocked_key_patterns[0]: ", "ignored_key_patterns[1]: "})
    EXPECT_NE(rig.problem().find(place), std::string::npos) << place << "\n" << rig.problem();
}

TEST(Redaction, RefusesWhatCannotWork) {
  const std::pair<const char*, const char*> cases[] = {
      {"{blocked_values: ['(']}", "("},
      {"{blocked_key_patterns: ['(']}", "("},
      {"{ignored_key_patterns: ['(']}", "("},
      {"{allowed_values: ['(']}", "("},
      {"{hash_function: crc}", "md5"},
      {"{hash_function: hmac-sha256}", "hmac_key"},
      {"{hash_function: hmac-sha256, hmac_key: kkkkkkkkkkkkkkkkkkkkkkkkkkkkkkk}", "32 bytes"},
      {"{hash_function: hmac-sha512, hmac_key: kkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkk}",
       "64 bytes"},
      {"{db_sanitizer: {sql: {enable: true}}}", "did you mean \"enabled\""},
      {"{db_sanitizer: {oracle: {enabled: true}}}", "db_sanitizer"},
  };
  for (const auto& [options, expected] : cases) {
    SCOPED_TRACE(options);
    const Rig rig("redaction", options, otlp::Signal::Logs);
    EXPECT_NE(rig.problem().find(expected), std::string::npos) << rig.problem();
  }
}

}  // namespace
}  // namespace sluice::components
