// Through libbacktrace, which reads DWARF 2 to 5 of clang and gcc, inlined
// calls included, without help from outside of the process.
#include "runtime/src/symbolize.h"

#include <backtrace.h>
#include <cxxabi.h>
#include <dlfcn.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>
#include <cstdlib>
#include <string_view>

#include "runtime/hooks.h"

namespace csp::internal {

namespace {

void ignore_error(void*, const char*, int) {}

backtrace_state* state() {
  static backtrace_state* const one =
      backtrace_create_state(nullptr, 1, &ignore_error, nullptr);
  return one;
}

bool starts_with_any(std::string_view text,
                     std::initializer_list<std::string_view> prefixes) {
  return std::any_of(prefixes.begin(), prefixes.end(),
                     [&](auto prefix) { return text.starts_with(prefix); });
}

std::size_t skip_back_over_brackets(std::string_view name, std::size_t end,
                                    char open, char close) {
  int depth = 0;
  for (std::size_t i = end; i > 0; --i) {
    if (name[i - 1] == close) ++depth;
    if (name[i - 1] == open && --depth == 0) return i - 1;
  }
  return end;
}

std::size_t end_of_brackets(std::string_view name, std::size_t open) {
  int depth = 0;
  for (std::size_t i = open; i < name.size(); ++i) {
    if (name[i] == '(') ++depth;
    if (name[i] == ')' && --depth == 0) return i + 1;
  }
  return name.size();
}

/// "f(int) const::{lambda()#1}::operator()()" ->
/// "f::{lambda()#1}::operator()()": of the function that another one lies in
/// the name says enough.
std::string without_outer_parameters(std::string_view name) {
  std::string kept;
  int depth = 0;  // in template arguments and lambdas
  for (std::size_t i = 0; i < name.size();) {
    const char c = name[i];
    if (c == '<' || c == '{') ++depth;
    if ((c == '>' || c == '}') && depth > 0) --depth;
    if (c != '(' || depth > 0) {
      kept += c;
      ++i;
      continue;
    }
    const std::size_t end = end_of_brackets(name, i);
    std::string_view rest = name.substr(end);
    for (const std::string_view word : {" const", " volatile", " &&", " &"}) {
      if (rest.starts_with(word)) rest.remove_prefix(word.size());
    }
    // Neither operator() nor (anonymous namespace).
    const bool parameters =
        !kept.empty() && !kept.ends_with("operator") && !kept.ends_with("::");
    if (parameters && rest.starts_with("::")) {
      i = name.size() - rest.size();
      continue;
    }
    kept += name.substr(i, end - i);
    i = end;
  }
  return kept;
}

/// Where the return type ends: after the last space outside of brackets,
/// unless it belongs to an operator's name.
std::size_t name_begin(std::string_view name) {
  int depth = 0;
  std::size_t begin = 0;
  for (std::size_t i = 0; i < name.size(); ++i) {
    const char c = name[i];
    if (name.substr(i).starts_with("operator")) {
      i += std::string_view("operator").size();
      while (i < name.size() &&
             std::string_view("<>=-!+*/%&|^~").find(name[i]) !=
                 std::string_view::npos) {
        ++i;
      }
      if (i < name.size() && name[i] == ' ') break;  // a conversion, or new
      --i;
      continue;
    }
    if (c == '(' || c == '<' || c == '{' || c == '[') ++depth;
    if (c == ')' || c == '>' || c == '}' || c == ']') --depth;
    if (c == ' ' && depth == 0) begin = i + 1;
  }
  return begin;
}

/// "main::$_0::operator()" of clang and "main::{lambda()#1}::operator()" of
/// gcc are both "main::{lambda}": the same for readers, tools and tests.
std::string plain_lambdas(std::string_view name) {
  std::string plain;
  for (std::size_t i = 0; i < name.size();) {
    const std::string_view rest = name.substr(i);
    std::size_t length = 0;
    if (rest.starts_with("$_")) {
      length = 2;
      while (length < rest.size() && std::isdigit(rest[length])) ++length;
    } else if (rest.starts_with("{lambda(")) {
      length = rest.find('}');
      length = length == rest.npos ? 0 : length + 1;
    } else if (rest.starts_with("'lambda")) {
      length = rest.find('\'', 1);
      length = length == rest.npos ? 0 : length + 1;
      while (length > 0 && length < rest.size() && rest[length] == '(') {
        length = rest.find(')', length) + 1;
      }
    }
    if (length == 0) {
      plain += name[i++];
      continue;
    }
    plain += "{lambda}";
    i += length;
    constexpr std::string_view kCall = "::operator()";
    if (!name.substr(i).starts_with(kCall)) continue;
    i += kCall.size();
    if (i < name.size() && name[i] == '<') break;  // a generic one's arguments
  }
  return plain;
}

/// Older libbacktrace puts the folder of compilation in front of absolute
/// paths of DWARF 5 too.
std::string plain_path(std::string_view path) {
  const auto doubled = path.rfind("//");
  return std::string(doubled == path.npos ? path : path.substr(doubled + 1));
}

struct SymbolList {
  std::vector<seam::Symbol> symbols;
};

int add_line(void* argument, std::uintptr_t, const char* file, int line,
             const char* function) {
  auto& list = *static_cast<SymbolList*>(argument);
  if (!file && !function) return 0;
  seam::Symbol symbol;
  if (function) symbol.function = function_name(demangle_symbol(function));
  if (file) symbol.file = plain_path(file);
  symbol.line = static_cast<std::uint32_t>(std::max(line, 0));
  list.symbols.push_back(std::move(symbol));
  return 0;
}

int set_directory(void* argument, std::uintptr_t, const char* file, int,
                  const char*) {
  if (!file) return 0;
  const std::string path = plain_path(file);
  *static_cast<std::string*>(argument) = path.substr(0, path.rfind('/') + 1);
  return 1;
}

// As the debug information has it: __FILE__ may have been rewritten by a cache
// of compilations. Without debug information no path begins like this.
const std::string& own_directory() {
  static const std::string directory = [] {
    std::string found = "?";
    backtrace_pcinfo(state(), reinterpret_cast<std::uintptr_t>(&set_directory),
                     &set_directory, &ignore_error, &found);
    return found;
  }();
  return directory;
}

bool is_library(const seam::Symbol& symbol) {
  if (starts_with_any(symbol.function,
                      {"csp::", "csp_goroutine_main", "csp_entry", "csp_switch",
                       "csp_call_on", "std::", "__gnu_cxx::", "__cxxabiv1::",
                       "__libc_", "__clang_call_terminate"})) {
    return true;
  }
  // Without debug information it is the C library or the start-up code,
  // or the user has none at all; then every frame is shown anyway.
  if (symbol.file.empty()) return true;
  const std::string_view file = symbol.file;
  if (file.starts_with(own_directory())) return true;
  // The C library's own paths are relative to where it was built.
  if (starts_with_any(file, {"../sysdeps/", "../csu/", "./csu/", "./nptl/",
                             "./signal/", "./io/", "./stdlib/", "./misc/"})) {
    return true;
  }
  return file.find("/include/csp/") != file.npos ||
         starts_with_any(file, {"/usr/include/", "/usr/lib/", "/build/"}) ||
         file.find("/include/c++/") != file.npos;
}

void set_name(void* argument, std::uintptr_t, const char* name, std::uintptr_t,
              std::uintptr_t) {
  if (name) *static_cast<std::string*>(argument) = demangle_symbol(name);
}

void set_start(void* argument, std::uintptr_t, const char* name,
               std::uintptr_t value, std::uintptr_t) {
  if (name) *static_cast<std::uintptr_t*>(argument) = value;
}

void set_global(void* argument, std::uintptr_t, const char* name,
                std::uintptr_t value, std::uintptr_t size) {
  if (!name) return;
  *static_cast<seam::GlobalVariable*>(argument) = {demangle_symbol(name), value,
                                                   size};
}

}  // namespace

std::string to_hex(std::uint64_t value) {
  std::array<char, 16> digits;
  const auto end =
      std::to_chars(digits.data(), digits.data() + digits.size(), value, 16);
  return {digits.data(), end.ptr};
}

std::string demangle_symbol(const char* symbol) {
  return std::string_view(symbol).starts_with("_Z") ? demangle(symbol) : symbol;
}

std::string demangle(const char* mangled) {
  int status = 0;
  char* plain = abi::__cxa_demangle(mangled, nullptr, nullptr, &status);
  std::string result = plain && status == 0 ? plain : mangled;
  std::free(plain);
  // The user did not write the tags of libstdc++'s two string types.
  for (std::size_t tag; (tag = result.find("[abi:")) != std::string::npos;) {
    const std::size_t end = result.find(']', tag);
    result.erase(tag, end == std::string::npos ? end : end - tag + 1);
  }
  return result;
}

std::string function_name(const std::string& demangled) {
  const std::string shorter = without_outer_parameters(demangled);
  std::string_view name = shorter;
  // "f(int) const [clone .cold]" -> "f"
  if (const auto clone = name.find(" [clone"); clone != name.npos) {
    name = name.substr(0, clone);
  }
  for (bool again = true; again;) {
    again = false;
    for (const std::string_view suffix :
         {" const", " volatile", " &&", " &", " noexcept"}) {
      if (!name.ends_with(suffix)) continue;
      name.remove_suffix(suffix.size());
      again = true;
    }
  }
  if (name.ends_with(')')) {
    const auto open = skip_back_over_brackets(name, name.size(), '(', ')');
    // Not the brackets of "(anonymous namespace)", or of operator() itself.
    if (open > 0 && !name.substr(0, open).ends_with("operator")) {
      name = name.substr(0, open);
    }
  }
  return plain_lambdas(name.substr(name_begin(name)));
}

bool is_library(std::uintptr_t pc) {
  const std::vector<seam::Symbol> symbols = seam::symbolize(pc);
  return std::all_of(symbols.begin(), symbols.end(),
                     [](const seam::Symbol& each) { return each.library; });
}

std::uintptr_t function_start(std::uintptr_t pc) {
  std::uintptr_t start = 0;
  backtrace_syminfo(state(), pc, &set_start, &ignore_error, &start);
  return start == 0 ? pc : start;
}

}  // namespace csp::internal

