// Numbers, times, wide texts, sorting: what else of the C library touches the
// program's memory without a stream or descriptor.
#include <sys/time.h>

#include <cstdint>
#include <cstdlib>
#include <ctime>
#include <cwchar>

#include "detector/src/instrument/intercept.h"

using namespace chansan::live;

namespace {

// Looks at the number and at what ends it.
void reads_number(const char* text, const char* end, void* pc) {
  reads(text, static_cast<std::size_t>(end - text) + 1, pc);
}

constinit Real<std::size_t(const wchar_t*)> real_wcslen("wcslen");
constinit Real<wchar_t*(wchar_t*, const wchar_t*)> real_wcscpy("wcscpy");
constinit Real<int(const wchar_t*, const wchar_t*)> real_wcscmp("wcscmp");
using WideCopy = wchar_t*(wchar_t*, const wchar_t*, std::size_t);
constinit Real<WideCopy> real_wmemcpy("wmemcpy");
constinit Real<WideCopy> real_wmemmove("wmemmove");
constinit Real<wchar_t*(wchar_t*, wchar_t, std::size_t)> real_wmemset(
    "wmemset");
constinit Real<int(const wchar_t*, const wchar_t*, std::size_t)> real_wmemcmp(
    "wmemcmp");

using Compare = int(const void*, const void*);
constinit Real<void(void*, std::size_t, std::size_t, Compare*)> real_qsort(
    "qsort");

constinit Real<time_t(time_t*)> real_time("time");
constinit Real<int(timeval*, void*)> real_gettimeofday("gettimeofday");
constinit Real<int(clockid_t, timespec*)> real_clock_gettime("clock_gettime");
constinit Real<std::tm*(const time_t*, std::tm*)> real_gmtime_r("gmtime_r");
constinit Real<std::tm*(const time_t*, std::tm*)> real_localtime_r(
    "localtime_r");
constinit Real<time_t(std::tm*)> real_mktime("mktime");
constinit Real<std::size_t(char*, std::size_t, const char*, const std::tm*)>
    real_strftime("strftime");
constinit Real<char*(const time_t*, char*)> real_ctime_r("ctime_r");
constinit Real<char*(const std::tm*, char*)> real_asctime_r("asctime_r");

}  // namespace

#define CSP_INTEGER_OF_TEXT(result, name)                                     \
  constinit static Real<result(const char*, char**, int)> real_##name(#name); \
  CSP_INTERCEPT(result, name, const char* text, char** end, int base) {       \
    char* stop = nullptr;                                                     \
    const result value = real_##name(text, &stop, base);                      \
    reads_number(text, stop, CSP_RETURN_ADDRESS);                             \
    if (end == nullptr) return value;                                         \
    *end = stop;                                                              \
    writes(end, sizeof *end, CSP_RETURN_ADDRESS);                             \
    return value;                                                             \
  }
CSP_INTEGER_OF_TEXT(long, strtol)
CSP_INTEGER_OF_TEXT(unsigned long, strtoul)
CSP_INTEGER_OF_TEXT(long long, strtoll)
CSP_INTEGER_OF_TEXT(unsigned long long, strtoull)

#define CSP_FLOATING_OF_TEXT(result, name)                               \
  constinit static Real<result(const char*, char**)> real_##name(#name); \
  CSP_INTERCEPT(result, name, const char* text, char** end) {            \
    char* stop = nullptr;                                                \
    const result value = real_##name(text, &stop);                       \
    reads_number(text, stop, CSP_RETURN_ADDRESS);                        \
    if (end == nullptr) return value;                                    \
    *end = stop;                                                         \
    writes(end, sizeof *end, CSP_RETURN_ADDRESS);                        \
    return value;                                                        \
  }
CSP_FLOATING_OF_TEXT(float, strtof)
CSP_FLOATING_OF_TEXT(double, strtod)
CSP_FLOATING_OF_TEXT(long double, strtold)

// As the C standard defines them.
CSP_INTERCEPT(int, atoi, const char* text) {
  char* stop = nullptr;
  const long value = real_strtol(text, &stop, 10);
  reads_number(text, stop, CSP_RETURN_ADDRESS);
  return static_cast<int>(value);
}
CSP_INTERCEPT(long, atol, const char* text) {
  char* stop = nullptr;
  const long value = real_strtol(text, &stop, 10);
  reads_number(text, stop, CSP_RETURN_ADDRESS);
  return value;
}
CSP_INTERCEPT(long long, atoll, const char* text) {
  char* stop = nullptr;
  const long long value = real_strtoll(text, &stop, 10);
  reads_number(text, stop, CSP_RETURN_ADDRESS);
  return value;
}
CSP_INTERCEPT(double, atof, const char* text) {
  char* stop = nullptr;
  const double value = real_strtod(text, &stop);
  reads_number(text, stop, CSP_RETURN_ADDRESS);
  return value;
}

