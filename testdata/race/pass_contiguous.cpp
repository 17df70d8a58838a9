// Neighbours written by a loop, up to a bound.
#include <thread>

int values[101];

[[gnu::noinline]] void fill(int* to, int count) {
  for (int i = 0; i < count; ++i) to[i] = i;
}

int main() {
  std::thread other([] { fill(values, 100); });
#ifdef RACY
  values[99] = 1;
#else
  values[100] = 1;
#endif
  other.join();
  return 0;
}
