#include "detector/src/instrument/format.h"

#include <cstddef>
#include <cwchar>

#include "detector/src/instrument/intercept.h"

namespace chansan::live {

namespace {

// One conversion of a format: what its argument is.
struct Conversion {
  char letter = '\0';
  int shorts = 0;           // h: 1, hh: 2
  int longs = 0;            // l: 1, ll, j, z, t: 2; L: 3
  int number = -1;          // printf: the precision; scanf: the width
  bool suppressed = false;  // scanf: no argument
  bool allocates = false;   // scanf: the argument is a pointer to a pointer
};

bool is_one_of(const char* letters, char letter) {
  for (; *letters != '\0'; ++letters) {
    if (*letters == letter) return true;
  }
  return false;
}

class Format {
 public:
  explicit Format(const char* at) : at_(at) {}

  /// Up to the next conversion. *Returns* false if there is none.
  bool find() {
    while (*at_ != '\0') {
      if (*at_++ != '%') continue;
      if (*at_ == '%') {
        ++at_;
      } else {
        return *at_ != '\0';
      }
    }
    return false;
  }
  bool take(char letter) {
    if (*at_ != letter) return false;
    ++at_;
    return true;
  }
  void skip(const char* letters) {
    while (*at_ != '\0' && is_one_of(letters, *at_)) ++at_;
  }
  int number(int otherwise) {
    if (*at_ < '0' || *at_ > '9') return otherwise;
    int value = 0;
    while (*at_ >= '0' && *at_ <= '9') value = 10 * value + (*at_++ - '0');
    return value;
  }
  void lengths(Conversion& conversion) {
    for (; *at_ != '\0' && is_one_of("hlqjztL", *at_); ++at_) {
      if (*at_ == 'h') ++conversion.shorts;
      if (*at_ == 'l') ++conversion.longs;
      if (is_one_of("qjzt", *at_)) conversion.longs = 2;
      if (*at_ == 'L') conversion.longs = 3;
    }
  }
  void letter(Conversion& conversion) {
    conversion.letter = *at_;
    if (*at_ != '\0') ++at_;
  }
  /// The letters between brackets.
  void set() {
    if (*at_ == '^') ++at_;
    if (*at_ == ']') ++at_;
    while (*at_ != '\0' && *at_ != ']') ++at_;
    if (*at_ == ']') ++at_;
  }

 private:
  const char* at_;
};

std::size_t integer_size(const Conversion& conversion) {
  if (conversion.shorts > 1) return sizeof(char);
  if (conversion.shorts == 1) return sizeof(short);
  return conversion.longs > 0 ? sizeof(long long) : sizeof(int);
}

// Numbered arguments come in any order: then *returns* the letter '$'.
Conversion print_conversion(Format& format, std::va_list arguments) {
  Conversion conversion;
  format.skip("-+ #0'I");
  if (format.take('*')) {
    va_arg(arguments, int);
  } else {
    format.number(0);
    if (format.take('$')) return {.letter = '$'};
  }
  if (format.take('.')) {
    conversion.number =
        format.take('*') ? va_arg(arguments, int) : format.number(0);
  }
  format.lengths(conversion);
  format.letter(conversion);
  return conversion;
}

void reads_argument(const Conversion& conversion, std::va_list arguments,
                    void* pc) {
  if (is_one_of("diouxXc", conversion.letter)) {
    if (conversion.longs > 0) {
      va_arg(arguments, long long);
    } else {
      va_arg(arguments, int);
    }
  } else if (is_one_of("aAeEfFgG", conversion.letter)) {
    if (conversion.longs == 3) {
      va_arg(arguments, long double);
    } else {
      va_arg(arguments, double);
    }
  } else if (conversion.letter == 's' && conversion.longs == 0) {
    const char* text = va_arg(arguments, const char*);
    if (conversion.number < 0) return reads_text(text, pc);
    reads_text(text, static_cast<std::size_t>(conversion.number), pc);
  } else if (conversion.letter == 'n') {
    writes(va_arg(arguments, void*), integer_size(conversion), pc);
  } else if (conversion.letter != 'm') {
    va_arg(arguments, void*);
  }
}

// What a conversion of scanf has put at `place`.
std::size_t scanned_size(const Conversion& conversion, const void* place) {
  if (conversion.allocates) return sizeof(void*);
  if (is_one_of("aAeEfFgG", conversion.letter)) {
    if (conversion.longs >= 2) return sizeof(long double);
    return conversion.longs == 1 ? sizeof(double) : sizeof(float);
  }
  switch (conversion.letter) {
    case 's':
    case '[':
      return conversion.longs > 0
                 ? (std::wcslen(static_cast<const wchar_t*>(place)) + 1) *
                       sizeof(wchar_t)
                 : std::strlen(static_cast<const char*>(place)) + 1;
    case 'c':
      return static_cast<std::size_t>(conversion.number > 0 ? conversion.number
                                                            : 1) *
             (conversion.longs > 0 ? sizeof(wchar_t) : 1);
    case 'p':
      return sizeof(void*);
    default:
      return integer_size(conversion);
  }
}

Conversion scan_conversion(Format& format) {
  Conversion conversion;
  conversion.suppressed = format.take('*');
  conversion.number = format.number(-1);
  if (format.take('$')) return {.letter = '$'};
  format.skip("'I");
  conversion.allocates = format.take('m');
  format.lengths(conversion);
  format.letter(conversion);
  if (conversion.letter == '[') format.set();
  return conversion;
}

}  // namespace

void reads_format(const char* text, std::va_list arguments, void* pc) {
  if (!watching()) return;
  reads_text(text, pc);
  Format format(text);
  while (format.find()) {
    const Conversion conversion = print_conversion(format, arguments);
    if (conversion.letter == '$' || conversion.letter == '\0') return;
    reads_argument(conversion, arguments, pc);
  }
}

void writes_scanned(const char* text, std::va_list arguments, int assigned,
                    void* pc) {
  if (!watching()) return;
  Format format(text);
  while (format.find()) {
    const Conversion conversion = scan_conversion(format);
    if (conversion.letter == '$' || conversion.letter == '\0') return;
    if (conversion.suppressed) continue;
    // What was read so far is told at any time, but is not counted.
    if (conversion.letter != 'n' && assigned-- <= 0) return;
    const void* place = va_arg(arguments, void*);
    writes(place, scanned_size(conversion, place), pc);
  }
}

}  // namespace chansan::live
