// After the loop; or in batches that are counted in the loop.
#include <csp/csp.h>

#include <vector>

void disable(int plugin);

void shut_down(const std::vector<int>& plugins) {
  csp::wait_group group;
  group.add(static_cast<int>(plugins.size()));
  for (int plugin : plugins)
    csp::go([&group, plugin] {
      disable(plugin);
      group.done();
    });
  group.wait();
}

void one_by_one(const std::vector<int>& plugins) {
  csp::wait_group group;
  for (int plugin : plugins) {
    group.add(1);
    csp::go([&group, plugin] {
      disable(plugin);
      group.done();
    });
    group.wait();
  }
}
