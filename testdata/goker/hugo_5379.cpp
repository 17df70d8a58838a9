// Rendering takes the content's lock and comes back to the page, whose body
// runs once: the second way locks the same lock.
#include <csp/csp.h>

#include <mutex>

struct Shift {
  csp::mutex mu;
};

struct Page {
  csp::once main_once;
  Shift shift;
  int content() {
    main_once.call([&] {
      std::lock_guard lock(shift.mu);
#ifndef FIXED
      render();
#endif
    });
    return 1;
  }
  void render() {
    std::lock_guard lock(shift.mu);  // want "chansan-lock-double-acquire"
  }
};

int main() {
  Page page;
  csp::wait_group wg;
  for (int i = 0; i < 2; ++i)
    wg.go([&] { page.content(); });
  wg.wait();
}
