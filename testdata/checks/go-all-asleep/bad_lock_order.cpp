// AB and BA.
#include <csp/csp.h>

csp::mutex a;
csp::mutex b;

int main() {
  csp::wait_group wg;
  wg.add(2);
  csp::go([&] {
    a.lock();
    b.lock();
    b.unlock();
    a.unlock();
    wg.done();
  });
  csp::go([&] {
    b.lock();
    a.lock();  // want "the other way round"
    a.unlock();
    b.unlock();
    wg.done();
  });
  wg.wait();  // want "all goroutines are asleep"
}
