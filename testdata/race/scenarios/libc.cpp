// Functions of the C library: what they read and write, and what they order.
#include <fcntl.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>
#include <wchar.h>

#include <algorithm>
#include <cctype>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <string>

#include "scenario.h"

static char text[64] = "some text";
static char other[64] = "other";
static char out[64];
static int numbers[8] = {3, 1, 2};

// Something that writes to the text, unordered with whatever else there is.
static void write_text() {
  text[1] = 'x';
  keep(text);
}
static void read_out() { use(out[1]); }

RACE(memcpy_reads) {
  threads([] { std::memcpy(out, text, 20); }, write_text);
}
RACE(memcpy_writes) {
  threads([] { std::memcpy(out, text, 20); }, read_out);
}
NORACE(memcpy_of_what_lies_beside) {
  threads([] { std::memcpy(out + 4, text + 4, 20); }, [] { write_text(); },
          read_out);
}
RACE(memmove_reads) {
  threads([] { std::memmove(out, text, 20); }, write_text);
}
RACE(memset_writes) {
  threads([] { std::memset(out, 1, 20); }, read_out);
}
NORACE(memset_beside) {
  threads([] { std::memset(out + 2, 1, 20); }, read_out);
}
RACE(memcmp_reads) {
  threads([] { keep(std::memcmp(text, other, 5)); }, write_text);
}
RACE(memchr_reads) {
  threads([] { keep(std::memchr(text, 't', 9)); }, write_text);
}
RACE(strlen_reads) {
  threads([] { keep(std::strlen(text)); }, write_text);
}
RACE(strlen_reads_the_end) {
  threads([] { keep(std::strlen(text)); },
          [] {
            text[9] = '!';
            keep(text);
          });
}
RACE(strnlen_reads) {
  threads([] { keep(strnlen(text, 5)); }, write_text);
}
NORACE(strnlen_reads_no_more_than_asked) {
  threads([] { keep(strnlen(text, 1)); }, write_text);
}
RACE(strcmp_reads) {
  threads([] { keep(std::strcmp(text, "some text")); }, write_text);
}
NORACE(strcmp_stops_at_the_difference) {
  threads([] { keep(std::strcmp(text, other)); }, write_text);
}
RACE(strncmp_reads) {
  threads([] { keep(std::strncmp(text, "some", 4)); }, write_text);
}
RACE(strcasecmp_reads) {
  threads([] { keep(strcasecmp(text, "SOME")); }, write_text);
}
RACE(strncasecmp_reads) {
  threads([] { keep(strncasecmp(text, "SOME", 4)); }, write_text);
}
RACE(strcpy_reads) {
  threads([] { std::strcpy(out, text); }, write_text);
}
RACE(strcpy_writes) {
  threads([] { std::strcpy(out, text); }, read_out);
}
RACE(strncpy_writes_zeros) {
  threads([] { std::strncpy(out, "a", 20); }, [] { use(out[15]); });
}
RACE(stpcpy_writes) {
  threads([] { stpcpy(out, text); }, read_out);
}
RACE(strcat_writes) {
  in_turn([] { std::strcat(out, "abc"); }, read_out);
}
RACE(strncat_writes) {
  threads([] { std::strncat(out, "abc", 2); }, read_out);
}
RACE(strchr_reads) {
  threads([] { keep(std::strchr(text, 't')); }, write_text);
}
RACE(strrchr_reads) {
  threads([] { keep(std::strrchr(text, 't')); }, write_text);
}
RACE(strstr_reads) {
  threads([] { keep(std::strstr(text, "text")); }, write_text);
}
RACE(strspn_reads) {
  threads([] { keep(std::strspn(text, "abcmos")); }, write_text);
}
RACE(strpbrk_reads) {
  threads([] { keep(std::strpbrk(text, "t")); }, write_text);
}
RACE(strtok_r_writes) {
  in_turn(
      [] {
        char* rest = nullptr;
        keep(strtok_r(text, " ", &rest));
      },
      [] { use(text[4]); });
}
RACE(strdup_reads) {
  threads(
      [] {
        char* copy = strdup(text);
        keep(copy);
        std::free(copy);
      },
      write_text);
}
RACE(strndup_reads) {
  threads(
      [] {
        char* copy = strndup(text, 4);
        keep(copy);
        std::free(copy);
      },
      write_text);
}
RACE(atoi_reads) {
  static char digits[] = "123";
  threads([] { keep(std::atoi(digits)); },
          [] {
            digits[1] = '5';
            keep(digits);
          });
}
RACE(strtol_reads) {
  static char digits[] = "123";
  threads([] { keep(std::strtol(digits, nullptr, 10)); },
          [] {
            digits[1] = '5';
            keep(digits);
          });
}
RACE(strtod_reads) {
  static char digits[] = "1.5";
  threads([] { keep(std::strtod(digits, nullptr)); },
          [] {
            digits[1] = '5';
            keep(digits);
          });
}
RACE(puts_reads) {
  threads([] { std::puts(text); }, write_text);
}
RACE(fputs_reads) {
  threads([] { std::fputs(text, stdout); }, write_text);
}
RACE(printf_reads_a_string) {
  threads([] { std::printf("%d %s\n", 1, text); }, write_text);
}
NORACE(printf_reads_no_more_than_the_precision) {
  threads([] { std::printf("%.1s\n", text); }, write_text);
}
RACE(fprintf_reads_a_string) {
  threads([] { std::fprintf(stdout, "%s\n", text); }, write_text);
}
RACE(snprintf_reads_a_string) {
  static char mine[64];
  threads([] { std::snprintf(mine, sizeof mine, "%s", text); }, write_text);
}
RACE(snprintf_writes) {
  threads([] { std::snprintf(out, sizeof out, "%d", 12345); }, read_out);
}
RACE(sprintf_writes) {
  threads([] { std::sprintf(out, "%d", 12345); }, read_out);
}
NORACE(snprintf_writes_no_more_than_it_must) {
  threads([] { std::snprintf(out + 2, 62, "%d", 1); }, [] { use(out[10]); },
          read_out);
}
RACE(sscanf_writes) {
  static int number;
  threads([] { std::sscanf("12", "%d", &number); }, [] { use(number); });
}
RACE(sscanf_reads) {
  threads(
      [] {
        char mine[64];
        std::sscanf(text, "%63s", mine);
        keep(mine);
      },
      write_text);
}
static int compare(const void* a, const void* b) {
  return *static_cast<const int*>(a) - *static_cast<const int*>(b);
}
RACE(qsort_touches_the_array) {
  threads([] { std::qsort(numbers, 3, sizeof(int), &compare); },
          [] { use(numbers[0]); });
}
NORACE(qsort_leaves_the_rest) {
  threads([] { std::qsort(numbers, 3, sizeof(int), &compare); },
          [] {
            numbers[3] = 1;
            keep(numbers);
          });
}
RACE(bsearch_reads) {
  threads(
      [] {
        const int key = 2;
        keep(std::bsearch(&key, numbers, 3, sizeof(int), &compare));
      },
      [] {
        for (int& n : numbers) n = 2;
        keep(numbers);
      });
}
RACE(sort_touches_the_array) {
  threads([] { std::sort(numbers, numbers + 3); },
          [] {
            numbers[1] = 5;
            keep(numbers);
          });
}

