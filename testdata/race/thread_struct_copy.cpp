// Copying a structure reads and writes all of it.
#include <thread>

struct Record {
  long words[9];
};
Record source{};
Record target{};

int main() {
  std::thread copier([] { target = source; });
#ifndef RACY
  copier.join();
#endif
  source.words[8] = 1;
#ifdef RACY
  copier.join();
#endif
  return 0;
}
