// The task counts itself when it runs.
#include <csp/csp.h>

struct Tasks {
  csp::wait_group running;
  bool on = true;
  void run() {
    if (!on) return;
    running.add(1);  // want "this add\(\) to 'running', which is zero, races with the wait"
    running.done();
  }
};

int main() {
  Tasks tasks;
  csp::wait_group all;
  all.go([&] { tasks.run(); });
  tasks.running.wait();
  all.wait();
}
