#include "native/protocol_blocks.h"

#include <algorithm>
#include <charconv>
#include <utility>

#include "native/columns.h"

namespace sluice::native {
namespace {

constexpr uint64_t kVersionWithFlags = 54454;
/// Field 1: no totals. Field 2: no bucket. The end.
constexpr std::string_view kBlockInfo{"\x01\x00\x02\xff\xff\xff\xff\x00", 8};
constexpr char kDefaultSerialization = 0;
constexpr int kDepthMax = 100;

constexpr std::pair<std::string_view, uint64_t> kWidths[] = {
    {"UInt8", 1},      {"Int8", 1},    {"Bool", 1},        {"Enum8", 1},     {"Nothing", 1},
    {"UInt16", 2},     {"Int16", 2},   {"Enum16", 2},      {"Date", 2},      {"BFloat16", 2},
    {"UInt32", 4},     {"Int32", 4},   {"Float32", 4},     {"Date32", 4},    {"DateTime", 4},
    {"DateTime32", 4}, {"Time", 4},    {"IPv4", 4},        {"Decimal32", 4}, {"UInt64", 8},
    {"Int64", 8},      {"Float64", 8}, {"DateTime64", 8},  {"Time64", 8},    {"Decimal64", 8},
    {"UInt128", 16},   {"Int128", 16}, {"UUID", 16},       {"IPv6", 16},     {"Decimal128", 16},
    {"UInt256", 32},   {"Int256", 32}, {"Decimal256", 32},
};

/// Names that stand for other types.
constexpr std::pair<std::string_view, std::string_view> kAliases[] = {
    {"Point", "Tuple(Float64, Float64)"}, {"Ring", "Array(Point)"},
    {"LineString", "Array(Point)"},       {"MultiLineString", "Array(LineString)"},
    {"Polygon", "Array(Ring)"},           {"MultiPolygon", "Array(Polygon)"},
};

/// Parts of a text between commas that are in no bracket or quotes.
std::vector<std::string_view> split_arguments(std::string_view text) {
  std::vector<std::string_view> parts;
  int depth = 0;
  char quote = '\0';
  size_t begin = 0;
  for (size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (quote != '\0') {
      if (c == '\\') ++i;
      if (c == quote) quote = '\0';
    } else if (c == '\'' || c == '`' || c == '"') {
      quote = c;
    } else if (c == '(') {
      ++depth;
    } else if (c == ')') {
      --depth;
    } else if (c == ',' && depth == 0) {
      parts.push_back(text.substr(begin, i - begin));
      begin = text.find_first_not_of(' ', i + 1);
      if (begin == std::string_view::npos) return parts;
      i = begin - 1;
    }
  }
  if (begin < text.size()) parts.push_back(text.substr(begin));
  return parts;
}

/// The type of "name Type", or of "Type" alone.
std::string_view without_name(std::string_view element) {
  if (!element.empty() && element.front() == '`') {
    size_t end = 1;
    while (end < element.size() && element[end] != '`') end += element[end] == '\\' ? 2 : 1;
    return element.substr(std::min(end + 2, element.size()));
  }
  const size_t space = element.find(' ');
  return space < element.find('(') ? element.substr(space + 1) : element;
}

uint64_t decimal_width(std::string_view precision) {
  int digits = 0;
  std::from_chars(precision.data(), precision.data() + precision.size(), digits);
  return digits <= 9 ? 4 : digits <= 18 ? 8 : digits <= 38 ? 16 : 32;
}

}  // namespace

struct ProtocolBlocks::Type {
  enum class Kind : uint8_t { Fixed, String, Array, Tuple, Nullable, LowCardinality, Json };
  Kind kind = Kind::Fixed;
  uint64_t width = 0;       ///< of Fixed
  std::vector<Type> parts;  ///< what it is made of; of LowCardinality what its dictionary has
};

class ProtocolBlocks::TypeReader {
 public:
  static Result<Type> read(std::string_view text, int depth = 0) {
    using Kind = Type::Kind;
    const size_t bracket = text.find('(');
    const std::string_view name = text.substr(0, bracket);
    std::string_view inside;
    if (bracket != std::string_view::npos && text.back() == ')')
      inside = text.substr(bracket + 1, text.size() - bracket - 2);
    const std::vector<std::string_view> arguments = split_arguments(inside);
    if (depth == kDepthMax) return unknown(text);
    const auto made_of = [&](Kind kind, const std::vector<std::string_view>& parts) {
      return compose(kind, parts, depth);
    };
    if (name == "String") return Type{Kind::String, 0, {}};
    if (name == "JSON") return Type{Kind::Json, 0, {}};
    if (name == "Tuple" && arguments.empty()) return Type{Kind::Fixed, 1, {}};
    if (name == "Tuple") return made_of(Kind::Tuple, arguments);
    for (const auto& [known, width] : kWidths) {
      if (name == known) return Type{Kind::Fixed, width, {}};
    }
    if (name.substr(0, 8) == "Interval") return Type{Kind::Fixed, 8, {}};
    for (const auto& [alias, meant] : kAliases) {
      if (name == alias) return read(meant, depth + 1);
    }
    if (arguments.empty()) return unknown(text);
    if (name == "Decimal") return Type{Kind::Fixed, decimal_width(arguments[0]), {}};
    if (name == "FixedString") {
      uint64_t width = 0;
      std::from_chars(inside.data(), inside.data() + inside.size(), width);
      return Type{Kind::Fixed, width, {}};
    }
    if (name == "Array") return made_of(Kind::Array, arguments);
    if (name == "Nullable") return made_of(Kind::Nullable, arguments);
    if (name == "SimpleAggregateFunction") return read(arguments.back(), depth + 1);
    if (name == "LowCardinality") {
      auto type = made_of(Kind::LowCardinality, arguments);
      if (!type.ok()) return type;
      if (type->parts[0].kind == Kind::Nullable) {
        Type inner = std::move(type->parts[0].parts[0]);
        type->parts[0] = std::move(inner);
      }
      return type;
    }
    if (name == "Map" || name == "Nested") {
      auto pair = made_of(Kind::Tuple, arguments);
      if (!pair.ok()) return pair;
      Type type{Kind::Array, 0, {}};
      type.parts.push_back(std::move(*pair));
      return type;
    }
    return unknown(text);
  }

