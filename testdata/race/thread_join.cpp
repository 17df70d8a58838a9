// What a thread did is ordered before the return of its join, not before.
#include <thread>

int result = 0;

int main() {
  std::thread worker([] { result = 42; });
#ifdef RACY
  const int seen = result;
  worker.join();
#else
  worker.join();
  const int seen = result;
#endif
  return seen < 0 ? 1 : 0;
}
