// The group is waited for in the loop that starts those it counts.
// deadlock: wait group never zero
#include <csp/csp.h>

#include <string>
#include <vector>

struct Plugin {
  std::string id;
};

void restore(const Plugin& plugin) {
  csp::set_goroutine_name("restore " + plugin.id);
}

void init(const std::vector<Plugin>& plugins) {
  csp::wait_group group;
  group.add(static_cast<int>(plugins.size()));
  for (const Plugin& plugin : plugins) {
    csp::go([plugin, &group] {
      restore(plugin);
      group.done();
    });
#if !FIXED
    group.wait();  // knot: sync.WaitGroup.Wait
#endif
  }
#if FIXED
  group.wait();
#endif
}

int main() { init({{"a"}, {"b"}}); }
