#include "runtime/src/options.h"

#include <sched.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include "runtime/hooks.h"

namespace csp::internal {

namespace {

struct Option {
  const char* name;
  const char* default_value;
  const char* help;
  std::string value;
};

std::span<Option> options() {
  static Option all[] = {
#define CSP_OPTION(name, default_value, help) \
  {#name, default_value, help, default_value},
#include "runtime/options.def"
#undef CSP_OPTION
  };
  return all;
}

Option* find(std::string_view name) {
  for (Option& option : options()) {
    if (name == option.name) return &option;
  }
  return nullptr;
}

void print_options() {
  for (const Option& option : options()) {
    std::fprintf(stderr, "  %s=%s\n      %s\n", option.name,
                 option.default_value, option.help);
  }
}

[[noreturn]] void refuse(std::string_view item, const char* what) {
  std::fprintf(stderr,
               "csp: CHANSAN_OPTIONS: %s '%.*s'; the options are "
               "name=value, separated by ':', with the defaults\n",
               what, static_cast<int>(item.size()), item.data());
  print_options();
  std::_Exit(2);
}

void read_option(std::string_view item) {
  const auto equals = item.find('=');
  Option* option = find(item.substr(0, equals));
  if (!option) refuse(item.substr(0, equals), "unknown option");
  if (equals == item.npos) refuse(item, "no value for");
  option->value = item.substr(equals + 1);
}

std::optional<int> read_number(const char* path) {
  std::ifstream file(path);
  int value = 0;
  if (!(file >> value)) return std::nullopt;
  return value;
}

/// CPUs that the control group's quota allows, versions 2 and 1.
std::optional<int> quota_cpus() {
  std::ifstream file("/sys/fs/cgroup/cpu.max");
  std::string quota_text;
  double period = 0;
  if (file >> quota_text >> period) {
    double quota = 0;
    const char* end = quota_text.data() + quota_text.size();
    if (std::from_chars(quota_text.data(), end, quota).ptr != end ||
        period <= 0) {
      return std::nullopt;  // "max"
    }
    return std::max(1, static_cast<int>(std::ceil(quota / period)));
  }
  const auto quota = read_number("/sys/fs/cgroup/cpu/cpu.cfs_quota_us");
  const auto length = read_number("/sys/fs/cgroup/cpu/cpu.cfs_period_us");
  if (!quota || !length || *quota <= 0 || *length <= 0) return std::nullopt;
  return std::max(1, (*quota + *length - 1) / *length);
}

}  // namespace

void read_options() {
  static bool read = false;
  if (std::exchange(read, true)) return;
  const char* text = std::getenv("CHANSAN_OPTIONS");
  std::string_view rest = text ? text : "";
  while (!rest.empty()) {
    const auto colon = rest.find(':');
    const std::string_view item = rest.substr(0, colon);
    if (!item.empty()) read_option(item);
    rest = colon == rest.npos ? "" : rest.substr(colon + 1);
  }
  if (find("help")->value == "1") {
    std::fprintf(stderr, "csp: CHANSAN_OPTIONS, name=default:\n");
    print_options();
  }
}

std::size_t stack_bytes_option() {
  constexpr std::uint64_t kLeast = 16;
  constexpr std::uint64_t kMost = 1 << 20;
  constexpr std::uint64_t kPage = 4;
  const std::uint64_t kilobytes =
      seam::number_option("stack_kb", kLeast, kMost);
  return (kilobytes + kPage - 1) / kPage * kPage * 1024;
}

std::int64_t stack_idle_option_ns() {
  constexpr std::uint64_t kMost = 1'000'000'000;
  constexpr std::int64_t kNanosecondsPerMillisecond = 1'000'000;
  static const auto milliseconds =
      static_cast<std::int64_t>(seam::number_option("stack_idle_ms", 0, kMost));
  return milliseconds * kNanosecondsPerMillisecond;
}

int usable_cpus() {
  static const int count = [] {
    cpu_set_t set;
    int cpus = 1;
    if (sched_getaffinity(0, sizeof set, &set) == 0) {
      cpus = std::max(1, CPU_COUNT(&set));
    } else {
      cpus = std::max(1, static_cast<int>(sysconf(_SC_NPROCESSORS_ONLN)));
    }
    if (const auto quota = quota_cpus()) cpus = std::min(cpus, *quota);
    return cpus;
  }();
  return count;
}

int default_processors() {
  if (const char* text = std::getenv("GOMAXPROCS")) {
    int count = 0;
    const char* end = text + std::strlen(text);
    if (std::from_chars(text, end, count).ptr == end && count >= 1) {
      return std::min(count, 1024);
    }
  }
  return usable_cpus();
}

}  // namespace csp::internal

namespace csp::seam {

const char* option(const char* name) {
  internal::read_options();
  const internal::Option* found = internal::find(name);
  return found ? found->value.c_str() : nullptr;
}

std::uint64_t number_option(const char* name, std::uint64_t least,
                            std::uint64_t most) {
  const std::string_view text = option(name);
  std::uint64_t value = 0;
  const char* end = text.data() + text.size();
  const auto parsed = std::from_chars(text.data(), end, value);
  if (parsed.ec == std::errc() && parsed.ptr == end && value >= least &&
      value <= most) {
    return value;
  }
  std::fprintf(stderr,
               "csp: CHANSAN_OPTIONS: %s=%s is not a number from %llu to "
               "%llu\n",
               name, text.data(), static_cast<unsigned long long>(least),
               static_cast<unsigned long long>(most));
  std::_Exit(2);
}

}  // namespace csp::seam
