#include "tool/explore/token.h"

#include <llvm/ADT/StringExtras.h>
#include <llvm/Support/Program.h>

#include <charconv>
#include <fstream>

namespace chansan {
namespace {

constexpr std::string_view kVersion = "c1.";

template <class Number>
std::optional<Number> number(std::string_view text, int base) {
  Number value = 0;
  const char* const end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, value, base);
  if (text.empty() || stop != end || error != std::errc()) return std::nullopt;
  return value;
}

}  // namespace

std::string to_text(const Token& token) {
  std::string hash = llvm::utohexstr(token.program, /*LowerCase=*/true);
  hash.insert(0, 8 - hash.size(), '0');
  return std::string(kVersion) + std::to_string(token.seed) + "." + hash;
}

std::optional<Token> parse_token(std::string_view text) {
  Token token;
  if (text.starts_with(kVersion)) {
    text.remove_prefix(kVersion.size());
    const std::size_t dot = text.find('.');
    if (dot == text.npos) return std::nullopt;
    const auto hash = number<std::uint32_t>(text.substr(dot + 1), 16);
    if (!hash) return std::nullopt;
    token.program = *hash;
    text = text.substr(0, dot);
  }
  const auto seed = number<std::uint64_t>(text, 10);
  if (!seed) return std::nullopt;
  token.seed = *seed;
  return token;
}

std::uint32_t program_hash(const std::string& word) {
  std::string path = word;
  if (word.find('/') == word.npos) {
    const auto found = llvm::sys::findProgramByName(word);
    if (!found) return 0;
    path = *found;
  }
  std::ifstream file(path, std::ios::binary);
  std::uint32_t hash = 0x811c9dc5;  // FNV-1a
  char buffer[1 << 16];
  while (file.read(buffer, sizeof buffer) || file.gcount() > 0) {
    for (std::streamsize i = 0; i < file.gcount(); ++i) {
      hash = (hash ^ static_cast<unsigned char>(buffer[i])) * 0x01000193u;
    }
  }
  return file.bad() || !file.is_open() ? 0 : hash;
}

}  // namespace chansan
