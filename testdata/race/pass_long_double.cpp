// A number of ten bytes.
#include <thread>

long double values[2];

[[gnu::noinline]] void store(long double* to, long double value) {
  *to = value;
}

int main() {
  std::thread other([] { store(&values[0], 1); });
#ifdef RACY
  store(&values[0], 2);
#else
  store(&values[1], 2);
#endif
  other.join();
  return 0;
}
