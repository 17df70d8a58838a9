// The first turn waits for all.
#include <csp/csp.h>

#include <vector>

void disable(int plugin);

void shut_down(const std::vector<int>& plugins) {
  csp::wait_group group;
  group.add(static_cast<int>(plugins.size()));
  for (int plugin : plugins) {
    csp::go([&group, plugin] {
      disable(plugin);
      group.done();
    });
    group.wait();  // want "wait\(\) in the loop that starts the goroutines"
  }
}
