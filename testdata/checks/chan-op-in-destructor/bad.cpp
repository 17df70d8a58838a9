// The end of a scope waits for a receiver.
#include <csp/csp.h>

class Session {
 public:
  explicit Session(csp::chan<int> ends) : ends_(ends) {}
  ~Session() { ends_ << 1; }  // want "a send in a destructor"

 private:
  csp::chan<int> ends_;
};
