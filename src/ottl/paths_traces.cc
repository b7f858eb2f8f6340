#include <algorithm>
#include <array>
#include <string>

#include "base/ascii.h"
#include "base/take.h"

#include "ottl/paths.h"

namespace sluice::ottl {
namespace {

using F = Frame;
using otlp::Span;
using otlp::SpanEvent;

constexpr PartTag kEvents{"span events"};
constexpr PartTag kLinks{"span links"};
constexpr PartTag kStatus{"a span status"};

constexpr std::string_view kKinds[] = {"Unspecified", "Internal", "Server",
                                       "Client",      "Producer", "Consumer"};
constexpr std::string_view kDeprecatedKinds[] = {"SPAN_KIND_UNSPECIFIED", "SPAN_KIND_INTERNAL",
                                                 "SPAN_KIND_SERVER",      "SPAN_KIND_CLIENT",
                                                 "SPAN_KIND_PRODUCER",    "SPAN_KIND_CONSUMER"};

template <const std::string_view (&Names)[6]>
Value get_kind(Frame& frame) {
  const int32_t kind = frame.span->kind;
  return Value::string(kind >= 0 && kind < 6 ? Names[kind] : std::string_view());
}

template <const std::string_view (&Names)[6]>
bool set_kind(Frame& frame, const Value& value) {
  if (value.kind != Kind::String) return wrong_type(frame, "a text", value);
  const auto found = std::find(std::begin(Names), std::end(Names), value.view());
  if (found == std::end(Names)) {
    frame.fail("there is no span kind \"", value.view(), "\"");
    return false;
  }
  frame.span->kind = static_cast<int32_t>(found - std::begin(Names));
  return true;
}

Value get_status(Frame& frame) { return part_value(kStatus, &frame.span->status, 1, *frame.arena); }
bool set_status(Frame& frame, const Value& value) {
  if (value.kind != kPart || part_of(value).tag != &kStatus)
    return wrong_type(frame, kStatus.name, value);
  frame.span->status = *static_cast<const otlp::SpanStatus*>(part_of(value).data);
  return true;
}
Value get_status_code(Frame& frame) { return Value::integer(frame.span->status.code); }
bool set_status_code(Frame& frame, const Value& value) {
  if (value.kind != Kind::Int) return wrong_type(frame, "a whole number", value);
  frame.span->status.code = static_cast<int32_t>(value.int_value);
  return true;
}
Value get_status_message(Frame& frame) { return Value::string(frame.span->status.message); }
bool set_status_message(Frame& frame, const Value& value) {
  if (value.kind != Kind::String) return wrong_type(frame, "a text", value);
  frame.span->status.message = value.view();
  return true;
}

// ---- Trace state: "key=value,key=value" (https://www.w3.org/TR/trace-context-1/#list) ----

constexpr size_t kStateMembersMax = 32;

bool is_lower(char c) { return c >= 'a' && c <= 'z'; }
using ascii::is_digit;

/// A letter (or a digit, if that may be) and at most so many characters more.
bool is_key_part(std::string_view part, bool digit_first, size_t more) {
  if (part.empty() || part.size() > more + 1) return false;
  if (!is_lower(part.front()) && !(digit_first && is_digit(part.front()))) return false;
  return std::all_of(part.begin(), part.end(), [](char c) {
    constexpr std::string_view kOthers = "_-*/";
    return is_lower(c) || is_digit(c) || kOthers.find(c) != std::string_view::npos;
  });
}

/// "vendor", or "tenant@vendor".
bool is_state_key(std::string_view key) {
  const size_t at = key.find('@');
  if (at == std::string_view::npos) return is_key_part(key, false, 255);
  return is_key_part(key.substr(0, at), true, 240) && is_key_part(key.substr(at + 1), false, 13);
}

bool is_state_value(std::string_view value) {
  if (value.empty() || value.size() > 256 || value.back() == ' ') return false;
  return std::all_of(value.begin(), value.end(),
                     [](char c) { return c >= ' ' && c <= '~' && c != ',' && c != '='; });
}

using Member = std::pair<std::string_view, std::string_view>;

std::string_view trim_left(std::string_view text) {
  text.remove_prefix(std::min(text.find_first_not_of(" \t"), text.size()));
  return text;
}
std::string_view trim_right(std::string_view text) {
  return text.substr(0, text.find_last_not_of(" \t") + 1);
}

/// The member of this key, or the end.
std::vector<Member>::const_iterator find_member(const std::vector<Member>& members,
                                                std::string_view key) {
  return std::find_if(members.begin(), members.end(),
                      [&](const Member& member) { return member.first == key; });
}

/// False if the text is no trace state.
bool parse_state(std::string_view text, std::vector<Member>& out) {
  while (!text.empty()) {
    const std::string_view member = take_until(text, ",");
    if (member.empty()) continue;
    const size_t equals = member.find('=');
    if (equals == std::string_view::npos) return false;
    const Member made{trim_left(member.substr(0, equals)), trim_right(member.substr(equals + 1))};
    if (!is_state_key(made.first) || !is_state_value(made.second)) return false;
    if (out.size() == kStateMembersMax || find_member(out, made.first) != out.end()) return false;
    out.push_back(made);
  }
  return true;
}

/// What is missing is empty, and a member of what is no trace state is nil, as in the original.
Value get_state(Frame& frame, std::string_view key) {
  std::vector<Member> members;
  if (!parse_state(frame.span->trace_state, members)) return {};
  const auto member = find_member(members, key);
  return Value::string(member == members.end() ? "" : member->second);
}

/// The changed member goes first, as the specification has it, and the last one makes room for one
/// too many. What is not allowed changes nothing.
bool set_state(Frame& frame, std::string_view key, const Value& value) {
  if (value.kind != Kind::String) return wrong_type(frame, "a text", value);
  std::vector<Member> members;
  if (!is_state_key(key) || !is_state_value(value.view()) ||
      !parse_state(frame.span->trace_state, members))
    return true;
  const auto old = find_member(members, key);
  if (old != members.end()) members.erase(old);
  if (members.size() == kStateMembersMax) members.pop_back();
  std::string text = std::string(key) + "=" + std::string(value.view());
  for (const auto& [name, other] : members) {
    text += ',';
    text += name;
    text += '=';
    text += other;
  }
  frame.span->trace_state = frame.arena->copy(text);
  return true;
}

constexpr ScalarPath kSpanScalars[] = {
    trace_id_path<&F::span, &Span::trace_id>("trace_id"),
    id_text_path<&F::span, &Span::trace_id>("trace_id.string"),
    span_id_path<&F::span, &Span::span_id>("span_id"),
    id_text_path<&F::span, &Span::span_id>("span_id.string"),
    span_id_path<&F::span, &Span::parent_span_id>("parent_span_id"),
    id_text_path<&F::span, &Span::parent_span_id>("parent_span_id.string"),
    text_path<&F::span, &Span::trace_state>("trace_state"),
    text_path<&F::span, &Span::name>("name"),
    int_path<&F::span, &Span::kind>("kind"),
    {"kind.string", get_kind<kKinds>, set_kind<kKinds>},
    {"kind.deprecated_string", get_kind<kDeprecatedKinds>, set_kind<kDeprecatedKinds>},
    time_path<&F::span, &Span::start_time_unix_nano>("start_time"),
    time_path<&F::span, &Span::end_time_unix_nano>("end_time"),
    int_path<&F::span, &Span::start_time_unix_nano>("start_time_unix_nano"),
    int_path<&F::span, &Span::end_time_unix_nano>("end_time_unix_nano"),
    int_path<&F::span, &Span::dropped_attributes_count>("dropped_attributes_count"),
    int_path<&F::span, &Span::dropped_events_count>("dropped_events_count"),
    int_path<&F::span, &Span::dropped_links_count>("dropped_links_count"),
    int_path<&F::span, &Span::flags>("flags"),
    {"events", get_part<kEvents, &F::span, &Span::events>,
     set_part<kEvents, &F::span, &Span::events>},
    {"links", get_part<kLinks, &F::span, &Span::links>, set_part<kLinks, &F::span, &Span::links>},
    {"status", get_status, set_status},
    {"status.code", get_status_code, set_status_code},
    {"status.message", get_status_message, set_status_message}};
constexpr MapPath kSpanMaps[] = {{"attributes", map_of<&F::span, &Span::attributes>},
                                 {"cache", cache_of}};
constexpr KeyedPath kSpanKeyed[] = {{"trace_state", get_state, set_state, true}};

/// The original has the path, and yet no processor of it says which event it is.
Value get_event_index(Frame& frame) { return frame.fail("the index of the event is not known"); }

constexpr ScalarPath kEventScalars[] = {
    time_path<&F::event, &SpanEvent::time_unix_nano>("time"),
    int_path<&F::event, &SpanEvent::time_unix_nano>("time_unix_nano"),
    text_path<&F::event, &SpanEvent::name>("name"),
    int_path<&F::event, &SpanEvent::dropped_attributes_count>("dropped_attributes_count"),
    {"event_index", get_event_index, nullptr}};
constexpr MapPath kEventMaps[] = {{"attributes", map_of<&F::event, &SpanEvent::attributes>},
                                  {"cache", cache_of}};

}  // namespace

const PathTable& span_paths() {
  static constexpr PathTable table{kSpanScalars, kSpanMaps, {}, kSpanKeyed};
  return table;
}
const PathTable& span_event_paths() {
  static constexpr PathTable table{kEventScalars, kEventMaps};
  return table;
}

}  // namespace sluice::ottl
