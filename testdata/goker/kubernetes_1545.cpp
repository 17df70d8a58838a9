// The pods' map is filled by several workers without the lock.
#include <csp/csp.h>
#include <mutex>
#include <string>
#include <unordered_map>
int main() {
  std::unordered_map<std::string, int> pods;
  csp::mutex mu;
  csp::wait_group wg;
  for (int i = 0; i < 3; i++) {
    wg.add(1);
    csp::go([&, i]() {
#ifdef FIXED
      std::scoped_lock lk(mu);
#endif
      pods[std::to_string(i)] = i;  // want "chansan-race-container-mutation"
      wg.done();
    });
  }
  wg.wait();
  mu.lock();
  auto n = pods.size();
  mu.unlock();
  return n != 3;
}
