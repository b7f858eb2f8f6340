#include "ottl/functions/csv.h"

#include <algorithm>

#include "base/utf8.h"

namespace sluice::ottl {
namespace {

class Line {
 public:
  Line(std::string_view text, std::string_view separator, bool lazy)
      : text_(text), separator_(separator), lazy_(lazy) {}

  /// What follows the line.
  std::string_view rest() const { return text_.substr(at_); }

  bool read(std::vector<std::string>& fields, std::string& error) {
    while (true) {
      std::string& field = fields.emplace_back();
      const bool quoted = at_ < text_.size() && text_[at_] == '"';
      if (!(quoted ? read_quoted(field, error) : read_plain(field, error))) return false;
      if (!is_separator(at_)) return true;
      at_ += separator_.size();
    }
  }

 private:
  bool is_separator(size_t at) const {
    return text_.compare(at, separator_.size(), separator_) == 0;
  }
  bool ends_field(size_t at) const {
    return at >= text_.size() || text_[at] == '\n' || is_separator(at);
  }

  bool read_plain(std::string& field, std::string& error) {
    for (; !ends_field(at_); ++at_) {
      if (text_[at_] == '"' && !lazy_) {
        error = "a quote stands in a field that does not begin with one";
        return false;
      }
      field += text_[at_];
    }
    return true;
  }

  bool read_quoted(std::string& field, std::string& error) {
    ++at_;
    for (; at_ < text_.size(); ++at_) {
      if (text_[at_] != '"') {
        field += text_[at_];
      } else if (text_.substr(at_, 2) == "\"\"") {
        field += '"';
        ++at_;
      } else if (ends_field(at_ + 1)) {
        ++at_;
        return true;
      } else if (lazy_) {
        field += '"';
      } else {
        error = "something follows the closing quote of a field";
        return false;
      }
    }
    if (lazy_) return true;
    error = "a quoted field does not end";
    return false;
  }

  std::string_view text_;
  const std::string_view separator_;
  const bool lazy_;
  size_t at_ = 0;
};

/// CR LF becomes LF; a CR at the very end is nothing.
std::string with_plain_line_ends(std::string_view text) {
  std::string out;
  for (size_t i = 0; i < text.size(); ++i) {
    const bool dropped = text[i] == '\r' && (i + 1 == text.size() || text[i + 1] == '\n');
    if (!dropped) out += text[i];
  }
  return out;
}

void skip_line_ends(std::string_view& text) {
  while (!text.empty() && text.front() == '\n') text.remove_prefix(1);
}

/// Further lines go on with the last field.
bool read_lines(std::string_view text, std::string_view separator, CsvQuotes quotes,
                std::vector<std::string>& fields, std::string& error) {
  if (separator == "\"" || separator == "\r" || separator == "\n" ||
      separator == utf8::kReplacement) {
    error = "a quote, a line end or U+FFFD cannot separate fields";
    return false;
  }
  skip_line_ends(text);
  if (text.empty()) {
    error = "the text has no line";
    return false;
  }
  while (!text.empty()) {
    Line line(text, separator, quotes == CsvQuotes::Lazy);
    std::vector<std::string> more;
    if (!line.read(more, error)) return false;
    if (!fields.empty()) {
      fields.back() += '\n' + more.front();
      more.erase(more.begin());
    }
    fields.insert(fields.end(), more.begin(), more.end());
    text = line.rest();
    skip_line_ends(text);
  }
  return true;
}

}  // namespace

bool parse_csv_line(std::string_view text, std::string_view separator, CsvQuotes quotes,
                    std::vector<std::string>& fields, std::string& error) {
  if (quotes != CsvQuotes::Ignore)
    return read_lines(with_plain_line_ends(text), separator, quotes, fields, error);
  for (const std::string_view field : split_at(text, separator)) fields.emplace_back(field);
  return true;
}

std::vector<std::string_view> split_at(std::string_view text, std::string_view separator) {
  std::vector<std::string_view> parts;
  for (size_t at = 0; at <= text.size();) {
    const size_t end = std::min(text.find(separator, at), text.size());
    parts.push_back(text.substr(at, end - at));
    at = end + separator.size();
  }
  return parts;
}

}  // namespace sluice::ottl
