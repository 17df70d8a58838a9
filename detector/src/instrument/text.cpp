// Texts: the functions of <string.h> that look at memory.
#include <algorithm>
#include <cctype>
#include <cstdint>

#include "detector/src/instrument/intercept.h"

using namespace chansan::live;

namespace {

constinit Real<int(const void*, const void*, std::size_t)> real_memcmp(
    "memcmp");
constinit Real<void*(const void*, int, std::size_t)> real_memchr("memchr");
constinit Real<void*(const void*, int, std::size_t)> real_memrchr("memrchr");
constinit Real<void*(const void*, std::size_t, const void*, std::size_t)>
    real_memmem("memmem");
constinit Real<std::size_t(const char*)> real_strlen("strlen");
constinit Real<std::size_t(const char*, std::size_t)> real_strnlen("strnlen");
using Compare = int(const char*, const char*);
using CompareSome = int(const char*, const char*, std::size_t);
constinit Real<Compare> real_strcmp("strcmp");
constinit Real<CompareSome> real_strncmp("strncmp");
constinit Real<Compare> real_strcasecmp("strcasecmp");
constinit Real<CompareSome> real_strncasecmp("strncasecmp");
using Search = char*(const char*, int);
using SearchText = char*(const char*, const char*);
using Span = std::size_t(const char*, const char*);
constinit Real<Search> real_strchr("strchr");
constinit Real<Search> real_strchrnul("strchrnul");
constinit Real<Search> real_strrchr("strrchr");
constinit Real<SearchText> real_strstr("strstr");
constinit Real<SearchText> real_strcasestr("strcasestr");
constinit Real<SearchText> real_strpbrk("strpbrk");
constinit Real<Span> real_strspn("strspn");
constinit Real<Span> real_strcspn("strcspn");
using Copy = char*(char*, const char*);
using CopySome = char*(char*, const char*, std::size_t);
constinit Real<Copy> real_strcpy("strcpy");
constinit Real<CopySome> real_strncpy("strncpy");
constinit Real<Copy> real_stpcpy("stpcpy");
constinit Real<CopySome> real_stpncpy("stpncpy");
constinit Real<Copy> real_strcat("strcat");
constinit Real<CopySome> real_strncat("strncat");
constinit Real<char*(const char*)> real_strdup("strdup");
constinit Real<char*(const char*, std::size_t)> real_strndup("strndup");
constinit Real<char*(char*, const char*, char**)> real_strtok_r("strtok_r");
constinit Real<char*(char**, const char*)> real_strsep("strsep");

// Looks at as much of both as decides which is the greater, and at all of it
// if they are equal.
template <typename Same>
void compares(const char* a, const char* b, std::size_t max, void* pc,
              Same same) {
  if (!watching()) return;
  std::size_t count = 0;
  while (count < max && same(a[count], b[count]) && a[count] != '\0') ++count;
  const std::size_t size = count < max ? count + 1 : max;
  reads(a, size, pc);
  reads(b, size, pc);
}

bool equal(char a, char b) { return a == b; }
bool equal_folded(char a, char b) {
  return std::tolower(static_cast<unsigned char>(a)) ==
         std::tolower(static_cast<unsigned char>(b));
}

// A search from the front looks no further than what it finds.
void searched(const char* text, const char* found, void* pc) {
  if (found == nullptr) return reads_text(text, pc);
  reads(text, static_cast<std::size_t>(found - text) + 1, pc);
}

void copies(char* to, const char* from, void* pc) {
  if (!watching()) return;
  const std::size_t size = std::strlen(from) + 1;
  reads(from, size, pc);
  writes(to, size, pc);
}

void copies_some(char* to, const char* from, std::size_t max, void* pc) {
  reads_text(from, max, pc);
  writes(to, max, pc);
}

// Appends at most `max` bytes and a zero.
void appends(char* to, const char* from, std::size_t max, void* pc) {
  if (!watching()) return;
  const std::size_t before = std::strlen(to);
  reads(to, before + 1, pc);
  reads_text(from, max, pc);
  writes(to + before, strnlen(from, max) + 1, pc);
}

}  // namespace

