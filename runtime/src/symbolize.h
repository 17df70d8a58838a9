// Names and source lines of program counters.
#pragma once

#include <cstdint>
#include <string>

namespace csp::internal {

std::string to_hex(std::uint64_t value);
/// First address of the function that covers `pc`; `pc` if it is not known.
std::uintptr_t function_start(std::uintptr_t pc);
/// `demangled` without parameters, return type and qualifiers.
std::string function_name(const std::string& demangled);
/// Whether all that is at `pc`, which points into its instruction, is the
/// library's; also where nothing is known.
bool is_library(std::uintptr_t pc);
std::string demangle(const char* mangled);
/// The same for a symbol of the linker's, which may be a C name: `z` is not the
/// mangled name of a type.
std::string demangle_symbol(const char* symbol);

}  // namespace csp::internal
