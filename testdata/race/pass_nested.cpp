// A row that every turn of an outer loop reads.
#include <thread>

constexpr int kColumns = 64;
int row[kColumns + 1];
int table[50 * kColumns];
int sums[50];

[[gnu::noinline]] void multiply(const int* by, const int* rows, int* out,
                                int count) {
  for (int i = 0; i < count; ++i) {
    int sum = 0;
    for (int k = 0; k < kColumns; ++k) sum += rows[i * kColumns + k] * by[k];
    out[i] = sum;
  }
}

int main() {
  std::thread other([] { multiply(row, table, sums, 50); });
#ifdef RACY
  row[kColumns - 1] = 1;
#else
  row[kColumns] = 1;
#endif
  other.join();
  return 0;
}
