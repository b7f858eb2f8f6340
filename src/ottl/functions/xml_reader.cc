#include "ottl/functions/xml_reader.h"

#include <algorithm>
#include <utility>

#include "base/ascii.h"
#include "base/utf8.h"
#include "ottl/functions/charset.h"

namespace sluice::ottl {
namespace {

bool is_space(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }

bool is_ascii_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
using ascii::is_digit;

bool is_name_byte(char c) {
  return is_ascii_letter(c) || is_digit(c) || c == '_' || c == ':' || c == '.' || c == '-' ||
         static_cast<unsigned char>(c) >= 0x80;
}

/// The characters that may stand in XML at all.
bool is_allowed(char32_t c) {
  return c == '\t' || c == '\n' || c == '\r' || (c >= 0x20 && c <= 0xD7FF) ||
         (c >= 0xE000 && c <= 0xFFFD) || (c >= 0x10000 && c <= 0x10FFFF);
}

bool all_allowed(std::string_view text) {
  while (!text.empty()) {
    const utf8::Rune rune = utf8::decode(text);
    if (!rune.valid || !is_allowed(rune.value)) return false;
    text.remove_prefix(rune.size);
  }
  return true;
}

/// CR LF and CR become LF, as XML 1.0 (2.11) wants it.
void append_with_line_ends(std::string_view text, std::string& out) {
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '\r') {
      out += text[i];
      continue;
    }
    out += '\n';
    if (i + 1 < text.size() && text[i + 1] == '\n') ++i;
  }
}

void append_rune(char32_t rune, std::string& out) {
  char bytes[4];
  out.append(bytes, utf8::encode(rune, bytes));
}

/// The value of `name="value"` in a declaration.
std::string_view declared(std::string_view declaration, std::string_view name) {
  size_t at = declaration.find(std::string(name) + "=");
  if (at == std::string_view::npos) return {};
  std::string_view value = declaration.substr(at + name.size() + 1);
  if (value.empty() || (value.front() != '"' && value.front() != '\'')) return {};
  at = value.find(value.front(), 1);
  return at == std::string_view::npos ? std::string_view() : value.substr(1, at - 1);
}

bool equals_ignoring_case(std::string_view a, std::string_view b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](char x, char y) { return (x | 0x20) == (y | 0x20); });
}

}  // namespace

std::string_view xml_local_name(std::string_view name) {
  const size_t colon = name.find(':');
  if (colon == std::string_view::npos || colon == 0 || colon + 1 == name.size()) return name;
  return name.substr(colon + 1);
}

bool XmlReader::fail(const char* error) {
  error_ = error;
  return false;
}

bool XmlReader::take(std::string_view prefix) {
  if (!starts_with(prefix)) return false;
  rest_.remove_prefix(prefix.size());
  return true;
}

void XmlReader::skip_spaces() {
  while (!rest_.empty() && is_space(rest_.front())) rest_.remove_prefix(1);
}

bool XmlReader::read_name(std::string& out) {
  size_t size = 0;
  while (size < rest_.size() && is_name_byte(rest_[size])) ++size;
  if (size == 0) return fail("a name is missing");
  out = rest_.substr(0, size);
  const char first = out.front();
  if (is_digit(first) || first == '.' || first == '-') return fail("a name begins wrongly");
  if (!all_allowed(out)) return fail("a name is not UTF-8");
  rest_.remove_prefix(size);
  return true;
}

bool XmlReader::read_qualified_name(std::string& out) {
  if (!read_name(out)) return false;
  return std::count(out.begin(), out.end(), ':') <= 1 || fail("a name has two prefixes");
}

