// Two locks in two orders: a few schedules deadlock, most do not.
#include <csp/csp.h>

int main() {
  csp::mutex left;
  csp::mutex right;
  csp::wait_group both;
  both.go([&] {
    left.lock();
    right.lock();
    right.unlock();
    left.unlock();
  });
  both.go([&] {
    right.lock();
    left.lock();
    left.unlock();
    right.unlock();
  });
  both.wait();
}
