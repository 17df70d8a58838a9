// Vectors that are wider than any entry point of the compilers.
#include <thread>

using Wide = int __attribute__((vector_size(32)));
Wide values[2];
Wide sum;

[[gnu::noinline]] void copy(const Wide* from, Wide* to) { *to = *from; }

int main() {
  std::thread other([] { copy(&values[0], &sum); });
#ifdef RACY
  values[0][7] = 1;
#else
  values[1][0] = 1;
#endif
  other.join();
  return 0;
}
