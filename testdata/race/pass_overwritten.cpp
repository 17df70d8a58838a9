// A read whose place is written at once.
#include <thread>

int values[2];

[[gnu::noinline]] void increase(int* value) { *value = *value + 1; }

int main() {
  std::thread other([] { increase(&values[0]); });
#ifdef RACY
  increase(&values[0]);
#else
  increase(&values[1]);
#endif
  other.join();
  return 0;
}
