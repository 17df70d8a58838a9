// A compiler's command line, understood as far as `chansan cxx` needs: what is
// source, what is not, and which step is the last.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace chansan::cxx {

enum class WordKind : std::uint8_t {
  kOption,      // anything else
  kSource,      // a file that the compiler translates
  kLinkInput,   // a file that only the linker reads
  kLanguage,    // -x LANGUAGE
  kOutput,      // -o FILE
  kDependency,  // -MD, -MF FILE, ...: written while compiling
};

/// One argument with its value, if that is a word of its own.
struct Word {
  WordKind kind = WordKind::kOption;
  std::vector<std::string> words;  // one or two

  /// The value of `-oFILE` and of `-o FILE`.
  std::string value() const;
};

struct Arguments {
  std::vector<Word> words;
  std::string output;      // of -o; empty: not given
  bool sources = false;    // there is something to compile
  bool inputs = false;     // there is something to compile or to link
  bool links = false;      // the last step is linking
  bool shared = false;     // -shared
  bool partial = false;    // -r
  bool debug = false;      // an option of the family -g
  bool standard = false;   // -std=
  bool not_cxx = false;    // -x names another language than C++
  bool dry = false;        // -###
  bool sanitizer = false;  // another -fsanitize= than thread
};

/// Understands `words`, in which response files have been expanded.
Arguments understand(std::span<const std::string> words);

}  // namespace chansan::cxx