CSP_INTERCEPT(int, memcmp, const void* a, const void* b, std::size_t size) {
  reads(a, size, CSP_RETURN_ADDRESS);
  reads(b, size, CSP_RETURN_ADDRESS);
  return real_memcmp(a, b, size);
}
CSP_ALSO_CALLED(int, __csp_memcmp, memcmp, const void*, const void*,
                std::size_t);

// What the compilers make of a comparison with zero.
CSP_INTERCEPT(int, bcmp, const void* a, const void* b, std::size_t size) {
  reads(a, size, CSP_RETURN_ADDRESS);
  reads(b, size, CSP_RETURN_ADDRESS);
  return real_memcmp(a, b, size);
}

CSP_INTERCEPT(void*, memchr, const void* place, int byte, std::size_t size) {
  void* found = real_memchr(place, byte, size);
  const std::size_t seen =
      found == nullptr
          ? size
          : static_cast<std::size_t>(static_cast<const char*>(found) -
                                     static_cast<const char*>(place)) +
                1;
  reads(place, seen, CSP_RETURN_ADDRESS);
  return found;
}
CSP_INTERCEPT(void*, memrchr, const void* place, int byte, std::size_t size) {
  reads(place, size, CSP_RETURN_ADDRESS);
  return real_memrchr(place, byte, size);
}
CSP_INTERCEPT(void*, memmem, const void* place, std::size_t size,
              const void* part, std::size_t part_size) {
  reads(place, size, CSP_RETURN_ADDRESS);
  reads(part, part_size, CSP_RETURN_ADDRESS);
  return real_memmem(place, size, part, part_size);
}

CSP_INTERCEPT(std::size_t, strlen, const char* text) {
  const std::size_t size = real_strlen(text);
  reads(text, size + 1, CSP_RETURN_ADDRESS);
  return size;
}
CSP_ALSO_CALLED(std::size_t, __csp_strlen, strlen, const char*);
CSP_INTERCEPT(std::size_t, strnlen, const char* text, std::size_t max) {
  const std::size_t size = real_strnlen(text, max);
  reads(text, size < max ? size + 1 : max, CSP_RETURN_ADDRESS);
  return size;
}

CSP_INTERCEPT(int, strcmp, const char* a, const char* b) {
  compares(a, b, SIZE_MAX, CSP_RETURN_ADDRESS, &equal);
  return real_strcmp(a, b);
}
CSP_ALSO_CALLED(int, __csp_strcmp, strcmp, const char*, const char*);
CSP_INTERCEPT(int, strncmp, const char* a, const char* b, std::size_t max) {
  compares(a, b, max, CSP_RETURN_ADDRESS, &equal);
  return real_strncmp(a, b, max);
}
CSP_ALSO_CALLED(int, __csp_strncmp, strncmp, const char*, const char*,
                std::size_t);
CSP_INTERCEPT(int, strcasecmp, const char* a, const char* b) {
  compares(a, b, SIZE_MAX, CSP_RETURN_ADDRESS, &equal_folded);
  return real_strcasecmp(a, b);
}
CSP_INTERCEPT(int, strncasecmp, const char* a, const char* b, std::size_t max) {
  compares(a, b, max, CSP_RETURN_ADDRESS, &equal_folded);
  return real_strncasecmp(a, b, max);
}

CSP_INTERCEPT(char*, strchr, const char* text, int letter) {
  char* found = real_strchr(text, letter);
  searched(text, found, CSP_RETURN_ADDRESS);
  return found;
}
CSP_INTERCEPT(char*, strchrnul, const char* text, int letter) {
  char* found = real_strchrnul(text, letter);
  searched(text, found, CSP_RETURN_ADDRESS);
  return found;
}
CSP_INTERCEPT(char*, strrchr, const char* text, int letter) {
  reads_text(text, CSP_RETURN_ADDRESS);
  return real_strrchr(text, letter);
}
CSP_INTERCEPT(char*, strstr, const char* text, const char* part) {
  reads_text(text, CSP_RETURN_ADDRESS);
  reads_text(part, CSP_RETURN_ADDRESS);
  return real_strstr(text, part);
}
CSP_INTERCEPT(char*, strcasestr, const char* text, const char* part) {
  reads_text(text, CSP_RETURN_ADDRESS);
  reads_text(part, CSP_RETURN_ADDRESS);
  return real_strcasestr(text, part);
}
CSP_INTERCEPT(char*, strpbrk, const char* text, const char* letters) {
  char* found = real_strpbrk(text, letters);
  searched(text, found, CSP_RETURN_ADDRESS);
  reads_text(letters, CSP_RETURN_ADDRESS);
  return found;
}
CSP_INTERCEPT(std::size_t, strspn, const char* text, const char* letters) {
  const std::size_t size = real_strspn(text, letters);
  reads(text, size + 1, CSP_RETURN_ADDRESS);
  reads_text(letters, CSP_RETURN_ADDRESS);
  return size;
}
CSP_INTERCEPT(std::size_t, strcspn, const char* text, const char* letters) {
  const std::size_t size = real_strcspn(text, letters);
  reads(text, size + 1, CSP_RETURN_ADDRESS);
  reads_text(letters, CSP_RETURN_ADDRESS);
  return size;
}

