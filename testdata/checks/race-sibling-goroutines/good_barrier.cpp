// A barrier orders the threads that meet at it; it is no data itself.
#include <barrier>
#include <latch>
#include <thread>
#include <vector>
#include <iostream>
int main() {
  constexpr int n = 3;
  std::vector<int> parts(n);
  int sum = 0;
  std::barrier sync(n, [&]() noexcept {
    for (int p : parts) sum += p;
  });
  std::latch done(n);
  std::vector<std::jthread> ts;
  for (int i = 0; i < n; ++i)
    ts.emplace_back([&, i] {
      for (int round = 0; round < 4; ++round) {
        parts[i] = i * round;
        sync.arrive_and_wait();
      }
      done.count_down();
    });
  done.wait();
  std::cout << sum << "\n";
}
