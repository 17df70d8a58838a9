// What names one schedule of one program: `c1.SEED.PROGRAM`.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace chansan {

struct Token {
  std::uint64_t seed = 0;
  /// Of the program's file; 0: not known. Another build may take other steps.
  std::uint32_t program = 0;
};

std::string to_text(const Token& token);

/// Nothing if `text` is no token. A seed alone is one.
std::optional<Token> parse_token(std::string_view text);

/// A hash of the content of the program that `word` names, looked for in PATH
/// as a shell does; 0 if it cannot be read.
std::uint32_t program_hash(const std::string& word);

}  // namespace chansan
