#include "tool/cxx/compiler.h"

#include <charconv>
#include <cstdlib>
#include <string_view>

#include "tool/common/process.h"

namespace chansan::cxx {
namespace {

// The number that `macro` is defined to in the output of `-dM -E`.
std::optional<int> macro_value(std::string_view macros,
                               std::string_view macro) {
  const std::string line = "#define " + std::string(macro) + " ";
  const std::size_t at = macros.find(line);
  if (at == macros.npos) return std::nullopt;
  const char* const begin = macros.data() + at + line.size();
  int value = 0;
  const auto [end, error] =
      std::from_chars(begin, macros.data() + macros.size(), value);
  if (error != std::errc()) return std::nullopt;
  return value;
}

std::string requirement() {
  return "clang++ " + std::to_string(kOldestClang) + " or newer, or g++ " +
         std::to_string(kOldestGcc) + " or newer";
}

// A compiler that the user named is used or refused, never replaced.
std::optional<Compiler> named_compiler(const std::string& name,
                                       const std::string& source,
                                       std::string& problem) {
  const auto compiler = probe(name);
  if (!compiler) {
    problem = "cannot use '" + name + "' (" + source +
              "): it is not there, or neither clang nor gcc";
    return std::nullopt;
  }
  if (!new_enough(*compiler)) {
    problem = "'" + name + "' (" + source + ") is version " +
              std::to_string(compiler->major) + "; chansan needs " +
              requirement();
    return std::nullopt;
  }
  return compiler;
}

}  // namespace

std::optional<Compiler> probe(const std::string& command) {
  std::string macros;
  Ended ended;
  if (run_and_read({command, "-dM", "-E", "-x", "c++", "/dev/null"}, macros,
                   ended) ||
      ended.signal != 0 || ended.status != 0) {
    return std::nullopt;
  }
  // clang defines __GNUC__ as well.
  if (const auto major = macro_value(macros, "__clang_major__")) {
    return Compiler{command, Family::kClang, *major};
  }
  if (const auto major = macro_value(macros, "__GNUC__")) {
    return Compiler{command, Family::kGcc, *major};
  }
  return std::nullopt;
}

bool loads_pass(const Compiler& compiler, const std::string& path) {
  constexpr int kPassClang = 22;
  if (compiler.family != Family::kClang || compiler.major != kPassClang) {
    return false;
  }
  std::string output;
  Ended ended;
  const std::error_code error =
      run_and_read({compiler.command, "-fpass-plugin=" + path, "-x", "c", "-c",
                    "/dev/null", "-o", "/dev/null"},
                   output, ended);
  return !error && ended.signal == 0 && ended.status == 0;
}

bool new_enough(const Compiler& compiler) {
  return compiler.major >=
         (compiler.family == Family::kClang ? kOldestClang : kOldestGcc);
}

std::optional<Compiler> choose_compiler(const std::string& wanted,
                                        std::string& problem) {
  if (!wanted.empty()) return named_compiler(wanted, "--cxx", problem);
  const char* const chosen = std::getenv("CHANSAN_CXX");
  if (chosen != nullptr && *chosen != '\0') {
    return named_compiler(chosen, "CHANSAN_CXX", problem);
  }
  for (const char* const name : {"clang++-22", "clang++", "g++"}) {
    const auto compiler = probe(name);
    if (compiler && new_enough(*compiler)) return compiler;
  }
  problem = "no compiler found: chansan needs " + requirement() +
            " in PATH, or named by --cxx=COMPILER or CHANSAN_CXX";
  return std::nullopt;
}

}  // namespace chansan::cxx
