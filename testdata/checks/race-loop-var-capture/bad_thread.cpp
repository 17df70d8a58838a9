#include <cstdio>
#include <thread>
#include <vector>

int main() {
  std::vector<std::thread> threads;
  for (int i = 0; i < 3; i++) {
    threads.emplace_back([&i] {
      std::printf("%d\n", i);  // want "data race on the loop variable 'i'"
    });
  }
  for (auto& thread : threads) thread.join();
}
