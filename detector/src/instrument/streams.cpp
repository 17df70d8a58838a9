// Streams: what the functions of <stdio.h> read and write of the program's.
//
// The streams themselves are locked by the C library: any number of goroutines
// may use one. They order nothing.
#include <sys/types.h>

#include <algorithm>
#include <cstdarg>
#include <cstdint>
#include <cstdio>

#include "detector/src/instrument/format.h"
#include "detector/src/instrument/intercept.h"

using namespace chansan::live;

namespace {

using std::size_t;

constinit Real<int(const char*)> real_puts("puts");
constinit Real<int(const char*, FILE*)> real_fputs("fputs");
constinit Real<size_t(const void*, size_t, size_t, FILE*)> real_fwrite(
    "fwrite");
constinit Real<size_t(void*, size_t, size_t, FILE*)> real_fread("fread");
constinit Real<char*(char*, int, FILE*)> real_fgets("fgets");
constinit Real<ssize_t(char**, size_t*, FILE*)> real_getline("getline");
constinit Real<ssize_t(char**, size_t*, int, FILE*)> real_getdelim("getdelim");
constinit Real<FILE*(const char*, const char*)> real_fopen("fopen");
constinit Real<void(const char*)> real_perror("perror");

constinit Real<int(FILE*, const char*, std::va_list)> real_vfprintf("vfprintf");
constinit Real<int(int, const char*, std::va_list)> real_vdprintf("vdprintf");
constinit Real<int(char*, const char*, std::va_list)> real_vsprintf("vsprintf");
constinit Real<int(char*, size_t, const char*, std::va_list)> real_vsnprintf(
    "vsnprintf");
constinit Real<int(char**, const char*, std::va_list)> real_vasprintf(
    "vasprintf");
constinit Real<int(const char*, const char*, std::va_list)> real_vsscanf(
    "__isoc99_vsscanf");
constinit Real<int(FILE*, const char*, std::va_list)> real_vfscanf(
    "__isoc99_vfscanf");

void format_read(const char* format, std::va_list arguments, void* pc) {
  std::va_list copy;
  va_copy(copy, arguments);
  reads_format(format, copy, pc);
  va_end(copy);
}

void scanned(const char* format, std::va_list arguments, int assigned,
             void* pc) {
  writes_scanned(format, arguments, assigned, pc);
}

int print(FILE* stream, const char* format, std::va_list arguments, void* pc) {
  format_read(format, arguments, pc);
  return real_vfprintf(stream, format, arguments);
}

int print_text(char* to, const char* format, std::va_list arguments, void* pc) {
  format_read(format, arguments, pc);
  const int size = real_vsprintf(to, format, arguments);
  if (size >= 0) writes(to, static_cast<size_t>(size) + 1, pc);
  return size;
}

int print_some(char* to, size_t max, const char* format, std::va_list arguments,
               void* pc) {
  format_read(format, arguments, pc);
  const int size = real_vsnprintf(to, max, format, arguments);
  if (size >= 0 && max > 0) {
    writes(to, std::min(static_cast<size_t>(size) + 1, max), pc);
  }
  return size;
}

int print_new(char** to, const char* format, std::va_list arguments, void* pc) {
  format_read(format, arguments, pc);
  const int size = real_vasprintf(to, format, arguments);
  if (size >= 0) writes(to, sizeof *to, pc);
  return size;
}

int scan_text(const char* text, const char* format, std::va_list arguments,
              void* pc) {
  reads_text(text, pc);
  reads_text(format, pc);
  std::va_list copy;
  va_copy(copy, arguments);
  const int assigned = real_vsscanf(text, format, arguments);
  scanned(format, copy, assigned, pc);
  va_end(copy);
  return assigned;
}

int scan(FILE* stream, const char* format, std::va_list arguments, void* pc) {
  reads_text(format, pc);
  std::va_list copy;
  va_copy(copy, arguments);
  const int assigned = real_vfscanf(stream, format, arguments);
  scanned(format, copy, assigned, pc);
  va_end(copy);
  return assigned;
}

void line_read(char** line, size_t* size, ssize_t length, void* pc) {
  writes(line, sizeof *line, pc);
  writes(size, sizeof *size, pc);
  if (length > 0) writes(*line, static_cast<size_t>(length) + 1, pc);
}

}  // namespace

