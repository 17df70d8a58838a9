// A column of a table, written by a loop.
#include <thread>

constexpr int kColumns = 7;
int table[50 * kColumns];

[[gnu::noinline]] void fill(int* column, int rows) {
  for (int i = 0; i < rows; ++i) column[i * kColumns] = i;
}

int main() {
  std::thread other([] { fill(&table[3], 50); });
#ifdef RACY
  table[49 * kColumns + 3] = 1;
#else
  table[49 * kColumns + 4] = 1;
#endif
  other.join();
  return 0;
}
