#include "ottl/functions/charset.h"

#include <iconv.h>

#include "base/ascii.h"
#include "base/buffer.h"
#include "base/utf8.h"
#include "wire/base64.h"

namespace sluice::ottl {

std::optional<Base64> base64_variant(std::string_view name) {
  if (name == "base64") return Base64::Standard;
  if (name == "base64-raw") return Base64::Raw;
  if (name == "base64-url") return Base64::Url;
  if (name == "base64-raw-url") return Base64::RawUrl;
  return std::nullopt;
}

std::string encode_base64_text(std::string_view bytes, Base64 variant) {
  Buffer made;
  wire::append_base64(bytes, made);
  std::string out(made.view());
  if (variant == Base64::Url || variant == Base64::RawUrl) {
    std::replace(out.begin(), out.end(), '+', '-');
    std::replace(out.begin(), out.end(), '/', '_');
  }
  if (variant == Base64::Raw || variant == Base64::RawUrl) {
    while (!out.empty() && out.back() == '=') out.pop_back();
  }
  return out;
}

bool decode_base64_text(std::string_view text, Base64 variant, std::string& out) {
  const bool url = variant == Base64::Url || variant == Base64::RawUrl;
  const bool raw = variant == Base64::Raw || variant == Base64::RawUrl;
  std::string plain;
  size_t padding = 0;
  for (const char c : text) {
    if (c == '\n' || c == '\r') continue;
    if (c == '=') {
      ++padding;
      continue;
    }
    const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    if (padding != 0 || (!letter && c != (url ? '-' : '+') && c != (url ? '_' : '/'))) return false;
    plain += c == '-' ? '+' : c == '_' ? '/' : c;
  }
  const size_t rest = plain.size() % 4;
  if (rest == 1 || padding != (raw || rest == 0 ? 0 : 4 - rest)) return false;
  plain.append(rest == 0 ? 0 : 4 - rest, '=');
  out.resize(wire::base64_decoded_max(plain.size()));
  size_t size = 0;
  if (!wire::decode_base64(plain, out.data(), size)) return false;
  out.resize(size);
  return true;
}

Result<Charset> Charset::make(std::string_view name) {
  Charset made;
  const std::string key = ascii::lower(std::string(name));
  made.base64_ = base64_variant(key);
  if (made.base64_) return made;
  // What is taken as it is, whatever its bytes are.
  for (const std::string_view plain : {"", "nop", "ascii", "us-ascii", "utf8", "utf-8"}) {
    if (key == plain) return made;
  }
  // Registered, but the original has no decoder for them.
  for (const std::string_view unknown :
       {"gb2312", "csgb2312", "utf-7", "csutf7", "utf-32", "csutf32", "utf-32be", "utf-32le",
        "iso-10646-ucs-2", "iso-10646-ucs-4", "iso-2022-kr", "iso-2022-cn", "tis-620"}) {
    if (key == unknown) return invalid_argument("there is no decoder for " + std::string(name));
  }
  // Without a mark of its own, little-endian, and the mark is a character like any other.
  made.iconv_name_ = key == "utf-16" || key == "utf16" ? "UTF-16LE" : key;
  const iconv_t probe = iconv_open("UTF-8", made.iconv_name_.c_str());
  if (probe == reinterpret_cast<iconv_t>(-1))
    return invalid_argument("there is no encoding " + std::string(name));
  iconv_close(probe);
  return made;
}

bool Charset::decode(std::string_view bytes, std::string& out) const {
  if (base64_) return decode_base64_text(bytes, *base64_, out);
  if (iconv_name_.empty()) {
    out = bytes;
    return true;
  }
  const iconv_t converter = iconv_open("UTF-8", iconv_name_.c_str());
  if (converter == reinterpret_cast<iconv_t>(-1)) return false;
  out.resize(bytes.size() * 4 + 16);
  char* in = const_cast<char*>(bytes.data());
  size_t in_left = bytes.size();
  char* to = out.data();
  size_t to_left = out.size();
  // What is none of its characters becomes U+FFFD, byte by byte.
  while (iconv(converter, &in, &in_left, &to, &to_left) == static_cast<size_t>(-1)) {
    char* const end = utf8::encode(utf8::kReplacementRune, to);
    to_left -= static_cast<size_t>(end - to);
    to = end;
    ++in;
    --in_left;
  }
  iconv_close(converter);
  out.resize(out.size() - to_left);
  return true;
}

}  // namespace sluice::ottl