CSP_INTERCEPT(char*, strcpy, char* to, const char* from) {
  copies(to, from, CSP_RETURN_ADDRESS);
  return real_strcpy(to, from);
}
CSP_ALSO_CALLED(char*, __csp_strcpy, strcpy, char*, const char*);
CSP_INTERCEPT(char*, __strcpy_chk, char* to, const char* from, std::size_t) {
  copies(to, from, CSP_RETURN_ADDRESS);
  return real_strcpy(to, from);
}
CSP_INTERCEPT(char*, stpcpy, char* to, const char* from) {
  copies(to, from, CSP_RETURN_ADDRESS);
  return real_stpcpy(to, from);
}
CSP_INTERCEPT(char*, strncpy, char* to, const char* from, std::size_t max) {
  copies_some(to, from, max, CSP_RETURN_ADDRESS);
  return real_strncpy(to, from, max);
}
CSP_ALSO_CALLED(char*, __csp_strncpy, strncpy, char*, const char*, std::size_t);
CSP_INTERCEPT(char*, stpncpy, char* to, const char* from, std::size_t max) {
  copies_some(to, from, max, CSP_RETURN_ADDRESS);
  return real_stpncpy(to, from, max);
}
CSP_INTERCEPT(char*, strcat, char* to, const char* from) {
  appends(to, from, SIZE_MAX, CSP_RETURN_ADDRESS);
  return real_strcat(to, from);
}
CSP_ALSO_CALLED(char*, __csp_strcat, strcat, char*, const char*);
CSP_INTERCEPT(char*, __strcat_chk, char* to, const char* from, std::size_t) {
  appends(to, from, SIZE_MAX, CSP_RETURN_ADDRESS);
  return real_strcat(to, from);
}
CSP_INTERCEPT(char*, strncat, char* to, const char* from, std::size_t max) {
  appends(to, from, max, CSP_RETURN_ADDRESS);
  return real_strncat(to, from, max);
}

CSP_INTERCEPT(char*, strdup, const char* text) {
  reads_text(text, CSP_RETURN_ADDRESS);
  return real_strdup(text);
}
CSP_ALSO_CALLED(char*, __csp_strdup, strdup, const char*);
CSP_INTERCEPT(char*, strndup, const char* text, std::size_t max) {
  reads_text(text, max, CSP_RETURN_ADDRESS);
  return real_strndup(text, max);
}

// Both put a zero behind the part that they find, and move on behind it.
CSP_INTERCEPT(char*, strtok_r, char* text, const char* letters, char** rest) {
  const char* begin = text != nullptr ? text : *rest;
  reads_text(begin, CSP_RETURN_ADDRESS);
  reads_text(letters, CSP_RETURN_ADDRESS);
  char* found = real_strtok_r(text, letters, rest);
  writes(rest, sizeof *rest, CSP_RETURN_ADDRESS);
  if (found != nullptr) writes_text(found, CSP_RETURN_ADDRESS);
  return found;
}
CSP_INTERCEPT(char*, strsep, char** rest, const char* letters) {
  reads_text(*rest, CSP_RETURN_ADDRESS);
  reads_text(letters, CSP_RETURN_ADDRESS);
  char* found = real_strsep(rest, letters);
  writes(rest, sizeof *rest, CSP_RETURN_ADDRESS);
  if (found != nullptr) writes_text(found, CSP_RETURN_ADDRESS);
  return found;
}
