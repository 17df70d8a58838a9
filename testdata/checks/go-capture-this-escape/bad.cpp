// The object may be gone before the goroutine runs.
#include <csp/csp.h>

class Report {
 public:
  void send() {
    csp::go([this] { ++sent_; });  // want "the goroutine keeps `this` of 'Report'"
  }

 private:
  int sent_ = 0;
};