namespace csp::seam {

std::vector<Symbol> symbolize(std::uintptr_t pc) {
  using namespace csp::internal;
  SymbolList list;
  backtrace_pcinfo(state(), pc, &add_line, &ignore_error, &list);
  auto& symbols = list.symbols;
  if (symbols.empty()) symbols.emplace_back();
  // gcc's DWARF has no qualified names for what is local to a file, but the
  // symbol table has, of the function that is not inlined.
  if (symbols.back().function.find("::") == std::string::npos) {
    std::string name;
    backtrace_syminfo(state(), pc, &set_name, &ignore_error, &name);
    Dl_info info;
    if (name.empty() && dladdr(reinterpret_cast<void*>(pc), &info) &&
        info.dli_sname) {
      name = demangle_symbol(info.dli_sname);
    }
    if (!name.empty()) symbols.back().function = function_name(name);
  }
  for (Symbol& symbol : symbols) {
    if (symbol.function == "operator()") symbol.function = "{lambda}";
    symbol.inlined = &symbol != &symbols.back();
    symbol.library = is_library(symbol);
  }
  return std::move(symbols);
}

GlobalVariable global_at(std::uintptr_t address) {
  using namespace csp::internal;
  GlobalVariable variable;
  backtrace_syminfo(state(), address, &set_global, &ignore_error, &variable);
  if (address < variable.address ||
      address >= variable.address + std::max<std::size_t>(variable.size, 1)) {
    return {};
  }
  return variable;
}

}  // namespace csp::seam
