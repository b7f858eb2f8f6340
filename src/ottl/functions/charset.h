#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/status.h"

namespace sluice::ottl {

enum class Base64 : uint8_t { Standard, Raw, Url, RawUrl };
/// "base64", "base64-raw", "base64-url", "base64-raw-url".
std::optional<Base64> base64_variant(std::string_view name);
std::string encode_base64_text(std::string_view bytes, Base64 variant);
/// Line ends do not count. False if it is none.
bool decode_base64_text(std::string_view text, Base64 variant, std::string& out);

/// An encoding of text, by a name of the IANA registry, or one of the variants of base64.
class Charset {
 public:
  static Result<Charset> make(std::string_view name);
  /// To UTF-8; false if the text is no base64. What is none of its characters becomes U+FFFD.
  bool decode(std::string_view bytes, std::string& out) const;

 private:
  enum class Kind : uint8_t { Base64, AsItIs, Utf8, Iconv };

  Kind kind_ = Kind::Iconv;
  Base64 base64_ = Base64::Standard;
  std::string iconv_name_;
};

}  // namespace sluice::ottl
