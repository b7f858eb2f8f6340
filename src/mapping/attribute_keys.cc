#include "mapping/attribute_keys.h"

#include <algorithm>
#include <cstring>

namespace sluice::mapping {

using otlp::KeyValue;
using otlp::ValueKind;

size_t AttributeKeys::append(const otlp::Attributes& attributes,
                             native::ArrayColumn<native::LowCardinalityColumn>& column) {
  names_.clear();
  joined_.reset();
  joined_bytes_ = 0;
  collect({}, {attributes.data(), attributes.size()});
  std::sort(names_.begin(), names_.end());
  names_.erase(std::unique(names_.begin(), names_.end()), names_.end());
  for (const std::string_view name : names_) column.elements().append(name);
  column.end_row();
  return joined_bytes_;
}

// Recursion is bounded by kDepthMax, which the decoders keep.
void AttributeKeys::collect(std::string_view outer, std::span<const KeyValue> members) {
  for (const KeyValue& member : members) {
    if (joined_bytes_ > kJoinedBytesMax) return;
    const std::string_view name = join(outer, member.key);
    if (member.value.kind == ValueKind::Map) {
      collect(name, {member.value.members, member.value.size});
    } else {
      names_.push_back(name);
    }
  }
}

std::string_view AttributeKeys::join(std::string_view outer, std::string_view key) {
  if (outer.empty()) return key;
  const size_t size = outer.size() + 1 + key.size();
  char* to = static_cast<char*>(joined_.allocate(size, 1));
  std::memcpy(to, outer.data(), outer.size());
  to[outer.size()] = '.';
  if (!key.empty()) std::memcpy(to + outer.size() + 1, key.data(), key.size());
  joined_bytes_ += size;
  return {to, size};
}

}  // namespace sluice::mapping
