#include "ottl/functions/charset.h"

#include <iconv.h>

#include <algorithm>
#include <utility>

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

namespace {

using Name = std::pair<std::string_view, const char*>;

/// Names whose characters are others in iconv, or that it does not know. What the web, and with it
/// the original, takes for an East Asian encoding is its successor of Microsoft's or Hong Kong's.
constexpr Name kIconvNames[] = {
    // Without a mark of its own, little-endian, and the mark is a character like any other.
    {"utf-16", "UTF-16LE"},
    {"utf16", "UTF-16LE"},
    {"csutf16le", "UTF-16LE"},
    {"csutf16be", "UTF-16BE"},
    {"shift_jis", "CP932"},
    {"ms_kanji", "CP932"},
    {"csshiftjis", "CP932"},
    {"euc-jp", "EUC-JP-MS"},
    {"cseucpkdfmtjapanese", "EUC-JP-MS"},
    {"extended_unix_code_packed_format_for_japanese", "EUC-JP-MS"},
    {"euc-kr", "UHC"},
    {"cseuckr", "UHC"},
    {"big5", "BIG5-HKSCS"},
    {"csbig5", "BIG5-HKSCS"},
    {"gbk", "GB18030"},
    {"cp936", "GB18030"},
    {"ms936", "GB18030"},
    {"windows-936", "GB18030"},
    {"csgbk", "GB18030"},
    {"csgb18030", "GB18030"},
    {"ibm00858", "CP858"},
    {"cp00858", "CP858"},
    {"ccsid00858", "CP858"},
    {"csibm00858", "CP858"},
    {"pc-multilingual-850+euro", "CP858"},
    {"ibm01140", "IBM1140"},
    {"cp01140", "IBM1140"},
    {"ccsid01140", "IBM1140"},
    {"csibm01140", "IBM1140"},
    {"ebcdic-us-37+euro", "IBM1140"},
    {"csibm1047", "IBM1047"},
    {"cskoi8u", "KOI8-U"},
    {"csiso885913", "ISO-8859-13"},
    {"csiso885914", "ISO-8859-14"},
    {"csiso885915", "ISO-8859-15"},
    {"csiso885916", "ISO-8859-16"},
    {"csiso88596e", "ISO-8859-6"},
    {"csiso88596i", "ISO-8859-6"},
    {"csiso88598e", "ISO-8859-8"},
    {"csiso88598i", "ISO-8859-8"},
};

/// The name by which iconv has an encoding. `key` is in lower case.
std::string iconv_name(std::string key) {
  for (const auto& [name, known] : kIconvNames) {
    if (key == name) return known;
  }
  if (key.rfind("cswindows", 0) == 0) return "windows-" + key.substr(9);
  // How the lines of Arabic and Hebrew run (-e: explicitly, -i: implicitly) is no matter of bytes.
  for (const std::string_view base : {"iso-8859-6-", "iso_8859-6-", "iso-8859-8-", "iso_8859-8-"}) {
    if (key.rfind(base, 0) == 0) return key.substr(0, base.size() - 1);
  }
  return key;
}

bool is_one_of(std::string_view key, std::initializer_list<std::string_view> names) {
  return std::find(names.begin(), names.end(), key) != names.end();
}

}  // namespace

Result<Charset> Charset::make(std::string_view name) {
  Charset made;
  const std::string key = ascii::lower(std::string(name));
  if (const auto variant = base64_variant(key)) {
    made.kind_ = Kind::Base64;
    made.base64_ = *variant;
    return made;
  }
  if (is_one_of(key, {"nop", "utf8-raw", "utf-8-raw"})) {
    made.kind_ = Kind::AsItIs;
    return made;
  }
  if (is_one_of(key, {"", "ascii", "us-ascii", "utf8", "utf-8", "csutf8"})) {
    made.kind_ = Kind::Utf8;
    return made;
  }
  // Registered, but the original has no decoder for them.
  if (is_one_of(key, {"gb2312", "csgb2312", "utf-7", "csutf7", "utf-32", "csutf32", "utf-32be",
                      "utf-32le", "iso-10646-ucs-2", "iso-10646-ucs-4", "iso-2022-kr",
                      "iso-2022-cn", "tis-620"}))
    return invalid_argument("there is no decoder for " + std::string(name));
  made.iconv_name_ = iconv_name(key);
  const iconv_t probe = iconv_open("UTF-8", made.iconv_name_.c_str());
  if (probe == reinterpret_cast<iconv_t>(-1))
    return invalid_argument("there is no encoding " + std::string(name));
  iconv_close(probe);
  return made;
}

bool Charset::decode(std::string_view bytes, std::string& out) const {
  switch (kind_) {
    case Kind::Base64: return decode_base64_text(bytes, base64_, out);
    case Kind::AsItIs: out = bytes; return true;
    case Kind::Utf8: out = utf8::to_valid(bytes); return true;
    case Kind::Iconv: break;
  }
  const iconv_t converter = iconv_open("UTF-8", iconv_name_.c_str());
  if (converter == reinterpret_cast<iconv_t>(-1)) return false;
  out.resize(bytes.size() * 4 + 16);
  char* in = const_cast<char*>(bytes.data());
  size_t in_left = bytes.size();
  char* to = out.data();
  size_t to_left = out.size();
  while (iconv(converter, &in, &in_left, &to, &to_left) == static_cast<size_t>(-1)) {
    char* const end = utf8::encode(utf8::kReplacementRune, to);
    to_left -= static_cast<size_t>(end - to);
    to = end;
    ++in;
    --in_left;
  }
  // A letter that may take an accent waits for it.
  iconv(converter, nullptr, nullptr, &to, &to_left);
  iconv_close(converter);
  out.resize(out.size() - to_left);
  return true;
}

}  // namespace sluice::ottl
