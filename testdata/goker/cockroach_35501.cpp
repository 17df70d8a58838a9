// The loop variable is captured by reference by the goroutines of a check.
#include <csp/csp.h>
#include <mutex>
#include <string>
#include <vector>
struct Check {
  int name;
  bool validated = false;
};
class Desc {
 public:
  std::vector<Check> checks{{1}, {2}, {3}};
  std::vector<Check>& all() { return checks; }
};
int main() {
  Desc desc;
  csp::wait_group wg;
  auto& list = desc.all();
#ifndef FIXED
  std::size_t i = 0;
  for (; i < list.size(); ++i) {
    wg.add(1);
    csp::go([&] {
      list[i].validated = true;  // want "chansan-race-ref-capture-after-spawn"
      wg.done();
    });
  }
#else
  for (std::size_t i = 0; i < list.size(); ++i) {
    wg.add(1);
    csp::go([&wg, &list, i] {
      list[i].validated = true;
      wg.done();
    });
  }
#endif
  wg.wait();
}