 private:
  static Status unknown(std::string_view type) {
    return {Code::Unimplemented, "FORMAT Native with client_protocol_version has no form for " +
                                     std::string(type) +
                                     " here: leave the parameter out, or convert the column"};
  }
  static Result<Type> compose(Type::Kind kind, const std::vector<std::string_view>& parts,
                              int depth) {
    Type type{kind, 0, {}};
    for (const std::string_view part : parts) {
      auto read_part = read(without_name(part), depth + 1);
      if (!read_part.ok()) return read_part;
      type.parts.push_back(std::move(*read_part));
    }
    return type;
  }
};

ProtocolBlocks::ProtocolBlocks(uint64_t version) : has_flags_(version >= kVersionWithFlags) {}
ProtocolBlocks::~ProtocolBlocks() = default;

Status ProtocolBlocks::write(std::string_view bytes, Buffer& out) {
  in_ = bytes;
  out_ = &out;
  for (;;) {
    if (tasks_.empty()) {
      if (in_.empty()) return {};
      out.append(kBlockInfo);
      then({Task::Do::Columns});
    }
    auto done = step();
    if (!done.ok()) return done.status();
    if (!*done) return {};
  }
}

Result<bool> ProtocolBlocks::step() {
  using Do = Task::Do;
  Task task = tasks_.back();
  tasks_.pop_back();
  uint64_t number = 0;
  bool done = true;
  switch (task.what) {
    case Do::Columns:
      done = take_varint(columns_left_);
      if (done) then({Do::Rows});
      break;
    case Do::Rows:
      done = take_varint(rows_);
      if (done && columns_left_ != 0) then({Do::Name});
      break;
    case Do::Name:
      done = take_string();
      if (done) then({Do::TypeName});
      break;
    case Do::TypeName:
      done = take_string();
      if (done) SLUICE_RETURN_IF_ERROR(begin_column());
      break;
    case Do::JsonVersion:
      done = take_fixed(number);
      if (done && number != kJsonAsStrings)
        return Status(Code::Unimplemented,
                      "FORMAT Native with client_protocol_version has JSON columns as texts only "
                      "here: set output_format_native_write_json_as_string=1");
      break;
    case Do::Data: begin_data(*task.type, task.count); break;
    case Do::Bytes: done = pass(task.count); break;
    case Do::Strings: done = pass_strings(task.count); break;
    case Do::LastEnd:
      done = take_fixed(number);
      if (done) then({Do::Data, number, task.type});
      break;
    case Do::DictionaryKind:
      done = take_fixed(number);
      if (done) then({Do::DictionarySize, uint64_t{1} << (number & 0x3), task.type});
      break;
    case Do::DictionarySize:
      done = take_fixed(number);
      if (!done) break;
      then({Do::Indexes, task.count});
      then({Do::Data, number, task.type});
      break;
    case Do::Indexes:
      done = take_fixed(number);
      if (done) then({Do::Bytes, number * task.count});
      break;
  }
  if (!done) then(task);
  return done;
}

/// The type's name is in text_.
Status ProtocolBlocks::begin_column() {
  auto type = TypeReader::read(text_);
  if (!type.ok()) return type.status();
  type_ = std::make_unique<const Type>(std::move(*type));
  if (has_flags_) out_->push_back(kDefaultSerialization);
  if (--columns_left_ != 0) then({Task::Do::Name});
  if (rows_ == 0) return {};
  then({Task::Do::Data, rows_, type_.get()});
  // Versions of dictionaries and of JSON stand before all data, in the order of the types.
  const size_t versions = tasks_.size();
  std::vector<const Type*> open = {type_.get()};
  while (!open.empty()) {
    const Type& at = *open.back();
    open.pop_back();
    if (at.kind == Type::Kind::LowCardinality) {
      then({Task::Do::Bytes, sizeof(uint64_t)});
    } else if (at.kind == Type::Kind::Json) {
      then({Task::Do::JsonVersion});
    } else {
      for (size_t i = at.parts.size(); i != 0; --i) open.push_back(&at.parts[i - 1]);
    }
  }
  std::reverse(tasks_.begin() + static_cast<ptrdiff_t>(versions), tasks_.end());
  return {};
}

void ProtocolBlocks::begin_data(const Type& type, uint64_t count) {
  using Do = Task::Do;
  if (count == 0) return;
  switch (type.kind) {
    case Type::Kind::Fixed: return then({Do::Bytes, count * type.width});
    case Type::Kind::String:
    case Type::Kind::Json: return then({Do::Strings, count});
    case Type::Kind::Array:
      then({Do::LastEnd, 0, &type.parts[0]});
      return then({Do::Bytes, (count - 1) * sizeof(uint64_t)});
    case Type::Kind::Tuple:
      for (size_t i = type.parts.size(); i != 0; --i) then({Do::Data, count, &type.parts[i - 1]});
      return;
    case Type::Kind::Nullable:
      then({Do::Data, count, &type.parts[0]});
      return then({Do::Bytes, count});
    case Type::Kind::LowCardinality: return then({Do::DictionaryKind, 0, &type.parts[0]});
  }
}

/// Takes bytes off `count` that have passed; whether all have.
bool ProtocolBlocks::pass(uint64_t& count) {
  const std::string_view part = in_.substr(0, count);
  out_->append(part);
  in_.remove_prefix(part.size());
  count -= part.size();
  return count == 0;
}

bool ProtocolBlocks::pass_strings(uint64_t& count) {
  for (; count != 0; --count) {
    if (!has_length_ && !take_varint(string_left_)) return false;
    has_length_ = true;
    if (!pass(string_left_)) return false;
    has_length_ = false;
  }
  return true;
}

bool ProtocolBlocks::take_varint(uint64_t& value) {
  while (!in_.empty()) {
    const auto byte = static_cast<uint8_t>(in_.front());
    out_->push_back(in_.front());
    in_.remove_prefix(1);
    if (number_bits_ < 64) number_ |= uint64_t{byte & 0x7fu} << number_bits_;
    number_bits_ += 7;
    if (byte >= 0x80) continue;
    value = std::exchange(number_, 0);
    number_bits_ = 0;
    return true;
  }
  return false;
}

bool ProtocolBlocks::take_fixed(uint64_t& value) {
  for (; number_bits_ < 64; number_bits_ += 8) {
    if (in_.empty()) return false;
    number_ |= uint64_t{static_cast<uint8_t>(in_.front())} << number_bits_;
    out_->push_back(in_.front());
    in_.remove_prefix(1);
  }
  value = std::exchange(number_, 0);
  number_bits_ = 0;
  return true;
}

/// Into text_.
bool ProtocolBlocks::take_string() {
  if (!has_length_) {
    if (!take_varint(string_left_)) return false;
    has_length_ = true;
    text_.clear();
  }
  text_ += in_.substr(0, string_left_);
  if (!pass(string_left_)) return false;
  has_length_ = false;
  return true;
}

}  // namespace sluice::native
