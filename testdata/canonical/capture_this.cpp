// The goroutine may run when its object is gone.
#include <csp/csp.h>

class Worker {
 public:
#ifndef FIXED
  void start() { csp::go([this] { run(); }); }  // want "keeps `this`"
#else
  ~Worker() { running_.wait(); }
  void start() { running_.go([this] { run(); }); }
#endif

 private:
  void run() { ++rounds_; }

  csp::wait_group running_;
  int rounds_ = 0;
};

void work() {
  Worker worker;
  worker.start();
}