static int descriptors[2];
RACE(read_writes_the_buffer) {
  keep(pipe(descriptors));
  keep(write(descriptors[1], "abcd", 4));
  threads([] { keep(read(descriptors[0], out, 4)); }, read_out);
}
NORACE(read_writes_what_it_got) {
  keep(pipe(descriptors));
  keep(write(descriptors[1], "a", 1));
  threads([] { keep(read(descriptors[0], out, 60)); }, read_out);
}
RACE(write_reads_the_buffer) {
  keep(pipe(descriptors));
  threads([] { keep(write(descriptors[1], text, 4)); }, write_text);
}
RACE(pread_writes_the_buffer) {
  static int file = open("/proc/self/exe", O_RDONLY);
  threads([] { keep(pread(file, out, 16, 0)); }, read_out);
}
RACE(readv_writes_the_buffers) {
  keep(pipe(descriptors));
  keep(write(descriptors[1], "abcd", 4));
  threads(
      [] {
        iovec parts[] = {{out + 8, 1}, {out, 3}};
        keep(readv(descriptors[0], parts, 2));
      },
      read_out);
}
RACE(recv_writes_the_buffer) {
  keep(socketpair(AF_UNIX, SOCK_STREAM, 0, descriptors));
  keep(send(descriptors[1], "abcd", 4, 0));
  threads([] { keep(recv(descriptors[0], out, 4, 0)); }, read_out);
}
RACE(send_reads_the_buffer) {
  keep(socketpair(AF_UNIX, SOCK_STREAM, 0, descriptors));
  threads([] { keep(send(descriptors[1], text, 4, 0)); }, write_text);
}
NORACE(pipe_orders_the_writer_before_the_reader) {
  keep(pipe(descriptors));
  threads(
      [] {
        x = 1;
        keep(write(descriptors[1], "a", 1));
      },
      [] {
        char c;
        keep(read(descriptors[0], &c, 1));
        x = 2;
      });
}
RACE(write_after_the_write) {
  keep(pipe(descriptors));
  threads(
      [] {
        keep(write(descriptors[1], "a", 1));
        x = 1;
      },
      [] {
        char c;
        keep(read(descriptors[0], &c, 1));
        x = 2;
      });
}
NORACE(socket_orders_the_sender_before_the_receiver) {
  keep(socketpair(AF_UNIX, SOCK_STREAM, 0, descriptors));
  threads(
      [] {
        x = 1;
        keep(send(descriptors[1], "a", 1, 0));
      },
      [] {
        char c;
        keep(recv(descriptors[0], &c, 1, 0));
        x = 2;
      });
}
RACE(fwrite_reads_the_buffer) {
  static FILE* file = std::fopen("/dev/null", "w");
  threads([] { std::fwrite(text, 1, 4, file); }, write_text);
}
RACE(fread_writes_the_buffer) {
  static FILE* file = std::fopen("/proc/self/exe", "r");
  threads([] { keep(std::fread(out, 1, 16, file)); }, read_out);
}
RACE(fgets_writes_the_buffer) {
  static FILE* file = std::fopen("/proc/self/status", "r");
  threads([] { keep(std::fgets(out, 16, file)); }, read_out);
}
RACE(getline_writes_the_buffer) {
  static FILE* file = std::fopen("/proc/self/status", "r");
  static char* line = static_cast<char*>(std::malloc(1000));
  static std::size_t size = 1000;
  in_turn([] { keep(getline(&line, &size, file)); }, [] { use(line[1]); });
}
NORACE(one_stream_may_be_used_by_all) {
  static FILE* file = std::fopen("/dev/null", "w");
  threads([] { std::fputs("a", file); }, [] { std::fputs("b", file); },
          [] { std::fprintf(file, "%d", 1); });
}
RACE(time_writes_its_result) {
  static time_t now;
  threads([] { std::time(&now); }, [] { use(now); });
}
RACE(clock_gettime_writes_its_result) {
  static timespec now;
  threads([] { clock_gettime(CLOCK_MONOTONIC, &now); },
          [] { use(now.tv_sec); });
}
RACE(localtime_r_writes_its_result) {
  static std::tm parts;
  threads(
      [] {
        const time_t now = 1;
        gmtime_r(&now, &parts);
      },
      [] { use(parts.tm_year); });
}
RACE(strftime_writes) {
  threads(
      [] {
        std::tm parts{};
        std::strftime(out, sizeof out, "%Y", &parts);
      },
      read_out);
}
RACE(wide_strings) {
  static wchar_t wide[16] = L"wide";
  threads([] { keep(wcslen(wide)); },
          [] {
            wide[1] = L'x';
            keep(wide);
          });
}
NORACE(getenv_by_all) {
  threads([] { keep(std::getenv("PATH")); }, [] { keep(std::getenv("HOME")); });
}
