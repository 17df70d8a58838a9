// Neighbours written by a loop, down to a bound.
#include <thread>

int values[101];

[[gnu::noinline]] void fill(int* to, int count) {
  for (int i = count; i > 0; --i) to[i] = to[i] / 2 + i;
}

int main() {
  std::thread other([] { fill(values, 100); });
#ifdef RACY
  values[1] = 1;
#else
  values[0] = 1;
#endif
  other.join();
  return 0;
}
