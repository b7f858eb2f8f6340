#include "ottl/memo.h"

#include <algorithm>
#include <bit>
#include <cstring>
#include <string>

#include "base/bytes.h"

namespace sluice::ottl {
namespace {

constexpr uint32_t kSlots = Memo::kEntriesMax * 2;  // a power of two

/// Calls visit(path) and call(function name) for everything in a tree.
template <typename Visit, typename Call>
void walk(const ast::Value& value, Visit& visit, Call& call) {
  if (value.path) {
    visit(*value.path);
    for (const ast::Field& field : value.path->fields) {
      for (const ast::Value& key : field.keys) walk(key, visit, call);
    }
  }
  if (value.call) {
    call(value.call->name);
    for (const ast::Argument& argument : value.call->arguments) walk(*argument.value, visit, call);
    for (const ast::Value& key : value.call->keys) walk(key, visit, call);
  }
  if (value.kind == ast::Value::Kind::Name) call(value.text);
  for (const ast::Value& item : value.items) walk(item, visit, call);
  for (const ast::MapItem& member : value.members) walk(*member.value, visit, call);
}

template <typename Visit, typename Call>
void walk(const ast::Condition& condition, Visit& visit, Call& call) {
  for (const ast::Condition& part : condition.parts) walk(part, visit, call);
  for (const ast::Value& side : condition.sides) walk(side, visit, call);
}

template <typename Visit, typename Call>
void walk(const ast::Statement& statement, Visit& visit, Call& call) {
  for (const ast::Argument& argument : statement.editor.arguments)
    walk(*argument.value, visit, call);
  if (statement.where) walk(*statement.where, visit, call);
}

/// The first eight bytes.
uint64_t beginning(const char* text, size_t size) {
  uint64_t head = 0;
  copy_short(reinterpret_cast<char*>(&head), text, std::min(size, sizeof head));
  return head;
}

uint64_t mixed(uint64_t hash, const Value& value) {
  uint64_t own = static_cast<uint64_t>(value.kind);
  if (value.kind == Kind::String) {
    own ^= uint64_t{value.size} << 8 ^ beginning(value.chars, value.size) << 4;
  } else if (value.kind != Kind::None) {
    own ^= static_cast<uint64_t>(value.int_value) << 4;
  }
  hash = (hash ^ own) * 0x9e3779b97f4a7c15;
  return hash ^ hash >> 32;
}

bool is_small(const Value& value) {
  switch (value.kind) {
    case Kind::None:
    case Kind::Bool:
    case Kind::Int:
    case Kind::Double: return true;
    case Kind::String: return value.size <= Memo::kTextBytesMax;
    default: return false;
  }
}

/// REQUIRES: both are small.
bool identical(const Value& a, const Value& b) {
  if (a.kind != b.kind) return false;
  switch (a.kind) {
    case Kind::String: return a.size == b.size && equal_short(a.chars, b.chars, a.size);
    case Kind::Bool: return a.bool_value == b.bool_value;
    case Kind::None: return true;
    default: return a.int_value == b.int_value;  // of doubles the bits
  }
}

}  // namespace

bool Memo::eligible(const ast::Statement& statement, Compiler& compiler) {
  const auto& arguments = statement.editor.arguments;
  if (statement.editor.name != "set" || arguments.empty() || !arguments[0].value->path)
    return false;
  bool fits = true;
  const auto visit = [&](const ast::Path& path) {
    const auto target = compiler.path(path);
    fits = fits && target.ok() && (*target)->remembered() != Remembered::No;
  };
  const auto call = [&](const std::string& name) {
    const Function* function = compiler.library().find(name, compiler.kind());
    fits = fits && (function == nullptr || function->pure);
  };
  walk(statement, visit, call);
  const auto written = compiler.path(*arguments[0].value->path);
  return fits && (*written)->remembered() == Remembered::Written;
}

std::unique_ptr<Memo> Memo::make(const std::vector<const ast::Statement*>& statements,
                                 Compiler& compiler) {
  auto memo = std::make_unique<Memo>();
  std::vector<std::string> names;
  const auto add = [&](const ast::Path& path) -> size_t {
    std::string name = path.text();
    for (const ast::Field& field : path.fields) {
      for (const ast::Value& key : field.keys) name += "[" + key.text + "]";
    }
    const auto known = std::find(names.begin(), names.end(), name);
    if (known != names.end()) return static_cast<size_t>(known - names.begin());
    names.push_back(name);
    memo->inputs_.push_back(compiler.path(path).value());
    return names.size() - 1;
  };
  const auto ignore = [](const std::string&) {};
  for (const ast::Statement* statement : statements) {
    const auto visit = [&](const ast::Path& path) { add(path); };
    walk(*statement, visit, ignore);
    const size_t written = add(*statement->editor.arguments[0].value->path);
    if (names.size() > kInputsMax) return nullptr;
    memo->written_ |= 1U << written;
  }
  memo->slots_.resize(kSlots);
  for (size_t i = 0; i < memo->inputs_.size(); ++i) {
    const Access access = memo->inputs_[i]->access();
    if (access.kind != Access::Kind::Attribute) {
      memo->alone_ |= 1U << i;
      continue;
    }
    auto at = std::find_if(memo->lookups_.begin(), memo->lookups_.end(),
                           [&](const Lookups& lookups) { return lookups.map == access.map; });
    if (at == memo->lookups_.end()) at = memo->lookups_.insert(at, {access.map, 0, {}});
    at->sizes |= uint64_t{1} << std::min<size_t>(access.key.size(), 63);
    at->keys.emplace_back(access.key, i);
  }
  return memo;
}

void Memo::note(size_t input, const Value& value) {
  values_[input] = value;
  present_ |= 1U << input;
}

/// The first attribute of a key counts.
void Memo::read_attributes(const Lookups& lookups, Frame& frame) {
  for (const KeyValue& attribute : lookups.map(frame)) {
    const std::string_view own = attribute.key;
    if ((lookups.sizes >> std::min<size_t>(own.size(), 63) & 1) == 0) continue;
    for (const auto& [key, input] : lookups.keys) {
      const bool same = key.size() == own.size() && equal_short(key.data(), own.data(), own.size());
      if (same && (present_ >> input & 1) == 0) note(input, attribute.value);
    }
  }
}

/// Fills present_, values_ and hash_; false if a value is too large.
bool Memo::read(Frame& frame) {
  present_ = 0;
  for (const Lookups& lookups : lookups_) read_attributes(lookups, frame);
  for (uint32_t left = alone_; left != 0; left &= left - 1) {
    const auto i = static_cast<size_t>(std::countr_zero(left));
    const Value value = inputs_[i]->eval(frame);
    if (!is_nil(value)) note(i, value);
  }
  hash_ = present_;
  for (uint32_t left = present_; left != 0; left &= left - 1) {
    const auto i = static_cast<size_t>(std::countr_zero(left));
    if (!is_small(values_[i])) return false;
    hash_ = mixed(hash_, values_[i]);
  }
  return true;
}

const Memo::Entry* Memo::find() const {
  for (uint64_t at = hash_;; ++at) {
    const uint32_t slot = slots_[at & (kSlots - 1)];
    if (slot == 0) return nullptr;
    const Entry& entry = entries_[slot - 1];
    if (entry.hash != hash_ || entry.present != present_) continue;
    bool same = true;
    for (uint32_t left = present_; same && left != 0; left &= left - 1) {
      const auto i = static_cast<size_t>(std::countr_zero(left));
      same = identical(entry.before[i], values_[i]);
    }
    if (same) return &entry;
  }
}

Memo::Found Memo::apply(Frame& frame) {
  const bool hopeless = tried_ - found_ > kTrial && found_ < tried_ / 2;
  if (hopeless) return Found::Off;
  ++tried_;
  if (!read(frame)) return Found::Off;
  const Entry* entry = find();
  if (entry == nullptr) return entries_.size() < kEntriesMax ? Found::New : Found::Off;
  ++found_;
  for (uint32_t left = entry->changed; left != 0; left &= left - 1) {
    const auto i = static_cast<size_t>(std::countr_zero(left));
    static_cast<void>(inputs_[i]->set(frame, entry->after[i]));
  }
  return Found::Applied;
}

Value Memo::kept(const Value& value) {
  return value.kind == Kind::String ? Value::string(arena_.copy(value.view())) : value;
}

void Memo::learn(Frame& frame) {
  Entry entry{};
  entry.hash = hash_;
  entry.present = present_;
  for (size_t i = 0; i < inputs_.size(); ++i) {
    if ((present_ >> i & 1) != 0) entry.before[i] = kept(values_[i]);
    if ((written_ >> i & 1) == 0) continue;
    const Value after = inputs_[i]->eval(frame);
    if (!is_small(after)) return;
    if (identical(after, entry.before[i])) continue;
    entry.after[i] = kept(after);
    entry.changed |= 1U << i;
  }
  entries_.push_back(entry);
  uint64_t at = hash_;
  while (slots_[at & (kSlots - 1)] != 0) ++at;
  slots_[at & (kSlots - 1)] = static_cast<uint32_t>(entries_.size());
}

}  // namespace sluice::ottl
