#include "tool/explain/program_symbols.h"

#include <llvm/ADT/StringExtras.h>
#include <llvm/DebugInfo/DIContext.h>
#include <llvm/DebugInfo/Symbolize/Symbolize.h>
#include <llvm/Demangle/Demangle.h>
#include <llvm/Object/ObjectFile.h>

#include <algorithm>
#include <cstdlib>
#include <regex>
#include <string_view>
#include <utility>

namespace chansan {
namespace {

using llvm::symbolize::LLVMSymbolizer;

LLVMSymbolizer::Options options() {
  LLVMSymbolizer::Options options;
  // The linkage name tells more: see plain_function_name().
  options.Demangle = false;
  return options;
}

bool known(const std::string& text) {
  return !text.empty() && text != llvm::DILineInfo::BadString;
}

Frame frame_of(const llvm::DILineInfo& line) {
  Frame frame;
  if (known(line.FunctionName)) {
    frame.function = plain_function_name(line.FunctionName);
  }
  if (known(line.FileName) && line.Line != 0) {
    frame.location = {line.FileName, line.Line, line.Column};
  }
  return frame;
}

}  // namespace

struct ProgramSymbols::Reader {
  LLVMSymbolizer symbolizer{options()};
};

ProgramSymbols::ProgramSymbols() : reader_(std::make_unique<Reader>()) {}
ProgramSymbols::~ProgramSymbols() = default;

Stack ProgramSymbols::frames(const std::string& path, std::uint64_t address) {
  Stack stack;
  auto lines = reader_->symbolizer.symbolizeInlinedCode(
      path, {address, llvm::object::SectionedAddress::UndefSection});
  if (lines) {
    for (std::uint32_t i = 0; i < lines->getNumberOfFrames(); ++i) {
      Frame frame = frame_of(lines->getFrame(i));
      frame.inlined = i + 1 < lines->getNumberOfFrames();
      stack.push_back(std::move(frame));
    }
  } else {
    llvm::consumeError(lines.takeError());
  }
  if (stack.empty()) stack.emplace_back();
  // Without symbols there is still the place in the file, for who has them.
  if (stack.back().function.empty()) {
    stack.back().function = path.substr(path.rfind('/') + 1) + "+0x" +
                            llvm::utohexstr(address, /*LowerCase=*/true);
  }
  const bool systems = path.starts_with("/lib") || path.starts_with("/usr/lib");
  for (Frame& frame : stack) {
    frame.library = systems || is_library_frame(frame);
  }
  return stack;
}

std::string ProgramSymbols::variable(const std::string& path,
                                     std::uint64_t address) {
  auto global = reader_->symbolizer.symbolizeData(
      path, {address, llvm::object::SectionedAddress::UndefSection});
  if (!global) {
    llvm::consumeError(global.takeError());
    return "";
  }
  if (!known(global->Name) || address < global->Start ||
      address >= global->Start + std::max<std::uint64_t>(global->Size, 1)) {
    return "";
  }
  return llvm::demangle(global->Name);
}

std::string plain_function_name(const std::string& symbol) {
  llvm::ItaniumPartialDemangler demangler;
  std::string name = symbol;
  if (!demangler.partialDemangle(symbol.c_str()) && demangler.isFunction()) {
    std::size_t size = 0;
    if (char* const text = demangler.getFunctionName(nullptr, &size)) {
      name = text;
      std::free(text);
    }
  }
  // "main::$_0", "main::'lambda'(int)" and "main::{lambda(int)#1}" are one
  // thing to a reader; so are the tags of libstdc++'s two string types.
  static const std::regex kLambda(
      R"(\$_\d+|'lambda\d*'(\([^()]*\))?|\{lambda\([^{}]*\)#\d+\})");
  static const std::regex kCall(R"(\{lambda\}::operator\(\)(<.*)?( const)?$)");
  static const std::regex kTag(R"(\[abi:[^\]]*\])");
  name = std::regex_replace(name, kLambda, "{lambda}");
  name = std::regex_replace(name, kCall, "{lambda}");
  // gcc does not say in which function a lambda is.
  if (name == "operator()") return "{lambda}";
  return std::regex_replace(name, kTag, "");
}

bool is_library_frame(const Frame& frame) {
  constexpr std::string_view kNames[] = {
      "csp::",     "csp_",       "std::",  "__gnu_cxx::",
      "__cxxabi",  "__libc_",    "__tsan", "__clang_call_terminate",
      "decltype(", "auto csp::", "_start"};
  // Without a line it is the C library or start-up code, or the program has
  // no debug information; then every frame is shown anyway.
  const std::string_view file = frame.location.file;
  if (file.empty()) return true;
  for (const std::string_view prefix : kNames) {
    if (frame.function.starts_with(prefix)) return true;
  }
  for (const std::string_view prefix :
       {"/usr/include/", "/usr/lib/", "/build/", "../sysdeps/", "../csu/",
        "./csu/", "./nptl/", "./signal/", "./io/", "./stdlib/", "./misc/"}) {
    if (file.starts_with(prefix)) return true;
  }
  return file.find("/include/csp/") != file.npos ||
         file.find("/include/c++/") != file.npos;
}

}  // namespace chansan
