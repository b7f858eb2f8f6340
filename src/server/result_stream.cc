#include "server/result_stream.h"

#include <utility>

#include "server/exception_status.h"
#include "server/response_headers.h"

namespace sluice::server {
namespace {

constexpr std::string_view kText = "text/plain; charset=UTF-8";
/// ClickHouse's tags have this length.
constexpr size_t kTagBytes = 16;

bool starts_with(std::string_view text, std::string_view prefix) {
  return text.substr(0, prefix.size()) == prefix;
}

bool contains(std::string_view text, std::string_view part) {
  return text.find(part) != std::string_view::npos;
}

std::string exception_tag() {
  std::string tag = random_uuid();
  std::string letters;
  for (char c : tag) {
    if (c != '-' && letters.size() < kTagBytes) {
      letters += static_cast<char>(c <= '9' ? c - '0' + 'g' : c);
    }
  }
  return letters;
}

/// ClickHouse's JSON of them, numbers in quotes; without those that are zero, or with all.
std::string to_json(const engine::Figures& figures, bool with_zeros) {
  const std::pair<const char*, uint64_t> values[] = {
      {"read_rows", figures.read_rows},
      {"read_bytes", figures.read_bytes},
      {"written_rows", figures.written_rows},
      {"written_bytes", figures.written_bytes},
      {"total_rows_to_read", figures.total_rows_to_read},
      {"result_rows", figures.result_rows != 0 ? figures.result_rows : figures.written_rows},
      {"result_bytes", figures.result_bytes != 0 ? figures.result_bytes : figures.written_bytes},
      {"elapsed_ns", static_cast<uint64_t>(figures.elapsed_s * 1e9)},
      {"memory_usage", figures.memory_bytes}};
  std::string json = "{";
  for (const auto& [name, value] : values) {
    if (value == 0 && !with_zeros) continue;
    if (json.size() > 1) json += ',';
    json += '"' + std::string(name) + "\":\"" + std::to_string(value) + '"';
  }
  return json + "}";
}

/// A header value has no control characters: the message of an error may.
std::string one_line(std::string text) {
  for (char& c : text) {
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) c = ' ';
  }
  return text;
}

std::unique_ptr<wire::StreamCodec> make_encoder(const QueryRequest& request) {
  if (request.native_compress) return wire::make_native_block_encoder();
  if (request.response_encoding == nullptr) return nullptr;
  return request.response_encoding->make_encoder(request.compression_level);
}

}  // namespace

std::string_view content_type_of(std::string_view format) {
  if (starts_with(format, "JSON") &&
      (contains(format, "EachRow") || contains(format, "StringsEachRow"))) {
    return contains(format, "Progress") ? "application/json; charset=UTF-8"
                                        : "application/x-ndjson; charset=UTF-8";
  }
  if (starts_with(format, "JSON")) return "application/json; charset=UTF-8";
  if (starts_with(format, "CSVWithNames")) return "text/csv; charset=UTF-8; header=present";
  if (starts_with(format, "CSV")) return "text/csv; charset=UTF-8; header=absent";
  if (starts_with(format, "TabSeparated") || starts_with(format, "TSV")) {
    return "text/tab-separated-values; charset=UTF-8";
  }
  if (format == "XML") return "application/xml; charset=UTF-8";
  if (format == "Markdown") return "text/markdown; charset=UTF-8";
  if (starts_with(format, "Pretty") || format == "Vertical" || format == "Values" ||
      format == "Null") {
    return kText;
  }
  return "application/octet-stream";
}

void add_cors_fields(http::Fields& fields) {
  fields.emplace_back("Access-Control-Allow-Origin", "*");
  fields.emplace_back("Access-Control-Expose-Headers",
                      "X-ClickHouse-Query-Id,X-ClickHouse-Summary,X-ClickHouse-Server-Display-Name,"
                      "X-ClickHouse-Format,X-ClickHouse-Timezone,X-ClickHouse-Exception-Code,"
                      "X-ClickHouse-Exception-Tag,X-ClickHouse-Progress");
}

void respond_error(http::StreamExchange& exchange, const engine::Error& error, bool cors,
                   std::string_view query_id) {
  http::Fields fields;
  fields.emplace_back("Content-Type", kText);
  fields.emplace_back("X-ClickHouse-Exception-Code", std::to_string(error.code));
  if (!query_id.empty()) {
    fields.emplace_back("X-ClickHouse-Query-Id", one_line(std::string(query_id)));
  }
  const int status = http_status_of(error.code);
  if (status == 401) {
    fields.emplace_back("WWW-Authenticate", "Basic realm=\"ClickHouse server HTTP API\"");
  }
  if (cors) add_cors_fields(fields);
  exchange.respond(status, fields, error.text + "\n");
}

