// Two methods of one object at the same time.
#include <csp/csp.h>

#include <memory>

struct Stats {
  int hits = 0;
  void hit() { hits++; }  // want "data race on 'hits'"
};

int main() {
  auto stats = std::make_shared<Stats>();
  auto done = csp::make_chan<csp::unit>(2);
  for (int i = 0; i < 2; i++) {
    csp::go([=] {
      stats->hit();
      done << csp::unit{};
    });
  }
  done.recv();
  done.recv();
}
