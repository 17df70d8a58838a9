// Functions of the C library that read or write the program's memory, under the
// names that csp/internal/instrumented.h gives them.
#include <cstdarg>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <cwchar>

#include "detector/src/instrument/live.h"

namespace chansan::live {

namespace {

void on_read(const void* place, std::size_t size, void* pc) {
  on_range(place, size, Manner::kRead, pc);
}

void on_write(const void* place, std::size_t size, void* pc) {
  on_range(place, size, Manner::kWrite, pc);
}

// As many bytes as a comparison must look at to know its result.
std::size_t compared(const char* a, const char* b, std::size_t max) {
  std::size_t count = 0;
  while (count < max && a[count] == b[count] && a[count] != '\0') ++count;
  return count < max ? count + 1 : max;
}

// One conversion of a format: what its argument is.
struct Conversion {
  char letter = '\0';
  int longs = 0;  // l: 1, ll, j, z, t: 2; L: 3
  int precision = -1;
};

// Reads the strings that a printf would read, taking the arguments as it does.
class FormatReader {
 public:
  FormatReader(const char* format, void* pc) : at_(format), pc_(pc) {}

  void read(std::va_list arguments) {
    while (*at_ != '\0') {
      if (*at_++ != '%') continue;
      const Conversion conversion = parse(arguments);
      // Numbered arguments come in any order: none of them is known.
      if (conversion.letter == '$') return;
      take(conversion, arguments);
    }
  }

 private:
  int number() {
    int value = 0;
    while (*at_ >= '0' && *at_ <= '9') value = 10 * value + (*at_++ - '0');
    return value;
  }

  Conversion parse(std::va_list arguments) {
    Conversion conversion;
    while (*at_ != '\0' && std::strchr("-+ #0'I", *at_) != nullptr) ++at_;
    if (*at_ == '*') {
      ++at_;
      va_arg(arguments, int);
    } else {
      number();
      if (*at_ == '$') return {.letter = '$'};
    }
    if (*at_ == '.') {
      ++at_;
      if (*at_ == '*') {
        ++at_;
        conversion.precision = va_arg(arguments, int);
      } else {
        conversion.precision = number();
      }
    }
    for (; *at_ != '\0' && std::strchr("hlqjztL", *at_) != nullptr; ++at_) {
      if (*at_ == 'l') ++conversion.longs;
      if (std::strchr("qjzt", *at_) != nullptr) conversion.longs = 2;
      if (*at_ == 'L') conversion.longs = 3;
    }
    conversion.letter = *at_;
    if (*at_ != '\0') ++at_;
    return conversion;
  }

  void take(const Conversion& conversion, std::va_list arguments) {
    switch (conversion.letter) {
      case 'd':
      case 'i':
      case 'o':
      case 'u':
      case 'x':
      case 'X':
      case 'c':
        if (conversion.longs > 0) {
          va_arg(arguments, long long);
        } else {
          va_arg(arguments, int);
        }
        return;
      case 'a':
      case 'A':
      case 'e':
      case 'E':
      case 'f':
      case 'F':
      case 'g':
      case 'G':
        if (conversion.longs == 3) {
          va_arg(arguments, long double);
        } else {
          va_arg(arguments, double);
        }
        return;
      case 's': {
        const char* text = va_arg(arguments, const char*);
        if (text != nullptr && conversion.longs == 0) {
          read_text(text, conversion.precision);
        }
        return;
      }
      case 'p':
      case 'n':
        va_arg(arguments, void*);
        return;
      default:
        return;
    }
  }

  void read_text(const char* text, int precision) {
    if (precision < 0) return on_read(text, std::strlen(text) + 1, pc_);
    const auto max = static_cast<std::size_t>(precision);
    const std::size_t size = strnlen(text, max);
    on_read(text, size < max ? size + 1 : max, pc_);
  }

  const char* at_;
  void* const pc_;
};

}  // namespace
}  // namespace chansan::live

using namespace chansan::live;

#define CSP_RETURN_ADDRESS __builtin_return_address(0)

extern "C" {

int __csp_memcmp(const void* a, const void* b, std::size_t size) {
  on_read(a, size, CSP_RETURN_ADDRESS);
  on_read(b, size, CSP_RETURN_ADDRESS);
  return std::memcmp(a, b, size);
}

std::size_t __csp_strlen(const char* text) {
  const std::size_t size = std::strlen(text);
  on_read(text, size + 1, CSP_RETURN_ADDRESS);
  return size;
}

int __csp_strcmp(const char* a, const char* b) {
  const std::size_t size = compared(a, b, SIZE_MAX);
  on_read(a, size, CSP_RETURN_ADDRESS);
  on_read(b, size, CSP_RETURN_ADDRESS);
  return std::strcmp(a, b);
}

int __csp_strncmp(const char* a, const char* b, std::size_t max) {
  const std::size_t size = compared(a, b, max);
  on_read(a, size, CSP_RETURN_ADDRESS);
  on_read(b, size, CSP_RETURN_ADDRESS);
  return std::strncmp(a, b, max);
}

char* __csp_strcpy(char* to, const char* from) {
  const std::size_t size = std::strlen(from) + 1;
  on_read(from, size, CSP_RETURN_ADDRESS);
  on_write(to, size, CSP_RETURN_ADDRESS);
  return std::strcpy(to, from);
}

char* __csp_strncpy(char* to, const char* from, std::size_t max) {
  const std::size_t size = strnlen(from, max);
  on_read(from, size < max ? size + 1 : max, CSP_RETURN_ADDRESS);
  on_write(to, max, CSP_RETURN_ADDRESS);
  return std::strncpy(to, from, max);
}

char* __csp_strcat(char* to, const char* from) {
  const std::size_t before = std::strlen(to);
  const std::size_t size = std::strlen(from) + 1;
  on_read(to, before + 1, CSP_RETURN_ADDRESS);
  on_read(from, size, CSP_RETURN_ADDRESS);
  on_write(to + before, size, CSP_RETURN_ADDRESS);
  return std::strcat(to, from);
}

char* __csp_strdup(const char* text) {
  on_read(text, std::strlen(text) + 1, CSP_RETURN_ADDRESS);
  return strdup(text);
}

int __csp_puts(const char* text) {
  on_read(text, std::strlen(text) + 1, CSP_RETURN_ADDRESS);
  return std::puts(text);
}

int __csp_printf(const char* format, ...) {
  std::va_list arguments;
  va_start(arguments, format);
  std::va_list looked_at;
  va_copy(looked_at, arguments);
  FormatReader(format, CSP_RETURN_ADDRESS).read(looked_at);
  va_end(looked_at);
  const int written = std::vprintf(format, arguments);
  va_end(arguments);
  return written;
}

}  // extern "C"