CSP_INTERCEPT(int, puts, const char* text) {
  reads_text(text, CSP_RETURN_ADDRESS);
  return real_puts(text);
}
CSP_ALSO_CALLED(int, __csp_puts, puts, const char*);
CSP_INTERCEPT(int, fputs, const char* text, FILE* stream) {
  reads_text(text, CSP_RETURN_ADDRESS);
  return real_fputs(text, stream);
}
CSP_INTERCEPT(size_t, fwrite, const void* from, size_t size, size_t count,
              FILE* stream) {
  reads(from, size * count, CSP_RETURN_ADDRESS);
  return real_fwrite(from, size, count, stream);
}
CSP_INTERCEPT(size_t, fread, void* to, size_t size, size_t count,
              FILE* stream) {
  const size_t whole = real_fread(to, size, count, stream);
  writes(to, size * whole, CSP_RETURN_ADDRESS);
  return whole;
}
CSP_INTERCEPT(char*, fgets, char* to, int max, FILE* stream) {
  char* result = real_fgets(to, max, stream);
  writes_text(result, CSP_RETURN_ADDRESS);
  return result;
}
CSP_INTERCEPT(ssize_t, getline, char** line, size_t* size, FILE* stream) {
  const ssize_t length = real_getline(line, size, stream);
  line_read(line, size, length, CSP_RETURN_ADDRESS);
  return length;
}
// What getline() is where it is inlined.
CSP_INTERCEPT(ssize_t, __getdelim, char** line, size_t* size, int end,
              FILE* stream) {
  const ssize_t length = real_getdelim(line, size, end, stream);
  line_read(line, size, length, CSP_RETURN_ADDRESS);
  return length;
}
CSP_INTERCEPT(ssize_t, getdelim, char** line, size_t* size, int end,
              FILE* stream) {
  const ssize_t length = real_getdelim(line, size, end, stream);
  line_read(line, size, length, CSP_RETURN_ADDRESS);
  return length;
}
CSP_INTERCEPT(FILE*, fopen, const char* path, const char* mode) {
  reads_text(path, CSP_RETURN_ADDRESS);
  return real_fopen(path, mode);
}
CSP_INTERCEPT(void, perror, const char* text) {
  reads_text(text, CSP_RETURN_ADDRESS);
  real_perror(text);
}

// A function with `...` is its sibling with a list: `arguments` follow `last`.
#define CSP_WITH_LIST(last, call) \
  std::va_list arguments;         \
  va_start(arguments, last);      \
  const int result = call;        \
  va_end(arguments);              \
  return result

