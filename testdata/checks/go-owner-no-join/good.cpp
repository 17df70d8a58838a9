// Stopped and waited for.
#include <csp/csp.h>

class Poller {
 public:
  Poller() {
    csp::go([this] {
      while (csp::select(csp::recv_case(stop_), csp::default_case()) != 0) {
        ++polls_;
        csp::sleep_for(std::chrono::seconds(1));
      }
      done_.close();
    });
  }
  ~Poller() {
    stop_.close();
    done_.recv();
  }

 private:
  int polls_ = 0;
  csp::chan<csp::unit> stop_ = csp::make_chan<csp::unit>();
  csp::chan<csp::unit> done_ = csp::make_chan<csp::unit>();
};
