// A latch that one path does not count down.
#include <latch>
#include <thread>

bool ready();
void work();

void run() {
  std::latch all(1);
  std::thread worker([&all] {
    if (!ready()) return;  // want "the goroutine may end here without 'all''s done\(\)"
    work();
    all.count_down();
  });
  all.wait();
  worker.join();
}
