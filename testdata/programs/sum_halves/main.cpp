// Two goroutines sum half an array each; the results come over one channel.
#include <csp/csp.h>

#include <array>
#include <cstdio>
#include <numeric>
#include <span>

void sum(std::span<const int> numbers, csp::send_chan<int> result) {
  result << std::accumulate(numbers.begin(), numbers.end(), 0);
}

int main() {
  static constexpr std::array kNumbers = {7, 2, 8, -9, 4, 0};
  auto results = csp::make_chan<int>();
  csp::go(sum, std::span(kNumbers).first(3), results);
  csp::go(sum, std::span(kNumbers).last(3), results);
  int a = *results.recv();
  int b = *results.recv();
  if (a < b) std::swap(a, b);
  std::printf("(%d)+(%d)=%d\n", a, b, a + b);
}
