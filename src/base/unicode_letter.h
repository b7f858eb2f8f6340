#pragma once

#include <cstdint>

namespace sluice::utf8 {

/// Whether it is a letter of any alphabet: Unicode's categories L*.
bool is_letter(char32_t rune);

}  // namespace sluice::utf8