/// REQUIRES: '&' is next.
bool XmlReader::read_reference(std::string& out) {
  constexpr size_t kReferenceMax = 32;
  const size_t end = rest_.substr(0, kReferenceMax).find(';');
  if (end == std::string_view::npos) return fail("an entity does not end with a semicolon");
  const std::string_view name = rest_.substr(1, end - 1);
  rest_.remove_prefix(end + 1);
  constexpr std::pair<std::string_view, char> kNamed[] = {
      {"lt", '<'}, {"gt", '>'}, {"amp", '&'}, {"apos", '\''}, {"quot", '"'}};
  for (const auto& [known, character] : kNamed) {
    if (name != known) continue;
    out += character;
    return true;
  }
  if (name.size() < 2 || name.front() != '#') return fail("there is no such entity");
  const bool hex = name[1] == 'x';
  char32_t rune = 0;
  const std::string_view digits = name.substr(hex ? 2 : 1);
  for (const char c : digits) {
    const char lower = static_cast<char>(c | 0x20);
    const bool letter = hex && lower >= 'a' && lower <= 'f';
    if (!is_digit(c) && !letter) return fail("a character's number is wrong");
    const int digit = letter ? lower - 'a' + 10 : c - '0';
    rune = rune * (hex ? 16 : 10) + static_cast<char32_t>(digit);
    if (rune > 0x10FFFF) return fail("a character's number is too large");
  }
  const bool is_surrogate = rune >= 0xD800 && rune <= 0xDFFF;
  if (is_surrogate) rune = utf8::kReplacementRune;  // as Go makes a text of it
  if (digits.empty() || !is_allowed(rune)) return fail("there is no such character");
  append_rune(rune, out);
  return true;
}

bool XmlReader::read_text(XmlToken& token) {
  token.kind = XmlToken::Kind::Text;
  while (!rest_.empty() && rest_.front() != '<') {
    if (rest_.front() == '&') {
      if (!read_reference(token.text)) return false;
      continue;
    }
    const std::string_view run = rest_.substr(0, rest_.find_first_of("<&"));
    if (run.find("]]>") != std::string_view::npos) return fail("]]> stands outside of CDATA");
    if (!all_allowed(run)) return fail("there is a character that XML does not allow");
    append_with_line_ends(run, token.text);
    rest_.remove_prefix(run.size());
  }
  return true;
}

bool XmlReader::read_quoted(std::string& out) {
  if (rest_.empty() || (rest_.front() != '"' && rest_.front() != '\''))
    return fail("an attribute's value is not in quotes");
  const char quote = rest_.front();
  rest_.remove_prefix(1);
  const char stops[] = {quote, '<', '&', '\0'};
  while (true) {
    const size_t at = rest_.find_first_of(stops);
    if (at == std::string_view::npos) return fail("an attribute's value does not end");
    const std::string_view run = rest_.substr(0, at);
    if (!all_allowed(run)) return fail("there is a character that XML does not allow");
    append_with_line_ends(run, out);
    rest_.remove_prefix(at);
    if (rest_.front() == '<') return fail("< stands in an attribute's value");
    if (rest_.front() == quote) break;
    if (!read_reference(out)) return false;
  }
  rest_.remove_prefix(1);
  return true;
}

/// As it stands in the text.
bool XmlReader::read_until(std::string_view end, std::string_view& inside) {
  const size_t at = rest_.find(end);
  if (at == std::string_view::npos) return fail("the text ends too early");
  inside = rest_.substr(0, at);
  rest_.remove_prefix(at + end.size());
  return true;
}

bool XmlReader::read_cdata(XmlToken& token) {
  token.kind = XmlToken::Kind::Cdata;
  std::string_view inside;
  if (!read_until("]]>", inside)) return false;
  if (!all_allowed(inside)) return fail("there is a character that XML does not allow");
  append_with_line_ends(inside, token.text);
  return true;
}

bool XmlReader::read_comment(XmlToken& token) {
  token.kind = XmlToken::Kind::Comment;
  std::string_view inside;
  if (!read_until("-->", inside)) return false;
  token.text = inside;
  const bool doubled = token.text.find("--") != std::string::npos ||
                       (!token.text.empty() && token.text.back() == '-');
  return !doubled || fail("-- stands in a comment");
}

