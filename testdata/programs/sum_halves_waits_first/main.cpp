// As sum_halves, but main waits for the goroutines before it receives what
// they want to send.
#include <csp/csp.h>

#include <array>
#include <cstdio>
#include <numeric>
#include <span>

int main() {
  static constexpr std::array kNumbers = {7, 2, 8, -9, 4, 0};
  auto results = csp::make_chan<int>();
  csp::wait_group all;
  for (std::size_t half : {0, 1}) {
    all.go([results, half] {
      const auto numbers = std::span(kNumbers).subspan(half * 3, 3);
      results << std::accumulate(numbers.begin(), numbers.end(), 0);
    });
  }
  all.wait();  // lint: go-all-asleep
  std::printf("%d\n", *results.recv() + *results.recv());
}
