// Freeing a block is a write to it.
#include <cstdlib>
#include <thread>

int main() {
  int* block = static_cast<int*>(std::malloc(64));
  block[0] = 1;
  std::thread reader([block] {
    volatile int seen = block[0];
    (void)seen;
  });
#ifdef RACY
  std::free(block);
  reader.join();
#else
  reader.join();
  std::free(block);
#endif
  return 0;
}
