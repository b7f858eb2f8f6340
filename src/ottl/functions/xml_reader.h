#pragma once

// The tokens of an XML text as Go's encoding/xml (in strict mode) finds them: no DTD, several roots
// and text between them are fine, tags must match, only the five named entities exist.

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace sluice::ottl {

struct XmlAttribute {
  std::string name;  ///< with its prefix, as written
  std::string value;
};

struct XmlToken {
  enum class Kind : uint8_t { Start, End, Text, Cdata, Comment, Instruction, Directive, Finish };
  Kind kind = Kind::Finish;
  std::string name;                      ///< Start, End: with its prefix; Instruction: the target
  std::string text;                      ///< Text, Cdata, Comment, Instruction, Directive
  std::vector<XmlAttribute> attributes;  ///< Start
};

/// As deep as OTLP's values may be; the original stops at 10,000.
inline constexpr size_t kXmlDepthMax = 1000;

/// The part behind the prefix.
std::string_view xml_local_name(std::string_view name);

class XmlReader {
 public:
  /// The text must outlive the reader.
  explicit XmlReader(std::string_view text) : rest_(text) {}

  /// The next token; at the end a Finish. False where the text is wrong: error() says how.
  bool next(XmlToken& token);
  const char* error() const { return error_; }
  /// Whether nothing is left behind the last token.
  bool at_end() const { return rest_.empty(); }
  /// Whether the declaration named another encoding than UTF-8.
  bool was_recoded() const { return !recoded_.empty(); }

 private:
  bool fail(const char* error);
  bool starts_with(std::string_view prefix) const {
    return rest_.substr(0, prefix.size()) == prefix;
  }
  bool take(std::string_view prefix);
  void skip_spaces();
  bool read_name(std::string& out);
  bool read_qualified_name(std::string& out);
  bool read_reference(std::string& out);
  bool read_text(XmlToken& token);
  bool read_quoted(std::string& out);
  bool read_until(std::string_view end, std::string_view& inside);
  bool read_cdata(XmlToken& token);
  bool read_comment(XmlToken& token);
  bool read_instruction(XmlToken& token);
  bool read_declaration(std::string_view text);
  bool read_directive(XmlToken& token);
  bool read_start(XmlToken& token);
  bool read_end(XmlToken& token);

  std::string_view rest_;
  std::string recoded_;  ///< the text as UTF-8, if its declaration names another encoding
  std::vector<std::string> open_;
  bool closes_itself_ = false;  ///< the last Start was `<a/>`
  const char* error_ = "";
};

}  // namespace sluice::ottl