CSP_INTERCEPT(std::size_t, wcslen, const wchar_t* text) {
  const std::size_t size = real_wcslen(text);
  reads(text, (size + 1) * sizeof *text, CSP_RETURN_ADDRESS);
  return size;
}
CSP_INTERCEPT(wchar_t*, wcscpy, wchar_t* to, const wchar_t* from) {
  const std::size_t bytes = (real_wcslen(from) + 1) * sizeof *from;
  reads(from, bytes, CSP_RETURN_ADDRESS);
  writes(to, bytes, CSP_RETURN_ADDRESS);
  return real_wcscpy(to, from);
}
CSP_INTERCEPT(int, wcscmp, const wchar_t* a, const wchar_t* b) {
  std::size_t count = 0;
  while (a[count] == b[count] && a[count] != L'\0') ++count;
  reads(a, (count + 1) * sizeof *a, CSP_RETURN_ADDRESS);
  reads(b, (count + 1) * sizeof *b, CSP_RETURN_ADDRESS);
  return real_wcscmp(a, b);
}
CSP_INTERCEPT(wchar_t*, wmemcpy, wchar_t* to, const wchar_t* from,
              std::size_t count) {
  reads(from, count * sizeof *from, CSP_RETURN_ADDRESS);
  writes(to, count * sizeof *to, CSP_RETURN_ADDRESS);
  return real_wmemcpy(to, from, count);
}
CSP_INTERCEPT(wchar_t*, wmemmove, wchar_t* to, const wchar_t* from,
              std::size_t count) {
  reads(from, count * sizeof *from, CSP_RETURN_ADDRESS);
  writes(to, count * sizeof *to, CSP_RETURN_ADDRESS);
  return real_wmemmove(to, from, count);
}
CSP_INTERCEPT(wchar_t*, wmemset, wchar_t* to, wchar_t value,
              std::size_t count) {
  writes(to, count * sizeof *to, CSP_RETURN_ADDRESS);
  return real_wmemset(to, value, count);
}
CSP_INTERCEPT(int, wmemcmp, const wchar_t* a, const wchar_t* b,
              std::size_t count) {
  reads(a, count * sizeof *a, CSP_RETURN_ADDRESS);
  reads(b, count * sizeof *b, CSP_RETURN_ADDRESS);
  return real_wmemcmp(a, b, count);
}

// The comparisons' own reads are ordered with it: they are the caller's.
CSP_INTERCEPT(void, qsort, void* place, std::size_t count, std::size_t size,
              Compare* compare) {
  if (count > 1) writes(place, count * size, CSP_RETURN_ADDRESS);
  real_qsort(place, count, size, compare);
}

CSP_INTERCEPT(time_t, time, time_t* result) {
  if (result != nullptr) writes(result, sizeof *result, CSP_RETURN_ADDRESS);
  return real_time(result);
}
CSP_INTERCEPT(int, gettimeofday, timeval* result, void* zone) {
  writes(result, sizeof *result, CSP_RETURN_ADDRESS);
  return real_gettimeofday(result, zone);
}
CSP_INTERCEPT(int, clock_gettime, clockid_t clock, timespec* result) {
  writes(result, sizeof *result, CSP_RETURN_ADDRESS);
  return real_clock_gettime(clock, result);
}
CSP_INTERCEPT(std::tm*, gmtime_r, const time_t* when, std::tm* result) {
  reads(when, sizeof *when, CSP_RETURN_ADDRESS);
  writes(result, sizeof *result, CSP_RETURN_ADDRESS);
  return real_gmtime_r(when, result);
}
CSP_INTERCEPT(std::tm*, localtime_r, const time_t* when, std::tm* result) {
  reads(when, sizeof *when, CSP_RETURN_ADDRESS);
  writes(result, sizeof *result, CSP_RETURN_ADDRESS);
  return real_localtime_r(when, result);
}
CSP_INTERCEPT(time_t, mktime, std::tm* parts) {
  writes(parts, sizeof *parts, CSP_RETURN_ADDRESS);
  return real_mktime(parts);
}
CSP_INTERCEPT(std::size_t, strftime, char* to, std::size_t max,
              const char* format, const std::tm* parts) {
  reads_text(format, CSP_RETURN_ADDRESS);
  reads(parts, sizeof *parts, CSP_RETURN_ADDRESS);
  const std::size_t size = real_strftime(to, max, format, parts);
  if (size > 0) writes(to, size + 1, CSP_RETURN_ADDRESS);
  return size;
}
CSP_INTERCEPT(char*, ctime_r, const time_t* when, char* to) {
  reads(when, sizeof *when, CSP_RETURN_ADDRESS);
  char* result = real_ctime_r(when, to);
  writes_text(result, CSP_RETURN_ADDRESS);
  return result;
}
CSP_INTERCEPT(char*, asctime_r, const std::tm* parts, char* to) {
  reads(parts, sizeof *parts, CSP_RETURN_ADDRESS);
  char* result = real_asctime_r(parts, to);
  writes_text(result, CSP_RETURN_ADDRESS);
  return result;
}
