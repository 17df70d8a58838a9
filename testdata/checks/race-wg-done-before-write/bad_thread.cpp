// A latch orders what comes before its count.
#include <latch>
#include <thread>

int work();

int run() {
  int result = 0;
  std::latch ready(1);
  std::thread other([&] {
    ready.count_down();
    result = work();  // want "this write comes after done\(\)"
  });
  ready.wait();
  const int seen = result;
  other.join();
  return seen;
}
