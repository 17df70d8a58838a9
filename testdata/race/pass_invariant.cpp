// A place that every turn of a loop writes.
#include <thread>

int totals[2];
int values[100];

[[gnu::noinline]] void add_up(const int* from, int count, int* total) {
  for (int i = 0; i < count; ++i) *total += from[i];
}

int main() {
  std::thread other([] { add_up(values, 100, &totals[0]); });
#ifdef RACY
  totals[0] = 1;
#else
  totals[1] = 1;
#endif
  other.join();
  return 0;
}
