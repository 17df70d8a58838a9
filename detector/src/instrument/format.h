// What printf reads and scanf writes through its arguments.
#pragma once

#include <cstdarg>

namespace chansan::live {

/// The texts that a printf with this format reads, and the format. Takes the
/// arguments as printf does: give it a copy.
void reads_format(const char* format, std::va_list arguments, void* pc);

/// The places that a scanf with this format has written when it returned
/// `assigned`.
void writes_scanned(const char* format, std::va_list arguments, int assigned,
                    void* pc);

}  // namespace chansan::live
