// A vector store that leaves some elements out.
#include <immintrin.h>

#include <thread>

int values[8];

[[gnu::noinline, gnu::target("avx2")]] void store_first(int count) {
  const __m256i lanes = _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7);
  const __m256i mask = _mm256_cmpgt_epi32(_mm256_set1_epi32(count), lanes);
  _mm256_maskstore_epi32(values, mask, lanes);
}

int main() {
  std::thread other([] { store_first(5); });
#ifdef RACY
  values[4] = 1;
#else
  values[5] = 1;
#endif
  other.join();
  return 0;
}
