#pragma once

#include <span>
#include <string_view>
#include <vector>

#include "base/arena.h"
#include "native/columns.h"
#include "otlp/records.h"

namespace sluice::mapping {

/// The names of attributes for the columns *Keys beside those of type JSON: as ClickHouse has them
/// as paths, with a dot between those of a map and of its member. Keeps scratch memory; not
/// thread-safe.
class AttributeKeys {
 public:
  /// Appends one row: each name once, sorted by bytes. An array is one name whatever it holds, an
  /// empty map none. Returns the bytes of the names that had to be put together.
  size_t append(const otlp::Attributes& attributes,
                native::ArrayColumn<native::LowCardinalityColumn>& column);

  /// A map's name is repeated for each member, so a small record could make gigabytes of them. What
  /// has been put together beyond this is not listed.
  static constexpr size_t kJoinedBytesMax = 1 << 20;

 private:
  void collect(std::string_view outer, std::span<const otlp::KeyValue> members);
  std::string_view join(std::string_view outer, std::string_view key);

  std::vector<std::string_view> names_;
  Arena joined_;
  size_t joined_bytes_ = 0;
};

}  // namespace sluice::mapping
