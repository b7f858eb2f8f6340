#pragma once

#include <string_view>

// Statements for the tests of the SQL guard.

namespace sluice::server {

/// A statement and the code of ClickHouse's that it is refused with.
struct RefusedStatement {
  int code;
  std::string_view sql;
};

// Every way that was thought of to reach files, the network, processes or a second statement. Many
// of these were tried on the engine without a guard, where they succeed.
inline constexpr RefusedStatement kRefused[] = {
    // the plain calls
    {497, "SELECT file('/etc/passwd')"},
    {497, "SELECT * FROM file('/etc/passwd', LineAsString)"},
    {497, "SELECT * FROM url('http://127.0.0.1/', CSV)"},
    {497, "SELECT * FROM s3('https://b.s3.amazonaws.com/x.csv')"},
    {497, "SELECT * FROM remote('127.0.0.1', system.one)"},
    {497, "SELECT * FROM remoteSecure('127.0.0.1', system.one)"},
    {497, "SELECT * FROM mysql('h:3306', 'd', 't', 'u', 'p')"},
    {497, "SELECT * FROM postgresql('h:5432', 'd', 't', 'u', 'p')"},
    {497, "SELECT * FROM mongodb('h:27017', 'd', 't', 'u', 'p', 'a Int8')"},
    {497, "SELECT * FROM redis('h:6379', 'k', 'k String, v String')"},
    {497, "SELECT * FROM sqlite('/tmp/x.db', 't')"},
    {497, "SELECT * FROM hdfs('hdfs://h/x', 'TSV')"},
    {497, "SELECT * FROM azureBlobStorage('c', 'x', 'y')"},
    {497, "SELECT * FROM iceberg('http://h/x')"},
    {497, "SELECT * FROM icebergLocal('/tmp/x')"},
    {497, "SELECT * FROM deltaLake('http://h/x')"},
    {497, "SELECT * FROM deltaLakeLocal('/tmp/x')"},
    {497, "SELECT * FROM filesystem('/etc')"},
    {497, "SELECT * FROM executable('x.sh', TSV, 'a Int8')"},
    {497, "SELECT * FROM odbc('DSN=x', 'd', 't')"},
    {497, "SELECT * FROM jdbc('x', 'd', 't')"},
    {497, "SELECT * FROM input('a Int8')"},
    {497, "SELECT * FROM dictionary('d')"},
    {497, "SELECT * FROM loop(default, `t`)"},
    {497, "SELECT * FROM fuzzQuery('SELECT 1')"},
    {497, "SELECT * FROM arrowstream('x')"},
    {497, "SELECT dictGet('d', 'a', 1)"},
    {497, "SELECT catboostEvaluate('/m.bin', 1)"},
    {497, "SELECT hasColumnInTable('h:9000', 'u', 'p', 'd', 't', 'c')"},
    {497, "SELECT addressToLine(1)"},
    {497, "SELECT getClientHTTPHeader('Authorization')"},
    {497, "SELECT aiGenerate('x')"},
    {497, "SELECT showCertificate()"},
    {497, "SELECT logTrace('forged')"},
    {497, "SELECT zookeeperSessionUptime()"},
    {497, "SELECT generateSerialID('x')"},
    {497, "SELECT regionToName(1)"},
    // other spellings of a name
    {497, "SELECT FILE('/etc/passwd')"},
    {497, "SELECT FiLe ('/etc/passwd')"},
    {497, "SELECT `file`('/etc/passwd')"},
    {497, "SELECT \"file\"('/etc/passwd')"},
    {497,
     "SELECT \xE2\x80\x9C"
     "file\xE2\x80\x9D('/etc/passwd')"},
    {497, "SELECT `fi\\x6ce`('/etc/passwd')"},
    {497, "SELECT `\\x66\\x69\\x6c\\x65`('/etc/passwd')"},
    {497, "SELECT * FROM `rem\\x7zte`('h', system.one)"},
    {497, "SELECT file/**/('/etc/passwd')"},
    {497, "SELECT file/* a /* b */ c */('/etc/passwd')"},
    {497, "SELECT file -- x\n('/etc/passwd')"},
    {497, "SELECT file // x\n('/etc/passwd')"},
    {497, "SELECT file # x\n('/etc/passwd')"},
    {497, "SELECT file #! x\n('/etc/passwd')"},
    {497, "SELECT file\xC2\xA0('/etc/passwd')"},
    {497, "SELECT file\xE2\x80\x8B('/etc/passwd')"},
    {497, "SELECT\tfile\v\f('/etc/passwd')"},
    {497, "SELECT file($$/etc/passwd$$)"},
    {497, "SELECT file(concat('/etc/', 'passwd'))"},
    {497, "SELECT file({p:String})"},
    {497, "SELECT '\\\\' , file('/etc/passwd'), '\\''"},
    {497, "SELECT 'it''s', file('/etc/passwd')"},
    {497, "SELECT $a$ ' $a$, file('/etc/passwd'), $a$ ' $a$"},
    {497, "SELECT $$ ' $$, file('/etc/passwd')"},
    {497, "SELECT 1 /* ' */, file('/etc/passwd') /* ' */"},
    {497, "SELECT \xE2\x80\x98'\xE2\x80\x99, file('/etc/passwd'), '\xE2\x80\x99'"},
    {497, "SELECT x'41', file('/etc/passwd')"},
    // functions named, not called
    {497, "SELECT arrayMap(file, ['/etc/passwd'])"},
    {497, "SELECT arrayMap((file), ['/etc/passwd'])"},
    {497, "SELECT arrayMap(((file)), ['/etc/passwd'])"},
    {497, "SELECT arrayMap(file AS f, ['/etc/passwd'])"},
    {497, "SELECT arrayMap(file f, ['/etc/passwd'])"},
    {497, "SELECT arrayMap(`file`, ['/etc/passwd'])"},
    {497, "SELECT arrayMap(`fi\\x6ce`, ['/etc/passwd'])"},
    {497, "SELECT `arrayMap`(file, ['/etc/passwd'])"},
    {497, "SELECT arrayMap({f:Identifier}, ['/etc/passwd'])"},
    {497, "SELECT arrayMap(({f:Identifier}), ['/etc/passwd'])"},
    {497, "SELECT arrayFold(file, ['/etc/passwd'], '')"},
    {497, "SELECT arrayMin(file, ['/etc/passwd'])"},
    {497, "SELECT arrayExists(file, ['/etc/passwd'])"},
    {497, "SELECT mapApply(file, map('/etc/passwd', 1))"},
    {497, "SELECT arrayMap(x -> file(x), ['/etc/passwd'])"},
    {497, "SELECT * APPLY file FROM t"},
    {497, "SELECT * APPLY(file) FROM t"},
    {497, "SELECT * APPLY `file` FROM t"},
    {497, "SELECT COLUMNS('.*') APPLY file FROM t"},
    {497, "SELECT * APPLY (x -> file(x)) FROM t"},
    {497, "SELECT * APPLY {f:Identifier} FROM t"},
    {497, "SELECT {f:Identifier}('/etc/passwd')"},
    {497, "SELECT * FROM {f:Identifier}('/etc/passwd')"},
    {497, "WITH x -> file(x) AS f SELECT f('/etc/passwd')"},
    {497, "WITH (x -> file(x)) AS f SELECT f('/etc/passwd')"},
    // files as tables
    {497, "SELECT * FROM '/etc/passwd'"},
    {497, "SELECT * FROM 'passwd'"},
    {497, "SELECT * FROM $$/etc/passwd$$"},
    {497, "SELECT * FROM \xE2\x80\x98/etc/passwd\xE2\x80\x99"},
    {497, "SELECT * FROM `/etc/passwd`"},
    {497, "SELECT * FROM \"/etc/passwd\""},
    {497, "SELECT * FROM `\\x2fetc/passwd`"},
    {497, "SELECT * FROM default.`/etc/passwd`"},
    {497, "SELECT * FROM `../../etc/passwd`"},
    {497, "SELECT * FROM `x/../../etc/passwd`"},
    {497, "SELECT * FROM `/etc/pass*`"},
    {497, "FROM '/etc/passwd' SELECT *"},
    {497, "SELECT * FROM system.one, '/etc/passwd'"},
    {497, "SELECT * FROM (system.one, '/etc/passwd')"},
    {497, "SELECT * FROM ((system.one, '/etc/passwd'))"},
    {497, "SELECT * FROM system.one JOIN '/etc/passwd' ON 1"},
    {497, "SELECT * FROM system.one LEFT JOIN '/etc/passwd' ON 1"},
    {497, "SELECT * FROM system.one AS where, '/etc/passwd'"},
    {497, "SELECT * FROM system.one AS settings, '/etc/passwd'"},
    {497, "SELECT * FROM system.one select, '/etc/passwd'"},
    {497, "SELECT * FROM t AS array JOIN '/etc/passwd' ON 1"},
    {497, "SELECT * FROM a JOIN b ON limit = 1, '/etc/passwd'"},
    {497, "SELECT * FROM t SAMPLE 1/2 OFFSET 1/2, '/etc/passwd'"},
    {497, "SELECT fill FROM '/etc/passwd'"},
    {497, "SELECT 1 AS fill FROM '/etc/passwd'"},
    {497, "SELECT (SELECT * FROM '/etc/passwd')"},
    {497, "SELECT 1 WHERE 1 IN (FROM '/etc/passwd' SELECT 1)"},
    {497, "SELECT 1 IN `/etc/passwd`"},
    {497, "SELECT trim(SELECT a FROM '/etc/passwd')"},
    {497, "SELECT 1 UNION ALL SELECT * FROM '/etc/passwd'"},
    {497, "WITH c AS (SELECT * FROM '/etc/passwd') SELECT * FROM c"},
    {497, "SELECT * FROM cluster('c', default, '/etc/passwd')"},
    {497, "SELECT * FROM merge('default', '/etc/passwd')"},
    {497, "DESCRIBE '/etc/passwd'"},
    {497, "DESC '/etc/passwd'"},
    {497, "DESCRIBE TABLE '/etc/passwd'"},
    {497, "DESCRIBE TABLE file('/etc/passwd')"},
    {497, "DESC url('http://127.0.0.1/')"},
    {497, "DESCRIBE (SELECT file('/etc/passwd'))"},
    {497, "EXISTS TABLE `/etc/passwd`"},
    {497, "SHOW CREATE TABLE `/etc/passwd`"},
    {497, "SHOW TABLES FROM '/etc'"},
    {497, "CHECK TABLE `/etc/passwd`"},
    {497, "INSERT INTO `/tmp/x.csv` SELECT 1"},
    // expressions hidden in strings
    {497, "SELECT b FROM values('a String, b String ALIAS file(''/etc/passwd'')', ('x'))"},
    {497, "SELECT * FROM values('a String, b String DEFAULT file(''/etc/passwd'')', ('x', 'y'))"},
    {497, "SELECT b FROM generateRandom('b String ALIAS file(''/etc/passwd'')')"},
    {497, "SELECT b FROM generateRandom('b String ALIAS fi' || 'le(''/etc/passwd'')')"},
    {497, "SELECT b FROM generateRandom(concat('b String ALIAS file(', '''/etc/passwd'')'))"},
    {497, "SELECT b FROM generateRandom({s:String})"},
    {497, "SELECT b FROM null('b String MATERIALIZED file(''/etc/passwd'')')"},
    {497, "SELECT b FROM null($$b String EPHEMERAL file('/etc/passwd')$$)"},
    {497, "SELECT * FROM format(Values, 'a String', $$(file('/etc/passwd'))$$)"},
    {497, "SELECT * FROM format('Values', $$(file('/etc/passwd'))$$)"},
    {497, "SELECT * FROM format(concat('Val', 'ues'), 'a String', $$(file('/etc/passwd'))$$)"},
    {497, "SELECT * FROM system.one, format(concat('Val', 'ues'), $$(file('/etc/passwd'))$$)"},
    {497, "SELECT * FROM format(JSONEachRow, 'a String DEFAULT file(''/etc/passwd'')', '{}')"},
    {497, "SELECT 1 SETTINGS additional_result_filter = 'file(''/etc/passwd'') != '''''"},
    {497, "SELECT 1 SETTINGS additional_table_filters = {'t': 'file(''/etc/passwd'') != '''''}"},
    {497, "SELECT 1 SETTINGS parallel_replicas_custom_key = 'file(''/etc/passwd'')'"},
    {497, "INSERT INTO t VALUES (file('/etc/passwd'))"},
    {497, "INSERT INTO t FORMAT Values (1, file('/etc/passwd'))"},
    {497, "INSERT INTO t FORMAT VALUES (1), ((SELECT * FROM '/etc/passwd'))"},
    {497, "INSERT INTO t VALUES (1), (arrayMap(file, ['/etc/passwd']))"},
    // writes
    {497, "SELECT 1 INTO OUTFILE '/tmp/x'"},
    {497, "SELECT 1 INTO/**/OUTFILE '/tmp/x' TRUNCATE"},
    {497, "SELECT 1 into outfile '/tmp/x' APPEND FORMAT CSV"},
    {497, "INSERT INTO t FROM INFILE '/etc/passwd' FORMAT LineAsString"},
    {497, "INSERT INTO FUNCTION file('/tmp/x', CSV) SELECT 1"},
    {497, "INSERT INTO TABLE FUNCTION file('/tmp/x', CSV) SELECT 1"},
    {497, "INSERT INTO FUNCTION url('http://127.0.0.1/', CSV) VALUES (1)"},
    {497, "INSERT INTO FUNCTION null('a Int8') SELECT 1"},
    {497, "INSERT INTO t SELECT * FROM file('/etc/passwd')"},
    {497, "INSERT INTO t SELECT file('/etc/passwd')"},
    {497, "INSERT INTO t SELECT * FROM input('a Int8'), file('/etc/passwd') FORMAT CSV 1"},
    {497, "INSERT INTO t SELECT * FROM input('a Int8') AS a, input('b Int8') AS b FORMAT CSV 1"},
    {497, "INSERT INTO t SELECT a, input('a Int8') FROM s FORMAT CSV 1"},
    {497, "INSERT INTO t SELECT * FROM input('a String DEFAULT file($$x$$)') FORMAT CSV 1"},
    {497, "INSERT INTO t SELECT * FROM input(concat('a ', 'String')) FORMAT CSV 1"},
    {497, "INSERT INTO t SELECT * FROM input('a String') FORMAT Values (file('/etc/passwd'))"},
    {497, "WITH c AS (SELECT 1) INSERT INTO FUNCTION file('/tmp/x', CSV) SELECT * FROM c"},
    // definitions
    {497, "CREATE TABLE x (a Int8) ENGINE = File(CSV)"},
    {497, "CREATE TABLE x (a Int8) ENGINE File(CSV)"},
    {497, "CREATE TABLE x (a Int8) ENGINE = `File`(CSV)"},
    {497, "CREATE TABLE x (a Int8) ENGINE = URL('http://h/', CSV)"},
    {497, "CREATE TABLE x (a Int8) ENGINE = Kafka SETTINGS kafka_broker_list = 'h:9092'"},
    {497, "CREATE TABLE x (a Int8) ENGINE = S3Queue('http://h/')"},
    {497, "CREATE TABLE x (a Int8) ENGINE = EmbeddedRocksDB(0, '/tmp/x') PRIMARY KEY a"},
    {497, "CREATE TABLE x (a Int8) ENGINE = ReplicatedMergeTree('/x', 'r') ORDER BY a"},
    {497, "CREATE TABLE x (a Int8) ENGINE = KeeperMap('/x') PRIMARY KEY a"},
    {497, "CREATE TABLE x (a Int8) ENGINE = Executable('x.sh', CSV)"},
    {497, "CREATE TABLE x (a Int8) ENGINE = Dictionary(d)"},
    {497, "CREATE TABLE x (a Int8) ENGINE = Distributed(c, d, t)"},
    {497, "CREATE TABLE x ENGINE = Alias('default', '/etc/passwd')"},
    {497, "CREATE TABLE x (a Int8) ENGINE = Buffer('default', '/etc/passwd', 1, 1, 1, 1, 1, 1, 1)"},
    {497, "CREATE TABLE x (a Int8) ENGINE = NewEngineOfTomorrow()"},
    {497, "CREATE TABLE x (a Int8) ENGINE = {e:Identifier}"},
    {497, "CREATE TABLE x AS file('/etc/passwd')"},
    {497, "CREATE TABLE x AS format(concat('Val', 'ues'), $$(file('/etc/passwd'))$$)"},
    {497, "CREATE TABLE x AS values('a String ALIAS file(''/etc/passwd'')')"},
    {497, "CREATE TABLE x (a String DEFAULT file('/etc/passwd')) ENGINE = Memory"},
    {497, "CREATE TABLE x (a String MATERIALIZED file('/etc/passwd')) ENGINE = Memory"},
    {497, "CREATE TABLE x (a String ALIAS file('/etc/passwd')) ENGINE = Memory"},
    {497, "CREATE TABLE x (a Int8, CONSTRAINT c CHECK file('/etc/passwd') = '') ENGINE = Memory"},
    {497, "CREATE TABLE x (a Int8) ENGINE = MergeTree ORDER BY a SETTINGS disk = 'x'"},
    {497, "CREATE TABLE x (a Int8) ENGINE = MergeTree ORDER BY a SETTINGS disk = disk(type = s3)"},
    {497, "CREATE TABLE x (a Int8) ENGINE = MergeTree ORDER BY a SETTINGS storage_policy = 'x'"},
    {497,
     "CREATE TABLE x (t Date) ENGINE = MergeTree ORDER BY t TTL t + INTERVAL 1 DAY TO DISK 'x'"},
    {497, "CREATE TABLE x ON CLUSTER c (a Int8) ENGINE = Memory"},
    {497, "CREATE VIEW v AS SELECT file('/etc/passwd')"},
    {497, "CREATE VIEW v AS FROM '/etc/passwd' SELECT *"},
    {497, "CREATE VIEW v AS SELECT * FROM url('http://h/')"},
    {497, "CREATE MATERIALIZED VIEW v ENGINE = File(CSV) AS SELECT 1"},
    {497, "CREATE MATERIALIZED VIEW v TO t AS SELECT arrayMap(file, [a]) FROM t"},
    {497, "CREATE MATERIALIZED VIEW v TO `/tmp/x` AS SELECT 1"},
    {497, "CREATE WINDOW VIEW v AS SELECT 1"},
    {497, "CREATE LIVE VIEW v AS SELECT 1"},
    {497, "CREATE DATABASE d ENGINE = Filesystem('/etc')"},
    {497, "CREATE DATABASE d ENGINE = MySQL('h:3306', 'd', 'u', 'p')"},
    {497, "CREATE DATABASE d ENGINE = S3('http://h/')"},
    {497,
     "CREATE DICTIONARY d (k UInt64) PRIMARY KEY k SOURCE(HTTP(URL 'http://h/')) LAYOUT(FLAT())"},
    {497, "CREATE OR REPLACE DICTIONARY d (k UInt64) PRIMARY KEY k SOURCE(FILE(PATH '/x'))"},
    {497, "CREATE FUNCTION f AS x -> file(x)"},
    {497, "CREATE OR REPLACE FUNCTION f AS x -> x"},
    {497, "CREATE USER u"},
    {497, "CREATE ROLE r"},
    {497, "CREATE NAMED COLLECTION c AS url = 'http://h/'"},
    {497, "CREATE QUOTA q"},
    {497, "CREATE SETTINGS PROFILE p"},
    {497, "CREATE ROW POLICY p ON t"},
    {497, "ALTER USER u"},
    {497, "ALTER NAMED COLLECTION c SET a = 1"},
    {497, "ALTER TABLE t ADD COLUMN b String DEFAULT file('/etc/passwd')"},
    {497, "ALTER TABLE t UPDATE a = file('/etc/passwd') WHERE 1"},
    {497, "ALTER TABLE t DELETE WHERE file('/etc/passwd') = ''"},
    {497, "ALTER TABLE t MODIFY SETTING storage_policy = 'x'"},
    {497, "ALTER TABLE t MODIFY QUERY SELECT file('/etc/passwd')"},
    {497, "ALTER TABLE t MODIFY TTL d TO VOLUME 'x'"},
    {497, "ALTER TABLE t MOVE PARTITION 1 TO DISK 'x'"},
    {497, "ALTER TABLE t FREEZE"},
    {497, "ALTER TABLE t FREEZE PARTITION 1 WITH NAME 'x'"},
    {497, "ALTER TABLE t FETCH PARTITION 1 FROM '/x'"},
    {497, "ALTER TABLE t EXPORT PART 'x' TO TABLE y"},
    {497, "ALTER TABLE t ON CLUSTER c ADD COLUMN b Int8"},
    {497, "DROP USER u"},
    {497, "DROP NAMED COLLECTION c"},
    {497, "TRUNCATE DICTIONARY d"},
    {497, "RENAME DICTIONARY a TO b"},
    {497, "DELETE FROM t WHERE file('/etc/passwd') = ''"},
    {497, "UPDATE t SET a = file('/etc/passwd') WHERE 1"},
    // other statements
    {497, "ATTACH TABLE x FROM '/x' (a Int8) ENGINE = MergeTree ORDER BY a"},
    {497, "ATTACH DATABASE d"},
    {497, "DETACH TABLE t"},
    {497, "BACKUP TABLE t TO File('/tmp/x')"},
    {497, "BACKUP ALL TO Disk('x', 'y')"},
    {497, "RESTORE TABLE t FROM File('/tmp/x')"},
    {497, "KILL QUERY WHERE 1"},
    {497, "KILL MUTATION WHERE 1"},
    {497, "GRANT ALL ON *.* TO u"},
    {497, "REVOKE ALL ON *.* FROM u"},
    {497, "EXECUTE AS u SELECT 1"},
    {497, "EXECUTE AS u"},
    {497, "UNDROP TABLE t"},
    {497, "BEGIN TRANSACTION"},
    {497, "WATCH v"},
    {497, "MOVE USER u TO x"},
    {497, "SYSTEM SHUTDOWN"},
    {497, "SYSTEM KILL"},
    {497, "SYSTEM RELOAD CONFIG"},
    {497, "SYSTEM DROP DNS CACHE"},
    {497, "SYSTEM STOP LISTEN HTTP"},
    {497, "SYSTEM SYNC REPLICA t"},
    {497, "SYSTEM STOP FETCHES"},
    {497, "SYSTEM STOP MERGES ON CLUSTER c"},
    {497, "SET ROLE ALL"},
    {497, "SET DEFAULT ROLE x TO u"},
    {497, "SET TRANSACTION SNAPSHOT 1"},
    {497,
     "CREATE TABLE a (x Int8) ENGINE = Memory PARALLEL WITH CREATE TABLE b (x Int8) ENGINE = "
     "Memory"},
    {62, "1 + 1"},
    {62, "file('/etc/passwd')"},
    {62, "VALUES (1)"},
    {62, "FOO BAR"},
    {62, "SELECT 1_0.5e # d\n"},
    // settings
    {497, "SET dialect = 'prql'"},
    {497, "SET max_threads = 1, dialect = 'kusto'"},
    {497, "SET `dialect` = 'prql'"},
    {497, "SELECT 1 SETTINGS dialect = 'prql'"},
    {497, "SELECT 1 SETTINGS max_threads = 1, `format_schema` = '/etc/passwd'"},
    {497, "SELECT 1 FORMAT Template SETTINGS format_template_resultset = '/etc/passwd'"},
    {497, "SELECT 1 FORMAT Protobuf SETTINGS format_schema = '/etc/passwd:x'"},
    {497, "SELECT 1 FORMAT JSON SETTINGS output_format_schema = '/tmp/x'"},
    {497, "SELECT * FROM (SELECT 1 SETTINGS input_format_record_errors_file_path = 'x')"},
    {497, "SELECT 1 SETTINGS allow_introspection_functions = 1"},
    {497, "SELECT 1 SETTINGS implicit_table_at_top_level = 't'"},
    {497, "SELECT 1 SETTINGS ast_fuzzer_runs = 1"},
    {497, "SELECT 1 SETTINGS url_base = 'http://h/'"},
    {497, "INSERT INTO t SETTINGS format_schema = 'x' FORMAT Protobuf "},
    {497, "INSERT INTO t SETTINGS schema_inference_hints = 'a String DEFAULT file()' FORMAT CSV x"},
    {497, "SELECT a FROM t JOIN u USING a, SETTINGS dialect = 'prql'"},
    {497, "SET profile = 'x'"},
    {497, "SET param_t = '/etc/passwd'"},
    {497, "SET param_f = 'file'"},
    {164, "SET readonly = 5"},
    // system tables
    {497, "SELECT * FROM system.stack_trace"},
    {497, "SELECT * FROM `system`.`stack_trace`"},
    {497, "SELECT * FROM SYSTEM.certificates"},
    {497, "SELECT * FROM system.symbols"},
    {497, "SELECT * FROM stack_trace"},
    {497, "SELECT 1 IN system.certificates"},
    // EXPLAIN of all that
    {497, "EXPLAIN SELECT file('/etc/passwd')"},
    {497, "EXPLAIN AST SELECT file('/etc/passwd')"},
    {497, "EXPLAIN PIPELINE graph = 1 SELECT * FROM url('http://h/')"},
    {497, "EXPLAIN header = 1, actions = 1 SELECT file('/etc/passwd')"},
    {497, "EXPLAIN SYNTAX CREATE TABLE x (a Int8) ENGINE = File(CSV)"},
    {497, "EXPLAIN EXPLAIN SELECT file('/etc/passwd')"},
    {497, "EXPLAIN BACKUP TABLE t TO File('/tmp/x')"},
    {497, "EXPLAIN CREATE USER u"},
    {497, "SELECT * FROM (EXPLAIN SELECT file('/etc/passwd'))"},
    {62, "EXPLAIN TABLE OVERRIDE mysql('h', 'd', 't', 'u', 'p') COLUMNS (a Int8)"},
    {62, "EXPLAIN indexes = file('/etc/passwd'), header = 1 SELECT 1"},
    // functions in every clause
    {497, "SELECT 1 WHERE file('/etc/passwd') = ''"},
    {497, "SELECT 1 GROUP BY file('/etc/passwd')"},
    {497, "SELECT 1 HAVING file('/etc/passwd') = ''"},
    {497, "SELECT 1 ORDER BY file('/etc/passwd')"},
    {497, "SELECT 1 LIMIT length(file('/etc/passwd'))"},
    {497, "SELECT 1 LIMIT 1 BY file('/etc/passwd')"},
    {497, "SELECT sum(1) OVER (PARTITION BY file('/etc/passwd'))"},
    {497, "SELECT CASE WHEN 1 THEN file('/etc/passwd') END"},
    {497, "SELECT CAST(file('/etc/passwd') AS String)"},
    {497, "SELECT file('/etc/passwd')::String"},
    {497, "SELECT [file('/etc/passwd')], (file('/etc/passwd'), 1), {'a': file('/etc/passwd')}"},
    {497, "SELECT INTERVAL length(file('/etc/passwd')) DAY"},
    {497, "SELECT * FROM view(SELECT file('/etc/passwd'))"},
    {497, "SELECT * FROM view(SELECT * FROM '/etc/passwd')"},
    {497, "SELECT * FROM viewIfPermitted(SELECT file('/etc/passwd') ELSE null('a String'))"},
    {497, "SELECT * FROM numbers(length(file('/etc/passwd')))"},
    {497, "SELECT * FROM cluster('c', file('/etc/passwd'))"},
    {497, "SELECT * REPLACE(file('/etc/passwd') AS a) FROM t"},
    {497, "SELECT * FROM t ARRAY JOIN [file('/etc/passwd')] AS x"},
    {497, "SELECT * FROM t PREWHERE file('/etc/passwd') = ''"},
    {497, "SELECT * FROM t ORDER BY a WITH FILL TO length(file('/etc/passwd'))"},
    {497, "SELECT * FROM unknown_table_function(1)"},
    {497, "SELECT * FROM t JOIN unknown_table_function(1) USING a"},
};

// What the ClickStack UI, ClickHouse's clients and Sluice itself send, by the kinds of query that
// the UI's pages make.
inline constexpr std::string_view kAllowed[] = {
    // clients and metadata
    "SELECT 1",
    "SELECT 'ping'",
    "SELECT 1 FORMAT TabSeparatedRaw",
    "SELECT version()",
    "SELECT version() FORMAT JSON",
    "SELECT name FROM system.settings WHERE name IN ('enable_full_text_index', "
    "'use_skip_indexes_for_top_k') FORMAT JSON",
    "SHOW DATABASES",
    "SHOW TABLES FROM default",
    "SHOW TABLES FROM {HYPERDX_PARAM_1:Identifier}",
    "SHOW CREATE TABLE default.otel_logs",
    "SHOW PROCESSLIST",
    "DESCRIBE default.otel_logs",
    "DESCRIBE TABLE {HYPERDX_PARAM_1:Identifier}.{HYPERDX_PARAM_2:Identifier}",
    "DESC (SELECT 1 AS a)",
    "EXISTS TABLE default.otel_logs",
    "CHECK TABLE otel_logs",
    "USE default",
    "SELECT * FROM system.tables WHERE database = {HYPERDX_PARAM_1:String} AND name = "
    "{HYPERDX_PARAM_2:String}",
    "SELECT engine, create_table_query, as_select, partition_key, sorting_key, primary_key FROM "
    "system.tables WHERE engine = 'MaterializedView'",
    "SELECT name, type, default_kind FROM system.columns WHERE table = 'otel_traces'",
    "SELECT name, type, type_full, expr, granularity FROM system.data_skipping_indices WHERE table "
    "= 'otel_logs'",
    "SELECT name, min_time, max_time, active, rows, partition FROM system.parts WHERE active AND "
    "disk_name = 'default'",
    "SELECT count() FROM system.table_engines WHERE name = 'TimeSeries'",
    "SELECT * FROM system.query_log ORDER BY event_time DESC LIMIT 10",
    "SELECT * FROM system.metric_log",
    "SELECT * FROM system.asynchronous_metric_log",
    "SELECT * FROM cluster('c', system.one)",
    "SELECT * FROM clusterAllReplicas('c', merge('system', '^query_log'))",
    "SELECT * FROM cluster({c:String}, {d:Identifier}.{t:Identifier})",
    "SELECT * FROM INFORMATION_SCHEMA.TABLES",
    "EXPLAIN ESTIMATE SELECT * FROM otel_logs",
    "EXPLAIN SELECT 1 FORMAT JSONEachRow",
    "EXPLAIN indexes = 1, projections = 1 SELECT * FROM otel_logs WHERE hasToken(Body, 'x')",
    "EXPLAIN AST SELECT 1",
    "EXPLAIN PIPELINE SELECT count() FROM otel_traces",
    // search
    "SELECT Timestamp,ServiceName,SeverityText,Body FROM default.otel_logs WHERE (Timestamp >= "
    "fromUnixTimestamp64Milli({HYPERDX_PARAM_1:Int64}) AND Timestamp <= "
    "fromUnixTimestamp64Milli({HYPERDX_PARAM_2:Int64})) AND (toStartOfFiveMinutes(Timestamp) >= "
    "toStartOfFiveMinutes(fromUnixTimestamp64Milli({HYPERDX_PARAM_1:Int64}))) AND "
    "((hasAllTokens(Body, 'error'))) ORDER BY (toStartOfFiveMinutes(Timestamp), Timestamp) DESC "
    "LIMIT 200 OFFSET 0",
    "SELECT count(), SeverityText, toStartOfInterval(toDateTime(Timestamp), INTERVAL 30 second) AS "
    "`__hdx_time_bucket` FROM otel_logs GROUP BY SeverityText, "
    "toStartOfInterval(toDateTime(Timestamp), INTERVAL 30 second) AS `__hdx_time_bucket` ORDER BY "
    "`__hdx_time_bucket`",
    "SELECT Body FROM otel_logs WHERE Body ILIKE '%file(''/etc/passwd'')%' OR Body = 'SELECT * "
    "FROM url(1)'",
    "SELECT Body FROM otel_logs WHERE LogAttributes['path'] = '/etc/passwd' AND "
    "has(mapKeys(LogAttributes), 'file')",
    "SELECT Body FROM otel_logs WHERE indexHint(mapContains(ResourceAttributes, 'k8s.pod.name')) "
    "AND hasAny(LogAttributeItems, ['a=b'])",
    "SELECT * FROM otel_logs WHERE Body IN ('/a', '/b') AND (_part, _part_offset) IN (SELECT "
    "_part, _part_offset FROM otel_logs LIMIT 10)",
    "SELECT groupUniqArray(20)(ServiceName) AS param0, "
    "groupUniqArray(20)(LogAttributes['http.route']) AS param1 FROM otel_logs SETTINGS "
    "max_rows_to_read = 3000000, read_overflow_mode = 'break'",
    "SELECT arrayJoin(lowCardinalityKeys(getSubcolumn(LogAttributes, 'keys'))) AS k FROM otel_logs "
    "LIMIT 20",
    "SELECT DISTINCT token FROM mergeTreeTextIndex('default', 'otel_logs', 'idx_body') LIMIT 100",
    "SELECT token FROM mergeTreeTextIndex({db:Identifier}, {t:Identifier}, {i:Identifier}) WHERE "
    "startsWith(token, 'a')",
    "SELECT Key, Value FROM otel_logs_kv_rollup_15m WHERE Timestamp > now() - INTERVAL 1 DAY GROUP "
    "BY ALL",
    "WITH sample AS (SELECT ServiceName FROM otel_logs WHERE cityHash64(Timestamp) % 100 = 0 LIMIT "
    "10000) SELECT ServiceName, round(count() / (SELECT count() FROM sample) * 100, 2) AS percent "
    "FROM sample GROUP BY ServiceName",
    "SELECT tokens('a b'), hasToken('a b', 'a'), MD5(Body), hex(MD5(Body)), leftUTF8(Body, 10) "
    "FROM otel_logs",
    "SELECT toJSONString(LogAttributes), JSONExtractString(Body, 'a'), simpleJSONExtractInt(Body, "
    "'type') FROM otel_logs",
    "SELECT * FROM otel_logs WHERE Timestamp = "
    "parseDateTime64BestEffort('2026-11-22T06:20:00.123456789Z', 9) AND isNull(SeverityText)",
    "SELECT * EXCEPT (Body), Body AS `a/b`, Duration AS \"p95/max\" FROM otel_logs ORDER BY `a/b`, "
    "\"p95/max\"",
    "SELECT * REPLACE (lower(Body) AS Body) FROM otel_logs",
    "SELECT concatWithSeparator('; ', ServiceName, SpanName) FROM otel_traces",
    "SELECT format('{} {}', a, b) FROM t ORDER BY a, format('{}', b)",
    "SELECT file FROM t WHERE file = '/etc/passwd' GROUP BY file ORDER BY (file)",
    "SELECT lower(file), t.file FROM t",
    "SELECT url, path, domain(url), cutQueryString(url) FROM t",
    "SELECT trim(BOTH ' ' FROM 'x'), substring('abc' FROM 2 FOR 1), EXTRACT(DAY FROM now()), "
    "position('a' IN 'abc')",
    // charts
    "SELECT quantileIf(0.95)(toFloat64OrDefault(toString(Duration)), (1) AND "
    "toFloat64OrDefault(toString(Duration)) IS NOT NULL) AS \"p95\", SpanName FROM otel_traces "
    "GROUP BY SpanName",
    "WITH __hdx_series_limit AS (SELECT ServiceName, max(v) AS m FROM (SELECT ServiceName, count() "
    "AS v FROM otel_logs GROUP BY ServiceName) GROUP BY ServiceName ORDER BY m DESC LIMIT 20) "
    "SELECT count() FROM otel_logs WHERE tuple(ServiceName) IN (SELECT tuple(ServiceName) FROM "
    "__hdx_series_limit)",
    "SELECT avgMerge(a), sumIf(b, c), uniqState(d), sumForEach(e), sumMap(f), anyOrNullIf(g, h), "
    "histogram(20)(i), quantileTDigestWeighted(0.5)(j, k) FROM t",
    "SELECT widthBucket(Duration, 0, 100, 10), exp2(3), positiveModulo(-1, 3), bitShiftLeft(1, 3), "
    "formatReadableSize(1000) FROM t",
    "SELECT arrayZip(a, b), arrayZipUnaligned(a, b), arrayCumSum(a), arrayFirstIndex(x -> x > 1, "
    "a), arraySplit((x, y) -> y, a, b), arrayWithConstant(3, 0), arrayMap(lower, c) FROM t",
    "SELECT sum(x) OVER w, lagInFrame(Value, 1, Value) OVER (PARTITION BY h ORDER BY t ROWS "
    "BETWEEN 1 PRECEDING AND CURRENT ROW) FROM t WINDOW w AS (PARTITION BY a ORDER BY b)",
    "SELECT a, b, count(), GROUPING(a) FROM t GROUP BY GROUPING SETS ((a, b), (a), ())",
    "SELECT count() FROM t GROUP BY ALL WITH TOTALS ORDER BY ALL LIMIT 10 BY a LIMIT 5, 10",
    "SELECT a FROM t ORDER BY a WITH FILL FROM 1 TO 10 STEP 1, b",
    "SELECT t FROM x ORDER BY t WITH FILL FROM toDateTime('2026-01-01') TO "
    "toDateTime('2026-01-02') STEP INTERVAL 1 HOUR",
    "SELECT count() FROM otel_logs WHERE Timestamp >= {startDateMilliseconds:Int64} AND "
    "{intervalSeconds:Int64} > 0 SETTINGS readonly = 2, max_result_rows = 1000, "
    "result_overflow_mode = 'break'",
    "SELECT 1 UNION ALL SELECT 2 UNION DISTINCT (SELECT 3) EXCEPT SELECT 4 INTERSECT SELECT 5",
    "SELECT ts, anyOrNullIf(v, s = 0) / anyOrNullIf(v, s = 1) FROM (SELECT 0 AS s, 1 AS ts, 2 AS v "
    "UNION ALL SELECT 1, 1, 3) GROUP BY ALL",
    // metrics
    "WITH Source AS (SELECT *, cityHash64(mapConcat(ScopeAttributes, ResourceAttributes, "
    "Attributes)) AS AttributesHash FROM default.otel_metrics_gauge WHERE (TimeUnix >= "
    "fromUnixTimestamp64Milli({HYPERDX_PARAM_1:Int64})) AND ((MetricName = 'cpu'))), Bucketed AS "
    "(SELECT toStartOfInterval(toDateTime(TimeUnix), INTERVAL 1 minute) AS `__hdx_time_bucket2`, "
    "AttributesHash, last_value(Value) AS LastValue, any(ServiceName) AS ServiceName FROM Source "
    "GROUP BY AttributesHash, __hdx_time_bucket2 ORDER BY AttributesHash, __hdx_time_bucket2) "
    "SELECT avg(toFloat64OrDefault(toString(LastValue))) AS \"Value\", `__hdx_time_bucket2` FROM "
    "Bucketed GROUP BY `__hdx_time_bucket2` SETTINGS short_circuit_function_evaluation = "
    "'force_enable', optimize_read_in_order = 0",
    "SELECT *, IF(AggregationTemporality = 1, Value, greatest(Value - lagInFrame(Value, 1, Value) "
    "OVER (PARTITION BY AttributesHash ORDER BY TimeUnix), 0)) AS Rate FROM Source",
    "SELECT argMax(Value, TimeUnix) - argMin(Value, TimeUnix) FROM Bucketed",
    "SELECT arrayMap((cum, bound) -> cum / bound, arrayCumSum(sumForEach(deltas)), ExplicitBounds) "
    "FROM h GROUP BY ALL",
    "SELECT * FROM prometheusQueryRange({db:String}, {table:String}, {expr:String}, "
    "toDateTime64({startMs:Int64} / 1000, 3), fromUnixTimestamp64Milli({endMs:Int64}), "
    "{stepSec:Int64}) SETTINGS allow_experimental_time_series_table = 1",
    "SELECT * FROM prometheusQueryRange('default', 'metrics_ts', "
    "'rate(http_requests{path=~\"/api/.*\"}[5m])', now() - 3600, now(), 15)",
    "SELECT metric_name, tags FROM timeSeriesTags('default', 'metrics_ts') LIMIT 10",
    "SELECT * FROM timeSeriesSelector(default, metrics_ts, 'up', now() - 60, now())",
    // traces, sessions, maps
    "SELECT Timestamp, SpanId, ParentSpanId, Events.Name, arrayMap((n, t) -> (n, t), Events.Name, "
    "Events.Timestamp) FROM otel_traces WHERE TraceId = 'abc' ORDER BY Timestamp LIMIT 50000",
    "SELECT ResourceAttributes['rum.sessionId'] AS sessionId, countIf(SpanAttributes['component'] "
    "= 'user-interaction') AS interactions FROM otel_traces GROUP BY ServiceName, sessionId HAVING "
    "interactions > 0 ORDER BY maxTimestamp DESC LIMIT 500",
    "SELECT Body, simpleJSONExtractInt(Body, 'type') AS t, LogAttributes['rr-web.chunk'] AS ck "
    "FROM hyperdx_sessions ORDER BY TimestampTime FORMAT JSONEachRow",
    "WITH server_spans AS (SELECT TraceId, SpanId FROM otel_traces WHERE SpanKind IN ('Server', "
    "'Consumer')), client_spans AS (SELECT TraceId, SpanId FROM otel_traces) SELECT quantiles(0.5, "
    "0.95, 0.99)(Duration) FROM client_spans c LEFT JOIN server_spans AS s ON c.TraceId = "
    "s.TraceId AND c.SpanId = s.SpanId WHERE cityHash64(TraceId) % 4 = 0 SETTINGS join_algorithm = "
    "'auto'",
    "SELECT * FROM otel_logs ARRAY JOIN mapKeys(LogAttributes) AS k, mapValues(LogAttributes) AS v "
    "WHERE k = 'x'",
    "SELECT * FROM a JOIN b USING (x), c ORDER BY lower(a.y), 'z'",
    // table functions and syntax in general
    "SELECT * FROM numbers(10)",
    "SELECT * FROM numbers_mt(10), zeros(2)",
    "SELECT * FROM generateSeries(1, 10)",
    "SELECT * FROM generateRandom('a Int32, b String') LIMIT 1",
    "SELECT * FROM generateRandom()",
    "SELECT * FROM values('a Int32, b String', (1, 'x'), (2, 'DEFAULT'))",
    "SELECT * FROM (VALUES (1, 'x'), (2, 'y')) AS t(a, b)",
    "SELECT * FROM view(SELECT 1 AS a)",
    "SELECT * FROM viewIfPermitted(SELECT 1 AS a ELSE null('a UInt8'))",
    "SELECT * FROM merge(currentDatabase(), '^otel_')",
    "SELECT * FROM mergeTreeIndex(default, otel_logs)",
    "FROM otel_logs SELECT count()",
    "(SELECT 1) UNION ALL (SELECT 2)",
    "SELECT CAST(x AS Decimal(10, 2)), x::DateTime64(9, 'UTC') FROM t AS u FINAL SAMPLE 1 / 10",
    "SELECT sleep(1), sleepEachRow(0.1)",
    "SELECT no_such_function(1)",
    "SELECT -- file('/etc/passwd')\n 1 /* url('x') */ # SELECT\n, 'x' // y",
    "SELECT $q$ file('/etc/passwd') $q$, '\\' file(1)'",
    "SELECT 1;",
    "SELECT 1 ; -- done\n;",
    // the owner's writes
    "SET max_threads = 2, max_block_size = 1000",
    "SET param_x = 'otel_logs'",
    "INSERT INTO otel_logs (Timestamp, Body) VALUES (now64(9), 'file(''/etc/passwd'')')",
    "INSERT INTO otel_logs FORMAT JSONEachRow {\"Body\":\"file('/etc/passwd') INTO OUTFILE "
    "'unclosed\"}",
    "INSERT INTO t (* EXCEPT(b)) SETTINGS async_insert = 0 FORMAT CSV 1,\"it's\"",
    "INSERT INTO {t:Identifier} (a, file) VALUES (1, '/x')",
    "INSERT INTO TABLE default.t SELECT * FROM s",
    "WITH x AS (SELECT 1 AS a) INSERT INTO t SELECT a FROM x",
    "INSERT INTO t SELECT a, lower(b) FROM input('a Int32, b String') FORMAT CSV 1,\"file('/x')\"",
    "INSERT INTO t SELECT * FROM (SELECT * FROM `input`()) JOIN s USING a FORMAT Values (now())",
    "CREATE TABLE IF NOT EXISTS default.otel_logs (`Timestamp` DateTime64(9) CODEC(Delta(8), "
    "ZSTD(1)), `Body` String CODEC(ZSTD(1)), `engine` String, file String DEFAULT '/x', INDEX "
    "idx_body Body TYPE text(tokenizer = splitByNonAlpha) GRANULARITY 8, `m` String MATERIALIZED "
    "lower(Body)) ENGINE = MergeTree PARTITION BY toDate(Timestamp) ORDER BY "
    "(toStartOfFiveMinutes(Timestamp), Timestamp) TTL toDateTime(Timestamp) + toIntervalDay(30) "
    "SETTINGS index_granularity = 8192, ttl_only_drop_parts = 1",
    "CREATE MATERIALIZED VIEW v TO target (a String) AS SELECT arrayJoin(mapKeys(m)) AS a FROM t "
    "GROUP BY a",
    "CREATE MATERIALIZED VIEW v ENGINE = SummingMergeTree ORDER BY a AS SELECT engine AS a FROM t "
    "WHERE engine = 'x'",
    "CREATE VIEW v AS SELECT a FROM t",
    "CREATE OR REPLACE TABLE x (a Int8) ENGINE = Memory",
    "CREATE TEMPORARY TABLE x (a Int8)",
    "CREATE TABLE x AS y",
    "CREATE TABLE x AS numbers(10)",
    "CREATE TABLE x ENGINE = Log AS SELECT 1",
    "CREATE TABLE ts ENGINE = TimeSeries SETTINGS tags_to_columns = {'job': 'job'}",
    "CREATE DATABASE d",
    "CREATE DATABASE d ENGINE = Atomic",
    "CREATE TABLE n (a Int8) ENGINE = Null",
    "CREATE TABLE x (a Int8) ENGINE = Buffer(default, t, 1, 10, 100, 10000, 1000000, 10000000, "
    "100000000)",
    "ALTER TABLE t ADD COLUMN b String DEFAULT lower(a), MODIFY TTL d + INTERVAL 3 DAY, DROP "
    "COLUMN c",
    "ALTER TABLE t MODIFY SETTING max_suspicious_broken_parts = 10",
    "ALTER TABLE t DROP PARTITION '2026-11-22'",
    "ALTER TABLE t ADD PROJECTION p (SELECT a ORDER BY b)",
    "DROP TABLE IF EXISTS t SYNC",
    "DROP DATABASE d",
    "TRUNCATE TABLE t",
    "RENAME TABLE a TO b, c TO d",
    "EXCHANGE TABLES a AND b",
    "OPTIMIZE TABLE t FINAL",
    "DELETE FROM t WHERE a = 1",
    "UPDATE t SET a = 2 WHERE b = 3",
    "SYSTEM STOP MERGES t",
    "SYSTEM START TTL MERGES",
    "SYSTEM FLUSH LOGS",
};

}  // namespace sluice::server