/// Checks the version, and goes on in UTF-8.
bool XmlReader::read_declaration(std::string_view text) {
  const std::string_view version = declared(text, "version");
  if (!version.empty() && version != "1.0") return fail("only XML 1.0 can be read");
  const std::string_view encoding = declared(text, "encoding");
  if (encoding.empty() || equals_ignoring_case(encoding, "utf-8")) return true;
  const auto charset = Charset::make(encoding);
  std::string decoded;
  if (!charset.ok() || !charset->decode(rest_, decoded))
    return fail("the text is not in the encoding that it declares");
  recoded_ = std::move(decoded);
  rest_ = recoded_;
  return true;
}

bool XmlReader::read_instruction(XmlToken& token) {
  token.kind = XmlToken::Kind::Instruction;
  if (!read_name(token.name)) return false;
  skip_spaces();
  std::string_view inside;
  if (!read_until("?>", inside)) return false;
  token.text = inside;
  return token.name != "xml" || read_declaration(token.text);
}

/// `<!DOCTYPE …>`: up to the `>` that is in no quotes, no inner brackets and no comment. The first
/// character is part of it whatever it is; a comment becomes a space.
bool XmlReader::read_directive(XmlToken& token) {
  token.kind = XmlToken::Kind::Directive;
  int depth = 0;
  char quote = '\0';
  token.text = rest_.substr(0, 1);
  for (size_t i = 1; i < rest_.size(); ++i) {
    const char c = rest_[i];
    if (quote != '\0') {
      if (c == quote) quote = '\0';
    } else if (c == '"' || c == '\'') {
      quote = c;
    } else if (rest_.substr(i, 4) == "<!--") {
      i = rest_.find("-->", i + 4);
      if (i == std::string_view::npos) break;
      i += 2;
      token.text += ' ';
      continue;
    } else if (c == '<') {
      ++depth;
    } else if (c == '>' && depth-- == 0) {
      rest_.remove_prefix(i + 1);
      return true;
    }
    token.text += c;
  }
  return fail("the text ends too early");
}

bool XmlReader::read_start(XmlToken& token) {
  token.kind = XmlToken::Kind::Start;
  if (!read_qualified_name(token.name)) return false;
  if (open_.size() == kXmlDepthMax) return fail("the elements are nested too deeply");
  while (true) {
    skip_spaces();
    closes_itself_ = take("/>");
    if (closes_itself_ || take(">")) break;
    XmlAttribute& attribute = token.attributes.emplace_back();
    if (!read_qualified_name(attribute.name)) return false;
    skip_spaces();
    if (!take("=")) return fail("an attribute has no value");
    skip_spaces();
    if (!read_quoted(attribute.value)) return false;
  }
  open_.push_back(token.name);
  return true;
}

bool XmlReader::read_end(XmlToken& token) {
  token.kind = XmlToken::Kind::End;
  if (!read_qualified_name(token.name)) return false;
  skip_spaces();
  if (!take(">")) return fail("a closing tag does not end");
  if (open_.empty() || open_.back() != token.name)
    return fail("a closing tag does not fit the one that is open");
  open_.pop_back();
  return true;
}

bool XmlReader::next(XmlToken& token) {
  token = XmlToken();
  if (closes_itself_) {
    closes_itself_ = false;
    token.kind = XmlToken::Kind::End;
    token.name = std::move(open_.back());
    open_.pop_back();
    return true;
  }
  if (rest_.empty()) return open_.empty() || fail("an element is not closed");
  if (rest_.front() != '<') return read_text(token);
  if (take("<!--")) return read_comment(token);
  if (take("<![CDATA[")) return read_cdata(token);
  if (starts_with("<![") || starts_with("<!-")) return fail("neither a comment nor CDATA");
  if (take("<!")) return read_directive(token);
  if (take("<?")) return read_instruction(token);
  if (take("</")) return read_end(token);
  rest_.remove_prefix(1);
  return read_start(token);
}

}  // namespace sluice::ottl
