// The destructor forgets the goroutine.
#include <csp/csp.h>

class Poller {
 public:
  Poller() {
    csp::go([this] {  // want "the goroutine uses this 'Poller', whose destructor neither stops it nor waits"
      for (;;) {
        ++polls_;
        csp::sleep_for(std::chrono::seconds(1));
      }
    });
  }
  ~Poller() { polls_ = 0; }

 private:
  int polls_ = 0;
};
