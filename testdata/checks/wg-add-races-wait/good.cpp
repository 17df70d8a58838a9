// Counted by who starts it; a task may add for its own children.
#include <csp/csp.h>

struct Tasks {
  csp::wait_group running;
  void run(int depth) {
    if (depth > 0) {
      running.add(1);
      csp::go([this, depth] { run(depth - 1); });
    }
    running.done();
  }
};

int main() {
  Tasks tasks;
  tasks.running.add(1);
  csp::go([&] { tasks.run(2); });
  tasks.running.wait();
}
