#include <cstdio>
#include <functional>
#include <thread>

void set(int& out) { out = 42; }

int main() {
  int answer = 0;
  std::thread thread(set, std::ref(answer));
  thread.join();
  std::printf("%d\n", answer);
}
