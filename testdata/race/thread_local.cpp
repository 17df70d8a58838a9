// Each thread has its own; a pointer to another's does not change whose it is.
#include <thread>

thread_local int own = 0;
int* leaked = nullptr;

int main() {
  leaked = &own;
  std::thread other([] {
#ifdef RACY
    *leaked = 1;
#else
    own = 1;
#endif
  });
  own = 2;
  other.join();
  return 0;
}
