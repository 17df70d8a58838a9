// Closing never waits.
#include <csp/csp.h>

class Session {
 public:
  explicit Session(csp::chan<int> ends) : ends_(ends) {}
  ~Session() { ends_.close(); }

 private:
  csp::chan<int> ends_;
};