ResultStream::ResultStream(http::StreamExchange& exchange, const QueryRequest& request,
                           const Context& context)
    : exchange_(exchange),
      request_(request),
      context_(context),
      tag_(exception_tag()),
      encoder_(make_encoder(request)) {}

ResultStream::~ResultStream() = default;

http::Fields ResultStream::common_fields() const {
  http::Fields fields;
  fields.emplace_back("Content-Type", content_type_of(format_));
  fields.emplace_back("X-ClickHouse-Server-Display-Name", context_.display_name);
  fields.emplace_back("X-ClickHouse-Query-Id", one_line(request_.query_id));
  if (!format_.empty()) fields.emplace_back("X-ClickHouse-Format", one_line(format_));
  fields.emplace_back("X-ClickHouse-Timezone", context_.engine.timezone());
  fields.emplace_back("X-ClickHouse-Exception-Tag", tag_);
  if (request_.cors) add_cors_fields(fields);
  if (request_.response_encoding != nullptr && !request_.native_compress) {
    fields.emplace_back("Content-Encoding", request_.response_encoding->name);
  }
  return fields;
}

std::optional<std::chrono::milliseconds> ResultStream::progress_interval() const {
  return started_ ? std::nullopt : request_.progress_interval;
}

void ResultStream::show_progress() {
  const engine::Figures figures = context_.engine.progress(request_.query_id);
  if (figures.elapsed_s == 0) return;
  shown_ = figures;
  exchange_.send_early({{"X-ClickHouse-Progress", to_json(figures, false)}});
}

void ResultStream::start(const engine::Figures& figures, int64_t content_length) {
  started_ = true;
  http::Fields fields = common_fields();
  fields.emplace_back("X-ClickHouse-Summary", to_json(figures, true));
  override_fields(fields, fields_);
  exchange_.start(200, fields, content_length);
}

void ResultStream::set_format(std::string_view format) {
  format_ = std::string(format);
  if (format == "Native" && request_.protocol_version >= native::ProtocolBlocks::kVersionMin)
    blocks_.emplace(request_.protocol_version);
}

Status ResultStream::write(std::string_view bytes) {
  if (!blocks_) return encode(bytes);
  block_.clear();
  SLUICE_RETURN_IF_ERROR(blocks_->write(bytes, block_));
  return encode(block_.view());
}

Status ResultStream::encode(std::string_view bytes) {
  if (encoder_ == nullptr) return pass(bytes);
  return encoder_->write(bytes, [this](std::string_view encoded) { return pass(encoded); });
}

Status ResultStream::pass(std::string_view encoded) {
  if (started_) return send(encoded);
  if (request_.wait_end_of_query) {
    if (!all_.has_value()) {
      Result<MemFile> file = MemFile::create(context_.budget);
      if (!file.ok()) return file.status();
      all_ = std::move(*file);
    }
    return all_->write(encoded);
  }
  held_ += encoded;
  if (held_.size() < request_.buffer_bytes) return {};
  start(context_.engine.progress(request_.query_id), -1);
  const std::string head = std::move(held_);
  return send(head);
}

Status ResultStream::send(std::string_view bytes) {
  if (exchange_.write(bytes)) return {};
  return {Code::Cancelled, "the client went away"};
}

void ResultStream::finish(const engine::Figures& figures) {
  const auto to_pass = [this](std::string_view encoded) { return pass(encoded); };
  // What fails here is that the client is gone, which finish() below finds out for itself.
  if (encoder_ != nullptr) static_cast<void>(encoder_->finish(to_pass));
  if (!started_) {
    Result<std::string_view> all = all_.has_value() ? all_->map() : std::string_view(held_);
    const std::string_view body = all.ok() ? *all : std::string_view();
    engine::Figures all_figures = figures;
    all_figures.total_rows_to_read = shown_.total_rows_to_read;
    all_figures.memory_bytes = shown_.memory_bytes;
    start(all_figures, static_cast<int64_t>(body.size()));
    static_cast<void>(send(body));
  }
  exchange_.finish();
}

void ResultStream::fail(const engine::Error& error) {
  if (!started_) return respond_error(exchange_, error, request_.cors, request_.query_id);
  // The length counts the line break after the message; clients cut the message out by it.
  const std::string message = error.text + "\n";
  const std::string block = "\r\n__exception__\r\n" + tag_ + "\r\n" + message +
                            std::to_string(message.size()) + " " + tag_ + "\r\n__exception__\r\n";
  const wire::Sink sink = [this](std::string_view bytes) { return send(bytes); };
  if (encoder_ == nullptr) {
    static_cast<void>(sink(block));
  } else if (encoder_->write(block, sink).ok()) {
    static_cast<void>(encoder_->finish(sink));
  }
}

}  // namespace sluice::server
