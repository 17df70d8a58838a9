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
std::string demangle(const char* mangled);

}  // namespace csp::internal
