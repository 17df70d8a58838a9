// The destructor's own member sends.
#include <csp/csp.h>

class Session {
 public:
  ~Session() { stop(); }  // want "a send in a destructor"
  void stop() { ends_ << 1; }

 private:
  csp::chan<int> ends_ = csp::make_chan<int>();
};
