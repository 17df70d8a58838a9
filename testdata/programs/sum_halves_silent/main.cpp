// As sum_halves, with every result told in two messages; one half tells
// nothing, and main waits for its two for ever.
#include <csp/csp.h>

#include <array>
#include <cstdio>
#include <numeric>
#include <span>

void sum(std::span<const int> numbers, csp::send_chan<int> result) {
  result << static_cast<int>(numbers.size());
  result << std::accumulate(numbers.begin(), numbers.end(), 0);
}

void sum_for_nobody(std::span<const int> numbers, csp::send_chan<int>) {
  std::printf("sum is %d\n",
              std::accumulate(numbers.begin(), numbers.end(), 0));
}

int main() {
  static constexpr std::array kNumbers = {7, 2, 8, -9, 4, 0};
  auto results = csp::make_chan<int>();
  csp::go(sum, std::span(kNumbers).first(3), results);
  csp::go(sum_for_nobody, std::span(kNumbers).last(3), results);
  const int first_size = *results.recv();
  const int first_sum = *results.recv();
  const int second_size = *results.recv();  // lint: go-all-asleep
  const int second_sum = *results.recv();
  std::printf("%d numbers: %d\n", first_size + second_size,
              first_sum + second_sum);
}
