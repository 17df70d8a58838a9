// As sum_halves, but main waits for the goroutines before it receives what
// they want to send.
#include <csp/csp.h>

#include <array>
#include <cstdio>
#include <numeric>
#include <span>

int sum(std::span<const int> numbers) {
  return std::accumulate(numbers.begin(), numbers.end(), 0);
}

int main() {
  static constexpr std::array kNumbers = {7, 2, 8, -9, 4, 0};
  auto results = csp::make_chan<int>();
  csp::wait_group both;
  both.go([results] { results << sum(std::span(kNumbers).first(3)); });
  both.go([results] { results << sum(std::span(kNumbers).last(3)); });
  both.wait();  // lint: go-all-asleep
  std::printf("%d\n", *results.recv() + *results.recv());
}
