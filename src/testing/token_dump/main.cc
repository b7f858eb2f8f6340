// Cuts SQL texts from stdin into tokens as the guard does, for tests in other languages.
//
// A text is its length in 4 bytes (little-endian), and its bytes. An answer is the length of a text
// in 4 bytes, and the text: a line "TYPE BEGIN END" for each token up to the first error, TYPE
// being one of the letters of kLetters, BEGIN and END offsets of bytes.

#include <cstdint>
#include <cstdio>
#include <string>
#include <string_view>

#include "server/sql.h"

namespace sluice {
namespace {

/// By TokenType: word, quoted identifier, string, heredoc, number, punctuation, semicolon, error.
constexpr std::string_view kLetters = "WQSHNPCE";

std::string tokens_of(std::string_view sql) {
  std::string lines;
  server::Lexer lexer(sql);
  server::Token token;
  while (lexer.next(token)) {
    const auto begin = static_cast<size_t>(token.text.data() - sql.data());
    lines += kLetters[static_cast<size_t>(token.type)];
    lines += " " + std::to_string(begin) + " " + std::to_string(begin + token.text.size()) + "\n";
    if (token.type == server::TokenType::Error) break;
  }
  return lines;
}

bool read_exactly(void* to, size_t size) { return std::fread(to, 1, size, stdin) == size; }

int run() {
  for (uint32_t size = 0; read_exactly(&size, sizeof size);) {
    std::string sql(size, '\0');
    if (!read_exactly(sql.data(), size)) return 1;
    const std::string lines = tokens_of(sql);
    const auto length = static_cast<uint32_t>(lines.size());
    std::fwrite(&length, 1, sizeof length, stdout);
    std::fwrite(lines.data(), 1, lines.size(), stdout);
  }
  return 0;
}

}  // namespace
}  // namespace sluice

int main() { return sluice::run(); }
