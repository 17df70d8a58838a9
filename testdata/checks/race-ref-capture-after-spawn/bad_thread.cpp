#include <cstdio>
#include <functional>
#include <thread>

void set(int& out) { out = 42; }  // want "data race on the local variable 'answer'"

int main() {
  int answer = 0;
  std::thread thread(set, std::ref(answer));
  std::printf("%d\n", answer);
  thread.join();
}
