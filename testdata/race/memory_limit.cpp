// Two goroutines walk through far more memory than memory_limit_mb lets the
// detector remember, each through what the other had before; then ten count,
// in the racy twin without the lock. Prints by how many KB the process grew.
#include <csp/csp.h>

#include <cstddef>
#include <cstdio>
#include <fstream>
#include <string>
#include <vector>

namespace {

constexpr std::size_t kBytes = std::size_t{64} << 20;

int counter = 0;
csp::mutex guard;

long resident_kb() {
  std::ifstream status("/proc/self/status");
  for (std::string line; std::getline(status, line);) {
    if (line.starts_with("VmRSS:")) return std::stol(line.substr(6));
  }
  return 0;
}

void walk(long* begin, long* end) {
  for (long* each = begin; each != end; ++each) *each += each - begin;
}

}  // namespace

int main() {
  const long before = resident_kb();
  std::vector<long> data(kBytes / sizeof(long));
  long* const halves[] = {data.data(), data.data() + data.size() / 2,
                          data.data() + data.size()};
  for (int round = 0; round < 2; ++round) {
    csp::wait_group walkers;
    for (int which = 0; which < 2; ++which) {
      long* const* const half = halves + (which ^ round);
      walkers.go([half] { walk(half[0], half[1]); });
    }
    walkers.wait();
  }
  std::printf("grew %ld\n", resident_kb() - before);
  csp::wait_group counters;
  for (int i = 0; i < 10; ++i) {
    counters.go([] {
#ifndef RACY
      guard.lock();
#endif
      ++counter;
#ifndef RACY
      guard.unlock();
#endif
    });
  }
  counters.wait();
  return counter > 0 ? 0 : 1;
}
