#include "native/dictionary.h"

#define XXH_INLINE_ALL
#include <xxhash.h>

#include <cstring>

#include "native/varint.h"

namespace sluice::native {
namespace {

constexpr size_t kFirstSlots = 64;

}  // namespace

uint32_t Dictionary::index_of(std::string_view text) {
  if (slots_.size() < (ends_.size() + 1) * 2)
    rehash(slots_.empty() ? kFirstSlots : slots_.size() * 2);
  const auto hash = static_cast<uint32_t>(XXH3_64bits(text.data(), text.size()));
  const size_t mask = slots_.size() - 1;
  Slot* slots = slots_.data();
  size_t at_slot = hash & mask;
  for (; slots[at_slot].index_plus_one != 0; at_slot = (at_slot + 1) & mask) {
    const Slot& slot = slots[at_slot];
    if (slot.hash == hash && equal(slot.index_plus_one - 1, text)) return slot.index_plus_one - 1;
  }
  const auto index = static_cast<uint32_t>(ends_.size());
  slots[at_slot] = {index + 1, hash};
  append_string(encoded_, text);
  ends_.push_back(static_cast<uint32_t>(encoded_.size()));
  sizes_.push_back(static_cast<uint32_t>(text.size()));
  return index;
}

void Dictionary::rehash(size_t count) {
  PodVector<Slot> grown;
  Slot* to = grown.grow(count);
  std::memset(static_cast<void*>(to), 0, count * sizeof(Slot));
  for (size_t i = 0; i < slots_.size(); ++i) {
    const Slot slot = slots_[i];
    if (slot.index_plus_one == 0) continue;
    size_t at_slot = slot.hash & (count - 1);
    while (to[at_slot].index_plus_one != 0) at_slot = (at_slot + 1) & (count - 1);
    to[at_slot] = slot;
  }
  slots_ = std::move(grown);
}

void Dictionary::clear() {
  encoded_.clear();
  ends_.clear();
  sizes_.clear();
  if (!slots_.empty()) std::memset(static_cast<void*>(slots_.data()), 0, slots_.byte_size());
}

}  // namespace sluice::native
