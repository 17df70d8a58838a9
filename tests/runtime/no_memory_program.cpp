// Starts goroutines until the address space that is left is used up, and lets
// them all end: nothing but the go statement notices. Ends with 0 then.
#include <sys/resource.h>

#include <array>
#include <atomic>
#include <cstdlib>
#include <fstream>
#include <new>

#include "csp/csp.h"

namespace {

constexpr std::size_t kMebibyte = std::size_t{1} << 20;

void limit_address_space(std::size_t more_bytes) {
  constexpr std::size_t kPageBytes = 4096;
  std::size_t pages = 0;
  std::ifstream("/proc/self/statm") >> pages;
  rlimit limit{};
  getrlimit(RLIMIT_AS, &limit);
  limit.rlim_cur = pages * kPageBytes + more_bytes;
  setrlimit(RLIMIT_AS, &limit);
}

/// Returns how many could be had.
int go_until_refused(const csp::chan<csp::unit>& gate, csp::wait_group& all,
                     std::atomic<int>& ended) {
  for (int started = 0;; ++started) {
    try {
      all.go([gate, &ended] {
        gate.recv();
        ++ended;
      });
    } catch (const std::bad_alloc&) {
      return started;
    }
  }
}

}  // namespace

int main(int, char** arguments) {
  // Made while there is memory: make_chan would notice, as it may.
  const std::array gates{csp::make_chan<csp::unit>(),
                         csp::make_chan<csp::unit>()};
  limit_address_space(std::strtoul(arguments[1], nullptr, 10) * kMebibyte);
  for (const auto& gate : gates) {
    csp::wait_group all;
    std::atomic<int> ended{0};
    const int started = go_until_refused(gate, all, ended);
    gate.close();
    all.wait();
    if (started == 0 || ended != started) return 1;
  }
  return 0;
}
