// The wait stands in the loop.
#include <csp/csp.h>

#include <vector>

struct Plugin {
  bool enabled = true;
};

int main() {
  std::vector<Plugin> plugins(2);
  csp::wait_group group;
  group.add(static_cast<int>(plugins.size()));
  for (auto& plugin : plugins) {
    csp::go([&] {
      plugin.enabled = false;
      group.done();
    });
#ifndef FIXED
    group.wait();  // want "chansan-wg-wait-in-spawn-loop" "chansan-go-all-asleep"
#endif
  }
#ifdef FIXED
  group.wait();
#endif
}
