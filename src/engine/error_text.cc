#include "engine/error_text.h"

#include <charconv>
#include <string>

namespace sluice::engine {
namespace {

constexpr std::string_view kCode = "Code: ";
constexpr std::string_view kException = ". DB::Exception: ";
constexpr int kUnknownException = 1002;

bool ends_with(std::string_view text, std::string_view end) {
  return text.size() >= end.size() && text.substr(text.size() - end.size()) == end;
}

/// Takes "Code: N. DB::Exception: " off the front.
bool take_prefix(std::string_view& text, int& code) {
  if (text.substr(0, kCode.size()) != kCode) return false;
  const std::string_view rest = text.substr(kCode.size());
  const auto [end, error] = std::from_chars(rest.data(), rest.data() + rest.size(), code);
  if (error != std::errc()) return false;
  const std::string_view after = rest.substr(static_cast<size_t>(end - rest.data()));
  if (after.substr(0, kException.size()) != kException) return false;
  text = after.substr(kException.size());
  return true;
}

/// Takes " (TYPE)" off the end, where TYPE is of capitals, digits and underscores.
bool take_type(std::string_view& text, std::string& type) {
  if (!ends_with(text, ")")) return false;
  const size_t open = text.rfind(" (");
  if (open == std::string_view::npos) return false;
  const std::string_view name = text.substr(open + 2, text.size() - open - 3);
  if (name.empty() ||
      name.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_") != std::string_view::npos) {
    return false;
  }
  type = std::string(name);
  text = text.substr(0, open);
  return true;
}

void take_version(std::string_view& text, std::string_view version) {
  const std::string suffix = " (version " + std::string(version) + ")";
  if (ends_with(text, ".")) {
    std::string_view without_dot = text.substr(0, text.size() - 1);
    if (ends_with(without_dot, suffix)) text = without_dot;
  }
  if (ends_with(text, suffix)) text.remove_suffix(suffix.size());
}

}  // namespace

Error make_error(int code, std::string_view type, std::string_view message,
                 std::string_view version) {
  std::string text = "Code: " + std::to_string(code) + ". DB::Exception: ";
  text += message;
  text += " (" + std::string(type) + ") (version " + std::string(version) + ")";
  return {code, std::string(type), std::move(text)};
}

Error parse_error(std::string_view text, std::string_view version) {
  while (!text.empty() && (text.back() == '\n' || text.back() == ' ')) text.remove_suffix(1);
  std::string_view message = text;
  int code = 0;
  std::string type;
  take_version(message, version);
  if (!take_prefix(message, code) || !take_type(message, type)) {
    return make_error(kUnknownException, "UNKNOWN_EXCEPTION", text, version);
  }
  // The same code once more means libchdb's wrapping; another code is part of the message.
  for (;;) {
    std::string_view inner = message;
    std::string inner_type;
    int inner_code = 0;
    take_version(inner, version);
    if (!take_prefix(inner, inner_code) || inner_code != code || !take_type(inner, inner_type) ||
        inner_type != type) {
      break;
    }
    message = inner;
  }
  return make_error(code, type, message, version);
}

std::string quoted(std::string_view text) {
  std::string out = "'";
  for (char c : text) {
    if (c == '\0') {
      out += "\\0";
      continue;
    }
    if (c == '\'' || c == '\\') out += '\\';
    out += c;
  }
  out += '\'';
  return out;
}

}  // namespace sluice::engine
