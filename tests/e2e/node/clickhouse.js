// Exercises @clickhouse/client against the address in argv[2]; prints one JSON object with what it saw.
const { createClient, ClickHouseLogLevel } = require('@clickhouse/client')

const url = process.argv[2]
const client = createClient({ url, log: { level: ClickHouseLogLevel.OFF } })
const compressed = createClient({
  url, compression: { request: true, response: true }, log: { level: ClickHouseLogLevel.OFF },
})

async function rows(query, format = 'JSONEachRow', more = {}) {
  return (await client.query({ query, format, ...more })).json()
}

async function errorOf(promise) {
  try {
    await promise
  } catch (error) {
    return { code: error.code, type: error.type, message: error.message }
  }
  return null
}

async function streamed() {
  const result = await client.query({
    query: 'SELECT number FROM numbers(500000)', format: 'JSONEachRow',
  })
  let count = 0
  for await (const batch of result.stream()) count += batch.length
  return count
}

// Rows until the error in the middle of the stream.
async function streamedUntilError() {
  const result = await client.query({
    query: 'SELECT throwIf(number = 3000000) AS x FROM numbers(4000000)', format: 'JSONEachRow',
    clickhouse_settings: { max_block_size: '10000' },
  })
  for await (const batch of result.stream()) void batch
}

async function cancelled() {
  const abort = new AbortController()
  const query = client.query({
    query: 'SELECT sum(sipHash64(number)) FROM system.numbers', abort_signal: abort.signal,
    query_id: 'node-cancel',
  })
  query.catch(() => undefined)
  const running =
    "SELECT count() AS n FROM system.processes WHERE Settings['query_cache_tag'] = 'node-cancel'"
  const until = async (wanted) => {
    while ((await rows(running))[0].n != wanted) await new Promise((r) => setTimeout(r, 20))
  }
  await until(1)
  abort.abort()
  await until(0)
  return true
}

async function main() {
  const seen = {}
  seen.ping = (await client.ping()).success
  seen.select = await rows('SELECT 1 AS x')
  seen.params = await rows('SELECT {a: Array(String)} AS a, {n: Int32} AS n, {d: Nullable(String)} AS d',
    'JSONEachRow', { query_params: { a: ["it's", 'tab\t'], n: 5, d: null } })
  seen.long = (await rows('SELECT length({s: String}) AS n', 'JSONEachRow',
    { query_params: { s: 'x'.repeat(10000) } }))[0].n
  seen.settings = await rows("SELECT getSetting('max_block_size') AS x", 'JSONEachRow',
    { clickhouse_settings: { max_block_size: '4321' } })
  await client.command({
    query: 'CREATE TABLE node_client (a Int32, s String) ENGINE = MergeTree ORDER BY a',
  })
  const inserted = await client.insert({
    table: 'node_client', values: [{ a: 1, s: 'one' }, { a: 2, s: 'two' }], format: 'JSONEachRow',
  })
  seen.written = inserted.summary.written_rows
  await compressed.insert({
    table: 'node_client', values: [{ a: 3, s: 'x'.repeat(1000) }], format: 'JSONEachRow',
  })
  seen.compressed = await (await compressed.query({
    query: 'SELECT sum(a) AS n, max(length(s)) AS l FROM node_client', format: 'JSON',
  })).json().then((reply) => reply.data)
  seen.streamed = await streamed()
  seen.unknownTable = await errorOf(rows('SELECT * FROM no_such_table'))
  seen.midStream = await errorOf(streamedUntilError())
  seen.cancelled = await cancelled()
  console.log(JSON.stringify(seen))
  await Promise.all([client.close(), compressed.close()])
}

main().catch((error) => {
  console.error(error)
  process.exit(1)
})