CSP_INTERCEPT(int, vprintf, const char* format, std::va_list arguments) {
  return print(stdout, format, arguments, CSP_RETURN_ADDRESS);
}
CSP_INTERCEPT(int, vfprintf, FILE* stream, const char* format,
              std::va_list arguments) {
  return print(stream, format, arguments, CSP_RETURN_ADDRESS);
}
CSP_INTERCEPT(int, vsprintf, char* to, const char* format,
              std::va_list arguments) {
  return print_text(to, format, arguments, CSP_RETURN_ADDRESS);
}
CSP_INTERCEPT(int, vsnprintf, char* to, size_t max, const char* format,
              std::va_list arguments) {
  return print_some(to, max, format, arguments, CSP_RETURN_ADDRESS);
}
CSP_INTERCEPT(int, __vsnprintf_chk, char* to, size_t max, int, size_t,
              const char* format, std::va_list arguments) {
  return print_some(to, max, format, arguments, CSP_RETURN_ADDRESS);
}
CSP_INTERCEPT(int, vasprintf, char** to, const char* format,
              std::va_list arguments) {
  return print_new(to, format, arguments, CSP_RETURN_ADDRESS);
}
CSP_INTERCEPT(int, printf, const char* format, ...) {
  void* pc = CSP_RETURN_ADDRESS;
  CSP_WITH_LIST(format, print(stdout, format, arguments, pc));
}
CSP_ALSO_CALLED(int, __csp_printf, printf, const char*, ...);
CSP_INTERCEPT(int, __printf_chk, int, const char* format, ...) {
  void* pc = CSP_RETURN_ADDRESS;
  CSP_WITH_LIST(format, print(stdout, format, arguments, pc));
}
CSP_INTERCEPT(int, fprintf, FILE* stream, const char* format, ...) {
  void* pc = CSP_RETURN_ADDRESS;
  CSP_WITH_LIST(format, print(stream, format, arguments, pc));
}
CSP_INTERCEPT(int, __fprintf_chk, FILE* stream, int, const char* format, ...) {
  void* pc = CSP_RETURN_ADDRESS;
  CSP_WITH_LIST(format, print(stream, format, arguments, pc));
}
CSP_INTERCEPT(int, dprintf, int descriptor, const char* format, ...) {
  std::va_list arguments;
  va_start(arguments, format);
  format_read(format, arguments, CSP_RETURN_ADDRESS);
  const int result = real_vdprintf(descriptor, format, arguments);
  va_end(arguments);
  return result;
}
CSP_INTERCEPT(int, sprintf, char* to, const char* format, ...) {
  void* pc = CSP_RETURN_ADDRESS;
  CSP_WITH_LIST(format, print_text(to, format, arguments, pc));
}
CSP_INTERCEPT(int, __sprintf_chk, char* to, int, size_t, const char* format,
              ...) {
  void* pc = CSP_RETURN_ADDRESS;
  CSP_WITH_LIST(format, print_text(to, format, arguments, pc));
}
CSP_INTERCEPT(int, snprintf, char* to, size_t max, const char* format, ...) {
  void* pc = CSP_RETURN_ADDRESS;
  CSP_WITH_LIST(format, print_some(to, max, format, arguments, pc));
}
CSP_INTERCEPT(int, __snprintf_chk, char* to, size_t max, int, size_t,
              const char* format, ...) {
  void* pc = CSP_RETURN_ADDRESS;
  CSP_WITH_LIST(format, print_some(to, max, format, arguments, pc));
}
CSP_INTERCEPT(int, asprintf, char** to, const char* format, ...) {
  void* pc = CSP_RETURN_ADDRESS;
  CSP_WITH_LIST(format, print_new(to, format, arguments, pc));
}

// The headers name the variants of C99, whose %a is a number.
CSP_INTERCEPT(int, __isoc99_vsscanf, const char* text, const char* format,
              std::va_list arguments) {
  return scan_text(text, format, arguments, CSP_RETURN_ADDRESS);
}
CSP_INTERCEPT(int, __isoc99_vfscanf, FILE* stream, const char* format,
              std::va_list arguments) {
  return scan(stream, format, arguments, CSP_RETURN_ADDRESS);
}
CSP_INTERCEPT(int, __isoc99_sscanf, const char* text, const char* format, ...) {
  void* pc = CSP_RETURN_ADDRESS;
  CSP_WITH_LIST(format, scan_text(text, format, arguments, pc));
}
CSP_INTERCEPT(int, __isoc99_fscanf, FILE* stream, const char* format, ...) {
  void* pc = CSP_RETURN_ADDRESS;
  CSP_WITH_LIST(format, scan(stream, format, arguments, pc));
}
CSP_INTERCEPT(int, __isoc99_scanf, const char* format, ...) {
  void* pc = CSP_RETURN_ADDRESS;
  CSP_WITH_LIST(format, scan(stdin, format, arguments, pc));
}
CSP_INTERCEPT(int, sscanf, const char* text, const char* format, ...) {
  void* pc = CSP_RETURN_ADDRESS;
  CSP_WITH_LIST(format, scan_text(text, format, arguments, pc));
}
